/** How changes are noticed: by native events, by polling, and while one takes over from the other. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FolderStatus } from '@holdfast/node';
import { beforeAll, expect, test } from 'vitest';
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
  tree = world.directory('docs');
  there = world.path('there');
  await shareFolder(laptop, tree, [[desktop, there]]);
});

async function setWatch(mode: string): Promise<void> {
  const asked = await laptop.ask<FolderStatus>('folder', 'set', 'docs', '--watch', mode);
  expect(asked.watch?.mode).toBe(mode);
}

async function watchedBy(node: NodeProcess, method: string): Promise<void> {
  await eventually(`it is watched by ${method}`, async () => {
    const { watch } = await node.folder();
    return watch?.method === method;
  });
}

/** How many inotify watches a process holds; proc_pid_fdinfo(5). */
async function inotifyWatches(pid: number): Promise<number> {
  const directory = `/proc/${pid}/fdinfo`;
  let count = 0;
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8').catch(() => '');
    count += text.split('\n').filter((line) => line.startsWith('inotify wd:')).length;
  }
  return count;
}

async function sameOnBoth(): Promise<void> {
  await eventually('both trees show the same', () => {
    return JSON.stringify(treeSnapshot(there)) === JSON.stringify(treeSnapshot(tree));
  });
}

/** Everything that a person does to files, each seen on the other side by itself. */
async function everyKindOfChange(): Promise<void> {
  mkdirSync(join(tree, 'deep', 'deeper'), { recursive: true });
  writeFileSync(join(tree, 'deep', 'deeper', 'new'), 'new');
  await eventually('a new file in new directories arrives', () =>
    existsSync(join(there, 'deep', 'deeper', 'new')),
  );
  appendFileSync(join(tree, 'deep', 'deeper', 'new'), ' and edited');
  await eventually('an edit arrives', () =>
    readFileSync(join(there, 'deep', 'deeper', 'new'), 'utf8').endsWith('edited'),
  );
  renameSync(join(tree, 'deep', 'deeper', 'new'), join(tree, 'deep', 'renamed'));
  symlinkSync('nowhere', join(tree, 'deep', 'link'));
  await sameOnBoth();
  expect(existsSync(join(there, 'deep', 'renamed'))).toBe(true);
  rmSync(join(tree, 'deep'), { recursive: true });
  await eventually('a deletion arrives', () => !existsSync(join(there, 'deep')));
}

test('in a folder that is polled every kind of change arrives, without one native watch', async () => {
  await watchedBy(laptop, 'native');
  await eventually('there are watches', async () => (await inotifyWatches(laptop.pid)) > 0);
  await setWatch('polling');
  await watchedBy(laptop, 'polling');
  await eventually('no watch is left', async () => (await inotifyWatches(laptop.pid)) === 0);
  await everyKindOfChange();
});

test('what the other side changes is placed in a polled folder, and comes back changed', async () => {
  writeFileSync(join(there, 'from-desktop'), 'one');
  await eventually('it arrives', () => existsSync(join(tree, 'from-desktop')));
  appendFileSync(join(tree, 'from-desktop'), ' two');
  await eventually('the edit goes back', () =>
    readFileSync(join(there, 'from-desktop'), 'utf8').endsWith('two'),
  );
});

test('the choice survives a restart', async () => {
  await laptop.stop();
  await laptop.start();
  await watchedBy(laptop, 'polling');
  await laptop.shows({ watch: { mode: 'polling', reason: '' } });
  await everyKindOfChange();
});

test('while it is switched back and forth nothing is lost', async () => {
  for (let round = 0; round < 6; round += 1) {
    const switching = setWatch(round % 2 === 0 ? 'auto' : 'polling');
    for (let file = 0; file < 50; file += 1) {
      mkdirSync(join(tree, `round-${round}`), { recursive: true });
      writeFileSync(join(tree, `round-${round}`, `${file}`), `${round} ${file}`);
    }
    rmSync(join(tree, `round-${round - 1}`), { recursive: true, force: true });
    await switching;
  }
  await setWatch('auto');
  await watchedBy(laptop, 'native');
  await sameOnBoth();
  expect(Object.keys(treeSnapshot(there)).filter((path) => /^round-5./.test(path))).toHaveLength(
    50,
  );
});

test('a name that is not UTF-8 arrives too, watched or polled', async () => {
  const name = (text: string) => Buffer.from(`${join(tree, 'odd')}/${text}`, 'latin1');
  const arrived = (text: string) => existsSync(Buffer.from(`${there}/odd/${text}`, 'latin1'));
  mkdirSync(join(tree, 'odd'));
  await eventually('its directory arrives', () => existsSync(join(there, 'odd')));
  await laptop.inSync();
  writeFileSync(name('\xe9t\xe9'), 'summer');
  await eventually('it arrives', () => arrived('\xe9t\xe9'));
  rmSync(name('\xe9t\xe9'));
  await eventually('it goes', () => !arrived('\xe9t\xe9'));
  await setWatch('polling');
  await watchedBy(laptop, 'polling');
  writeFileSync(name('\xe9t\xe9'), 'summer again');
  await eventually('it arrives again', () => arrived('\xe9t\xe9'));
  // It may have arrived by the scan that comes with the change, before the poller met the name.
  const watch = await eventually('scans take the place of polling', async () => {
    const folder = await laptop.folder();
    return folder.watch?.method === 'scans' && folder.watch;
  });
  expect(watch.reason).toContain('UTF-8');
});

test('a node for whose platform there is no native watcher polls, and says so', async () => {
  await laptop.stop();
  const preload = fileURLToPath(new URL('./unloadable-watcher.cjs', import.meta.url));
  rmSync(join(tree, 'odd'), { recursive: true });
  laptop.prefix = ['env', `NODE_OPTIONS=--require=${preload}`];
  const { warnings } = await laptop.start();
  expect(warnings).toEqual([expect.stringContaining('cannot be had here')]);
  await setWatch('auto');
  await watchedBy(laptop, 'polling');
  await laptop.shows({ watch: { reason: expect.stringContaining('no build for this platform') } });
  await everyKindOfChange();
});

test('a way of watching that does not exist, and nothing to set, are wrong usage', async () => {
  await laptop.refuses(2, 'folder', 'set', 'docs', '--watch', 'sometimes');
  await laptop.refuses(2, 'folder', 'set', 'docs');
});
