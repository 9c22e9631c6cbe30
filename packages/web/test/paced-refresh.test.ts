import { expect, test } from 'vitest';
import { PacedRefresh } from '../src/paced-refresh.js';
import type { PageClock } from '../src/page-clock.js';

/** A clock that stands still until it is told to go on. */
function handClock() {
  let nowMs = 0;
  const due = new Map<() => void, number>();
  const clock: PageClock = {
    now: () => nowMs,
    after(delayMs, callback) {
      due.set(callback, nowMs + delayMs);
      return () => due.delete(callback);
    },
    every: () => undefined,
  };
  const goOnTo = (atMs: number): void => {
    nowMs = atMs;
    for (const [callback, dueMs] of [...due]) {
      if (dueMs > nowMs || !due.delete(callback)) continue;
      callback();
    }
  };
  return { clock, goOnTo };
}

/** Notes when it is performed; each ends when it is told to. */
function paced() {
  const { clock, goOnTo } = handClock();
  const performedMs: number[] = [];
  const ends: (() => void)[] = [];
  const refresh = new PacedRefresh(clock, () => {
    performedMs.push(clock.now());
    return new Promise((resolve) => ends.push(resolve));
  });
  const end = async (): Promise<void> => {
    ends.shift()?.();
    // What follows an end happens in a few turns of its promises.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return { refresh, performedMs, goOnTo, end };
}

test('a refresh comes when it is wanted, and a sooner wish brings it forward', () => {
  const { refresh, performedMs, goOnTo } = paced();
  refresh.want(3_000, 0);
  refresh.want(250, 0);
  refresh.want(5_000, 0);
  for (const atMs of [249, 250, 3_000, 5_000]) goOnTo(atMs);
  expect(performedMs).toEqual([250]);
});

test('many events lead to one refresh in each pause', async () => {
  const { refresh, performedMs, goOnTo, end } = paced();
  refresh.want(0, 1_000);
  goOnTo(2_000);
  await end();
  for (let atMs = 2_010; atMs <= 3_000; atMs += 10) {
    goOnTo(atMs);
    refresh.want(0, 1_000);
  }
  goOnTo(3_000);
  expect(performedMs).toEqual([2_000, 3_000]);
});

test('what is wanted during a refresh comes right after it, once', async () => {
  const { refresh, performedMs, goOnTo, end } = paced();
  refresh.want(0, 0);
  goOnTo(0);
  for (const atMs of [10, 20, 30]) {
    refresh.want(0, 0);
    goOnTo(atMs);
  }
  expect(performedMs).toEqual([0]);
  await end();
  goOnTo(40);
  await end();
  goOnTo(50);
  expect(performedMs).toEqual([0, 40]);
});
