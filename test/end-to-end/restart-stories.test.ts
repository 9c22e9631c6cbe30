/** Nodes that are killed, restarted, or come back without their index: nothing is lost or sent twice. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveStatus, ListResult, LogResult } from '@holdfast/node';
import { expect, test } from 'vitest';
import { CountingProxy, portOf } from './counting-proxy.js';
import { eventually } from './eventually.js';
import { defaultUp } from './node-process.js';
import { pair, settle, shareDocs, shareFolder, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld();

function writeFiles(directory: string, count: number, sizeBytes: number): void {
  mkdirSync(directory, { recursive: true });
  for (let number = 0; number < count; number += 1) {
    writeFileSync(join(directory, `file-${number}`), randomBytes(sizeBytes));
  }
}

function countIn(directory: string): number {
  return existsSync(directory) ? readdirSync(directory).length : 0;
}

function bytesBelow(directory: string): number {
  if (!existsSync(directory)) return 0;
  const paths = readdirSync(directory, { recursive: true }) as string[];
  return paths
    .map((path) => statSync(join(directory, path), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

test('nodes that are killed in mid-transfer converge after a restart', async () => {
  const shared = await shareDocs(world);
  const { laptop, desktop, pi, laptopTree, desktopTree } = shared;
  const files = 2000;
  let rounds = 0;
  // A busy machine may be late with the kill: then there is more to transfer.
  await eventually('the desktop is killed in mid-transfer', async () => {
    if (rounds > 0) await desktop.start();
    rounds += 1;
    const [many, large] = [`many-${rounds}`, `large-${rounds}.bin`];
    writeFiles(join(laptopTree, many), files, 6000);
    writeFileSync(join(laptopTree, large), randomBytes(48 * 1024 * 1024));
    await eventually('the desktop has some of it', () => countIn(join(desktopTree, many)) > 0);
    await desktop.signal('SIGKILL');
    return countIn(join(desktopTree, many)) < files || !existsSync(join(desktopTree, large));
  });
  await eventually(
    'the archive has some of it',
    () => bytesBelow(join(pi.home, 'store')) > 100_000,
  );
  await pi.signal('SIGKILL');
  await laptop.signal('SIGKILL');

  await Promise.all([laptop.start(), desktop.start(), pi.start()]);
  await settle(shared);
  const here = treeSnapshot(laptopTree);
  expect(Object.keys(here)).toHaveLength(rounds * (files + 2));
  expect(treeSnapshot(desktopTree)).toEqual(here);
  const to = world.path('restored');
  await desktop.ask('restore', 'docs', '--to', to);
  expect(treeSnapshot(to)).toEqual(here);
});

test('a reconnect costs what changed, not what exists', async () => {
  const [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
  const tree = world.directory('docs');
  const existing = { files: 1500, sizeBytes: 4000 };
  writeFiles(join(tree, 'existing'), existing.files, existing.sizeBytes);
  await shareFolder(laptop, tree, [[desktop, world.path('there')]]);
  await laptop.inSync();

  // From here on the laptop knows only the proxy's address, and the desktop an old one of it.
  await desktop.stop();
  await laptop.stop();
  await laptop.start(defaultUp);
  const [listening] = desktop.ready.addresses;
  const proxy = new CountingProxy(portOf(listening!));
  world.onClose(() => proxy.stop());
  await laptop.ask('device', 'address', 'desktop', 'remove', listening!);
  await laptop.ask('device', 'address', 'desktop', 'add', await proxy.start());
  writeFileSync(join(tree, 'new.txt'), 'a small new file');
  await laptop.ask('folder', 'rescan', 'docs');
  await desktop.start();
  await eventually('the new file arrives', () => existsSync(world.path('there', 'new.txt')));
  await laptop.inSync();
  expect(proxy.connections).toBeGreaterThan(0);
  expect(proxy.bytes).toBeGreaterThan(0);
  // Less than ten bytes for each file that exists: neither content nor index went again.
  expect(proxy.bytes).toBeLessThan(existing.files * 10);
});

test('an archive without its index makes it anew from its segments alone', async () => {
  const shared = await shareDocs(world);
  const { laptop, pi, laptopTree, desktopTree } = shared;
  writeFiles(join(laptopTree, 'dir'), 30, 2000);
  writeFileSync(join(laptopTree, 'note.txt'), 'first');
  await settle(shared);
  writeFileSync(join(desktopTree, 'note.txt'), 'second');
  rmSync(join(laptopTree, 'dir', 'file-7'));
  await settle(shared);
  const questions = [
    ['log', 'docs/note.txt'],
    ['log', 'docs/dir/file-7'],
    ['ls', 'docs'],
    ['ls', 'docs/dir', '--deleted'],
  ];
  const answers = () => Promise.all(questions.map((given) => pi.ask(...given)));
  const before = await answers();
  const statusBefore = await pi.ask<ArchiveStatus>('archive', 'status');
  const { versions } = await pi.ask<LogResult>('log', 'docs/dir/file-7');
  const deleted = versions.at(-1)!.version;
  const bytesBefore = await pi.cat('docs/dir/file-7', '--version', deleted);
  expect(bytesBefore).toHaveLength(2000);

  await laptop.stop();
  await shared.desktop.stop();
  await pi.stop();
  rmSync(join(pi.home, 'index'), { recursive: true });
  await pi.start();
  expect(await answers()).toEqual(before);
  const statusAfter = await pi.ask<ArchiveStatus>('archive', 'status');
  expect(statusAfter.folders).toEqual(statusBefore.folders);
  expect(statusAfter).toMatchObject({ storeId: statusBefore.storeId, blocks: statusBefore.blocks });
  const bytesAfter = await pi.cat('docs/dir/file-7', '--version', deleted);
  expect(bytesAfter.equals(bytesBefore)).toBe(true);

  await Promise.all([laptop.start(), shared.desktop.start()]);
  writeFileSync(join(laptopTree, 'note.txt'), 'third');
  await settle(shared);
  const after = await laptop.ask<LogResult>('log', 'docs/note.txt');
  expect(after.versions.map(({ size }) => size)).toEqual([5, 6, 5]);
  const { entries } = await laptop.ask<ListResult>('ls', 'docs/dir');
  expect(entries).toHaveLength(29);
});
