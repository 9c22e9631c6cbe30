/**
 * When entries were received, as far as that is certain: as `--at` sees it. Later entries undercut
 * earlier ones, so times never fall along the log, whatever the clock did.
 */
import type { TimeStep } from './time-staircase.js';

export class ReceiveTimes {
  /** By position and time, both rising. */
  readonly #steps: readonly TimeStep[];

  constructor(steps: readonly TimeStep[]) {
    this.#steps = steps;
  }

  /** The newest time that is certain; undefined where none is. */
  get newestMs(): number | undefined {
    return this.#steps.at(-1)?.atMs;
  }

  /** Undefined where no entry from there on came while the clock was synchronised. */
  at(position: number): number | undefined {
    let from = 0;
    let to = this.#steps.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.#steps[middle]?.position ?? 0) < position) from = middle + 1;
      else to = middle;
    }
    return this.#steps[from]?.atMs;
  }
}
