/** What a device says of a folder to a member: where its index stands, and what it saw of theirs. */
import type { FolderIndex } from '@holdfast/folder-index';
import type { DeviceId } from '@holdfast/model';
import type { FolderAnnouncement } from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderConfig } from './folder-config.js';

export function folderAnnouncement(
  {
    id,
    label,
    mode,
    massChanges,
    proofs,
  }: FolderConfig & Pick<FolderAnnouncement, 'massChanges' | 'proofs'>,
  index: FolderIndex,
  archive: VersionArchive | undefined,
  device: DeviceId,
): FolderAnnouncement {
  const position = index.numbers.published();
  const { seen } = index.peer(device);
  return {
    folderId: id,
    label,
    accepted: true,
    epoch: position.epoch,
    position,
    mode,
    massChanges,
    proofs,
    ...(seen === undefined ? {} : { seen }),
    ...(archive === undefined
      ? {}
      : { archive: { storeId: archive.storeId, generation: archive.generation } }),
  };
}
