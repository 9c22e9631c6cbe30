/** What a scan makes of ignored paths, of patterns that change, and of what happened meanwhile. */
import { localCurrent, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import { IgnoreRules, ignoredContentOf } from '@holdfast/folder-scanner';
import {
  chooseCurrent,
  type DeviceId,
  type FolderPath,
  ignoreFileName,
  versionOf,
} from '@holdfast/model';
import { byteStringFrom } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { context, hash, pathOf, type ScanWorld, worldWith } from './scan-world.js';

async function ignore(world: ScanWorld, text: string): Promise<void> {
  const rules = IgnoreRules.from([{ path: ignoreFileName, bytes: text }]);
  world.rules = rules;
  const fingerprint = rules.fingerprint(hash);
  const ignores = { fingerprint, isIgnored: (path: FolderPath) => rules.isIgnored(path) };
  await world.index.ignore(ignores, () => world.scanner.scanUnreachable());
}

const other = '12D3KooWThere' as DeviceId;

/** What this device shows is shown by another one too. */
async function tellOther(world: ScanWorld, path: string): Promise<void> {
  const change = (entry: Parameters<typeof localCurrent>[0]) => {
    const row = localCurrent(entry);
    if (row === undefined) throw new Error(`${path} is not shown`);
    return withPeerRow(entry, row.version, { device: other, state: 'current', sequence: 1 });
  };
  await world.index.update([pathOf(path)], change, { sync: false });
}

/** What this device says of a path, and what the folder shows by it. */
async function saidAndShown(world: ScanWorld, path: string) {
  const entry = await world.entry(path);
  const versions = entry.rows.map(({ version }) => version);
  return [
    localCurrent(entry)?.version.record.kind,
    chooseCurrent(versions, { merge: true }, hash)?.current.record.kind,
  ];
}

describe('a scan', () => {
  test('publishes nothing that is ignored, however it hears of it', async () => {
    const world = await worldWith('a.txt', 'b.tmp', 'build/x', 'build/y.txt');
    await ignore(world, '*.tmp\n/build');
    await world.scan();
    const hints = ['b.tmp', 'build', 'build/x', 'build/y.txt'].map(pathOf);
    await world.scanner.scanPaths(hints, [pathOf('build')]);
    expect(await world.shown()).toEqual({ 'a.txt': 'file 5' });
    expect(world.index.counts.files).toBe(1);
  });

  test('walks an ignored directory for what a pattern brings back, and keeps it for that', async () => {
    const world = await worldWith('bar2/baz', 'bar2/frobble', 'foo2/baz', 'deep/er/frobble');
    await ignore(world, '!frobble\n*2\ndeep');
    await world.scan();
    expect(await world.shown()).toEqual({
      bar2: 'directory',
      'bar2/frobble': 'file 12',
      deep: 'directory',
      'deep/er': 'directory',
      'deep/er/frobble': 'file 15',
    });
    world.write('foo2/frobble', 'new');
    await world.scanner.scanPaths([pathOf('foo2/frobble')], []);
    expect(await world.shown()).toMatchObject({ foo2: 'directory', 'foo2/frobble': 'file 3' });
  });

  test('sees that an ignored directory changed which is kept for what it holds', async () => {
    const world = await worldWith('bar2/frobble');
    await ignore(world, '!frobble\n*2');
    await world.scan();
    world.user.setPermissions(world.at('bar2'), 0o711);
    expect(await world.scan()).toMatchObject({ changed: 1 });
    const record = localCurrent(await world.entry('bar2'))?.version.record;
    expect(record).toMatchObject({ kind: 'directory', permissions: 0o711 });
  });

  test('takes the absence of what is ignored for nothing', async () => {
    const world = await worldWith('d/a.log', 'd/b.txt');
    await world.scan();
    await ignore(world, '*.log');
    const { sequence } = world.index.position();
    world.user.unlink(world.at('d/a.log'));
    await world.scan();
    await world.scanner.scanPaths([pathOf('d/a.log')], []);
    expect(world.index.position().sequence).toBe(sequence);
    expect((await world.shown())['d/a.log']).toBe('file 7');
    expect(world.index.counts.files).toBe(1);
  });
});

describe('what is not ignored any more', () => {
  test('is compared: unchanged it is what it was, edited it is a version above it', async () => {
    const world = await worldWith('same.log', 'edited.log');
    await world.scan();
    const before = (await world.entry('same.log')).rows[0]?.version.id;
    await ignore(world, '*.log');
    world.write('edited.log', 'other text');
    await ignore(world, '');
    await world.scan();
    const same = localCurrent(await world.entry('same.log'));
    expect([same?.version.id, same?.local.disk !== undefined]).toEqual([before, true]);
    expect(localCurrent(await world.entry('edited.log'))?.version.record).toMatchObject({
      sizeBytes: 10,
      vector: [{ counter: 2 }],
    });
    expect(world.index.counts.files).toBe(2);
  });

  test('and is not there is told to be gone, and comes back from whoever has it', async () => {
    const world = await worldWith('d/gone.log', 'd/b.txt');
    await world.scan();
    await tellOther(world, 'd/gone.log');
    await ignore(world, '*.log');
    world.user.unlink(world.at('d/gone.log'));
    await ignore(world, '');
    await world.scan();
    expect(await saidAndShown(world, 'd/gone.log')).toEqual(['tombstone', 'file']);
    expect(world.foreseen).toEqual([]);
  });

  test.each([
    ['is not there either', () => undefined],
    ['became a symlink', (world: ScanWorld) => world.user.makeSymlink('e', world.at('d'))],
  ])('and is not there comes back where its directory %s', async (_, replace) => {
    const world = await worldWith('d/f/gone.log', 'd/b.txt', 'e/kept.log');
    await world.scan();
    for (const path of ['d/f', 'd/f/gone.log']) await tellOther(world, path);
    await ignore(world, '*.log\n/d/f');
    for (const path of ['d/f/gone.log', 'd/b.txt']) world.user.unlink(world.at(path));
    for (const path of ['d/f', 'd']) world.user.removeDirectory(world.at(path));
    replace(world);
    await world.scan();
    await ignore(world, '');
    await world.scan();
    expect(await saidAndShown(world, 'd/f')).toEqual(['tombstone', 'directory']);
    expect(await saidAndShown(world, 'd/f/gone.log')).toEqual(['tombstone', 'file']);
    expect(await world.shown()).toMatchObject({ 'd/b.txt': 'tombstone', 'e/kept.log': 'file 10' });
  });

  test('and cannot be looked at is looked at when the patterns are taken over again', async () => {
    const world = await worldWith('d/gone.log');
    await world.scan();
    await tellOther(world, 'd/gone.log');
    await ignore(world, '*.log');
    world.user.unlink(world.at('d/gone.log'));
    world.user.removeDirectory(world.at('d'));
    await world.scan();
    const end = world.disk.faults.failWhile('EIO', ({ path }) => path === world.at('d'));
    await ignore(world, '');
    end();
    expect(await saidAndShown(world, 'd/gone.log')).toEqual(['file', 'file']);
    await ignore(world, '');
    expect(await saidAndShown(world, 'd/gone.log')).toEqual(['tombstone', 'file']);
  });

  test('and was deleted elsewhere stays, published apart from the deletion', async () => {
    const world = await worldWith('kept.log');
    await world.scan();
    await ignore(world, '*.log');
    const entry = await world.entry('kept.log');
    const vector = [
      ...(entry.rows[0]?.version.record.vector ?? []),
      { actor: '00000000000000bb' as never, counter: 1 },
    ];
    const path = pathOf('kept.log');
    const tombstone = versionOf({ kind: 'tombstone', path, vector, author: other }, hash);
    const peer = { device: other, state: 'current', sequence: 2 } as const;
    await world.index.update([path], (one) => withPeerRow(one, tombstone, peer), { sync: false });
    await ignore(world, '');
    await world.scan();
    expect(localCurrent(await world.entry('kept.log'))?.version.record).toMatchObject({
      kind: 'file',
      vector: [{ actor: context.actor, counter: 2 }],
    });
  });

  test('is known over a restart of the index, by its own mark', async () => {
    const world = await worldWith('a.log');
    await world.scan();
    await ignore(world, '*.log');
    expect((await world.entry('a.log')).ignored).toBe(true);
    const sequence = world.index.position().sequence;
    await ignore(world, '*.log\n// the same');
    expect(world.index.position().sequence).toBe(sequence);
    expect((await world.entry('a.log')).ignored).toBe(true);
  });
});

describe('a deleted directory that stays on the disk', () => {
  async function deletedAround(...files: string[]): Promise<ScanWorld> {
    const world = await worldWith(...files);
    await world.scan();
    for (const directory of ['d/e', 'd']) {
      const path = pathOf(directory);
      const vector = [{ actor: context.actor, counter: 9 }];
      const gone = versionOf({ kind: 'tombstone', path, vector, author: other }, hash);
      await world.index.update([path], (entry) => withLocalCurrent(entry, gone), { sync: false });
    }
    return world;
  }

  test('is not published again for what is ignored in it', async () => {
    const world = await deletedAround('d/e/a.tmp');
    await ignore(world, '*.tmp');
    await world.scan();
    expect(await world.shown()).toMatchObject({ d: 'tombstone', 'd/e': 'tombstone' });
    world.write('d/e/new.txt', 'new');
    await world.scan();
    expect(await world.shown()).toMatchObject({ d: 'directory', 'd/e/new.txt': 'file 3' });
  });

  test('holds only ignored content, all of which may go or some of which stays', async () => {
    const world = await deletedAround('d/e/a.tmp', 'd/b.cache/x');
    const contentBy = (text: string) => {
      const rules = IgnoreRules.from([{ path: ignoreFileName, bytes: text }]);
      const { runner, root } = world;
      return ignoredContentOf({ root, runner, index: world.index, rules }, pathOf('d'));
    };
    expect(await contentBy('(?d)*.tmp\n(?d)*.cache')).toEqual({
      type: 'ignored',
      deletable: expect.arrayContaining(['d/e', 'd/e/a.tmp', 'd/b.cache', 'd/b.cache/x']),
    });
    const stays = { type: 'ignored', deletable: undefined };
    expect(await contentBy('(?d)*.tmp\n*.cache')).toEqual(stays);
    expect(await contentBy('*.tmp')).toEqual({ type: 'other' });
    expect(await contentBy('!x\n*.tmp\n*.cache')).toEqual({ type: 'other' });
  });
});

test('a name that is not UTF-8 is ignored by its bytes', async () => {
  const name = byteStringFrom(Buffer.from([0x61, 0xff, 0x62]));
  const world = await worldWith(name, 'ab');
  await ignore(world, 'a?b');
  await world.scan();
  expect(Object.keys(await world.shown())).toEqual(['ab']);
});
