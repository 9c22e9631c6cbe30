/** What a folder keeps aside here, for people: the oldest first, with why it is still there. */
import { displayPath } from '@holdfast/model';
import { archiveMembers, type FolderEngine, heldRows } from '@holdfast/sync-engine';

const maxListed = 10_000;

export async function heldVersionsOf(folder: FolderEngine) {
  const rows = await heldRows(folder.treeIndex, maxListed);
  // A mirror's own archive is what it waits for.
  const archives = folder.mirror === undefined ? archiveMembers(folder).archives : 1;
  return rows.map(({ path, version, sequence, sinceMs }) => ({
    path: displayPath(path),
    version: version.id,
    size: version.record.kind === 'file' ? version.record.sizeBytes : 0,
    since: new Date(sinceMs).toISOString(),
    reason: heldReason(archives, folder.heldCoverage.covers(version.id, sequence)),
  }));
}

function heldReason(archives: number, covered: boolean): string {
  if (covered) return 'It is archived and is let go in a moment.';
  if (archives === 0) return 'No archive keeps this folder: it stays here until one does.';
  return 'No archive has it yet.';
}
