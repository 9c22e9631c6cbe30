/** What is withheld when a folder sends again: a scan may be writing, and others change their mind. */
import {
  FolderIndex,
  localCurrent,
  type PathEntry,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { observeContext } from '@holdfast/folder-scanner';
import { type FolderId, versionOf } from '@holdfast/model';
import { MemoryDatabase, MemoryKeyValueStore, SeededRandom } from '@holdfast/simulation';
import { beforeEach, expect, test } from 'vitest';
import { FolderModes } from '../src/folder-modes.js';
import { needOf, planPath } from '../src/plan-sync.js';
import { isLocalChange } from '../src/plan-withheld.js';
import { disk } from './guard-world.js';
import { actor, desktop, fileVersion, hash, here, pathOf } from './place-world.js';

const path = pathOf('a.txt');
const kept = fileVersion('a.txt', 'ours', [{ actor: actor('a'), counter: 1 }]);
const theirs = fileVersion('a.txt', 'theirs, of later', [{ actor: actor('d'), counter: 1 }]);
const vector = [{ actor: actor('d'), counter: 2 }];
const deletion = versionOf({ kind: 'tombstone', path, author: desktop, vector }, hash);
const plan = (entry: PathEntry) => planPath(entry, hash);
const withholding = (entry: PathEntry) => withLocalCurrent(entry, kept, { disk, withheld: 'kept' });

let index: FolderIndex;
let modes: FolderModes;
const withheld = async () => localCurrent(await index.entry(path))?.local.withheld;

beforeEach(async () => {
  index = await FolderIndex.open({
    store: new MemoryKeyValueStore(new MemoryDatabase()),
    folder: 'photosphotosphot' as FolderId,
    hash,
    random: new SeededRandom('modes'),
    policy: {
      needOf: (entry) => needOf(entry, hash),
      isLocalChange: (entry) => isLocalChange(entry, plan),
      queuesOffers: false,
    },
  });
  const config = { label: 'photos', mode: 'send-receive', paused: false } as const;
  modes = new FolderModes({
    folder: { config, treeIndex: index, renumbering: { isPending: false } },
    tree: { rescan: async () => undefined, wake: () => undefined, unreadable: 0 },
    plan,
    context: observeContext(here, index, hash),
    onChange: () => undefined,
  });
});

test('what a scan was just writing as withheld is shared once it is written', async () => {
  let sharing: Promise<void> | undefined;
  const writing = (entry: PathEntry) => {
    sharing = modes.shareWithheld();
    return withholding(entry);
  };
  await index.update([path], writing, { sync: false });
  await sharing;
  await modes.shareLeft();
  expect(await withheld()).toBeUndefined();
  expect(index.counts.localChanges).toBe(0);
});

test('what was about to be replaced is shared where the members deleted what was to replace it', async () => {
  const peer = { device: desktop, state: 'current', sequence: 1 } as const;
  const offered = (entry: PathEntry) => withPeerRow(withholding(entry), theirs, peer);
  await index.update([path], offered, { sync: false });
  await modes.shareWithheld();
  expect(await withheld()).toBe('kept');
  const deleted = (entry: PathEntry) => withPeerRow(entry, deletion, { ...peer, sequence: 2 });
  await index.update([path], deleted, { sync: false });
  await modes.shareLeft();
  expect(await withheld()).toBeUndefined();
});
