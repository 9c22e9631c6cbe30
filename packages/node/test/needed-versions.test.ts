import { type FolderIndex, withPeerRow, withRow } from '@holdfast/folder-index';
import { type DeviceId, type FolderPath, type Version, versionOf } from '@holdfast/model';
import type { FolderEngine } from '@holdfast/sync-engine';
import { beforeEach, expect, test } from 'vitest';
import { hash, laptop, openIndex, queuesEverything } from '../../folder-index/test/index-world.js';
import { neededVersions, obstacleOf } from '../src/needed-versions.js';

const phone = '12D3KooWPhone' as DeviceId;
const path = 'letter' as FolderPath;
const nameOf = (device: string) => (device === phone ? 'phone' : 'laptop');

function version(counter: number): Version {
  const vector = [{ actor: '00112233445566aa' as never, counter }];
  return versionOf({ kind: 'symlink', target: `${counter}`, path, vector, author: laptop }, hash);
}

let index: FolderIndex;
let mirrorIndex: FolderIndex;
let facts: { members: DeviceId[]; open: unknown[]; isPending: boolean };

function folder(): FolderEngine {
  return {
    config: { label: 'docs', members: facts.members },
    index,
    mirror: { index: mirrorIndex },
    massChanges: { open: () => facts.open },
    renumbering: { isPending: facts.isPending },
  } as unknown as FolderEngine;
}

beforeEach(async () => {
  index = await openIndex({ policy: queuesEverything });
  mirrorIndex = await openIndex({ policy: queuesEverything });
  facts = { members: [laptop], open: [], isPending: false };
  const seen = { epoch: index.epoch, sequence: 3, hash: 'aa'.repeat(32) };
  await index.update([], (entry) => entry, { sync: true, peers: { [laptop]: { seen } } });
});

test('needed is what a member shows or keeps beside, what a rejection puts back, and what the mirror has', async () => {
  const [shown, kept, former, restoring, mirrored, unknown] = [1, 2, 3, 4, 5, 6].map(version);
  if (!shown || !kept || !former || !restoring || !mirrored || !unknown) throw new Error('six');
  await index.update(
    [path],
    (entry) => {
      const one = withPeerRow(entry, shown, { device: laptop, state: 'current', sequence: 1 });
      const two = withPeerRow(one, kept, { device: phone, state: 'side', sequence: 1 });
      const guard = { state: 'rejected', atMs: 0, former, restoring } as const;
      return withRow(two, shown, (row) => ({ ...row, guard }));
    },
    { sync: true },
  );
  await mirrorIndex.update(
    [path],
    (entry) => withPeerRow(entry, mirrored, { device: laptop, state: 'side', sequence: 1 }),
    { sync: true },
  );
  const needed = await neededVersions(folder(), [path, 'other' as FolderPath]);
  const ids = [shown, kept, former, restoring, mirrored].map(({ id }) => id);
  expect(needed).toEqual(new Set(ids));
});

test('where every member was heard and nothing waits for an answer, nothing is in the way', () => {
  expect(obstacleOf(folder(), nameOf)).toBeUndefined();
});

test('a member that never said what it keeps is in the way, and is named', () => {
  facts.members.push(phone);
  expect(obstacleOf(folder(), nameOf)).toMatchObject({
    code: 'members_unheard',
    message: 'What phone keeps of "docs" is not known yet.',
  });
});

test('so are an open question about a mass change, and an index that is made anew', () => {
  facts.open = [{}];
  expect(obstacleOf(folder(), nameOf)).toMatchObject({ code: 'mass_change_open' });
  facts = { members: [laptop], open: [], isPending: true };
  expect(obstacleOf(folder(), nameOf)).toMatchObject({ code: 'members_unheard' });
});
