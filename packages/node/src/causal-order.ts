/**
 * The order in which a log is shown: newest first by position, except that a version which reached
 * the archive late, after one that was made of it, stands below that one. Pure.
 */
import { dominates, type VersionVector } from '@holdfast/model';

export interface LoggedVersion {
  readonly vector: VersionVector;
  /** Whether it became what the folder showed when it arrived: then it is not late. */
  readonly becameCurrent: boolean;
}

/** `entries` come newest first by position. */
export function inCausalOrder<Entry extends LoggedVersion>(entries: readonly Entry[]): Entry[] {
  const ordered = [...entries];
  for (const late of entries) {
    if (late.becameCurrent) continue;
    const from = ordered.indexOf(late);
    const below = ordered.findLastIndex((other) => dominates(other.vector, late.vector));
    if (below <= from) continue;
    ordered.splice(from, 1);
    ordered.splice(below, 0, late);
  }
  return ordered;
}
