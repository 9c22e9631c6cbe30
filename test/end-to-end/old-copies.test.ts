/** Homes and disks that are put back from an old copy: nothing is lost, nothing diverges, no copies. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import {
  type SharedFolder,
  sameEverywhere,
  settle,
  shareDocs,
  useTestWorld,
} from './test-world.js';
import { text, write } from './tree-files.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld();

function copyOf(directory: string): void {
  execFileSync('cp', ['-a', directory, world.path(`${basename(directory)}-copy`)]);
}

function putBack(directory: string): void {
  rmSync(directory, { recursive: true });
  execFileSync('cp', ['-a', world.path(`${basename(directory)}-copy`), directory]);
}

/** Makes copies of these directories of a node, while it is off, as they are now. */
async function copyWhileOff(node: NodeProcess, ...directories: readonly string[]): Promise<void> {
  await node.stop();
  for (const directory of directories) copyOf(directory);
  await node.start();
}

/** What is there when the copy is made. */
async function begin(shared: SharedFolder): Promise<void> {
  for (const name of ['kept', 'edited', 'theirs', 'deleted-here', 'deleted-there', 'offline']) {
    write(shared.laptopTree, `${name}.txt`, `${name}, before the copy`);
  }
  await settle(shared);
}

/** Work on both sides after the copy was made, published and archived. */
async function goOn(shared: SharedFolder): Promise<void> {
  const { laptopTree, desktopTree } = shared;
  write(laptopTree, 'edited.txt', 'edited on the laptop');
  write(laptopTree, 'new-here.txt', 'made on the laptop');
  rmSync(join(laptopTree, 'deleted-here.txt'));
  write(desktopTree, 'theirs.txt', 'edited on the desktop');
  write(desktopTree, 'new-there.txt', 'made on the desktop');
  rmSync(join(desktopTree, 'deleted-there.txt'));
  await settle(shared);
  write(laptopTree, 'edited.txt', 'edited on the laptop, twice');
  await settle(shared);
}

/** What the desktop does while the laptop is off. */
async function workThere(shared: SharedFolder): Promise<void> {
  const { desktop, desktopTree } = shared;
  write(desktopTree, 'new-here.txt', 'made on the laptop, edited on the desktop');
  rmSync(join(desktopTree, 'edited.txt'));
  await desktop.ask('folder', 'rescan', 'docs');
  await desktop.archived();
}

async function expectSame(shared: SharedFolder): Promise<Record<string, string>> {
  const here = await sameEverywhere(world, shared);
  expect(Object.keys(here).filter((name) => name.includes('sync-conflict'))).toEqual([]);
  return here;
}

async function note(node: NodeProcess): Promise<string> {
  return (await node.folder()).stateReason;
}

test('an old home beside the tree as it is: edits made offline win, nothing comes back', async () => {
  const shared = await shareDocs(world);
  const { laptop, laptopTree } = shared;
  await begin(shared);
  await copyWhileOff(laptop, laptop.home);
  await goOn(shared);
  await laptop.stop();
  await workThere(shared);
  putBack(laptop.home);
  write(laptopTree, 'offline.txt', 'edited while the node was off');
  rmSync(join(laptopTree, 'kept.txt'));
  await laptop.start();

  const here = await expectSame(shared);
  expect(Object.keys(here).sort()).toEqual([
    'new-here.txt',
    'new-there.txt',
    'offline.txt',
    'theirs.txt',
  ]);
  expect(text(laptopTree, 'offline.txt')).toBe('edited while the node was off');
  expect(text(laptopTree, 'new-here.txt')).toContain('edited on the desktop');
  expect(text(laptopTree, 'theirs.txt')).toBe('edited on the desktop');
  await laptop.shows({
    stateReason: expect.stringMatching(/older than what .* remembers .* nothing was deleted/),
  });
});

test('an old home and the old tree with it: what was published since comes back', async () => {
  const shared = await shareDocs(world);
  const { laptop, laptopTree } = shared;
  await begin(shared);
  await copyWhileOff(laptop, laptop.home, laptopTree);
  await goOn(shared);
  await laptop.stop();
  await workThere(shared);
  putBack(laptop.home);
  putBack(laptopTree);
  write(laptopTree, 'offline.txt', 'edited after the disk was put back');
  await laptop.start();

  const here = await expectSame(shared);
  expect(Object.keys(here).sort()).toEqual([
    'kept.txt',
    'new-here.txt',
    'new-there.txt',
    'offline.txt',
    'theirs.txt',
  ]);
  expect(text(laptopTree, 'offline.txt')).toBe('edited after the disk was put back');
  expect(text(laptopTree, 'theirs.txt')).toBe('edited on the desktop');
});

test('numbers given out again while nobody was there overwrite nothing', async () => {
  const shared = await shareDocs(world);
  const { laptop, desktop, pi, laptopTree, desktopTree } = shared;
  await begin(shared);
  await copyWhileOff(laptop, laptop.home, laptopTree);
  for (const round of [1, 2, 3]) {
    write(laptopTree, 'edited.txt', `published, round ${round}`);
    await settle(shared);
  }
  await laptop.stop();
  await desktop.stop();
  await pi.stop();
  putBack(laptop.home);
  putBack(laptopTree);
  await laptop.start();
  write(laptopTree, 'edited.txt', 'made on the old copy, alone');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.stop();
  await laptop.start();
  await Promise.all([desktop.start(), pi.start()]);

  await settle(shared);
  expect(treeSnapshot(desktopTree)).toEqual(treeSnapshot(laptopTree));
  const names = Object.keys(treeSnapshot(laptopTree)).filter((name) => name.startsWith('edited'));
  const contents = names.map((name) => text(laptopTree, name)).sort();
  expect(contents, 'both were made apart: both are kept').toEqual([
    'made on the old copy, alone',
    'published, round 3',
  ]);
});

test('an archive whose disk was put back says again what it holds, and gets what it lost', async () => {
  const shared = await shareDocs(world);
  const { laptop, pi, laptopTree } = shared;
  await begin(shared);
  await copyWhileOff(pi, pi.home);
  await goOn(shared);
  await pi.stop();
  putBack(pi.home);
  await pi.start();
  await eventually('the archive notices', async () => (await note(pi)).includes('renumbered'));
  await expectSame(shared);
  await laptop.shows({
    copies: 1,
    state: 'out-of-sync',
    stateReason: expect.stringContaining('The history on pi does not lead through what'),
  });
  expect(existsSync(join(laptopTree, 'new-there.txt'))).toBe(true);

  await laptop.ask('folder', 'unshare', 'docs', 'pi');
  await laptop.ask('folder', 'share', 'docs', 'pi');
  await laptop.shows({ state: 'up-to-date', copies: 1 });
});
