/** A folder's index on a memory disk, and receipts for it: the scene of what lies set aside. */
import { Coverage, FolderIndex } from '@holdfast/folder-index';
import type { FolderId, VersionId } from '@holdfast/model';
import {
  InlineBulkRunner,
  MemoryDatabase,
  MemoryKeyValueStore,
  nativeBlake3,
  SeededRandom,
} from '@holdfast/simulation';
import { hash, PlaceWorld } from './place-world.js';

export const folder = 'photosphotosphot' as FolderId;
export const heldPath = (id: string) => `.holdfast/held/${id}`;

export async function indexed() {
  const world = new PlaceWorld();
  const store = new MemoryKeyValueStore(new MemoryDatabase());
  const policy = { needOf: () => undefined, queuesOffers: false };
  const index = await FolderIndex.open({
    store,
    folder,
    hash,
    random: new SeededRandom('held'),
    policy,
  });
  const clock = {
    now: () => world.nowMs,
    monotonic: () => world.nowMs,
    setTimer: () => ({ cancel: () => undefined }),
  };
  const fileSystem = world.user;
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
  return { world, index, clock, runner };
}

export function receiptUpTo(sequence: number, exceptions: VersionId[] = []): Coverage {
  return new Coverage(
    [
      {
        storeId: '55'.repeat(8) as never,
        generation: 1,
        position: { epoch: 'ee'.repeat(8) as never, sequence, hash: '' },
        exceptions,
        logPosition: 0,
        logHead: '',
        receivedAtMs: 0,
      },
    ],
    1,
  );
}
