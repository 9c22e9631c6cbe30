/** From a folder as it is stored to what the engine keeps. */
import type { DeviceId, FolderId } from '@holdfast/model';
import { filePathFrom } from '@holdfast/platform';
import type { FolderConfig } from '@holdfast/sync-engine';
import { massChangeLimits } from './guard-settings.js';
import type { StoredFolder } from './node-config.js';

/** Only devices that are admitted count: no other gets anything, or vouches for anything. */
export function folderConfig(
  stored: StoredFolder,
  isAdmitted: (device: string) => boolean,
): FolderConfig {
  const { label, archive, mode, copies, paused } = stored;
  const massChange = massChangeLimits(stored.guard);
  const id = stored.id as FolderId;
  const tree =
    stored.path === null || stored.markerInstance === null
      ? undefined
      : {
          root: filePathFrom(stored.path),
          marker: { folder: id, instance: stored.markerInstance },
          watch: stored.watch,
        };
  return {
    id,
    label,
    tree,
    archive,
    mode,
    members: stored.members.filter(isAdmitted) as DeviceId[],
    copies,
    paused,
    massChange,
  };
}
