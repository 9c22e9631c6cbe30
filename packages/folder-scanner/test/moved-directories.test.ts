/** A directory that was moved is recognised by what its files are on the disk, and only then. */
import { localCurrent } from '@holdfast/folder-index';
import { expect, test } from 'vitest';
import { type ScanWorld, worldWith } from './scan-world.js';

const reads = (world: ScanWorld) =>
  world.calls.filter((call) => call.name === 'open').map((call) => call.path);

const blocksOf = async (world: ScanWorld, path: string) => {
  const record = localCurrent(await world.entry(path))?.version.record;
  return record?.kind === 'file' ? record.blocks : undefined;
};

test('the files of a moved directory are published without being read', async () => {
  const world = await worldWith('d/a', 'd/e/b');
  await world.scan();
  const before = [await blocksOf(world, 'd/a'), await blocksOf(world, 'd/e/b')];
  world.user.rename(world.at('d'), world.at('moved'));
  world.pass(10_000);
  await world.scan();
  expect(await world.shown()).toEqual({
    d: 'tombstone',
    'd/a': 'tombstone',
    'd/e': 'tombstone',
    'd/e/b': 'tombstone',
    moved: 'directory',
    'moved/a': 'file 3',
    'moved/e': 'directory',
    'moved/e/b': 'file 5',
  });
  expect([await blocksOf(world, 'moved/a'), await blocksOf(world, 'moved/e/b')]).toEqual(before);
  expect(reads(world).filter((path) => path.startsWith(world.at('moved')))).toEqual([]);
});

test('moved back and forth, it is recognised each time', async () => {
  const world = await worldWith('d/a');
  await world.scan();
  for (const [from, to] of [
    ['d', 'x'],
    ['x', 'd'],
    ['d', 'y'],
  ] as const) {
    world.user.rename(world.at(from), world.at(to));
    world.pass(10_000);
    await world.scan();
    expect(await world.shown()).toMatchObject({
      [`${from}/a`]: 'tombstone',
      [`${to}/a`]: 'file 3',
    });
    expect(reads(world).filter((path) => path.startsWith(world.at(to)))).toEqual([]);
  }
});

test('a file that changed on the way is read, though its size and mtime stayed', async () => {
  const world = await worldWith('d/a', 'd/b');
  await world.scan();
  const before = await blocksOf(world, 'd/a');
  world.user.rename(world.at('d'), world.at('moved'));
  const { mtimeNs } = world.user.stat(world.at('moved/a'));
  world.overwrite('moved/a', 'X/a');
  world.user.setModificationTime(world.at('moved/a'), mtimeNs);
  world.pass(10_000);
  await world.scan();
  expect(reads(world)).toContain(world.at('moved/a'));
  expect(reads(world)).not.toContain(world.at('moved/b'));
  expect(await blocksOf(world, 'moved/a')).not.toEqual(before);
});

test('another directory that got the inode of one that is gone is read', async () => {
  const world = await worldWith('d/a', 'other/a');
  await world.scan();
  world.user.rename(world.at('d'), world.at('moved'));
  world.user.unlink(world.at('moved/a'));
  world.user.rename(world.at('other/a'), world.at('moved/a'));
  world.pass(10_000);
  await world.scan();
  expect(reads(world)).toContain(world.at('moved/a'));
  expect(await world.shown()).toMatchObject({ 'moved/a': 'file 7', 'other/a': 'tombstone' });
});
