/** Time as the page has it: the browser's, or a test's own. */
export interface PageClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once; what it gives takes that back. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls back for as long as the page is open. */
  every(periodMs: number, callback: () => void): void;
}

export const browserClock: PageClock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, callback) {
    setInterval(callback, periodMs);
  },
};
