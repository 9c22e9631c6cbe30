/** Real time and chance for tests against real sockets. */
import { randomBytes } from 'node:crypto';
import type { Clock, RandomSource } from '@holdfast/platform';

export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

export const realRandom: RandomSource = { bytes: (length) => new Uint8Array(randomBytes(length)) };
