/** An archive that is thinned by its user's rules: what would go is said first. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  ArchiveStatus,
  CompactResult,
  ListResult,
  LogResult,
  RestoreResult,
  ThinResult,
  UnthinResult,
  VerifyResult,
  WhereResult,
} from '@holdfast/node';
import { beforeEach, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { segmentFiles } from './store-files.js';
import { archiveDocs, introduce, pair, pairAll, useTestWorld } from './test-world.js';

const world = useTestWorld();
let laptop: NodeProcess;
let pi: NodeProcess;
let tree: string;

beforeEach(async () => {
  ({ laptop, pi, tree } = await archiveDocs(world, (docs) => {
    writeFileSync(join(docs, 'other.txt'), 'The same all the time.');
  }));
  await write('letter.txt', 'The first letter.');
  await write('letter.txt', 'The second letter.');
  await write('letter.txt', 'The third letter.');
});

/** Writes a file on the laptop, and waits until the archive has it. */
async function write(name: string, text: string): Promise<void> {
  writeFileSync(join(tree, name), text);
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
}

test('what would go is said, and nothing is changed', async () => {
  const before = await pi.ask<LogResult>('log', 'docs/letter.txt');
  const found = await pi.ask<ThinResult>('archive', 'thin', 'docs', '--keep', 'monthly=1');
  expect(found).toMatchObject({ label: 'docs', versions: 2, files: 1, bytes: 35, kept: 2 });
  expect(found.freedBytes).toBeGreaterThan(35);
  expect(found.changes.map(({ version }) => version)).toEqual(
    before.versions
      .slice(1)
      .map(({ version }) => version)
      .reverse(),
  );
  expect(await pi.ask('log', 'docs/letter.txt')).toEqual(before);
  expect(await laptop.refuses(1, 'archive', 'thin', 'docs', '--keep', 'daily=1')).toMatchObject({
    code: 'no_archive',
  });
  const refused = await pi.refuses(2, 'archive', 'thin', 'docs', '--keep', 'everything');
  expect(refused).toMatchObject({ code: 'usage' });
});

/** Of the letter, newest first. */
async function thinnedIn(node: NodeProcess): Promise<boolean[]> {
  const { versions } = await node.ask<LogResult>('log', 'docs/letter.txt');
  return versions.map(({ thinned }) => thinned);
}

const rules = ['--keep', 'monthly=1'] as const;

test('what was thinned is listed as such everywhere, and cannot be read', async () => {
  const before = await pi.ask<LogResult>('log', 'docs/letter.txt');
  const applied = await pi.ask<ThinResult>('archive', 'thin', 'docs', ...rules, '--apply');
  expect(applied).toMatchObject({ applied: true, versions: 2 });
  expect(Date.parse(applied.freeFrom ?? '')).toBeGreaterThan(Date.now() + 6 * 24 * 60 * 60_000);
  await eventually('the laptop, which was asked what it keeps, is linked again', async () => {
    const { archives } = await laptop.ask<WhereResult>('where', 'docs/letter.txt');
    return archives.some(({ versions }) => versions !== null);
  });
  for (const node of [pi, laptop]) {
    expect(await thinnedIn(node)).toEqual([false, true, true]);
    const [, second] = before.versions;
    const at = second?.position ?? '';
    const { entries } = await node.ask<ListResult>('ls', 'docs', '--at', at);
    const listed = entries.map(({ path, thinned }) => [path, thinned]);
    expect(listed).toEqual([
      ['letter.txt', true],
      ['other.txt', false],
    ]);
    for (const named of [
      ['--at', at],
      ['--version', second?.version ?? ''],
    ]) {
      const refused = await node.refuses(1, 'cat', 'docs/letter.txt', ...named);
      expect(refused).toMatchObject({ code: 'version_thinned' });
    }
    const target = world.path(`${node.name}-restored`);
    const restored = await node.run('restore', 'docs', '--at', at, '--to', target, '--json');
    expect(restored.exitCode).toBe(3);
    const result = JSON.parse(restored.stdout.toString()) as RestoreResult;
    expect(result.failed.map(({ path }) => path)).toEqual(['letter.txt']);
    expect(readdirSync(target)).toContain('other.txt');
    expect(readdirSync(target)).not.toContain('letter.txt');
    expect((await node.run('cat', 'docs/letter.txt')).stdout.toString()).toBe('The third letter.');
    const { archives } = await node.ask<WhereResult>('where', 'docs/letter.txt');
    expect(archives.map(({ versions }) => versions?.length)).toEqual([1]);
  }
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0, records: 6 });
});

test('status says what was thinned, what compacting frees from when on, and what it freed', async () => {
  await pi.shows({ thinned: null }, 'docs');
  const applied = await pi.ask<ThinResult>('archive', 'thin', 'docs', ...rules, '--apply');
  const waiting = {
    waiting: 2,
    waitingBytes: applied.freedBytes,
    marked: expect.any(String),
    freeFrom: applied.freeFrom,
    freed: 0,
    freedBytes: 0,
    compacted: null,
  };
  for (const isRestarted of [false, true]) {
    if (isRestarted) {
      await pi.stop();
      await pi.start();
    }
    expect((await pi.folder('docs')).thinned).toEqual(waiting);
    const status = await pi.ask<ArchiveStatus>('archive', 'status');
    expect(status.folders.map(({ thinned }) => thinned)).toEqual([waiting]);
  }
  await pi.ask('archive', 'thin', 'docs', '--undo');
  await pi.shows({ thinned: null }, 'docs');
  await pi.ask('archive', 'thin', 'docs', ...rules, ...soon);
  const { freedBytes } = await compacted(pi);
  const gone = { waiting: 0, waitingBytes: null, freed: 2, freedBytes };
  expect((await pi.folder('docs')).thinned).toMatchObject(gone);
  expect(await pi.ask<ArchiveStatus>('archive', 'status')).toMatchObject({
    freedBytes,
    compacted: expect.any(String),
  });
  expect((await laptop.folder('docs')).thinned).toBeNull();
});

test('marks outlast a restart and a new index, and can be withdrawn', async () => {
  await pi.ask('archive', 'thin', 'docs', ...rules, '--apply');
  await pi.stop();
  await pi.start();
  expect(await thinnedIn(pi)).toEqual([false, true, true]);
  await pi.ask('archive', 'rebuild-index');
  expect(await thinnedIn(pi)).toEqual([false, true, true]);
  const again = await pi.ask<ThinResult>('archive', 'thin', 'docs', ...rules);
  expect(again.versions).toBe(0);
  const kept = await pi.ask<UnthinResult>('archive', 'thin', 'docs', '--undo');
  expect(kept.versions).toBe(2);
  expect(await thinnedIn(pi)).toEqual([false, false, false]);
  const [, second] = (await pi.ask<LogResult>('log', 'docs/letter.txt')).versions;
  const text = await pi.run('cat', 'docs/letter.txt', '--version', second?.version ?? '');
  expect(text.stdout.toString()).toBe('The second letter.');
});

test('a folder whose file was thinned goes on, and what is written again is kept again', async () => {
  await pi.ask('archive', 'thin', 'docs', ...rules, '--apply');
  await write('letter.txt', 'The second letter.');
  expect(await thinnedIn(pi)).toEqual([false, false, true, true]);
  expect((await pi.run('cat', 'docs/letter.txt')).stdout.toString()).toBe('The second letter.');
  expect(readFileSync(join(tree, 'letter.txt'), 'utf8')).toBe('The second letter.');
});

/** Compacts until something was freed: the delay of a mark has to pass first. */
async function compacted(node: NodeProcess): Promise<CompactResult> {
  let result: CompactResult | undefined;
  await eventually('something was freed', async () => {
    result = await node.ask<CompactResult>('archive', 'compact');
    return result.freedBytes > 0;
  });
  if (result === undefined) throw new Error('there is a result');
  return result;
}

/** All bytes of the segments of blocks. */
function storedIn(node: NodeProcess): Buffer {
  return Buffer.concat(segmentFiles(node, 'blocks').map((file) => readFileSync(file)));
}

const dayMs = 24 * 60 * 60_000;

/** Words before a node: its clock is so many days ahead. */
function daysAhead(days: number): readonly string[] {
  const preload = fileURLToPath(new URL('./clock-ahead.cjs', import.meta.url));
  const { NODE_OPTIONS: given = '' } = process.env;
  const options = `${given} --require=${preload}`.trim();
  return ['env', `HOLDFAST_TEST_DAYS_AHEAD=${days}`, `NODE_OPTIONS=${options}`];
}

const soon = ['--apply', '--delay', '1s'] as const;

test('what was thinned is freed by compacting, and nothing else is', async () => {
  await write('copy.txt', 'The second letter.');
  await pi.ask('archive', 'thin', 'docs', ...rules, '--apply');
  const early = await pi.ask<CompactResult>('archive', 'compact');
  expect(early).toMatchObject({ segments: 0, freedBytes: 0, waiting: 2 });
  await pi.ask('archive', 'thin', 'docs', '--undo');
  await pi.ask('archive', 'thin', 'docs', ...rules, ...soon);
  const before = await pi.ask<ArchiveStatus>('archive', 'status');
  const done = await compacted(pi);
  expect(done).toMatchObject({ damagedSegments: 0, waiting: 0, notes: [], ended: false });
  const after = await pi.ask<ArchiveStatus>('archive', 'status');
  expect(after.blocks).toBe(before.blocks - 1);
  expect(storedIn(pi).includes('The first letter.')).toBe(false);
  for (const kept of ['The second letter.', 'The third letter.', 'The same all the time.']) {
    expect(storedIn(pi).includes(kept)).toBe(true);
  }
  expect((await pi.run('cat', 'docs/copy.txt')).stdout.toString()).toBe('The second letter.');
  for (const step of ['as it is', 'after a restart', 'with a new index']) {
    if (step === 'after a restart') {
      await pi.stop();
      await pi.start();
    }
    if (step === 'with a new index') await pi.ask('archive', 'rebuild-index');
    expect(await thinnedIn(pi)).toEqual([false, true, true]);
    expect((await pi.run('cat', 'docs/letter.txt')).stdout.toString()).toBe('The third letter.');
    expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0, problems: [] });
  }
  expect(await pi.ask<UnthinResult>('archive', 'thin', 'docs', '--undo')).toMatchObject({
    versions: 0,
  });
  await write('letter.txt', 'The fourth letter.');
  expect((await pi.run('cat', 'docs/letter.txt')).stdout.toString()).toBe('The fourth letter.');
});

test('a clock that was set forward before the start frees nothing early', async () => {
  await pi.ask('archive', 'thin', 'docs', ...rules, '--apply');
  await pi.stop();
  pi.upPrefix = daysAhead(30);
  await pi.start();
  const result = await pi.ask<CompactResult>('archive', 'compact');
  expect(result).toMatchObject({ segments: 0, freedBytes: 0, waiting: 2 });
  expect(result.notes.at(-1)).toContain('By the clock the delay is over');
  const leftMs = Date.parse(result.freeFrom ?? '') - Date.now() - 30 * dayMs;
  expect(leftMs).toBeGreaterThan(5.5 * dayMs);
  expect((await pi.ask<UnthinResult>('archive', 'thin', 'docs', '--undo')).versions).toBe(2);
});

test('another archive is filled without what was thinned, and fills nothing of it up again', async () => {
  const nas = world.node('nas');
  await nas.start();
  await pairAll(laptop, nas);
  await pair(pi, nas);
  await laptop.ask('folder', 'share', 'docs', 'nas');
  await nas.ask('folder', 'accept', 'docs', '--archive');
  await introduce('docs', pi, nas);
  await laptop.ask('folder', 'set', 'docs', '--copies', '2');
  await laptop.archived();
  // The second archive has one version more: the first one lets go what it has had itself.
  await write('letter.txt', 'The fourth letter.');
  // While the second archive shows an earlier version to the first one, that is needed there.
  await eventually('both archives show the newest version, and say so', async () => {
    const found = await pi.run('archive', 'thin', 'docs', ...rules, '--json');
    return (JSON.parse(found.stdout.toString()) as ThinResult).versions === 3;
  });
  await eventually('it is known what everybody keeps', async () => {
    const { exitCode } = await pi.run('archive', 'thin', 'docs', ...rules, ...soon);
    return exitCode === 0;
  });
  await compacted(pi);
  await nas.stop();
  await nas.start();
  await pi.inSync();
  expect(await pi.ask<VerifyResult>('verify', '--all')).toMatchObject({ bad: 0, repaired: 0 });
  expect(storedIn(pi).includes('The third letter.')).toBe(false);
  expect(storedIn(nas).includes('The third letter.')).toBe(true);
  expect(await thinnedIn(pi)).toEqual([false, true, true, true]);
  expect((await thinnedIn(nas)).some((thinned) => thinned)).toBe(false);
  await eventually('each archive says which versions it has', async () => {
    const { archives } = await laptop.ask<WhereResult>('where', 'docs/letter.txt');
    const counts = archives.map(({ versions }) => versions?.length ?? 0);
    return counts.length === 2 && Math.min(...counts) === 1 && Math.max(...counts) === 2;
  });
});
