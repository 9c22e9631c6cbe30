/** What people do all day, on a laptop, a desktop and an archive: edit, delete, disagree, be away. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryVersion, LogResult } from '@holdfast/node';
import { beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

interface Held {
  readonly held: readonly { path: string; size: number; reason: string }[];
}

const world = useTestWorld({ lasts: 'the whole file' });
let shared: SharedFolder;
beforeAll(async () => {
  shared = await shareDocs(world);
});

async function versionsOf(node: NodeProcess, path: string): Promise<readonly HistoryVersion[]> {
  return (await node.ask<LogResult>('log', `docs/${path}`)).versions;
}

test('edits on both sides arrive on the other by themselves', async () => {
  const { laptopTree, desktopTree } = shared;
  mkdirSync(join(laptopTree, 'photos'));
  writeFileSync(join(laptopTree, 'photos', 'a.jpg'), 'from the laptop');
  writeFileSync(join(desktopTree, 'b.txt'), 'from the desktop');
  await eventually('both trees have both files', () => {
    const here = treeSnapshot(laptopTree);
    const there = treeSnapshot(desktopTree);
    return Object.keys(here).length === 3 && JSON.stringify(here) === JSON.stringify(there);
  });
  writeFileSync(join(desktopTree, 'photos', 'a.jpg'), 'edited on the desktop');
  await eventually(
    'the edit arrives',
    () => readFileSync(join(laptopTree, 'photos', 'a.jpg'), 'utf8') === 'edited on the desktop',
  );
  await settle(shared);
  const versions = await versionsOf(shared.laptop, 'photos/a.jpg');
  expect(versions.map(({ device }) => device)).toEqual(['desktop', 'laptop']);
});

test('a deletion syncs, history keeps it, and a restore brings it back byte for byte', async () => {
  const { laptop, laptopTree, desktopTree } = shared;
  const content = Buffer.from([0, 255, 13, 10, 0, 128, ...Buffer.from('thesis')]);
  writeFileSync(join(laptopTree, 'thesis.doc'), content);
  await settle(shared);
  rmSync(join(desktopTree, 'thesis.doc'));
  await eventually('it is gone', () => !existsSync(join(laptopTree, 'thesis.doc')));
  await settle(shared);

  const [deletion, last] = await versionsOf(laptop, 'thesis.doc');
  expect(deletion).toMatchObject({ deleted: true, device: 'desktop' });
  const inPlace = ['--version', last!.version, '--overwrite', 'never'];
  expect(await laptop.ask('restore', 'docs/thesis.doc', ...inPlace)).toMatchObject({
    restored: 1,
    to: laptopTree,
  });
  expect(readFileSync(join(laptopTree, 'thesis.doc')).equals(content)).toBe(true);
  await settle(shared);
  expect(readFileSync(join(desktopTree, 'thesis.doc')).equals(content)).toBe(true);
});

test('offline edits on two devices keep both contents, under the same names', async () => {
  const { desktop, laptopTree, desktopTree } = shared;
  writeFileSync(join(laptopTree, 'plan.txt'), 'the plan');
  writeFileSync(join(laptopTree, 'edited-or-deleted.txt'), 'before');
  await settle(shared);
  await desktop.stop();
  writeFileSync(join(laptopTree, 'plan.txt'), 'the plan of the laptop');
  writeFileSync(join(desktopTree, 'plan.txt'), 'the plan of the desktop');
  rmSync(join(laptopTree, 'edited-or-deleted.txt'));
  writeFileSync(join(desktopTree, 'edited-or-deleted.txt'), 'edited');
  await shared.laptop.ask('folder', 'rescan', 'docs');
  await desktop.start();
  await settle(shared);

  const here = treeSnapshot(laptopTree);
  expect(treeSnapshot(desktopTree)).toEqual(here);
  const plans = Object.keys(here).filter((path) => path.startsWith('plan'));
  expect(plans).toEqual([
    expect.stringMatching(/^plan\.sync-conflict-\d{8}-\d{6}-[A-Za-z0-9]+\.txt$/),
    'plan.txt',
  ]);
  const contents = plans.map((path) => readFileSync(join(laptopTree, path), 'utf8'));
  expect(new Set(contents)).toEqual(new Set(['the plan of the desktop', 'the plan of the laptop']));
  expect(readFileSync(join(laptopTree, 'edited-or-deleted.txt'), 'utf8')).toBe('edited');
});

test('two devices that are never on together sync through the archive', async () => {
  const { laptop, desktop, laptopTree, desktopTree } = shared;
  await desktop.stop();
  writeFileSync(join(laptopTree, 'relay.txt'), 'from the laptop');
  rmSync(join(laptopTree, 'b.txt'));
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  await laptop.stop();

  await desktop.start();
  await eventually('what the laptop left arrives', () =>
    existsSync(join(desktopTree, 'relay.txt')),
  );
  expect(readFileSync(join(desktopTree, 'relay.txt'), 'utf8')).toBe('from the laptop');
  await eventually('its deletion, too', () => !existsSync(join(desktopTree, 'b.txt')));
  writeFileSync(join(desktopTree, 'relay.txt'), 'answered by the desktop');
  await desktop.ask('folder', 'rescan', 'docs');
  await desktop.archived();
  await desktop.stop();

  await laptop.start();
  await eventually(
    'the answer arrives',
    () => readFileSync(join(laptopTree, 'relay.txt'), 'utf8') === 'answered by the desktop',
  );
  await desktop.start();
  await settle(shared);
  expect(treeSnapshot(desktopTree)).toEqual(treeSnapshot(laptopTree));
});

test('what no archive has is held when it is deleted elsewhere, until it is covered', async () => {
  const { laptop, desktop, pi, laptopTree, desktopTree } = shared;
  await pi.stop();
  writeFileSync(join(laptopTree, 'unsaved.txt'), 'seen by no archive');
  await eventually('it arrives', () => existsSync(join(desktopTree, 'unsaved.txt')));
  await laptop.refuses(1, 'wait', 'docs', '--archived', '--timeout', '0.5');
  rmSync(join(desktopTree, 'unsaved.txt'));
  await eventually('it is gone', () => !existsSync(join(laptopTree, 'unsaved.txt')));

  const held = await eventually('it is held', async () => {
    const answer = await laptop.ask<Held>('folder', 'held', 'docs');
    return answer.held.find(({ path }) => path === 'unsaved.txt');
  });
  expect(held).toMatchObject({ size: 'seen by no archive'.length });
  expect(held.reason).toMatch(/no archive/i);
  expect((await laptop.folder()).heldFiles).toBeGreaterThanOrEqual(1);
  expect((await laptop.folder()).unarchivedFiles).toBeGreaterThanOrEqual(1);

  await pi.start();
  await settle(shared);
  const versions = await versionsOf(desktop, 'unsaved.txt');
  const kept = versions.find(({ deleted }) => !deleted);
  const bytes = await pi.cat('docs/unsaved.txt', '--version', kept!.version);
  expect(bytes.toString()).toBe('seen by no archive');
  await laptop.shows({ unarchivedFiles: 0, copies: 1 });
});
