/**
 * How much is done in a second about what anybody may send. It counts keys that are tried, not
 * announcements: who has few paired devices looks at thousands, so a flood that keeps it from
 * hearing one of them must fill the network itself.
 */
import { maxKeysTriedPerSecond } from './network-limits.js';

export class HearingBudget {
  #secondBeganMs = Number.NEGATIVE_INFINITY;
  #spent = 0;

  /** Whether so many keys more may be tried; once it is false, it is until the second is over. */
  take(keys: number, nowMs: number): boolean {
    if (nowMs - this.#secondBeganMs >= 1_000) {
      this.#secondBeganMs = nowMs;
      this.#spent = 0;
    }
    this.#spent += keys;
    return this.#spent <= maxKeysTriedPerSecond;
  }
}
