/** When set-aside content is looked at: any number of receipts makes no more than one look wait. */
import { VirtualWorldClock } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { HeldRelease } from '../src/held-release.js';

function scene(release: () => Promise<number | undefined>, mayRelease = () => true) {
  const world = new VirtualWorldClock();
  const errors: unknown[] = [];
  let looks = 0;
  const held = new HeldRelease({
    clock: world.nodeClock(),
    hasHeld: () => true,
    mayRelease,
    release: () => {
      looks += 1;
      return release();
    },
    onError: (error) => errors.push(error),
  });
  return { world, held, errors, looks: () => looks };
}

test('however many receipts arrive, one look waits for what is too young', async () => {
  const { world, held, looks } = scene(async () => 30_000);
  for (let receipt = 0; receipt < 100; receipt += 1) {
    held.wake();
    await world.runUntil(world.nowMs + 10);
  }
  expect(looks()).toBe(100);
  await world.runUntil(world.nowMs + 300_000);
  expect(looks()).toBeLessThanOrEqual(110);
});

test('a receipt that arrives during a look is followed by another look', async () => {
  const gates: (() => void)[] = [];
  const { world, held, looks } = scene(
    () => new Promise((resolve) => gates.push(() => resolve(undefined))),
  );
  held.wake();
  held.wake();
  held.wake();
  expect(looks()).toBe(1);
  gates[0]?.();
  await world.runUntil(world.nowMs + 1);
  expect(looks()).toBe(2);
  gates[1]?.();
  await world.runUntil(world.nowMs + 600_000);
  expect(looks()).toBe(2);
});

test('what comes up while the folder is stopped is looked at once it is not any more', async () => {
  let isStopped = false;
  const { world, held, looks } = scene(
    async () => (looks() < 2 ? 30_000 : undefined),
    () => !isStopped,
  );
  held.wake();
  await world.runUntil(world.nowMs + 1_000);
  isStopped = true;
  await world.runUntil(world.nowMs + 600_000);
  expect(looks()).toBe(1);
  isStopped = false;
  await world.runUntil(world.nowMs + 60_000);
  expect(looks()).toBe(2);
});

test('a look that fails is followed by another after a while, without any receipt', async () => {
  const { world, held, looks } = scene(async () => {
    if (looks() < 3) throw new Error('no disk');
    return undefined;
  });
  held.wake();
  await world.runUntil(world.nowMs + 3_600_000);
  expect(looks()).toBe(3);
});

test('a look that fails is said, and the next receipt looks again', async () => {
  const { world, held, errors, looks } = scene(() => Promise.reject(new Error('no disk')));
  held.wake();
  await world.runUntil(world.nowMs + 1);
  held.wake();
  await world.runUntil(world.nowMs + 1);
  expect([looks(), errors.length]).toEqual([2, 2]);
});

test('after the end nothing is looked at', async () => {
  const { world, held, looks } = scene(async () => 1_000);
  held.wake();
  await world.runUntil(world.nowMs + 1);
  held.stop();
  held.wake();
  await world.runUntil(world.nowMs + 600_000);
  expect(looks()).toBe(1);
});
