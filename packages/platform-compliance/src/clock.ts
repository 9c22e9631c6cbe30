/** The suite that every `Clock` passes. `advance` lets at least that much of the clock's time pass. */
import { type Clock, sleep } from '@holdfast/platform';
import { beforeEach, describe, expect, test } from 'vitest';

export interface ClockUnderTest {
  readonly clock: Clock;
  advance(ms: number): Promise<void>;
}

export function describeClock(name: string, setup: () => ClockUnderTest): void {
  describe(`${name} as a Clock`, () => {
    let under: ClockUnderTest;
    beforeEach(() => {
      under = setup();
    });
    testTime(() => under);
    testTimers(() => under);
    testSleep(() => under);
  });
}

/** Real time passes before callbacks come where the machine is busy: it goes on until they did. */
async function advanceUntil({ advance }: ClockUnderTest, condition: () => boolean): Promise<void> {
  const patienceSteps = 2_000;
  for (let step = 0; step < patienceSteps && !condition(); step += 1) await advance(5);
}

function testTime(under: () => ClockUnderTest): void {
  test('wall time is whole milliseconds of this century, and monotonic time only grows', async () => {
    const { clock, advance } = under();
    expect(Number.isSafeInteger(clock.now())).toBe(true);
    expect(clock.now()).toBeGreaterThan(Date.UTC(2001, 0));
    const before = clock.monotonic();
    await advance(5);
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(5);
  });
}

function testTimers(under: () => ClockUnderTest): void {
  test('a timer calls back once, later, and never before its time', async () => {
    const { clock, advance } = under();
    for (const delayMs of [0, 2.5, 7, -3]) {
      const calls: number[] = [];
      const beganMs = clock.monotonic();
      clock.setTimer(delayMs, () => calls.push(clock.monotonic() - beganMs));
      expect(calls).toEqual([]);
      await advanceUntil(under(), () => calls.length > 0);
      await advance(20);
      expect(calls).toHaveLength(1);
      expect(calls[0]).toBeGreaterThanOrEqual(delayMs);
    }
  });

  test('timers fire in the order of their times, and of equal ones each', async () => {
    const { clock } = under();
    const fired: string[] = [];
    const set = (delayMs: number, name: string) => clock.setTimer(delayMs, () => fired.push(name));
    set(30, 'last');
    set(1, 'first');
    set(15, 'next');
    set(1, 'first');
    await advanceUntil(under(), () => fired.length === 4);
    expect(fired).toEqual(['first', 'first', 'next', 'last']);
  });

  test('a cancelled timer never fires; cancelling again, or too late, is harmless', async () => {
    const { clock, advance } = under();
    let fired = 0;
    const count = () => {
      fired += 1;
    };
    const cancelled = clock.setTimer(5, count);
    cancelled.cancel();
    cancelled.cancel();
    const late = clock.setTimer(1, count);
    const other = clock.setTimer(10, count);
    let isOver = false;
    clock.setTimer(2, () => other.cancel());
    clock.setTimer(30, () => {
      isOver = true;
    });
    await advanceUntil(under(), () => isOver);
    await advance(20);
    expect(fired).toBe(1);
    late.cancel();
  });

  test('a callback can set the next timer', async () => {
    const { clock } = under();
    let fired = 0;
    const again = () => {
      fired += 1;
      if (fired < 3) clock.setTimer(1, again);
    };
    again();
    await advanceUntil(under(), () => fired === 3);
    expect(fired).toBe(3);
  });
}

function testSleep(under: () => ClockUnderTest): void {
  test('sleep resolves in time, and rejects with the reason when it is aborted', async () => {
    const { clock, advance } = under();
    const slept = sleep(clock, 3);
    const stop = new AbortController();
    const aborted = sleep(clock, 60_000, stop.signal).catch((error: unknown) => error);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await aborted).toBe(reason);
    expect(await sleep(clock, 1, stop.signal).catch((error: unknown) => error)).toBe(reason);
    await advance(10);
    await slept;
  });
}
