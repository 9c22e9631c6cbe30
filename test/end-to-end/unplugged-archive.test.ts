/**
 * An archive whose disk is away: its folder stops and says why, other folders go on, nothing is
 * written where the disk was, and it goes on by itself when the disk is back.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { SmallDisk } from './small-disk.js';
import { type SharedFolder, settle, shareDocs, shareFolder, useTestWorld } from './test-world.js';
import { text, write } from './tree-files.js';

const world = useTestWorld();

interface Store {
  readonly storeId: string;
}

/** How the folder is whose store is away. */
async function stopped(pi: NodeProcess) {
  const folder = await pi.shows({ state: 'stopped', archive: true });
  expect(folder.stateReason).toContain('The store with the history is not in');
  expect(folder.stateReason).toContain('Connect its disk, and it goes on by itself');
}

test('while its disk is unplugged nothing is written underneath, and other folders go on', async () => {
  const disk = await SmallDisk.mount(world.directory('pi-home', 'store'), 32);
  world.onClose(() => disk.close());
  const shared = await shareDocs(world, { pi: disk.prefix });
  const { laptop, pi, laptopTree } = shared;
  write(laptopTree, 'before', 'before');
  const photos = world.directory('photos');
  await shareFolder(pi, photos, [[laptop, world.path('laptop-photos')]]);
  await settle(shared);

  await pi.stop();
  pi.prefix = [];
  await pi.start();
  await stopped(pi);
  const refused = await pi.refuses(1, 'archive', 'status');
  expect(refused.code).toBe('folder_stopped');
  write(laptopTree, 'meanwhile', 'meanwhile');
  write(photos, 'photo', 'photo');
  await eventually('the other folder syncs', () =>
    existsSync(world.path('laptop-photos', 'photo')),
  );
  expect(text(world.path('laptop-photos'), 'photo')).toBe('photo');
  await laptop.ask('folder', 'add', world.directory('more'));
  await laptop.ask('folder', 'share', 'more', 'pi');
  await pi.isOffered('more');
  await pi.refuses(1, 'folder', 'accept', 'more', '--archive');
  expect((await pi.status()).folders.map(({ label }) => label).sort()).toEqual(['docs', 'photos']);
  await stopped(pi);
  expect(readdirSync(join(pi.home, 'store'))).toEqual([]);

  await pi.stop();
  pi.prefix = disk.prefix;
  await pi.start();
  await settle(shared);
  expect((await laptop.cat('docs/before')).toString()).toBe('before');
  expect((await laptop.cat('docs/meanwhile')).toString()).toBe('meanwhile');
});

test('a store that comes back while the node runs goes on by itself', async () => {
  const shared = await shareDocs(world);
  const { laptop, pi, laptopTree } = shared;
  write(laptopTree, 'before', 'before');
  await settle(shared);
  await pi.stop();
  const store = join(pi.home, 'store');
  renameSync(store, world.path('unplugged'));
  await pi.start();
  await stopped(pi);
  write(laptopTree, 'meanwhile', 'meanwhile');
  expect(existsSync(store)).toBe(false);
  renameSync(world.path('unplugged'), store);
  await settle(shared);
  await pi.shows({ state: 'up-to-date' });
  expect((await laptop.cat('docs/meanwhile')).toString()).toBe('meanwhile');
});

/** The archive's store is gone for good: its folder is removed there, and offered again. */
async function loseStore({ id, laptop, desktop, pi }: SharedFolder): Promise<void> {
  await pi.stop();
  rmSync(join(pi.home, 'store'), { recursive: true });
  await pi.start();
  await stopped(pi);
  await pi.ask('folder', 'remove', 'docs');
  // Who has not offered it yet when it is accepted is no member here.
  await pi.isOffered(id, laptop, desktop);
}

test('in the place of a store that is lost for good a person begins a new one', async () => {
  const shared = await shareDocs(world);
  const { desktop, pi, laptopTree } = shared;
  write(laptopTree, 'file', 'content');
  await settle(shared);
  const before = await pi.ask<Store>('archive', 'status');
  await loseStore(shared);
  await pi.ask('folder', 'accept', shared.id, '--archive');
  await settle(shared);
  const { storeId } = await pi.ask<Store>('archive', 'status');
  expect(storeId).not.toBe(before.storeId);
  expect((await desktop.cat('docs/file')).toString()).toBe('content');
});

test('a folder that was removed while its store was away is begun anew, and deletes nothing', async () => {
  const shared = await shareDocs(world);
  const { laptop, pi, laptopTree } = shared;
  write(laptopTree, 'file', 'content');
  await settle(shared);
  await loseStore(shared);
  const piTree = world.path('pi-docs');
  await pi.ask('folder', 'accept', shared.id, piTree);
  await eventually('the file comes', () => existsSync(join(piTree, 'file')));
  await pi.ask('folder', 'rescan', 'docs');
  write(laptopTree, 'later', 'later');
  await laptop.ask('folder', 'rescan', 'docs');
  await eventually('what is written later comes, too', () => existsSync(join(piTree, 'later')));
  expect(text(laptopTree, 'file')).toBe('content');
});
