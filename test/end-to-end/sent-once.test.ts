/** What is on the other side already is not sent again: by the bytes that pass between two nodes. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import { defaultUp } from './node-process.js';
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

const temporaries = (tree: string) =>
  readdirSync(tree).filter((name) => name.startsWith('.holdfast-tmp-'));

test.each(['desktop', 'laptop'] as const)(
  'a large file goes on where it stopped, after the %s was killed',
  async (killed) => {
    const pair = await proxiedPair(world);
    const { laptopTree, desktopTree, proxy } = pair;
    const content = randomBytes(64 * mebibyte);
    const begun = proxy.bytes;
    proxy.cutAt = begun + 40 * mebibyte;
    writeFileSync(join(laptopTree, 'large.bin'), content);
    await eventually('the connection is cut', () => proxy.isCut);
    await pair[killed].signal('SIGKILL');
    await eventually('it is there in part', () => temporaries(desktopTree).length === 1);

    // The desktop has learned where the laptop listens, and would dial past the proxy.
    if (killed === 'desktop') {
      await pair.laptop.stop();
      await pair.laptop.start(defaultUp);
    }
    const before = proxy.bytes;
    proxy.cutAt = Number.POSITIVE_INFINITY;
    await pair[killed].start();
    await settlePair(pair);
    expect(readFileSync(join(desktopTree, 'large.bin')).equals(content)).toBe(true);
    expect(proxy.bytes - before).toBeGreaterThan(16 * mebibyte);
    // What was on its way when it was cut is sent again: three windows, and what sockets hold.
    expect(proxy.bytes - before).toBeLessThan(content.length - 40 * mebibyte + 16 * mebibyte);
    await eventually('nothing is left of the parts', () => temporaries(desktopTree).length === 0);
  },
);

test('what is left of a large file goes once nobody wants it any more', async () => {
  const pair = await proxiedPair(world);
  const { laptopTree, desktopTree, proxy } = pair;
  proxy.cutAt = proxy.bytes + 20 * mebibyte;
  writeFileSync(join(laptopTree, 'large.bin'), randomBytes(64 * mebibyte));
  await eventually('the connection is cut', () => proxy.isCut);
  await eventually('it is there in part', () => temporaries(desktopTree).length === 1);
  rmSync(join(laptopTree, 'large.bin'));
  await pair.laptop.ask('folder', 'rescan', 'docs');
  proxy.cutAt = Number.POSITIVE_INFINITY;
  await settlePair(pair);
  await pair.desktop.ask('folder', 'rescan', 'docs');
  await eventually('the part is gone', () => temporaries(desktopTree).length === 0);
  expect(readdirSync(desktopTree)).not.toContain('large.bin');
});
