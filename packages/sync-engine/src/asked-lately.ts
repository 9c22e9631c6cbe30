/**
 * Paths that the disk was asked about a moment ago: each look wakes the next pass, and what it cannot
 * explain must not keep both busy.
 */
import type { FolderPath } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';

const pauseMs = 5_000;
const maxPaths = 10_000;

export class AskedLately {
  readonly #clock: Clock;
  readonly #askedAtMs = new Map<FolderPath, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that were not asked about lately; from now on they were. */
  others(paths: readonly FolderPath[]): FolderPath[] {
    const nowMs = this.#clock.monotonic();
    if (this.#askedAtMs.size > maxPaths) this.#askedAtMs.clear();
    return paths.filter((path) => {
      if (nowMs - (this.#askedAtMs.get(path) ?? -pauseMs) < pauseMs) return false;
      this.#askedAtMs.set(path, nowMs);
      return true;
    });
  }
}
