/** Children as they are stored, packed for a comparison in another thread. */
import {
  type DiskState,
  localCurrent,
  type PathEntry,
  readShownState,
  unpackChildren,
  withHeld,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  desktop,
  fileVersion,
  laptop,
  openIndex,
  pathOf,
  tombstoneVersion,
} from './index-world.js';

const arbitraryDisk: fc.Arbitrary<DiskState> = fc.record({
  sizeBytes: fc.maxSafeNat(),
  mtimeNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  ctimeNs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  inode: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  permissions: fc.nat(0o7777),
  racy: fc.boolean(),
});
const counter = fc.integer({ min: 1, max: 4 });

/** What may be done to the entry of a path, in any order. */
const arbitraryChange = fc.oneof(
  fc.record({ type: fc.constant('shown' as const), counter, disk: fc.option(arbitraryDisk) }),
  fc.record({ type: fc.constant('deleted' as const), counter }),
  fc.record({ type: fc.constant('held' as const), counter, disk: arbitraryDisk }),
  fc.record({
    type: fc.constant('heard' as const),
    counter,
    device: fc.constantFrom(laptop, desktop),
  }),
);

type Change = typeof arbitraryChange extends fc.Arbitrary<infer One> ? One : never;

function changed(before: PathEntry, change: Change) {
  const version = fileVersion('d/f', change.counter);
  switch (change.type) {
    case 'shown':
      return withLocalCurrent(before, version, change.disk === null ? {} : { disk: change.disk });
    case 'deleted':
      return withLocalCurrent(before, tombstoneVersion('d/f', change.counter));
    case 'held':
      return withHeld(before, version, { sinceMs: 5, disk: change.disk });
    case 'heard': {
      const { device } = change;
      return withPeerRow(before, version, { device, sequence: 9, state: 'current' });
    }
  }
}

describe('the children of a directory, packed', () => {
  test('are the entries that the index gives one by one, of that directory alone', async () => {
    const index = await openIndex();
    const names = ['a', 'b\xff', 'c', 'd', 'e'];
    const paths = [...names.map((name) => `d/${name}`), 'd-a', 'd/a/b', 'e'].map(pathOf);
    const change = (entry: PathEntry) => withLocalCurrent(entry, fileVersion(entry.path, 1));
    await index.update(paths, change, { sync: false });
    const packed = await index.storedChildren.packed(pathOf('d'));
    const children = [...unpackChildren(packed)];
    expect(children.map(({ name }) => name)).toEqual(names);
    const entries = children.map(({ at }) => index.storedChildren.entryAt(pathOf('d'), packed, at));
    expect(entries).toEqual(await index.entries(names.map((name) => pathOf(`d/${name}`))));
    expect(await index.storedChildren.packed(pathOf('nowhere'))).toHaveLength(0);
    const atRoot = [...unpackChildren(await index.storedChildren.packed(''))];
    expect(atRoot.map(({ name }) => name)).toEqual(['d-a', 'e']);
  });

  test('say of a path what its whole entry says that this disk shows', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryChange, { maxLength: 6 }), async (changes) => {
        const index = await openIndex();
        for (const change of changes) {
          await index.update([pathOf('d/f')], (entry) => changed(entry, change), { sync: false });
        }
        const row = localCurrent(await index.entry(pathOf('d/f')));
        const [child] = unpackChildren(await index.storedChildren.packed(pathOf('d')));
        const disk = row?.local.disk;
        expect(child === undefined ? undefined : readShownState(child.entry)).toEqual(
          disk === undefined ? undefined : { kind: row?.version.record.kind, disk },
        );
      }),
    );
  });

  test('say nothing of a path that is passed over', async () => {
    const index = await openIndex();
    const [disk] = fc.sample(arbitraryDisk, 1) as [DiskState];
    const show = (entry: PathEntry) =>
      withLocalCurrent(entry, fileVersion(entry.path, 1), { disk });
    await index.update([pathOf('d/f')], show, { sync: false });
    await index.ignore({ fingerprint: 'all', isIgnored: () => true }, async () => true);
    const [child] = unpackChildren(await index.storedChildren.packed(pathOf('d')));
    expect(child && readShownState(child.entry)).toBeUndefined();
  });
});
