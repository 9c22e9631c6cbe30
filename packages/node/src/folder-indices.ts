/**
 * Opens what a folder's role calls for: a member's index, or an archive's, which queues all that is
 * offered, and beside it the one of its mirror, whose only member is the archive.
 */
import { FolderIndex, type IndexPolicy } from '@holdfast/folder-index';
import type { FolderId, Hash } from '@holdfast/model';
import type { KeyValueStore, RandomSource } from '@holdfast/platform';
import {
  archiveNeedOf,
  isLocalChange,
  mirrorNeedOf,
  needOf,
  planMirrorPath,
  planPath,
} from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import type { StoredFolder } from './node-config.js';

export interface FolderIndices {
  readonly index: FolderIndex;
  readonly mirrorIndex: FolderIndex | undefined;
}

const mirrorKeyPrefix = 'M';

export async function openFolderIndices(
  { path, id }: Pick<StoredFolder, 'path' | 'id'>,
  archive: VersionArchive | undefined,
  init: {
    readonly store: KeyValueStore;
    readonly hash: Hash;
    readonly random: RandomSource;
    /** The folder was kept here before this start. */
    readonly wasBegun: boolean;
  },
): Promise<FolderIndices> {
  const { hash } = init;
  const shared = { ...init, folder: id as FolderId };
  if (archive === undefined) {
    const policy: IndexPolicy = {
      needOf: (entry) => needOf(entry, hash),
      isLocalChange: (entry) => isLocalChange(entry, (one) => planPath(one, hash)),
      queuesOffers: false,
    };
    const index = await FolderIndex.open({ ...shared, policy, waitsAfterLoss: true });
    return { index, mirrorIndex: undefined };
  }
  const policy: IndexPolicy = {
    needOf: (entry) => archiveNeedOf(entry, hash),
    queuesOffers: true,
  };
  const boundTo = `${archive.storeId}:${archive.generation}`;
  const index = await FolderIndex.open({ ...shared, policy, boundTo });
  if (path === null) return { index, mirrorIndex: undefined };
  const mirrorPolicy: IndexPolicy = {
    needOf: (entry) => mirrorNeedOf(entry, hash),
    isLocalChange: (entry) => isLocalChange(entry, (one) => planMirrorPath(one, hash)),
    queuesOffers: false,
  };
  const mirror = { ...shared, policy: mirrorPolicy, keyPrefix: mirrorKeyPrefix };
  return { index, mirrorIndex: await FolderIndex.open(mirror) };
}
