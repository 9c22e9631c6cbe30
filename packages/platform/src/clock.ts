/** Time as a seam, so that the simulation can own it. */
export interface Timer {
  /** Idempotent; a timer that fired is not affected. */
  cancel(): void;
}

export interface Clock {
  /** Wall-clock milliseconds since the Unix epoch. Decoration: it may jump in either direction. */
  now(): number;
  /** Milliseconds that only grow, from an arbitrary start. */
  monotonic(): number;
  /**
   * Calls back once, after at least `delayMs`. A pending timer does not keep the process alive. Of
   * timers for the same millisecond none is promised to be the first.
   */
  setTimer(delayMs: number, callback: () => void): Timer;
}

/** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.setTimer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
