/** Paths that a person has this device change, and when that was said. Kept in memory only. */
import type { FolderPath } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';

const maxWanted = 100_000;
/** A scan comes across what was changed by then. */
const wantedForMs = 10 * 60_000;

export class WantedPaths {
  readonly #clock: Clock;
  readonly #saidMs = new Map<FolderPath, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(paths: readonly FolderPath[]): void {
    if (this.#saidMs.size > maxWanted) this.#saidMs.clear();
    for (const path of paths) this.#saidMs.set(path, this.#clock.monotonic());
  }

  has(path: FolderPath): boolean {
    const saidMs = this.#saidMs.get(path);
    return saidMs !== undefined && this.#clock.monotonic() - saidMs <= wantedForMs;
  }

  /** The change came. */
  delete(path: FolderPath): void {
    this.#saidMs.delete(path);
  }
}
