/**
 * Paths whose versions beat each other in a circle, and since when nothing new was heard of them. Most
 * circles end by themselves, as devices take over what they hear of; only one that stays is settled.
 */
import type { FolderPath, VersionId } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';

const patienceMs = 60_000;
const maxPaths = 10_000;
/** Of what was not asked about for so long nobody hears any more: it makes room for others. */
const forgottenAfterMs = 10 * patienceMs;

export class SettlingPaths {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #since = new Map<FolderPath, { readonly id: VersionId; readonly sinceMs: number }>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Whether the circle would be settled by the same version for long enough; undefined: there is none. */
  isDue(path: FolderPath, id: VersionId | undefined): boolean {
    const nowMs = this.#clock.monotonic();
    const known = this.#since.get(path);
    if (id !== undefined && known?.id === id && nowMs - known.sinceMs < patienceMs) return false;
    this.#since.delete(path);
    if (id === undefined || known?.id === id) return id !== undefined;
    if (this.#since.size >= maxPaths) this.#forget(nowMs - forgottenAfterMs);
    if (this.#since.size < maxPaths) this.#since.set(path, { id, sinceMs: nowMs });
    return false;
  }

  /** The oldest come first. */
  #forget(untilMs: number): void {
    for (const [path, { sinceMs }] of this.#since) {
      if (sinceMs > untilMs) return;
      this.#since.delete(path);
    }
  }
}
