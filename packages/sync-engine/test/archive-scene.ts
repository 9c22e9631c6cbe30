/** An archive on a memory disk, and the index of one folder that it keeps. */
import { FolderIndex } from '@holdfast/folder-index';
import type { FolderId } from '@holdfast/model';
import { filePathFrom, silentLogger } from '@holdfast/platform';
import {
  InlineBulkRunner,
  MemoryDatabase,
  MemoryKeyValueStore,
  type NodeClock,
  nativeBlake3,
  SeededRandom,
} from '@holdfast/simulation';
import { archiveNeedOf } from '@holdfast/sync-engine';
import { VersionArchive } from '@holdfast/version-archive';
import { hash, type PlaceWorld } from './place-world.js';

export const folder = 'photosphotosphot' as FolderId;
const emptyStore = () => new MemoryKeyValueStore(new MemoryDatabase());

export function openArchive(world: PlaceWorld, clock: NodeClock): Promise<VersionArchive> {
  return VersionArchive.open({
    directory: filePathFrom('/store'),
    keyValueStore: emptyStore(),
    keyPrefix: Buffer.from('A'),
    runner: new InlineBulkRunner({ fileSystem: world.user, hasher: nativeBlake3, clock }),
    fileSystem: world.user,
    hash,
    random: new SeededRandom('store'),
    clock,
    bootId: Buffer.alloc(16, 7),
    clockSynchronised: () => true,
    logger: silentLogger,
  });
}

/** It needs what others offer and the archive does not have. */
export function openArchiveIndex(): Promise<FolderIndex> {
  return FolderIndex.open({
    store: emptyStore(),
    folder,
    hash,
    random: new SeededRandom('archive index'),
    policy: { needOf: (entry) => archiveNeedOf(entry, hash), queuesOffers: true },
  });
}
