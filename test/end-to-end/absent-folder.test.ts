/** Absence is not deletion: a root that is away, or is not the one it was, stops the folder. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld({ lasts: 'the whole file' });
let laptop: NodeProcess;
let desktop: NodeProcess;
let tree: string;
let there: string;
beforeAll(async () => {
  [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
  tree = world.directory('disk', 'docs');
  there = world.path('there');
  for (const name of ['a', 'b', 'c']) writeFileSync(join(tree, name), `content of ${name}`);
  await shareFolder(laptop, tree, [[desktop, there]]);
});
beforeEach(() => inSync());

async function inSync(): Promise<void> {
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.inSync();
  await desktop.inSync();
  expect(treeSnapshot(there)).toEqual(treeSnapshot(tree));
}

/** The folder is stopped and says why; an edit of the other side tells that sync had its chance. */
async function expectStopped(edit: string): Promise<void> {
  const before = treeSnapshot(there);
  expect((await laptop.refuses(1, 'folder', 'rescan', 'docs')).code).toBe('folder_stopped');
  await laptop.shows({ state: 'stopped', stateReason: expect.stringMatching(/./) });
  writeFileSync(join(there, edit), `edited while the folder was away: ${edit}`);
  await desktop.ask('folder', 'rescan', 'docs');
  await laptop.refuses(1, 'wait', 'docs', '--timeout', '0.5');
  const after = treeSnapshot(there);
  expect(Object.keys(before).filter((path) => !(path in after))).toEqual([]);
}

test('a root that vanishes stops the folder, and it goes on when it is back', async () => {
  renameSync(world.path('disk'), world.path('away'));
  await expectStopped('after-vanishing');
  expect(existsSync(tree)).toBe(false);
  renameSync(world.path('away'), world.path('disk'));
  await eventually('it goes on', async () => (await laptop.folder()).state !== 'stopped');
  await inSync();
  expect(readFileSync(join(tree, 'after-vanishing'), 'utf8')).toContain('edited while');
});

test('an empty directory in its place, as an unmounted disk leaves one, stops the folder', async () => {
  renameSync(tree, world.path('unmounted'));
  mkdirSync(tree);
  await expectStopped('after-unmounting');
  expect(treeSnapshot(tree)).toEqual({});
  rmSync(tree, { recursive: true });
  renameSync(world.path('unmounted'), tree);
  await inSync();
});

test('a marker that is gone stops the folder; one made by hand does not let it go on', async () => {
  const marker = join(tree, '.holdfast', 'marker.json');
  const original = readFileSync(marker, 'utf8');
  cpSync(marker, world.path('marker-copy'));
  rmSync(marker);
  rmSync(join(tree, 'a'));
  await expectStopped('after-losing-the-marker');
  const { instance } = JSON.parse(original) as { instance: string };
  const forged = original.replace(instance, instance.replace(/[0-9a-f]/g, '0'));
  expect(forged).not.toBe(original);
  writeFileSync(marker, forged);
  await expectStopped('after-forging-the-marker');
  cpSync(world.path('marker-copy'), marker);
  writeFileSync(join(tree, 'a'), 'content of a');
  await inSync();
});

test('a root that is away when the node starts stops the folder, and nothing is deleted', async () => {
  await laptop.stop();
  renameSync(tree, world.path('not-mounted-yet'));
  await laptop.start();
  await expectStopped('after-starting');
  renameSync(world.path('not-mounted-yet'), tree);
  await inSync();
  expect(Object.keys(treeSnapshot(tree))).toEqual(expect.arrayContaining(['a', 'b', 'c']));
});
