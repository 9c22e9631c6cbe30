/** What is on the other side already is not sent again: by the bytes that pass between two nodes. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import { proxiedPair, settlePair } from './proxied-pair.js';
import { useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const mebibyte = 1024 * 1024;
const world = useTestWorld();

test('a byte at the front of a large file sends the blocks that it changed', async () => {
  const pair = await proxiedPair(world);
  const { laptopTree, desktopTree, proxy } = pair;
  const content = randomBytes(64 * mebibyte);
  writeFileSync(join(laptopTree, 'large.bin'), content);
  await settlePair(pair);
  expect(proxy.bytes).toBeGreaterThan(content.length);

  const before = proxy.bytes;
  const longer = Buffer.concat([Buffer.of(1), content]);
  writeFileSync(join(laptopTree, 'large.bin'), longer);
  await settlePair(pair);
  expect(readFileSync(join(desktopTree, 'large.bin')).equals(longer)).toBe(true);
  expect(proxy.bytes - before).toBeLessThan(2_000_000);
});

test('a directory and a large file that get other names send records, not bytes', async () => {
  const pair = await proxiedPair(world);
  const { laptopTree, desktopTree, proxy } = pair;
  mkdirSync(join(laptopTree, 'photos', 'summer'), { recursive: true });
  for (let number = 0; number < 150; number += 1) {
    const directory = number % 2 === 0 ? 'photos' : 'photos/summer';
    writeFileSync(join(laptopTree, directory, `photo-${number}`), randomBytes(20_000));
  }
  writeFileSync(join(laptopTree, 'film.mkv'), randomBytes(8 * mebibyte));
  await settlePair(pair);
  const before = proxy.bytes;
  expect(before).toBeGreaterThan(11 * 1_000_000);

  renameSync(join(laptopTree, 'photos'), join(laptopTree, 'pictures'));
  renameSync(join(laptopTree, 'film.mkv'), join(laptopTree, 'pictures', 'film.mkv'));
  await eventually('the old names go', () => !existsSync(join(desktopTree, 'photos')));
  await settlePair(pair);
  expect(treeSnapshot(desktopTree)).toEqual(treeSnapshot(laptopTree));
  expect(proxy.bytes - before).toBeLessThan(300_000);
});
