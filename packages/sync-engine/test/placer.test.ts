import {
  FolderIndex,
  localCurrent,
  type PathEntry,
  rowOf,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { createMarker, FolderScanner, ListBlockStore } from '@holdfast/folder-scanner';
import { type FolderId, type Version, versionOf } from '@holdfast/model';
import { statIfPresent } from '@holdfast/platform';
import {
  type FileCall,
  InlineBulkRunner,
  MemoryDatabase,
  MemoryFileSystem,
  MemoryKeyValueStore,
  nativeBlake3,
  SeededRandom,
} from '@holdfast/simulation';
import { needOf, planPath } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import { Placer } from '../src/placer.js';
import {
  actor,
  desktop,
  fileVersion,
  hash,
  here,
  PlaceWorld,
  pathOf,
  root,
} from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
const symlink = (path: string, target: string, counter = 1) =>
  versionOf(
    {
      kind: 'symlink',
      path: pathOf(path),
      vector: [{ actor: actor('d'), counter }],
      author: desktop,
      target,
    },
    hash,
  );

async function scene() {
  const world = new PlaceWorld();
  const random = new SeededRandom('placer');
  const store = new MemoryKeyValueStore(new MemoryDatabase());
  const policy = { needOf: (entry: never) => needOf(entry, hash), queuesOffers: false };
  const index = await FolderIndex.open({ store, folder, hash, random, policy });
  const { clock } = world;
  let onCall: ((call: FileCall) => void) | undefined;
  const { mounts } = world;
  const fileSystem = new MemoryFileSystem({ mounts, onCall: (call) => onCall?.(call) });
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
  const context = { actor: actor('a'), device: here, hash };
  const marker = createMarker(world.user, root, folder, random);
  const scanner = new FolderScanner({
    root,
    marker,
    index,
    runner,
    context,
    listBlocks: new ListBlockStore(store, 'L'),
    isCovered: () => false,
    isBeingPlaced: () => false,
  });
  const appearances = { begin: () => undefined, end: () => undefined };
  const placer = new Placer({ index, runner, root, hash, clock, context, appearances });
  /** Another device shows the version, and it is brought in. */
  const receive = async (version: Version) => {
    const { path } = version.record;
    const [entry] = await index.update(
      [path],
      (before) => withPeerRow(before, version, { device: desktop, state: 'current', sequence: 1 }),
      { sync: true },
    );
    const action = planPath(entry!, hash);
    if (action.type === 'none') throw new Error('there is something to do');
    return placer.place([{ entry: entry!, action }], undefined);
  };
  const there = (path: string) => statIfPresent(world.user, world.at(path))?.kind;
  const setOnCall = (next: typeof onCall) => {
    onCall = next;
  };
  return { world, index, scanner, receive, there, onCall: setOnCall };
}

describe('a symlink of a peer that leads outside the folder', () => {
  test('is recorded and neither created, waited for nor tried again', async () => {
    const { index, receive, there } = await scene();
    const version = symlink('link', '/etc/passwd');
    expect(await receive(version)).toMatchObject({ placed: 1, failed: [], changed: ['link'] });
    expect(there('link')).toBeUndefined();
    const entry = await index.entry(pathOf('link'));
    expect(localCurrent(entry)).toMatchObject({ version: { id: version.id } });
    expect(localCurrent(entry)?.local.disk).toBeUndefined();
    expect([planPath(entry, hash).type, index.counts.needFiles]).toEqual(['none', 0]);
  });

  test('is listed, and its absence is never published as a deletion', async () => {
    const { index, scanner, receive } = await scene();
    const version = symlink('link', '../other');
    await receive(version);
    await scanner.scanPaths([pathOf('link')], []);
    const listed = [{ path: 'link', reason: 'the symlink leads outside the folder' }];
    expect(scanner.leftOut.list()).toEqual(listed);
    await scanner.scanAll();
    expect(scanner.leftOut.list()).toEqual(listed);
    expect(scanner.problems.count).toBe(0);
    const entry = await index.entry(pathOf('link'));
    expect(localCurrent(entry)?.version.id).toBe(version.id);
  });

  test('takes the place of a file, which is held', async () => {
    const { world, index, receive, there } = await scene();
    const old = fileVersion('a', 'old', [{ actor: actor('d'), counter: 1 }]);
    const disk = world.write('a', 'old');
    await index.update([pathOf('a')], (entry) => withLocalCurrent(entry, old, { disk }), {
      sync: true,
    });
    await receive(symlink('a', '/etc/passwd', 2));
    expect([there('a'), world.held(old.id)]).toEqual([undefined, 'old']);
    expect(index.counts.held).toBe(1);
  });

  test('is followed by what its user then puts there', async () => {
    const { world, index, scanner, receive } = await scene();
    await receive(symlink('link', '/etc/passwd'));
    await scanner.scanAll();
    world.write('link', 'mine');
    await scanner.scanAll();
    expect(scanner.leftOut.list()).toEqual([]);
    const record = localCurrent(await index.entry(pathOf('link')))?.version.record;
    expect(record).toMatchObject({ kind: 'file', author: here });
  });
});

test('what the index was told of a path while it was being placed stays, and the rest is held', async () => {
  const { world, index, receive, onCall } = await scene();
  const path = pathOf('a');
  const old = fileVersion('a', 'old', [{ actor: actor('d'), counter: 1 }]);
  const mine = fileVersion('a', 'mine', [{ actor: actor('a'), counter: 1 }]);
  const disk = world.write('a', 'old');
  await index.update([path], (entry) => withLocalCurrent(entry, old, { disk }), { sync: true });
  const told: Promise<unknown>[] = [];
  onCall(({ name }) => {
    if (name !== 'link' || told.length > 0) return;
    const change = (entry: PathEntry) => withLocalCurrent(entry, mine, { disk });
    told.push(index.update([path], change, { sync: true }));
  });
  await receive(symlink('a', './b', 2));
  expect(told).toHaveLength(1);
  await Promise.all(told);
  const entry = await index.entry(path);
  expect(localCurrent(entry)?.version.id).toBe(mine.id);
  expect(rowOf(entry, old.id)?.local?.state).toBe('side');
});

test('a symlink of a peer that stays inside is created', async () => {
  const { world, receive, there } = await scene();
  world.user.makeDirectory(world.at('d'));
  expect(await receive(symlink('d/link', '../a.txt'))).toMatchObject({ placed: 1, changed: [] });
  expect(there('d/link')).toBe('symlink');
});

describe('a file whose place is taken while it is being replaced', () => {
  const old = fileVersion('a', 'old', [{ actor: actor('d'), counter: 1 }]);
  const theirs = symlink('a', 'elsewhere', 2);

  async function taken(take: (world: PlaceWorld) => void) {
    const made = await scene();
    const { world, index, receive } = made;
    const disk = world.write('a', 'old');
    await index.update([pathOf('a')], (entry) => withLocalCurrent(entry, old, { disk }), {
      sync: true,
    });
    made.onCall(({ name, path }) => {
      if (name !== 'syncDirectory' || !path.endsWith('/held')) return;
      made.onCall(undefined);
      take(world);
    });
    const outcome = await receive(theirs);
    const state = async () => rowOf(await index.entry(pathOf('a')), old.id)?.local?.state;
    return { ...made, outcome, state };
  }

  test('is held, and what took its place is read and shown', async () => {
    const { world, index, scanner, outcome, state } = await taken((before) => {
      before.write('mine', 'mine');
      before.user.rename(before.at('mine'), before.at('a'));
    });
    expect(outcome).toMatchObject({ placed: 0, changed: ['a'] });
    expect([world.held(old.id), await state(), index.counts.held]).toEqual(['old', 'side', 1]);
    await scanner.scanPaths([pathOf('a')], []);
    const shown = localCurrent(await index.entry(pathOf('a')));
    expect(shown?.version.record).toMatchObject({ kind: 'file', author: here });
    expect(await state()).toBe('side');
  });

  test('is held where its user deleted it', async () => {
    const { world, index, state } = await taken((before) => before.user.unlink(before.at('a')));
    expect([world.held(old.id), await state(), index.counts.held]).toEqual(['old', 'side', 1]);
  });

  test('needs no row where it still is in its place', async () => {
    const { world, index, state } = await taken((before) => before.overwrite('a', 'mine'));
    expect([world.held(old.id), world.text('a')]).toEqual([undefined, 'mine']);
    expect([await state(), index.counts.held]).toEqual(['current', 0]);
  });
});
