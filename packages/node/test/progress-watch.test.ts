import type { FolderId } from '@holdfast/model';
import { VirtualWorldClock } from '@holdfast/simulation';
import type { FolderEngine } from '@holdfast/sync-engine';
import { expect, test } from 'vitest';
import { type LiveFolder, ProgressWatch } from '../src/progress-watch.js';

const id = 'abcdefgh23456723' as FolderId;

/** A folder made of nothing but its counters. */
function scene() {
  const world = new VirtualWorldClock();
  const told: { kind: string; atMs: number; live: LiveFolder }[] = [];
  const clock = world.nodeClock();
  const tree = {
    stagedBytes: 0,
    scanProgress: undefined as
      | undefined
      | { files: number; knownFiles: number; hashedBytes: number },
  };
  const links = new Map<string, unknown>();
  const counts = { files: 5, bytes: 50, needFiles: 0, needBytes: 0, held: 0 };
  const queue = { queued: 0, queuedBytes: 0 };
  const folder = {
    config: { id, paused: false },
    stopReason: '',
    links,
    index: { counts: { ...counts, ...queue } },
    treeIndex: { counts },
    tree,
  } as unknown as FolderEngine;
  const tell = (kind: string) => (_id: FolderId, live: LiveFolder) => {
    told.push({ kind, atMs: clock.monotonic(), live });
  };
  const watch = new ProgressWatch({
    clock,
    folder: () => folder,
    onChange: tell('change'),
    onProgress: tell('progress'),
  });
  return { world, watch, tree, links, told };
}

test('many changes at once are told once', async () => {
  const { world, watch, told } = scene();
  for (let at = 0; at < 1_000; at += 1) watch.changed(id);
  await world.runUntil(60_000);
  expect(told).toHaveLength(1);
  expect(told[0]?.live).toMatchObject({ files: 5, bytes: 50, progress: null });
});

test('a folder at rest costs no timer and tells nothing', async () => {
  const { world, watch, told } = scene();
  await world.runUntil(60_000);
  expect(told).toEqual([]);
  expect(watch.progressOf(id)).toBeNull();
});

test('while something moves, figures follow a few times a second, and end with a last word', async () => {
  const { world, watch, tree, told } = scene();
  tree.scanProgress = { knownFiles: 9, files: 1, hashedBytes: 0 };
  watch.changed(id);
  for (let second = 1; second <= 4; second += 1) {
    await world.runUntil(second * 1_000);
    tree.scanProgress = { knownFiles: 9, files: second * 10, hashedBytes: second * 1_000_000 };
  }
  expect(told.length).toBeLessThanOrEqual(16);
  expect(watch.progressOf(id)?.scan?.files).toBeGreaterThanOrEqual(20);
  tree.scanProgress = undefined;
  watch.changed(id);
  await world.runUntil(5_000);
  expect(told.at(-1)?.live.progress).toBeNull();
  const after = told.length;
  await world.runUntil(60_000);
  expect(told).toHaveLength(after);
});

test('what has ended is not shown any more, though nobody has looked again yet', async () => {
  const { world, watch, tree, links } = scene();
  tree.scanProgress = { knownFiles: 9, files: 1, hashedBytes: 0 };
  const session = { blocks: { receivedBytes: () => 0 } };
  const progress = { needFiles: 1, needBytes: 5 };
  links.set('pi', { session, servedBytes: 0, progress });
  watch.changed(id);
  await world.runUntil(1_000);
  expect(watch.progressOf(id)).toMatchObject({ scan: { files: 1 }, sending: [{ device: 'pi' }] });
  tree.scanProgress = undefined;
  expect(watch.progressOf(id)).toMatchObject({ scan: null, sending: [{ device: 'pi' }] });
  progress.needFiles = 0;
  expect(watch.progressOf(id)).toBeNull();
});

test('what stands still has no speed, and nothing is told of it again and again', async () => {
  const { world, watch, tree, told } = scene();
  tree.scanProgress = { knownFiles: 9, files: 1, hashedBytes: 5 };
  watch.changed(id);
  await world.runUntil(10_000);
  const after = told.length;
  await world.runUntil(600_000);
  expect(told).toHaveLength(after);
  expect(watch.progressOf(id)?.scan?.bytesPerSecond).toBe(0);
});

test('what a member fetches is followed, though nothing changes in the folder itself', async () => {
  const { world, watch, links } = scene();
  const link = {
    session: { blocks: { receivedBytes: () => 0 } },
    servedBytes: 0,
    progress: { needFiles: 1, needBytes: 90_000_000 },
  };
  links.set('pi', link);
  watch.changed(id);
  for (let second = 1; second <= 20; second += 1) {
    link.servedBytes += 1_000_000;
    await world.runUntil(second * 1_000);
  }
  const [sending] = watch.progressOf(id)?.sending ?? [];
  expect(sending?.bytesPerSecond).toBeGreaterThan(500_000);
});
