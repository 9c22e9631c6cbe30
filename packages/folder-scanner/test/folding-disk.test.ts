/** A disk on which one name leads to what lies under another: only the byte-equal name counts. */
import { expect, test } from 'vitest';
import { pathOf, ScanWorld } from './scan-world.js';

async function worldWith(...files: string[]): Promise<ScanWorld> {
  const world = await ScanWorld.open({ foldCase: true });
  for (const path of files) world.write(path, path);
  await world.scan();
  return world;
}

test('nothing is published under a name that only leads to another file', async () => {
  const world = await worldWith('a.txt');
  await world.scanner.scanPaths([pathOf('A.TXT'), pathOf('A.txt')], []);
  expect(await world.shown()).toEqual({ 'a.txt': 'file 5' });
});

test('a file that changes the case of its name is a new one, and the old one is deleted', async () => {
  const world = await worldWith('a.txt');
  world.user.rename(world.at('a.txt'), world.at('A.TXT'));
  await world.scanner.scanPaths([pathOf('a.txt'), pathOf('A.TXT')], []);
  expect(await world.shown()).toEqual({ 'a.txt': 'tombstone', 'A.TXT': 'file 5' });
});

test('what lies in a directory is not found below another case of its name', async () => {
  const world = await ScanWorld.open({ foldCase: true });
  world.user.makeDirectory(world.at('docs'));
  world.write('docs/a', 'text');
  await world.scan();
  await world.scanner.scanPaths([pathOf('DOCS/a')], [pathOf('DOCS')]);
  expect(await world.shown()).toEqual({ docs: 'directory', 'docs/a': 'file 4' });
});

test('a disk that tells names apart lists no directory to find that out', async () => {
  const world = await ScanWorld.open();
  world.write('a.txt', 'text');
  world.calls.length = 0;
  await world.scanner.scanPaths([pathOf('a.txt')], []);
  expect(world.calls.filter(({ name }) => name === 'list')).toEqual([]);
  expect(await world.shown()).toEqual({ 'a.txt': 'file 4' });
});
