/** Mass changes ask first: what waits, what everybody is told, and what an answer does, from any device. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListResult } from '@holdfast/node';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import {
  pair,
  type SharedFolder,
  settle,
  shareDocs,
  shareFolder,
  type TestWorld,
  useTestWorld,
} from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const manyFiles = 300;

function writeMany(directory: string, content: (number: number) => string): void {
  mkdirSync(directory, { recursive: true });
  for (let number = 0; number < manyFiles; number += 1) {
    writeFileSync(join(directory, `${number}.txt`), content(number));
  }
}

const original = (number: number) => `the text of file ${number}`;
const encrypted = (number: number) => `\u0000encrypted ${number * 7919}\u0000`;

const waitsForAnswer = async (node: NodeProcess) =>
  (await node.folder()).state === 'needs-confirmation';

/** Everybody has heard of the answer, or that none is needed any more. */
async function nobodyAsks(...nodes: readonly NodeProcess[]): Promise<void> {
  for (const node of nodes) await node.shows({ massChanges: [] });
}

const namesOfMany = Array.from({ length: manyFiles }, (_, number) => `${number}.txt`).sort();

const hasOriginals = (directory: string) =>
  readdirSync(directory).sort().join() === namesOfMany.join() &&
  namesOfMany.every(
    (name) => readFileSync(join(directory, name), 'utf8') === original(Number.parseInt(name, 10)),
  );

describe('on a laptop, a desktop and an archive', () => {
  const world = useTestWorld({ lasts: 'the whole file' });
  let shared: SharedFolder;
  let here: string;
  let there: string;
  beforeAll(async () => {
    shared = await shareDocs(world);
  });
  beforeEach(async () => {
    here = join(shared.laptopTree, 'many');
    there = join(shared.desktopTree, 'many');
    writeMany(here, original);
    await settle(shared);
  });
  afterEach(async () => {
    for (const name of ['many', 'moved']) {
      rmSync(join(shared.laptopTree, name), { recursive: true, force: true });
    }
    const { laptop, desktop, pi } = shared;
    await laptop.ask('folder', 'rescan', 'docs');
    if (await waitsForAnswer(laptop)) await laptop.ask('folder', 'confirm', 'docs');
    await nobodyAsks(laptop, desktop, pi);
    await settle(shared);
    await nobodyAsks(laptop, desktop, pi);
  });

  test('what was encrypted on the laptop stays there, and a rejection on the desktop puts it back', async () => {
    const { laptop, desktop, pi } = shared;
    writeMany(here, encrypted);
    await laptop.ask('folder', 'rescan', 'docs');
    await eventually('the laptop asks', () => waitsForAnswer(laptop));
    await eventually('the desktop asks', () => waitsForAnswer(desktop));
    await eventually('the archive asks', () => waitsForAnswer(pi));
    // Asked as soon as it is too much, and told on while more is found.
    const { stateReason } = await desktop.shows({
      massChanges: [
        { deviceName: 'laptop', heldByName: 'laptop', deleted: 0, rewritten: manyFiles },
      ],
    });
    expect(stateReason).toContain(`laptop rewrote ${manyFiles} of`);
    expect(stateReason).toContain('holdfast folder reject docs');
    expect((await desktop.refuses(5, 'wait', 'docs')).code).toBe('needs_confirmation');

    expect(await desktop.ask('folder', 'reject', 'docs')).toMatchObject({
      answered: [{ rewritten: manyFiles, answer: 'rejected' }],
    });
    await eventually('the laptop has its files back', () => hasOriginals(here));
    await nobodyAsks(laptop, desktop);
    await settle(shared);
    expect(hasOriginals(there)).toBe(true);
    expect(treeSnapshot(shared.laptopTree)).toEqual(treeSnapshot(shared.desktopTree));
    const { versions } = await laptop.ask<{ versions: { deleted: boolean }[] }>(
      'log',
      'docs/many/299.txt',
    );
    expect(versions.length).toBeGreaterThan(1);
    expect((await desktop.refuses(6, 'folder', 'reject', 'docs')).code).toBe('nothing_to_confirm');
  });

  test('what was deleted on the laptop stays everywhere else until somebody confirms it', async () => {
    const { laptop, desktop } = shared;
    await laptop.stop();
    rmSync(here, { recursive: true });
    await laptop.start();
    await eventually('the desktop asks', () => waitsForAnswer(desktop));
    expect(hasOriginals(there)).toBe(true);
    const { entries } = await desktop.ask<ListResult>('ls', 'docs/many');
    expect(entries.length).toBe(manyFiles);
    await laptop.ask('folder', 'confirm', 'docs');
    await nobodyAsks(laptop, desktop);
    await settle(shared);
    expect(treeSnapshot(shared.desktopTree)).toEqual(treeSnapshot(shared.laptopTree));
    expect(readdirSync(shared.desktopTree)).not.toContain('many');
  });

  test('a directory that was renamed is not asked about', async () => {
    const moved = join(shared.laptopTree, 'moved');
    renameSync(here, moved);
    await settle(shared);
    expect(hasOriginals(join(shared.desktopTree, 'moved'))).toBe(true);
    expect(readdirSync(shared.desktopTree)).not.toContain('many');
    await shared.laptop.shows({ massChanges: [] });
  });

  test('files that are put back by hand need no answer any more', async () => {
    const { laptop, desktop } = shared;
    const times = treeSnapshot(shared.laptopTree);
    rmSync(here, { recursive: true });
    await laptop.ask('folder', 'rescan', 'docs');
    await eventually('the desktop asks', () => waitsForAnswer(desktop));
    writeMany(here, original);
    await laptop.ask('folder', 'rescan', 'docs');
    await nobodyAsks(laptop, desktop);
    await settle(shared);
    expect(Object.keys(treeSnapshot(shared.desktopTree))).toEqual(Object.keys(times));
  });

  test('nobody is asked where the guard is off', async () => {
    await shared.laptop.ask('folder', 'set', 'docs', '--guard', 'off');
    await shared.desktop.ask('folder', 'set', 'docs', '--guard', 'off');
    writeMany(here, encrypted);
    await settle(shared);
    expect(readFileSync(join(there, '0.txt'), 'utf8')).toBe(encrypted(0));
    await shared.laptop.ask('folder', 'set', 'docs', '--guard', 'on');
    await shared.desktop.ask('folder', 'set', 'docs', '--guard', 'on');
  });

  test('what a device without a guard did is held by the others, until it is rejected there', async () => {
    const { laptop, desktop } = shared;
    await laptop.ask('folder', 'set', 'docs', '--guard', 'off');
    writeMany(here, (number) => `${encrypted(number)}once more`);
    await laptop.ask('folder', 'rescan', 'docs');
    await desktop.shows({
      state: 'needs-confirmation',
      massChanges: [{ deviceName: 'laptop', heldByName: 'desktop', rewritten: manyFiles }],
    });
    await desktop.ask('folder', 'reject', 'docs');
    await eventually('the laptop has its files back', () => hasOriginals(here));
    await nobodyAsks(laptop, desktop);
    await settle(shared);
    expect(hasOriginals(there)).toBe(true);
    await laptop.ask('folder', 'set', 'docs', '--guard', 'on');
  });
});

describe('on two devices without an archive', () => {
  const world = useTestWorld();

  test('a rejection beats a confirmation that was given apart from it', async () => {
    const { laptop, desktop, laptopTree, desktopTree } = await shareBetweenTwo(world);
    const here = join(laptopTree, 'many');
    writeMany(here, encrypted);
    await laptop.ask('folder', 'rescan', 'docs');
    await eventually('the desktop asks', () => waitsForAnswer(desktop));
    await laptop.stop();
    await desktop.ask('folder', 'reject', 'docs');
    await desktop.stop();
    await laptop.start();
    await laptop.ask('folder', 'confirm', 'docs');
    expect((await laptop.folder()).state).not.toBe('needs-confirmation');
    await desktop.start();
    await eventually('the laptop has its files back', () => hasOriginals(here));
    await laptop.inSync();
    expect(hasOriginals(join(desktopTree, 'many'))).toBe(true);
    await laptop.shows({ massChanges: [] });
  });
});

describe('on an archive with a mirror', () => {
  const world = useTestWorld();

  test('what a device without a guard did is held by the mirror, until it is rejected there', async () => {
    const [laptop, pi] = await world.startNodes('laptop', 'pi');
    await pair(laptop, pi);
    const tree = world.directory('laptop-docs');
    const mirror = world.path('pi-docs');
    writeMany(join(tree, 'many'), original);
    await shareFolder(laptop, tree, [[pi, mirror, '--archive']], 'docs');
    const settled = async () => {
      await laptop.ask('folder', 'rescan', 'docs');
      await laptop.archived();
      await pi.inSync();
    };
    await settled();
    expect(hasOriginals(join(mirror, 'many'))).toBe(true);
    await laptop.ask('folder', 'set', 'docs', '--guard', 'off');
    writeMany(join(tree, 'many'), encrypted);
    await laptop.ask('folder', 'rescan', 'docs');
    await pi.shows({
      state: 'needs-confirmation',
      massChanges: [{ deviceName: 'laptop', heldByName: 'pi', rewritten: manyFiles }],
    });
    await pi.ask('folder', 'reject', 'docs');
    await eventually('the mirror has its files', () => hasOriginals(join(mirror, 'many')));
    await eventually('the laptop has its files back', () => hasOriginals(join(tree, 'many')));
    await nobodyAsks(laptop, pi);
    await settled();
    expect(treeSnapshot(mirror)).toEqual(treeSnapshot(tree));
  });
});

/** No archive: what is put back comes from what the other device kept aside. */
async function shareBetweenTwo(world: TestWorld) {
  const [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
  const laptopTree = world.directory('laptop-docs');
  const desktopTree = world.path('desktop-docs');
  writeMany(join(laptopTree, 'many'), original);
  const { id } = await laptop.ask<{ id: string }>('folder', 'add', laptopTree, '--label', 'docs');
  await laptop.ask('folder', 'share', 'docs', 'desktop');
  await desktop.accept(id, desktopTree);
  await laptop.inSync();
  expect(hasOriginals(join(desktopTree, 'many'))).toBe(true);
  return { laptop, desktop, laptopTree, desktopTree };
}
