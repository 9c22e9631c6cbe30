/** A file with holes takes no more room on another device, in an archive or restored than where it was made. */
import {
  closeSync,
  lstatSync,
  openSync,
  readSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settle, shareDocs, useTestWorld } from './test-world.js';

const world = useTestWorld();

const mebibyte = 1024 * 1024;
const sizeBytes = 160 * mebibyte + 12_345;
const spots = [40 * mebibyte + 77, 100 * mebibyte, sizeBytes - 30 * mebibyte];
/** What is around a spot of data is cut into blocks that are not all zeros. */
const roomBytes = 24 * mebibyte;

function makeSparse(path: string): void {
  writeFileSync(path, 'at the beginning');
  truncateSync(path, sizeBytes);
  const file = openSync(path, 'r+');
  for (const spot of spots) writeSync(file, `data at ${spot}`, spot);
  closeSync(file);
}

const takes = (path: string) => lstatSync(path).blocks * 512;

/** Compared in parts: both at once would not fit into one buffer of text. */
function sameContent(one: string, other: string): boolean {
  const files = [openSync(one, 'r'), openSync(other, 'r')] as const;
  const parts = [Buffer.alloc(mebibyte), Buffer.alloc(mebibyte)] as const;
  let same = lstatSync(one).size === lstatSync(other).size;
  for (let at = 0; same && at < sizeBytes; at += mebibyte) {
    for (const [place, file] of files.entries()) readSync(file, parts[place]!, 0, mebibyte, at);
    same = parts[0].equals(parts[1]);
  }
  for (const file of files) closeSync(file);
  return same;
}

test('holes stay holes on the other device, in a changed file and in a restore', async () => {
  const shared = await shareDocs(world);
  const [here, there] = [join(shared.laptopTree, 'disk.img'), join(shared.desktopTree, 'disk.img')];
  makeSparse(here);
  expect(takes(here)).toBeLessThan(roomBytes);
  await settle(shared);
  expect(sameContent(here, there)).toBe(true);
  expect(takes(there)).toBeLessThan(roomBytes);

  const file = openSync(there, 'r+');
  writeSync(file, 'changed there', 140 * mebibyte);
  closeSync(file);
  await settle(shared);
  expect(sameContent(here, there)).toBe(true);
  expect(takes(here)).toBeLessThan(roomBytes);

  const { storedBytes } = await shared.pi.ask<{ storedBytes: number }>('archive', 'status');
  expect(storedBytes).toBeLessThan(mebibyte);
  await shared.laptop.ask('restore', 'docs/disk.img', '--to', world.path('restored'));
  const restored = world.path('restored', 'disk.img');
  expect(sameContent(here, restored)).toBe(true);
  expect(takes(restored)).toBeLessThan(roomBytes);
});
