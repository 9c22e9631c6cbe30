import { cryptoRandom, systemClock } from '@holdfast/platform-node';
import { sleep } from '@holdfast/platform';
import { afterEach, describe, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.useRealTimers();
});

describe('the system clock', () => {
  test('never calls back before the delay has passed', async () => {
    for (const delayMs of [0, 1, 3, 7.5]) {
      const before = systemClock.monotonic();
      // A pending timer does not keep the process alive, so something else has to.
      const alive = setInterval(() => undefined, 1);
      await sleep(systemClock, delayMs);
      clearInterval(alive);
      expect(systemClock.monotonic() - before).toBeGreaterThanOrEqual(delayMs);
    }
  });

  test('waits out a delay that is longer than one timer can be', () => {
    vi.useFakeTimers();
    const fifty = 50 * 86_400_000;
    const callback = vi.fn();
    systemClock.setTimer(fifty, callback);
    vi.advanceTimersByTime(fifty - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  test('calls back no more after cancel, which may be repeated', () => {
    vi.useFakeTimers();
    const callback = vi.fn();
    const timer = systemClock.setTimer(10, callback);
    timer.cancel();
    timer.cancel();
    vi.advanceTimersByTime(100);
    expect(callback).not.toHaveBeenCalled();
  });
});

test('the random source gives as many bytes as asked for, and others each time', () => {
  expect(cryptoRandom.bytes(0)).toEqual(new Uint8Array(0));
  expect(cryptoRandom.bytes(32)).toHaveLength(32);
  expect(cryptoRandom.bytes(32)).not.toEqual(cryptoRandom.bytes(32));
});
