/** A full disk stops, never evicts: it is told, nothing is lost, and all goes on once there is room. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { SmallDisk } from './small-disk.js';
import { pair, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld();

async function mountDisk(...names: readonly string[]): Promise<SmallDisk> {
  const disk = await SmallDisk.mount(world.directory(...names), 8);
  world.onClose(() => disk.close());
  return disk;
}

/** Content that no other file has, and that takes as much room in a store as in its file. */
function content(name: string, kilobytes: number): Buffer {
  return createHash('shake256', { outputLength: kilobytes * 1024 })
    .update(name)
    .digest();
}

function writeFiles(tree: string, name: string, count: number, kilobytes: number): void {
  for (let at = 0; at < count; at += 1) {
    writeFileSync(join(tree, `${name}-${at}`), content(`${name} ${at}`, kilobytes));
  }
}

/** The node says in its status that a disk is full. */
function tells(node: NodeProcess, words: RegExp) {
  return eventually(`${node.name} tells of the full disk`, async () => {
    const folder = await node.folder();
    return words.test(folder.stateReason) && folder;
  });
}

/** Laptop and desktop share `docs`, one of them under a prefix. */
async function pairOfNodes(prefixes: { laptop?: readonly string[]; desktop?: readonly string[] }) {
  const laptop = world.node('laptop');
  const desktop = world.node('desktop');
  laptop.prefix = prefixes.laptop ?? [];
  desktop.prefix = prefixes.desktop ?? [];
  await Promise.all([laptop.start(), desktop.start()]);
  await pair(laptop, desktop);
  const tree = world.directory('laptop-docs');
  writeFiles(tree, 'old', 10, 50);
  await laptop.ask('folder', 'add', tree, '--label', 'docs');
  await laptop.ask('folder', 'share', 'docs', 'desktop');
  const there = world.path('desktop-disk', 'docs');
  await desktop.accept('docs', there);
  await inSync(laptop, desktop);
  return { laptop, desktop, tree, there };
}

/** Each has what the other one has: whoever waits, waits for what it told. */
async function inSync(...nodes: readonly NodeProcess[]): Promise<void> {
  for (const node of nodes) await node.ask('folder', 'rescan', 'docs');
  for (const node of nodes) await node.inSync();
}

test('a folder on a full disk keeps what it has, says why on both sides, and goes on', async () => {
  const disk = await mountDisk('desktop-disk');
  const { laptop, desktop, tree } = await pairOfNodes({ desktop: disk.prefix });
  const before = treeSnapshot(tree);

  disk.fill();
  writeFiles(tree, 'new', 5, 50);
  writeFileSync(join(tree, 'large'), content('large', 3_000));
  writeFileSync(join(tree, 'old-0'), content('rewritten', 50));
  const told = await tells(desktop, /^The disk is full: .* waiting\. What is here is safe\./);
  expect(told).toMatchObject({ state: 'out-of-sync', files: 10 });
  expect(told.needFiles).toBeGreaterThan(0);
  await tells(laptop, /^desktop takes nothing new: its disk is full\./);
  expect(treeSnapshot(disk.outside('docs'))).toEqual(before);

  disk.free();
  await inSync(laptop, desktop);
  expect(treeSnapshot(disk.outside('docs'))).toEqual(treeSnapshot(tree));
  for (const node of [laptop, desktop]) {
    await eventually(`${node.name} is content again`, async () => {
      const { state, stateReason } = await node.folder();
      return state === 'up-to-date' && stateReason === '';
    });
  }
});

test('an archive on a full disk refuses what is new, says so on each device, and goes on', async () => {
  const disk = await mountDisk('pi-home', 'store');
  const shared = await shareDocs(world, { pi: disk.prefix });
  const { laptop, desktop, pi, laptopTree } = shared;
  writeFileSync(join(laptopTree, 'old'), content('old', 100));
  await settle(shared);

  disk.fill();
  writeFileSync(join(laptopTree, 'new'), content('new', 500));
  await tells(pi, /^The disk of the archive is full\. What was stored before is safe\. Make room/);
  for (const node of [laptop, desktop]) {
    await tells(node, /^pi archives nothing new: its disk is full\./);
    // The desktop counts the new file once it has it from the laptop.
    await eventually(`${node.name} counts what is not archived`, async () => {
      return (await node.folder()).unarchivedFiles > 0;
    });
  }
  expect(await desktop.cat('docs/old')).toEqual(content('old', 100));

  disk.free();
  await laptop.archived();
  expect(await desktop.cat('docs/new')).toEqual(content('new', 500));
  await pi.shows({ stateReason: '' });
});

test('a node whose home is on a full disk says so, goes on, and loses nothing', async () => {
  const disk = await mountDisk('laptop-home');
  const { laptop, desktop, tree, there } = await pairOfNodes({ laptop: disk.prefix });
  const configuration = readFileSync(disk.outside('config.json'), 'utf8');

  disk.fill();
  writeFiles(tree, 'ours', 200, 1);
  writeFiles(there, 'theirs', 200, 1);
  const told = await tells(
    laptop,
    /index cannot be written: the disk is full\. .* safe\. Make room/,
  );
  expect(told.state).toBe('stopped');
  const { code, message, hint } = await laptop.refuses(1, 'device', 'rename', 'desktop', 'other');
  expect(code).toBe('config_unwritable');
  expect(message).toContain('config.json cannot be written: the disk is full');
  expect(hint).toContain('Nothing was changed. Make room');
  expect(readFileSync(disk.outside('config.json'), 'utf8')).toBe(configuration);
  const rescan = await laptop.refuses(1, 'folder', 'rescan', 'docs');
  expect(rescan.hint).toContain('once the disk is in order');

  disk.free();
  await inSync(laptop, desktop);
  expect(treeSnapshot(there)).toEqual(treeSnapshot(tree));
  const { bytes, members, archives } = await laptop.shows({
    state: 'up-to-date',
    stateReason: '',
    files: 410,
  });

  // What the database acknowledged after the disk was full is there after a crash.
  await laptop.signal('SIGKILL');
  await laptop.start();
  await laptop.inSync();
  await laptop.shows({
    ...{ state: 'up-to-date', stateReason: '', files: 410, bytes, members, archives },
    ...{ needFiles: 0, needBytes: 0, problemFiles: 0, progress: null },
  });
  expect(treeSnapshot(there)).toEqual(treeSnapshot(tree));
});

test('a node does not start on a full disk, says so, and starts once there is room', async () => {
  const disk = await mountDisk('laptop-home');
  const laptop = world.node('laptop');
  laptop.prefix = disk.prefix;
  const { device } = await laptop.start();
  await laptop.stop();
  disk.fill();
  const { code, message, hint } = await laptop.refuses(1, 'up', '--no-browser');
  expect(['store_unwritable', 'home_unusable']).toContain(code);
  expect(message).toContain('the disk is full');
  expect(hint).toMatch(/Make room/);
  disk.free();
  expect((await laptop.start()).device).toBe(device);
});

test('a restore onto a full disk, or where nothing can be written, says so, and goes on', async () => {
  const disk = await mountDisk('small');
  const shared = await shareDocs(world, { laptop: disk.prefix });
  const { laptop, laptopTree } = shared;
  writeFiles(laptopTree, 'old', 5, 50);
  await settle(shared);
  disk.fill();
  const restore = ['restore', 'docs', '--to', world.path('small', 'back')] as const;
  const refusal = await laptop.refuses(1, ...restore);
  expect(refusal).toMatchObject({ code: 'target_full' });
  expect(refusal.message).toContain('is full.');
  disk.free();
  expect(await laptop.ask(...restore)).toMatchObject({ failed: [] });
  expect(treeSnapshot(disk.outside('back'))).toEqual(treeSnapshot(laptopTree));
  const behindFile = join(laptopTree, 'old-0', 'back');
  expect(await laptop.refuses(1, 'restore', 'docs', '--to', behindFile)).toMatchObject({
    code: 'target_unwritable',
    message: `${behindFile} cannot be written: a file is where a directory should be.`,
  });
});
