/**
 * What could not be placed since its directory is not there. A deletion of it may be on its way still,
 * so it is waited for a while before anybody makes the directory.
 */
import type { FolderPath } from '@holdfast/model';
import { AppError, type Clock } from '@holdfast/platform';
import { directoryMissing } from './place-item.js';
import type { PlaceOutcome, PlannedPath } from './placer.js';

const patienceMs = 30_000;
const maxPaths = 10_000;

export class OrphanedPaths {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #sinceMs = new Map<FolderPath, number>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Those that were waited for long enough; they are waited for anew from now on. */
  due(paths: readonly FolderPath[]): FolderPath[] {
    const nowMs = this.#clock.monotonic();
    if (this.#sinceMs.size > maxPaths) this.#sinceMs.clear();
    return paths.filter((path) => {
      const sinceMs = this.#sinceMs.get(path) ?? nowMs;
      this.#sinceMs.set(path, sinceMs);
      return nowMs - sinceMs >= patienceMs && this.#sinceMs.delete(path);
    });
  }
}

/** Whether a large file could not be staged for want of its directory. */
export function lacksDirectory(error: unknown): boolean {
  return error instanceof AppError && error.code === 'parent_missing';
}

/** As a placing tells of them. */
export function orphansOf(planned: readonly PlannedPath[]): PlaceOutcome {
  const failed = planned.map(({ entry }) => ({ path: entry.path, reason: directoryMissing }));
  return { placed: 0, changed: [], notEmpty: [], failed };
}
