/**
 * Ransomware on one device: it writes noise over every file of a folder. Nobody else takes that over
 * unasked, the archive goes on archiving, and what was there a moment before comes back byte for byte.
 * `RANSOMWARE_FILES=5000` takes more files, and the seconds of each step are said.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogResult, RestoreResult, UndoResult } from '@holdfast/node';
import { expect, test } from 'vitest';
import { answerFrom } from './command-line.js';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { type SharedFolder, settle, shareDocs, useTestWorld } from './test-world.js';
import { treeAttributes, treeSnapshot } from './tree-snapshot.js';

const files = Number(process.env.RANSOMWARE_FILES ?? 300);
const filesInDirectory = 100;
const note = 'READ-ME-TO-PAY.txt';
/** Asked is beyond 200 files and a quarter of the tree (decision 0024). */
const passesUnasked = Math.max(200, Math.ceil(files / 4));
/** Of each so many files the content of every version is read from the archive. */
const sampled = Math.ceil(files / 100);
const world = useTestWorld();

const pathOf = (at: number) => `letters/${Math.floor(at / filesInDirectory)}/${at}.txt`;
const textOf = (at: number) => `Letter ${at}. ${'All of it matters. '.repeat(1 + (at % 200))}\n`;
const numbers = Array.from({ length: files }, (_, at) => at);

function writeLetters(tree: string): void {
  for (const at of numbers) {
    if (at % filesInDirectory === 0) mkdirSync(join(tree, pathOf(at), '..'), { recursive: true });
    writeFileSync(join(tree, pathOf(at)), textOf(at));
  }
}

/** Noise as long as the text was, so that no size gives it away. */
function encrypt(tree: string): void {
  for (const at of numbers) writeFileSync(join(tree, pathOf(at)), randomBytes(textOf(at).length));
  writeFileSync(join(tree, note), 'pay\n');
}

function changedSince(before: Record<string, string>, tree: string): number {
  const now = treeSnapshot(tree);
  return Object.keys(before).filter((path) => now[path] !== before[path]).length;
}

async function timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const startedMs = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedMs) / 1000;
  if (files >= 5000) console.log(`${what}: ${seconds.toFixed(1)} s`);
  return result;
}

/** A moment that all that was archived lies before, and nothing that comes. */
async function thisMoment(): Promise<string> {
  const nowMs = Date.now();
  await eventually('the moment is over', () => Date.now() > nowMs);
  return new Date(nowMs).toISOString();
}

/** The archive has both versions of every letter: the text, and the noise that is on the laptop now. */
async function archiveHasBoth(asking: NodeProcess, laptopTree: string): Promise<void> {
  for (const at of numbers) {
    const path = `docs/${pathOf(at)}`;
    const [newest, oldest] = await eventually(`both versions of ${path} are archived`, async () => {
      const { versions } = await asking.ask<LogResult>('log', path);
      return versions.length === 2 && versions;
    });
    if (at % sampled !== 0) continue;
    const noise = await asking.cat(path, '--version', newest!.version);
    expect(noise.equals(readFileSync(join(laptopTree, pathOf(at))))).toBe(true);
    const text = await asking.cat(path, '--version', oldest!.version);
    expect(text.toString()).toBe(textOf(at));
  }
}

async function restoredAsOf(shared: SharedFolder, at: string, name: string): Promise<string> {
  const to = world.path(name);
  const result = await shared.desktop.ask<RestoreResult>('restore', 'docs', '--at', at, '--to', to);
  expect(result).toMatchObject({ failed: [], skipped: 0 });
  return to;
}

test('a laptop fills its folder with noise: the desktop keeps its files, and all comes back', {
  timeout: 600_000 + files * 200,
}, async () => {
  const shared = await shareDocs(world);
  const { laptop, desktop, pi, laptopTree, desktopTree } = shared;
  writeLetters(laptopTree);
  await timed('first sync', () => settle(shared));
  const before = treeSnapshot(laptopTree);
  const attributes = treeAttributes(laptopTree);
  const moment = await thisMoment();

  encrypt(laptopTree);
  await timed('everybody asks', async () => {
    await laptop.ask('folder', 'rescan', 'docs');
    for (const node of [laptop, desktop, pi]) {
      await node.shows({
        state: 'needs-confirmation',
        massChanges: [{ deviceName: 'laptop', deleted: 0, rewritten: files }],
      });
    }
  });
  // What came before the limit has passed; nothing else leaves the laptop's disk for another tree.
  expect(changedSince(before, desktopTree)).toBeLessThanOrEqual(passesUnasked);
  await timed('archive has both', () => archiveHasBoth(desktop, laptopTree));
  // Archiving goes on meanwhile, of what the desktop does too.
  writeFileSync(join(desktopTree, 'work.txt'), 'work goes on\n');
  await eventually('the work on the desktop is archived', async () => {
    const { exitCode, stdout } = await pi.run('cat', 'docs/work.txt');
    return exitCode === 0 && stdout.toString() === 'work goes on\n';
  });
  expect(changedSince(before, desktopTree)).toBeLessThanOrEqual(passesUnasked);

  const back = await timed('restore', () => restoredAsOf(shared, moment, 'restored'));
  expect(treeSnapshot(back)).toEqual(before);
  expect(treeAttributes(back)).toEqual(attributes);

  // The worst case: somebody takes it for right, and the noise goes everywhere.
  await timed('noise everywhere', async () => {
    await desktop.ask('folder', 'confirm', 'docs');
    await eventually('the noise is on the desktop', async () => {
      await settle(shared);
      return treeSnapshot(desktopTree)[pathOf(0)] === treeSnapshot(laptopTree)[pathOf(0)];
    });
  });
  expect(treeSnapshot(desktopTree)).toEqual(treeSnapshot(laptopTree));
  const again = await restoredAsOf(shared, moment, 'restored-again');
  expect(treeSnapshot(again)).toEqual(before);

  const given = ['undo', 'laptop', '--since', moment, 'docs', '--yes'];
  await timed('undo', async () => {
    const done = answerFrom<UndoResult>(await desktop.run(...given), given);
    expect(done.folders).toMatchObject([{ replaced: files, removed: 1, returned: 0, left: [] }]);
    await eventually('both devices show what was before', async () => {
      await settle(shared);
      const trees = [laptopTree, desktopTree].map((tree) => treeSnapshot(tree));
      const expected = JSON.stringify({ ...before, 'work.txt': trees[0]?.['work.txt'] });
      return trees.every((tree) => JSON.stringify(tree) === expected);
    });
  });
});
