/**
 * Paths that somebody changes on the disk before the index says so: a scan passes them over until
 * they are released. A path may be claimed more than once; each claim is released on its own.
 */
import type { FolderPath } from '@holdfast/model';

export class PathClaims {
  readonly #counts = new Map<FolderPath, number>();

  has(path: FolderPath): boolean {
    return this.#counts.has(path);
  }

  /** Claims the paths for as long as the work goes on. */
  async during<Result>(paths: readonly FolderPath[], work: () => Promise<Result>): Promise<Result> {
    for (const path of paths) this.#counts.set(path, (this.#counts.get(path) ?? 0) + 1);
    try {
      return await work();
    } finally {
      for (const path of paths) this.#release(path);
    }
  }

  #release(path: FolderPath): void {
    const count = (this.#counts.get(path) ?? 0) - 1;
    if (count > 0) this.#counts.set(path, count);
    else this.#counts.delete(path);
  }
}
