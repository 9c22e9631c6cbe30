/**
 * An archive whose index was lost, or begun anew, shows again what its history log says is current:
 * what it archived from a device that is away stays on offer to the others.
 */
import { type FolderIndex, withLocalCurrent, withRow } from '@holdfast/folder-index';
import {
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
  type HistoryQuery,
  maxHistoryPageEntries,
  type Version,
} from '@holdfast/model';
import type { VersionArchive } from '@holdfast/version-archive';

/** Does nothing where the index shows something already. */
export async function seedFromHistory(
  folder: FolderId,
  index: FolderIndex,
  archive: VersionArchive,
  hash: Hash,
): Promise<void> {
  if (index.position().sequence === 0) await showHistory(folder, index, archive, hash);
}

/** Makes the index show what the log says is current; what it knows beside stays. */
export async function showHistory(
  folder: FolderId,
  index: FolderIndex,
  archive: VersionArchive,
  hash: Hash,
): Promise<void> {
  const { position } = await archive.folderStatus(folder);
  if (position === 0) return;
  const query: Extract<HistoryQuery, { type: 'list' }> = {
    type: 'list',
    directory: '',
    at: { type: 'position', position },
    recursive: true,
    deleted: true,
    limit: maxHistoryPageEntries,
  };
  let page = await archive.query(folder, query);
  for (;;) {
    const versions = new Map<FolderPath, Version>();
    for (const { recordBytes } of page.entries) {
      const version = decodeVersion(recordBytes, hash);
      versions.set(version.record.path, version);
    }
    await index.update(
      [...versions.keys()],
      (entry) => {
        const version = versions.get(entry.path);
        if (version === undefined) return entry;
        const shown = withLocalCurrent(entry, version);
        return withRow(shown, version, (row) => ({ ...row, archived: true }));
      },
      { sync: true },
    );
    if (page.next === undefined) return;
    page = await archive.query(folder, { ...query, cursor: page.next });
  }
}
