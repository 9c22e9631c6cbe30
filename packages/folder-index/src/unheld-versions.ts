/**
 * Versions whose side row went: let go, shown again, or replaced since. Their content may lie aside
 * still, and then nothing else knows of it. In memory only: a start looks at all that lies aside.
 */
import type { Version } from '@holdfast/model';
import type { PathEntry } from './path-entry.js';

/** Beyond, all that lies aside is to be looked at. */
const maxVersions = 1_000;

export class UnheldVersions {
  #versions: Version[] = [];
  #isOverflown = false;

  add(versions: readonly Version[]): void {
    this.#isOverflown ||= this.#versions.length + versions.length > maxVersions;
    if (this.#isOverflown) this.#versions = [];
    else this.#versions.push(...versions);
  }

  get isEmpty(): boolean {
    return this.#versions.length === 0 && !this.#isOverflown;
  }

  /** What was noted since the last time; 'many': more than can be named. */
  take(): readonly Version[] | 'many' {
    const taken = this.#isOverflown ? 'many' : this.#versions;
    this.#versions = [];
    this.#isOverflown = false;
    return taken;
  }
}

/** The versions that are kept beside in one entry, and not in the next. */
export function unheldBy(before: PathEntry, after: PathEntry): Version[] {
  return before.rows.flatMap(({ version, local }) => {
    if (local?.state !== 'side') return [];
    const now = after.rows.find((row) => row.version.id === version.id)?.local;
    return now?.state === 'side' ? [] : [version];
  });
}
