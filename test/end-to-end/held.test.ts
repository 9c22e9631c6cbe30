/** Held until archived: what is replaced or deleted stays until as many archives have it as are wanted. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CompactResult, HeldVersion, LogResult, ThinResult } from '@holdfast/node';
import { beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { introduce, pair, shareFolder, useTestWorld } from './test-world.js';
import { text, write } from './tree-files.js';

const world = useTestWorld();
let [laptop, desktop, pi, nas]: NodeProcess[] = [];
let laptopTree: string;
let desktopTree: string;

/** Two devices with files, and two archives that do not know each other; both are wanted. */
beforeEach(async () => {
  const nodes = await world.startNodes('laptop', 'desktop', 'pi', 'nas');
  [laptop, desktop, pi, nas] = nodes;
  for (const other of nodes.slice(1)) await pair(nodes[0], other);
  for (const other of nodes.slice(2)) await pair(nodes[1], other);
  laptopTree = world.directory('laptop-docs');
  desktopTree = world.path('desktop-docs');
  const id = await shareFolder(
    nodes[0],
    laptopTree,
    [[nodes[1], desktopTree], ...nodes.slice(2).map((node) => [node, '--archive'] as const)],
    'docs',
  );
  for (const archive of nodes.slice(2)) await introduce(id, nodes[1], archive);
  for (const node of nodes.slice(0, 2)) await node.ask('folder', 'set', 'docs', '--copies', '2');
});

async function arrives(tree: string, content: string): Promise<void> {
  await eventually(
    'it arrives',
    () => existsSync(join(tree, 'a.txt')) && text(tree, 'a.txt') === content,
  );
}

const held = async (node: NodeProcess) =>
  (await node.ask<{ held: HeldVersion[] }>('folder', 'held', 'docs')).held;

test('content waits for both archives, and the one that slept gets it from what is held', async () => {
  await nas!.stop();
  write(laptopTree, 'a.txt', 'the first');
  await arrives(desktopTree, 'the first');
  await eventually('one archive has it', async () => (await laptop!.folder()).copies === 1);
  write(desktopTree, 'a.txt', 'the second one');
  await arrives(laptopTree, 'the second one');

  const [version, ...more] = await eventually('it is held for the second archive', async () => {
    const rows = await held(laptop!);
    return rows[0]?.copies === 1 && rows;
  });
  expect(more).toEqual([]);
  expect(version).toMatchObject({ path: 'a.txt', size: 'the first'.length });
  expect(version!.reason).toBe('Only 1 of 2 archives that the folder wants has it yet.');
  expect(Date.now() - Date.parse(version!.since)).toBeLessThan(600_000);
  await laptop!.refuses(1, 'wait', 'docs', '--archived', '--timeout', '0.5');

  // Nobody but the two devices can give it what it missed.
  await pi!.stop();
  await nas!.start();
  const found = await eventually('the archive that slept has both', async () => {
    const told = await nas!.run('log', 'docs/a.txt', '--json');
    if (told.exitCode !== 0) return false;
    const { versions } = JSON.parse(told.stdout.toString()) as { versions: { version: string }[] };
    return versions.length === 2 && versions;
  });
  const first = await nas!.cat('docs/a.txt', '--version', found[1]!.version);
  expect(first.toString()).toBe('the first');
  await pi!.start();
  await laptop!.archived();
  await eventually('it is let go', async () => (await held(laptop!)).length === 0);
});

test('what its own user overwrites before an archive had it is counted and said', async () => {
  for (const node of [desktop!, pi!, nas!]) await node.stop();
  for (const content of ['one', 'two, overwritten', 'three, which stays']) {
    write(laptopTree, 'a.txt', content);
    await laptop!.ask('folder', 'rescan', 'docs');
  }
  await laptop!.shows({ overwrittenVersions: 2, heldFiles: 0 });
  expect(await held(laptop!)).toEqual([]);
});

test('a person can let go of what is held, and is asked first', async () => {
  write(laptopTree, 'a.txt', 'the first');
  await arrives(desktopTree, 'the first');
  for (const archive of [pi!, nas!]) await archive.stop();
  write(laptopTree, 'b.txt', 'seen by no archive');
  await eventually('it arrives', () => existsSync(join(desktopTree, 'b.txt')));
  await desktop!.ask('folder', 'rescan', 'docs');
  rmSync(join(desktopTree, 'b.txt'));
  // A watcher may say nothing of what comes and goes within a moment.
  await desktop!.ask('folder', 'rescan', 'docs');
  await eventually('it goes', () => !existsSync(join(laptopTree, 'b.txt')));
  await eventually('it is held', async () => (await laptop!.folder()).heldFiles === 1);

  const planned = { versions: 1, bytes: 18, unarchived: 1, dryRun: true };
  expect(await laptop!.ask('folder', 'held', 'docs', '--release', '--dry-run')).toEqual(planned);
  const refusal = await laptop!.refuses(5, 'folder', 'held', 'docs', '--release');
  expect(refusal.message).toContain('what none has is lost');
  expect(await held(laptop!)).toHaveLength(1);
  const done = await laptop!.ask('folder', 'held', 'docs', '--release', '--yes');
  expect(done).toEqual({ ...planned, dryRun: false });
  expect(await held(laptop!)).toEqual([]);
  await laptop!.refuses(2, 'folder', 'held', 'docs', '--yes');
});

const rules = ['--keep', 'monthly=1'];

/** The laptop keeps versions aside for the second archive; the rules of the first one spare the last. */
async function heldForTheSecond(): Promise<string> {
  await nas!.stop();
  await pi!.stop();
  for (const content of ['the first', 'the second one']) {
    write(laptopTree, 'a.txt', content);
    await arrives(desktopTree, content);
    write(desktopTree, 'a.txt', `${content} changed`);
    await arrives(laptopTree, `${content} changed`);
  }
  // It never showed them to this archive: it only keeps them aside.
  await pi!.start();
  const version = await eventually('they are held for the second archive', async () => {
    const rows = await held(laptop!);
    const isAtFirst = rows.length === 2 && rows.every(({ copies }) => copies === 1);
    return isAtFirst && rows.find(({ size }) => size === 'the first'.length);
  });
  await eventually('no rule of the archive spares the first one', async () => {
    const found = await pi!.ask<ThinResult>('archive', 'thin', 'docs', ...rules);
    return found.versions === 1;
  });
  return version.version;
}

/** Whether an archive has let a version go. */
async function isThinned(node: NodeProcess, version: string): Promise<boolean> {
  const { versions } = await node.ask<LogResult>('log', 'docs/a.txt');
  const newest = versions.find((one) => one.version === version);
  return newest?.thinned === true;
}

const thinned = ['archive', 'thin', 'docs', ...rules, '--apply', '--delay', '1s'];

test('an archive that lets a version go takes it anew from who keeps it aside for another one', async () => {
  const version = await heldForTheSecond();
  expect(await pi!.ask<ThinResult>(...thinned)).toMatchObject({ versions: 1 });
  await eventually('it is kept again', async () => !(await isThinned(pi!, version)));
  await eventually('it counts again', async () => {
    return (await held(laptop!)).find((one) => one.version === version)?.copies === 1;
  });
  const nothing = { segments: 0, freedBytes: 0, waiting: 0, notes: [] };
  expect(await pi!.ask<CompactResult>('archive', 'compact')).toMatchObject(nothing);
  const read = await pi!.run('cat', 'docs/a.txt', '--version', version);
  expect(read.stdout.toString()).toBe('the first');
});

test('nothing that was let go is freed before everybody has said again what they keep', async () => {
  const version = await heldForTheSecond();
  await laptop!.stop();
  expect(await pi!.ask<ThinResult>(...thinned)).toMatchObject({ versions: 1 });
  const ofLaptop = expect.stringContaining('What laptop keeps of "docs" is not known yet.');
  for (const isRestarted of [false, true]) {
    if (isRestarted) {
      await pi!.stop();
      await pi!.start();
    }
    const waits = { segments: 0, freedBytes: 0, waiting: 1, notes: [ofLaptop] };
    await eventually('it waits for the laptop alone', async () => {
      const result = await pi!.ask<CompactResult>('archive', 'compact');
      return result.notes[0]?.includes('desktop') !== true && result;
    }).then((result) => expect(result).toMatchObject(waits));
  }
  expect(await isThinned(pi!, version)).toBe(true);
  await laptop!.start();
  await eventually('it is kept again', async () => !(await isThinned(pi!, version)));
  await eventually('nothing waits', async () => {
    const result = await pi!.ask<CompactResult>('archive', 'compact');
    return result.waiting === 0 && result.notes.length === 0 && result.freedBytes === 0;
  });
  const read = await pi!.run('cat', 'docs/a.txt', '--version', version);
  expect(read.stdout.toString()).toBe('the first');
});
