/** A folder's index on a memory disk, and receipts for it: the scene of what lies set aside. */
import { Coverage } from '@holdfast/folder-index';
import type { FolderId, VersionId } from '@holdfast/model';
import { InlineBulkRunner, nativeBlake3 } from '@holdfast/simulation';
import { needsNothing, openIndex } from '../../folder-index/test/index-world.js';
import { PlaceWorld } from './place-world.js';

export const folder = 'photosphotosphot' as FolderId;
export const heldPath = (id: string) => `.holdfast/held/${id}`;

export async function indexed() {
  const world = new PlaceWorld();
  const index = await openIndex({ policy: needsNothing });
  const { clock } = world;
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
