/** Symlinks as what they are: carried over, archived, restored, and never a way out of a folder. */
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { introduce, pairAll, shareFolder, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

/** Laptop and desktop, and an archive with a mirror, which all know one another. */
const world = useTestWorld({ lasts: 'the whole file' });
let laptop: NodeProcess;
let desktop: NodeProcess;
let pi: NodeProcess;
beforeAll(async () => {
  [laptop, desktop, pi] = await world.startNodes('laptop', 'desktop', 'pi');
  await pairAll(laptop, desktop, pi);
});

/** Of one test: a folder that all three have. */
let label: string;
let laptopTree: string;
let desktopTree: string;
let mirror: string;
let restored: string;
beforeEach(async ({ task }) => {
  label = `docs-${task.id}`;
  laptopTree = world.directory(`${label}-laptop`);
  [desktopTree, mirror] = [world.path(`${label}-desktop`), world.path(`${label}-pi`)];
  restored = world.path(`${label}-restored`);
  const others = [[desktop, desktopTree] as const, [pi, mirror, '--archive'] as const];
  await introduce(await shareFolder(laptop, laptopTree, others, label), desktop, pi);
});

const here = (path: string) => join(laptopTree, path);
const there = (path: string) => join(desktopTree, path);

async function settled(): Promise<void> {
  await Promise.all([laptop, desktop, pi].map((node) => node.ask('folder', 'rescan', label)));
  await laptop.archived(label);
  await desktop.archived(label);
  await pi.inSync(label);
}

function expectSame(): void {
  expect(treeSnapshot(desktopTree)).toEqual(treeSnapshot(laptopTree));
  expect(treeSnapshot(mirror)).toEqual(treeSnapshot(laptopTree));
}

/** The bytes of every symlink at the top, by name: text would hide what is no UTF-8. */
function targetsIn(root: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root)
      .filter((name) => lstatSync(join(root, name)).isSymbolicLink())
      .map((name) => [name, readlinkSync(join(root, name), { encoding: 'hex' } as never)]),
  );
}

test('links within the folder are made as they are, whatever they lead to', async () => {
  mkdirSync(here('d/e'), { recursive: true });
  writeFileSync(here('d/a.txt'), 'content');
  symlinkSync('d/a.txt', here('relative'));
  symlinkSync('relative', here('link-to-link'));
  symlinkSync('d', here('to-directory'));
  symlinkSync('d/not-yet', here('dangling'));
  symlinkSync('loop', here('loop'));
  symlinkSync('../a.txt', here('d/e/upward'));
  symlinkSync(Buffer.from([0x64, 0x2f, 0xff, 0xfe, 0x80]), here('not-utf8'));
  symlinkSync('n'.repeat(255), here('long-name'));
  symlinkSync(`${'d/./'.repeat(999)}abcd`, here('four-thousand'));
  expect(readlinkSync(here('four-thousand'))).toHaveLength(4_000);
  await settled();
  expectSame();
  expect(Object.keys(targetsIn(laptopTree))).toHaveLength(8);
  expect(targetsIn(desktopTree)).toEqual(targetsIn(laptopTree));
  expect(targetsIn(mirror)).toEqual(targetsIn(laptopTree));

  await desktop.ask('restore', label, '--to', restored);
  expect(treeSnapshot(restored)).toEqual(treeSnapshot(laptopTree));
  expect(targetsIn(restored)).toEqual(targetsIn(laptopTree));
});

test('links that lead outside are archived and listed, not made, and come back on restore', async () => {
  mkdirSync(here('d'));
  const outward = {
    absolute: world.root,
    upward: '../x',
    'd/deeper': '../../x',
    'own-area': '.holdfast/marker.json',
  };
  for (const [path, target] of Object.entries(outward)) symlinkSync(target, here(path));
  writeFileSync(here('plain'), 'plain');
  await settled();
  expect(Object.keys(treeSnapshot(desktopTree))).toEqual(['d', 'plain']);
  expect(Object.keys(treeSnapshot(mirror))).toEqual(['d', 'plain']);
  expect(Object.keys(treeSnapshot(laptopTree))).toHaveLength(6);
  for (const node of [desktop, pi]) {
    const stateReason = expect.stringContaining('leads outside');
    await node.shows({ state: 'up-to-date', stateReason }, label);
  }
  await laptop.ask('restore', label, '--to', restored);
  expect(treeSnapshot(restored)).toEqual(treeSnapshot(laptopTree));
});

test('a file becomes a link and a file again, a directory a link and a directory again', async () => {
  mkdirSync(here('d'));
  writeFileSync(here('d/inside'), 'inside');
  writeFileSync(here('changing'), 'first a file');
  await settled();
  unlinkSync(here('changing'));
  symlinkSync('d/inside', here('changing'));
  await settled();
  expectSame();
  renameSync(here('d'), here('moved'));
  symlinkSync('moved', here('d'));
  await settled();
  expectSame();
  expect(readFileSync(there('changing'), 'utf8')).toBe('inside');
  unlinkSync(here('changing'));
  writeFileSync(here('changing'), 'a file again');
  unlinkSync(here('d'));
  mkdirSync(here('d'));
  writeFileSync(here('d/other'), 'other');
  await settled();
  expectSame();
  const { versions } = await desktop.ask<{ versions: { kind: string }[] }>(
    'log',
    `${label}/changing`,
  );
  expect(versions.map((one) => one.kind)).toEqual(['file', 'symlink', 'file']);
});

test('an edit of a file that lies behind a link of this device does not escape through it', async () => {
  mkdirSync(here('d'));
  writeFileSync(here('d/a.txt'), 'of the folder');
  await settled();
  const outside = world.directory(`${label}-outside`);
  writeFileSync(join(outside, 'a.txt'), 'outside');
  await desktop.stop();
  rmSync(there('d'), { recursive: true });
  symlinkSync(outside, there('hop'));
  symlinkSync('hop', there('d'));
  writeFileSync(here('d/a.txt'), 'edited on the laptop');
  writeFileSync(here('d/new.txt'), 'new on the laptop');
  await laptop.ask('folder', 'rescan', label);
  await desktop.start();
  await eventually('the edit has come', async () => {
    const { stdout } = await desktop.run('cat', `${label}/d/a.txt`);
    return stdout.toString() === 'edited on the laptop';
  });
  await settled();
  expect(treeSnapshot(outside)).toEqual({ 'a.txt': Buffer.from('outside').toString('base64') });
  expect(readFileSync(here('d/a.txt'), 'utf8')).toBe('edited on the laptop');
  expect(readFileSync(there('d/a.txt'), 'utf8')).toBe('edited on the laptop');
});

test('a link in a mirror that leads outside is no way out for what its archive takes', async () => {
  mkdirSync(here('d'));
  writeFileSync(here('d/a.txt'), 'of the folder');
  await settled();
  const outside = world.directory(`${label}-outside`);
  await pi.stop();
  rmSync(join(mirror, 'd'), { recursive: true });
  symlinkSync(outside, join(mirror, 'd'));
  writeFileSync(here('d/b.txt'), 'new on the laptop');
  await pi.start();
  await settled();
  expect(readdirSync(outside)).toEqual([]);
  expectSame();
  const { versions } = await pi.ask<{ versions: { kind: string }[] }>('log', `${label}/d`);
  expect(versions.map((one) => one.kind)).toEqual(['symlink', 'directory']);
});
