/** What an entry becomes when the disk shows something that nobody has read yet. */
import { localCurrent, type PathEntry, withoutLocalCurrent } from '@holdfast/folder-index';

/** The entry without a version that is shown: what the disk shows is about to be read anew. */
export function demoted(entry: PathEntry): PathEntry {
  const row = localCurrent(entry);
  return row === undefined ? entry : withoutLocalCurrent(entry, row.version);
}
