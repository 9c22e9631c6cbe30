/** What is set aside in a tree, as people are told of it. */
import { type FolderIndex, localCurrent, type OfferedRow, rowOf } from '@holdfast/folder-index';

export interface HeldRow extends OfferedRow {
  /** When it was set aside, milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** What the tree shows instead. */
  readonly shown: ReturnType<typeof localCurrent>;
}

/** The oldest first, at most `limit`. */
export async function heldRows(index: FolderIndex, limit: number): Promise<HeldRow[]> {
  const rows = await index.sideRows(index.position().sequence, limit);
  const entries = await index.entries(rows.map((row) => row.path));
  return rows.flatMap((row, at) => {
    const entry = entries[at];
    if (entry === undefined) return [];
    const sinceMs = rowOf(entry, row.version.id)?.local?.sinceMs ?? 0;
    return [{ ...row, sinceMs, shown: localCurrent(entry) }];
  });
}
