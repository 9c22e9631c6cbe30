/** What the store of this device holds, for people: figures only, read from its index. */
import { AppError, textOf } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import type { ArchiveStatus } from './node-control.js';
import type { ThinningRecord } from './thinning-record.js';

/** Throws `no_archive` where this device keeps no history. */
export async function archiveStatus(
  archive: VersionArchive | undefined,
  kept: Iterable<FolderEngine>,
  record: ThinningRecord,
): Promise<ArchiveStatus> {
  if (archive === undefined) throw noStore();
  const { blocks, plainBytes, storedBytes, segments } = archive.blocks.stats();
  const folders = [];
  for (const folder of kept) {
    if (!folder.config.archive) continue;
    const { id, label } = folder.config;
    const status = await archive.folderStatus(id);
    const position = `${archive.storeId}#${status.position}`;
    folders.push({ id, label, ...status, position, thinned: record.shown(archive, id) });
  }
  const { storeId, generation } = archive;
  const freed = record.freed(storeId);
  const figures = { blocks, bytes: plainBytes, storedBytes, segments, ...freed };
  return { store: textOf(archive.directory), storeId, generation, ...figures, folders };
}

export function noStore(): AppError {
  return new AppError('no_archive', 'This device keeps no history.', {
    hint: 'Accept a folder with: holdfast folder accept FOLDER --archive',
  });
}
