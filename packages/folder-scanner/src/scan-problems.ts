/** What a scan could not take in, with the reason: shown to the person, never read as a deletion. */
import { displayPath, type FolderPath, parentOf } from '@holdfast/model';

export interface ScanProblem {
  /** For people. */
  readonly path: string;
  /** The operating system's name for the error, or our own word. */
  readonly reason: string;
}

const maxListedProblems = 1_000;

export class ScanProblems {
  readonly #reasons = new Map<string, string>();
  readonly #suspects = new Set<string>();
  #count = 0;

  /** It may be in order at the next look; one that is not even then is listed. */
  suspect(path: string, reason: string): void {
    if (this.#suspects.has(path)) this.add(path, reason);
    else if (this.#suspects.size < maxListedProblems) this.#suspects.add(path);
  }

  add(path: string, reason: string): void {
    if (this.#reasons.has(path)) return;
    this.#count += 1;
    if (this.#reasons.size < maxListedProblems) this.#reasons.set(path, reason);
  }

  /** The path was read after all. */
  resolve(path: string): void {
    this.#suspects.delete(path);
    if (this.#reasons.delete(path)) this.#count -= 1;
  }

  /** What is in the directory itself is looked at anew. */
  resolveIn(directory: FolderPath | ''): void {
    const isIn = (path: string) => parentOf(path as FolderPath) === directory;
    for (const path of [...this.#suspects, ...this.#reasons.keys()].filter(isIn))
      this.resolve(path);
  }

  clear(): void {
    this.#suspects.clear();
    this.#reasons.clear();
    this.#count = 0;
  }

  /** How many there are; the list is bounded, the count is not. */
  get count(): number {
    return this.#count;
  }

  list(): ScanProblem[] {
    return [...this.#reasons].map(([path, reason]) => ({ path: displayPath(path), reason }));
  }
}
