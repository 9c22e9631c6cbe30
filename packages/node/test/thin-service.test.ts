/** What the care of a store hears of thinning: nobody misses content while its versions are thinned. */
import { MemoryDatabase, MemoryKeyValueStore } from '@holdfast/simulation';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { expect, test } from 'vitest';
import { ThinService } from '../src/thin-service.js';
import { ThinningRecord } from '../src/thinning-record.js';

const clock = {
  now: () => 0,
  monotonic: () => 0,
  setTimer: () => ({ cancel: () => undefined }),
};

function serviceOf({ waiting }: { readonly waiting: number }) {
  const heard: string[] = [];
  const config = { id: 'photosphotosphot', label: 'Photos', archive: true };
  const service = new ThinService({
    archive: () =>
      ({
        storeId: 'aa'.repeat(8),
        thinning: { withdraw: async () => waiting },
      }) as unknown as VersionArchive,
    choose: () => ({ config }) as unknown as FolderEngine,
    clock,
    clockSynchronised: () => true,
    nameOf: (device) => device,
    folders: () => [],
    record: new ThinningRecord(new MemoryKeyValueStore(new MemoryDatabase()), clock),
    changes: { nextWithin: async () => undefined },
    onThinned: () => heard.push('thinned'),
    onCompacted: () => heard.push('compacted'),
    onWithdrawn: () => heard.push('withdrawn'),
  });
  return { service, heard };
}

test('what is kept again is looked for, since what rotted of it meanwhile was missed by nobody', async () => {
  const { service, heard } = serviceOf({ waiting: 2 });
  expect(await service.withdraw('Photos')).toMatchObject({ versions: 2 });
  expect(heard).toEqual(['withdrawn']);
});

test('where nothing waits, nothing is looked for', async () => {
  const { service, heard } = serviceOf({ waiting: 0 });
  await service.withdraw('Photos');
  expect(heard).toEqual([]);
});
