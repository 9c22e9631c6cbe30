/** Changes that three devices make apart: every content survives, on every device the same tree. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import type { FolderConflict } from '@holdfast/node';
import { beforeAll, expect, test, vi } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { conditionPatienceMs } from './patience.js';
import { introduce, pairAll, shareFolder, useTestWorld } from './test-world.js';
import { text, write } from './tree-files.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld({ lasts: 'the whole file' });
let nodes: readonly NodeProcess[];
let trees: readonly [string, string, string];

beforeAll(async () => {
  const [laptop, desktop, nas] = await world.startNodes('laptop', 'desktop', 'nas');
  nodes = [laptop, desktop, nas];
  trees = [world.directory('laptop-docs'), world.path('desktop-docs'), world.path('nas-docs')];
  await pairAll(...nodes);
  const others = [[desktop, trees[1]] as const, [nas, trees[2]] as const];
  const id = await shareFolder(laptop, trees[0], others, 'docs');
  await introduce(id, desktop, nas);
});

const each = (...words: readonly string[]) =>
  Promise.all(nodes.map((node) => node.ask('folder', words[0]!, 'docs', ...words.slice(1))));

/** What `change` does is done while no device hears of the others; afterwards all show the same. */
async function apart(change: () => void): Promise<Record<string, string>> {
  await each('pause');
  change();
  await each('resume');
  return together();
}

async function together(): Promise<Record<string, string>> {
  return eventually('all show the same', async () => {
    await each('rescan');
    for (const node of nodes) await node.inSync();
    const [first, ...others] = trees.map((tree) => JSON.stringify(treeSnapshot(tree)));
    return others.every((other) => other === first) && treeSnapshot(trees[0]);
  });
}

/** The same on each device. */
async function conflicts(): Promise<readonly FolderConflict[]> {
  const ask = (node: NodeProcess) =>
    node.ask<{ conflicts: FolderConflict[] }>('folder', 'conflicts', 'docs');
  const look = async () => {
    const answers = await Promise.all(nodes.map(ask));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    return answers[0]!.conflicts;
  };
  return vi.waitFor(look, { timeout: conditionPatienceMs });
}

const namesOf = (prefix: string) =>
  readdirSync(trees[0])
    .filter((name) => name.startsWith(prefix))
    .sort();
const contentsOf = (prefix: string) => namesOf(prefix).map((name) => text(trees[0], name));
const second = new Date('2026-03-01T12:00:00.400Z');
function writeAt(tree: string, name: string, content: string): void {
  write(tree, name, content);
  utimesSync(join(tree, name), second, second);
}

test('three edits of one file in the same second are all kept, and listed with whose they are', async () => {
  write(trees[0], 'plan.txt', 'the ancestor');
  await together();
  await apart(() => {
    for (const [at, tree] of trees.entries()) writeAt(tree, 'plan.txt', `plan ${at}`);
  });
  expect(contentsOf('plan').sort()).toEqual(['plan 0', 'plan 1', 'plan 2']);
  const [conflict, ...more] = await conflicts();
  expect(more).toEqual([]);
  const { path, current, copies } = conflict!;
  expect([path, current?.path, copies.length]).toEqual(['plan.txt', 'plan.txt', 2]);
  for (const one of [current!, ...copies]) {
    const at = ['laptop', 'desktop', 'nas'].indexOf(one.device);
    expect(text(trees[1], one.path)).toBe(`plan ${at}`);
    expect(one).toMatchObject({ kind: 'file', size: 6, time: second.toISOString() });
  }
  await nodes[2]!.shows({ conflictCopies: 2 });
});

test('where the name of a copy is taken, it gets digits of its version', async () => {
  const before = namesOf('plan');
  await apart(() => {
    for (const [at, tree] of trees.entries()) writeAt(tree, 'plan.txt', `again ${at}`);
  });
  const added = namesOf('plan').filter((name) => !before.includes(name));
  expect(added).toHaveLength(2);
  for (const name of added) {
    expect(name).toMatch(/^plan\.sync-conflict-20260301-120000-\w{7}-[0-9a-f]{8}\.txt$/);
  }
  // What won in the first round was overwritten by its user, on each device.
  expect(contentsOf('plan')).toEqual(expect.arrayContaining(['again 0', 'again 1', 'again 2']));
  expect(contentsOf('plan').filter((content) => content.startsWith('plan'))).toHaveLength(2);
});

test('a conflict copy that itself is changed in two places is kept in both', async () => {
  const copy = namesOf('plan.sync-conflict')[0]!;
  await apart(() => {
    write(trees[0], copy, 'the copy, on the laptop');
    write(trees[1], copy, 'the copy, on the desktop');
  });
  const kept = contentsOf('plan').filter((content) => content.startsWith('the copy'));
  expect(kept.sort()).toEqual(['the copy, on the desktop', 'the copy, on the laptop']);
  const [conflict, ...more] = await conflicts();
  expect(more).toEqual([]);
  expect([conflict?.path, conflict?.copies.length]).toEqual(['plan.txt', 5]);
});

test('an edit beats a deletion, and what is the same everywhere makes no copy', async () => {
  write(trees[0], 'deleted-or-edited.txt', 'before');
  await together();
  const listed = await conflicts();
  const tree = await apart(() => {
    rmSync(join(trees[0], 'deleted-or-edited.txt'));
    rmSync(join(trees[2], 'deleted-or-edited.txt'));
    write(trees[1], 'deleted-or-edited.txt', 'edited');
    for (const [at, place] of trees.entries()) {
      write(place, 'equal.txt', 'made three times');
      utimesSync(join(place, 'equal.txt'), 1_700_000_000 + at, 1_700_000_000 + at);
    }
  });
  expect(tree).toHaveProperty(['deleted-or-edited.txt']);
  expect(text(trees[2], 'deleted-or-edited.txt')).toBe('edited');
  expect(namesOf('equal')).toEqual(['equal.txt']);
  expect(await conflicts()).toEqual(listed);
});

test('a file and a directory of one name, and a link and a file, are all kept', async () => {
  await apart(() => {
    write(trees[0], 'thing', 'a file');
    mkdirSync(join(trees[1], 'thing'));
    write(trees[1], join('thing', 'inside'), 'in the directory');
    write(trees[2], 'thing', 'another file');
    symlinkSync('plan.txt', join(trees[0], 'way'));
    write(trees[1], 'way', 'no link');
    symlinkSync('plan.txt', join(trees[2], 'nest'));
    mkdirSync(join(trees[0], 'nest'));
  });
  expect(text(trees[2], join('thing', 'inside'))).toBe('in the directory');
  const files = namesOf('thing.').map((name) => text(trees[2], name));
  expect(files.sort()).toEqual(['a file', 'another file']);
  expect(text(trees[0], 'way')).toBe('no link');
  for (const name of ['way', 'nest']) {
    const [copy, ...more] = namesOf(`${name}.sync-conflict`);
    expect(more).toEqual([]);
    for (const tree of trees) expect(readlinkSync(join(tree, copy!))).toBe('plan.txt');
  }
  expect(existsSync(join(trees[1], 'nest'))).toBe(true);
  const listed = await conflicts();
  expect(listed.map(({ path, copies }) => [path, copies.length])).toEqual([
    ['nest', 1],
    ['plan.txt', 5],
    ['thing', 2],
    ['way', 1],
  ]);
});

test('a copy that is deleted is listed no more, and stays deleted', async () => {
  const [copy] = namesOf('way.sync-conflict');
  rmSync(join(trees[2], copy!));
  await together();
  expect(namesOf('way')).toEqual(['way']);
  expect((await conflicts()).map(({ path }) => path)).not.toContain('way');
  await nodes[1]!.stop();
  await nodes[1]!.start();
  await together();
  await nodes[1]!.shows({ conflictCopies: 8 });
});
