/** A restore that is interrupted goes on when the same is asked for again. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RestoreResult } from '@holdfast/node';
import { beforeAll, expect, test } from 'vitest';
import { answerFrom, type Outcome, spawnHoldfast } from './command-line.js';
import { eventually } from './eventually.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeAttributes, treeSnapshot } from './tree-snapshot.js';

const manyFiles = 1_500;
const largeFiles = 6;

const world = useTestWorld({ lasts: 'the whole file' });
let shared: SharedFolder;
let tree: Record<string, string>;

beforeAll(async () => {
  shared = await shareDocs(world);
  const { laptopTree } = shared;
  mkdirSync(join(laptopTree, 'many'));
  for (let at = 0; at < manyFiles; at += 1) {
    writeFileSync(join(laptopTree, 'many', `${at}.txt`), `the text of file ${at}\n`);
  }
  for (let at = 0; at < largeFiles; at += 1) {
    writeFileSync(join(laptopTree, `large-${at}`), randomBytes(3 * 1024 * 1024));
  }
  await settle(shared);
  tree = treeSnapshot(laptopTree);
});

/** Files that are in their place. */
function restoredIn(to: string): string[] {
  if (!existsSync(to)) return [];
  return (readdirSync(to, { recursive: true }) as string[])
    .filter((name) => !name.includes('.holdfast') && lstatSync(join(to, name)).isFile())
    .sort();
}

/** Resolves when some files came back. */
function hasBegun(to: string): Promise<true> {
  return eventually('the restore has begun', async () => restoredIn(to).length > 0 && true);
}

function inodesOf(to: string, names: readonly string[]): string[] {
  return names.map((name) => `${name} ${lstatSync(join(to, name)).ino}`);
}

const startRestore = (to: string) =>
  spawnHoldfast(shared.laptop.home, ['restore', 'docs', '--to', to]);

/**
 * Interrupts a restore, and asks for it again. One that was faster than what should interrupt it is
 * complete, and is tried anew elsewhere.
 */
async function interruptedAndAskedAgain(
  name: string,
  interrupt: (child: ChildProcess, to: string) => Promise<void>,
): Promise<{ readonly to: string; readonly outcome: Outcome }> {
  for (let attempt = 0; ; attempt += 1) {
    const to = world.path(`${name}-${attempt}`);
    const child = startRestore(to);
    const ended = new Promise((resolve) => child.once('close', resolve));
    await hasBegun(to);
    await interrupt(child, to);
    await ended;
    const outcome = await shared.laptop.run('restore', 'docs', '--to', to);
    if (!outcome.stderr.includes('target_has_files')) return { to, outcome };
  }
}

function isWhole(to: string): void {
  expect(treeSnapshot(to)).toEqual(tree);
  expect(treeAttributes(to)).toEqual(treeAttributes(shared.laptopTree));
  expect(readdirSync(to).filter((name) => name.startsWith('.holdfast'))).toEqual([]);
}

test('the command is killed: the same command goes on, and writes nothing twice', async () => {
  let before: string[] = [];
  const { to, outcome } = await interruptedAndAskedAgain('command', async (child, place) => {
    child.kill('SIGKILL');
    before = inodesOf(place, restoredIn(place));
  });
  const result = answerFrom<RestoreResult>(outcome, ['restore']);
  expect(result).toMatchObject({ failed: [], skipped: 0 });
  expect(result.kept).toBeGreaterThanOrEqual(before.length);
  expect(result.restored + result.kept).toBe(manyFiles + largeFiles);
  expect(inodesOf(to, restoredIn(to))).toEqual(expect.arrayContaining(before));
  isWhole(to);
  // It is done: from now on it is a directory that has files.
  const { code } = await shared.laptop.refuses(1, 'restore', 'docs', '--to', to);
  expect(code).toBe('target_has_files');
});

test('the node is killed: what came back is whole, and after its start the rest comes', async () => {
  const { laptop } = shared;
  const { to, outcome } = await interruptedAndAskedAgain('node', async (_, place) => {
    await laptop.signal('SIGKILL');
    for (const name of restoredIn(place)) {
      expect(readFileSync(join(place, name), 'base64'), name).toBe(tree[name]);
    }
    await laptop.start();
    await eventually('the archive answers', async () => {
      return (await laptop.run('ls', 'docs')).exitCode === 0;
    });
  });
  const result = answerFrom<RestoreResult>(outcome, ['restore']);
  expect(result.restored + result.kept).toBe(manyFiles + largeFiles);
  isWhole(to);
});

test('what somebody changed in between is left and told of, and only the same restore goes on', async () => {
  const { laptop } = shared;
  let mine = '';
  const { to, outcome } = await interruptedAndAskedAgain('changed', async (child, place) => {
    child.kill('SIGKILL');
    // Whether it is half-way or complete there, nothing else is mixed in.
    const other = await laptop.run('restore', 'docs/many', '--to', place);
    expect([other.exitCode, other.stderr]).toEqual([
      1,
      expect.stringContaining('target_has_files'),
    ]);
    mine = restoredIn(place)[0]!;
    appendFileSync(join(place, mine), 'mine');
  });
  const { failed } = answerFrom<RestoreResult>(outcome, ['restore'], 3);
  expect(failed.map(({ path }) => path)).toEqual([mine]);
  expect(readFileSync(join(to, mine), 'utf8')).toMatch(/mine$/);
  rmSync(join(to, mine));
  const again = await laptop.ask<RestoreResult>('restore', 'docs', '--to', to);
  expect(again).toMatchObject({ restored: 1, failed: [] });
  isWhole(to);
});
