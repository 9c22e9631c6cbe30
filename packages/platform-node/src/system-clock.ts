/** The real time. */
import type { Clock, Timer } from '@holdfast/platform';

/** Longer delays than this fire at once in Node; they are waited for in several parts. */
const longestTimeoutMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs: number, callback: () => void): Timer {
    const dueMs = performance.now() + delayMs;
    let timeout: NodeJS.Timeout;
    const arm = () => {
      const leftMs = Math.max(0, Math.ceil(dueMs - performance.now()));
      timeout = setTimeout(onTimeout, Math.min(leftMs, longestTimeoutMs)).unref();
    };
    const onTimeout = () => {
      // Node counts whole milliseconds and may be early by a fraction of one.
      if (performance.now() < dueMs) arm();
      else callback();
    };
    arm();
    return { cancel: () => clearTimeout(timeout) };
  },
};
