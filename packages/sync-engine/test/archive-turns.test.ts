import {
  emptyEntry,
  localCurrent,
  type PathEntry,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { type FolderId, sameContent, type Version, versionOf } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import { archiveNeedOf, planPath } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import { openIndex } from '../../folder-index/test/index-world.js';
import { ArchiveIngester, type ArchiveIngesterInit } from '../src/archive-ingester.js';
import { FolderLosses } from '../src/folder-losses.js';
import { actor, desktop, fileVersion, hash, here, pathOf, phone } from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
const path = pathOf('note.md');
const otherPath = pathOf('other.md');
const edit = fileVersion('note.md', 'edit', [{ actor: actor('1'), counter: 2 }]);
const vector = [{ actor: actor('2'), counter: 2 }];
const otherEdit = fileVersion('other.md', 'other', [{ actor: actor('1'), counter: 2 }]);
const tombstone = versionOf({ kind: 'tombstone', path, vector, author: desktop }, hash);

function archived(entry: PathEntry): PathEntry {
  return { ...entry, rows: entry.rows.map((row) => ({ ...row, archived: true })) };
}

/** An archive whose store has lost the content of some versions; `meanwhile`: while its log is written. */
async function scene(lost: readonly Version[] = [], meanwhile = async () => {}) {
  const clock = new VirtualWorldClock();
  const isLost = ({ id }: Version) => lost.some((one) => one.id === id);
  const index = await openIndex({
    policy: { needOf: (entry) => archiveNeedOf(entry, hash), queuesOffers: true },
  });
  const tell = (version: Version, sequence: number, state: 'current' | 'side') =>
    index.update(
      [version.record.path],
      (entry) => withPeerRow(entry, version, { device: phone, state, sequence }),
      { sync: true },
    );
  const appended: Parameters<ArchiveIngesterInit['archive']['append']>[1][number][] = [];
  /** What the index showed of the path while the log was being written. */
  const shownMeanwhile: (string | undefined)[] = [];
  const archive = {
    blocks: undefined,
    hasVersions: async (_: FolderId, ids: readonly unknown[]) => ids.map(() => true),
    hasBlocks: async (_: FolderId, version: Version) => !isLost(version),
    append: async (_: FolderId, entries: typeof appended) => {
      if (entries.some(({ version }) => isLost(version))) throw new Error('blocks missing');
      shownMeanwhile.push(localCurrent(await index.entry(path))?.version.id);
      appended.push(...entries);
      await meanwhile();
      return [];
    },
  };
  let onDone = () => {};
  const ingested = new Promise<void>((resolve) => {
    onDone = resolve;
  });
  const ingester = new ArchiveIngester({
    folder,
    index,
    archive: archive as never,
    hash,
    clock: clock.nodeClock(),
    logger: silentLogger,
    connected: () => [],
    clientOf: () => undefined,
    mayIngest: () => true,
    losses: new FolderLosses(),
    onStaged: () => {},
    onIngested: () => {
      if (index.counts.needFiles === lost.length) onDone();
    },
  });
  return { clock, index, tell, appended, shownMeanwhile, ingester, ingested };
}

test('an archive shows again what members went back to, though it was archived long ago', async () => {
  const { index, tell, appended, shownMeanwhile, ingester, ingested } = await scene();
  await tell(edit, 1, 'side');
  await index.update([path], (entry) => archived(withLocalCurrent(entry, tombstone)), {
    sync: true,
  });
  expect(index.counts.needFiles).toBe(0);
  await tell(edit, 2, 'current');
  expect(index.counts).toMatchObject({ queued: 0, needFiles: 1 });
  ingester.start();
  await ingested;
  await ingester.stop();
  expect(localCurrent(await index.entry(path))?.version.id).toBe(edit.id);
  expect(shownMeanwhile).toEqual([tombstone.id]);
  expect(appended).toMatchObject([
    { version: { id: edit.id }, becameCurrent: true, supersedes: tombstone.id, sender: phone },
  ]);
  expect(index.counts.needFiles).toBe(0);
});

test('what members go back to while the log is written is shown only once the log has it', async () => {
  const newer = fileVersion('note.md', 'newer', [{ actor: actor('1'), counter: 3 }]);
  let isFirst = true;
  const world = await scene([], async () => {
    if (!isFirst) return;
    isFirst = false;
    await world.tell(newer, 3, 'current');
    await world.index.update([path], archived, { sync: true });
  });
  const { index, tell, appended, shownMeanwhile, clock, ingester } = world;
  await tell(edit, 1, 'current');
  await index.update([path], archived, { sync: true });
  ingester.start();
  const isDone = () => !isFirst && index.counts.needFiles === 0;
  await clock.runUntil(isDone, { deadlineMs: 60_000 });
  await ingester.stop();
  expect(localCurrent(await index.entry(path))?.version.id).toBe(newer.id);
  expect(appended.map(({ version }) => version.id)).toEqual([edit.id, newer.id]);
  expect(appended[1]).toMatchObject({ becameCurrent: true });
  expect(shownMeanwhile).not.toContain(newer.id);
  expect(index.counts).toMatchObject({ queued: 0, needFiles: 0 });
});

test('a version whose content the store lost keeps no other one from being shown again', async () => {
  const { index, tell, ingester, ingested } = await scene([edit]);
  for (const [at, version] of [edit, otherEdit].entries()) {
    await tell(version, at + 1, 'current');
    await index.update([version.record.path], archived, { sync: true });
  }
  expect(index.counts).toMatchObject({ queued: 0, needFiles: 2 });
  ingester.start();
  await ingested;
  await ingester.stop();
  expect(localCurrent(await index.entry(otherPath))?.version.id).toBe(otherEdit.id);
  expect(localCurrent(await index.entry(path))).toBeUndefined();
  expect(ingester.problem).toContain('went back to a version whose content');
});

describe('three versions that beat each other in a circle', () => {
  const one = (text: string, actors: readonly string[], mtimeNs: bigint) => {
    const counts = actors.map((digit) => ({ actor: actor(digit), counter: 1 }));
    return fileVersion('note.md', text, counts, { mtimeNs });
  };
  const replaced = one('of the laptop', ['a'], 30n);
  const replacing = one('of who only sends', ['a', 'b'], 10n);
  const apart = one('apart', ['c'], 20n);

  async function circle() {
    const world = await scene();
    const devices = [desktop, phone, here];
    for (const [at, version] of [replaced, replacing, apart].entries()) {
      const peer = { device: devices[at]!, state: 'current', sequence: 1 } as const;
      await world.index.update([path], (entry) => withPeerRow(entry, version, peer), {
        sync: true,
      });
    }
    await world.index.update([path], archived, { sync: true });
    world.ingester.start();
    const shown = async () => localCurrent(await world.index.entry(path))!;
    return { ...world, shown };
  }

  test('stay as they are while devices may still take over what they hear of', async () => {
    const { index, clock, ingester, shown } = await circle();
    await clock.runUntil(50_000);
    expect((await shown()).version.id).toBe(apart.id);
    const took = { device: desktop, state: 'current', sequence: 2 } as const;
    await index.update([path], (entry) => withPeerRow(entry, apart, took), { sync: true });
    await clock.runUntil(200_000);
    expect((await shown()).version.id).toBe(apart.id);
    expect(index.counts.needFiles).toBe(0);
    await ingester.stop();
  });

  test('end as one where that lasts, which the log has with its content', async () => {
    const { index, appended, clock, ingester, shown } = await circle();
    await clock.runUntil(() => index.counts.needFiles === 0, { deadlineMs: 300_000 });
    await ingester.stop();
    const settled = await shown();
    expect(settled).toMatchObject({ archived: true, version: { record: { mtimeNs: 20n } } });
    expect(sameContent(settled.version.record, apart.record)).toBe(true);
    expect(appended.map(({ version }) => version.id)).toEqual([apart.id, settled.version.id]);
    expect(appended[1]).toMatchObject({ becameCurrent: true, supersedes: apart.id, sender: here });
    expect(index.counts).toMatchObject({ queued: 0, needFiles: 0 });
    // Who knows of none but the archive takes its version over.
    const peer = { device: phone, state: 'current', sequence: 1 } as const;
    const atLaptop = withPeerRow(
      withLocalCurrent(emptyEntry(path), replaced),
      settled.version,
      peer,
    );
    const target = { id: settled.version.id };
    expect(planPath(atLaptop, hash)).toMatchObject({ type: 'apply', target, conflict: false });
  });
});
