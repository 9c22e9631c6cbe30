import {
  confirmed,
  type FolderIndex,
  guardedRows,
  isKeptBack,
  judgedLocal,
  localCurrent,
  type PathEntry,
  peerCurrents,
  rejected,
  rowOf,
  withGuard,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { compareVectors, sameContent, type Version } from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import type { GuardJudgement } from '../src/guard-mark.js';
import {
  desktop,
  fileVersion,
  hash,
  laptop,
  openIndex,
  pathOf,
  tombstoneVersion,
} from './index-world.js';

const disk = {
  sizeBytes: 10,
  mtimeNs: 5n,
  ctimeNs: 5n,
  inode: 7n,
  permissions: 0o644,
  racy: false,
};
const empty: PathEntry = { path: pathOf('a'), rows: [] };
const first = fileVersion('a', 1);
const second = fileVersion('a', 2);
const third = fileVersion('a', 3);
const gone = tombstoneVersion('a', 2);
/** Another device has taken the version over. */
const spread = (entry: PathEntry, version: Version) =>
  withPeerRow(entry, version, { device: desktop, state: 'current', sequence: 1 });
const showing = (version: Version, entry = empty) =>
  spread(withLocalCurrent(entry, version, { disk }), version);
const free: GuardJudgement = {
  atMs: 1_000,
  sinceMs: 400,
  isHolding: () => false,
  passes: () => false,
  hasMoved: () => false,
  isArchived: () => false,
};
const holding = { ...free, isHolding: () => true };
const changes = { author: laptop, sinceMs: 1_000, lastMs: 2_000 };

function changed(before: PathEntry, version: Version, rule = free) {
  return judgedLocal(before, withLocalCurrent(before, version, { disk }), rule);
}

describe('what a change is taken for', () => {
  test('a new file takes nothing away and may go to everybody', () => {
    const { entry, counts } = changed(empty, first);
    expect(counts).toBeUndefined();
    expect(localCurrent(entry)).toMatchObject({ checked: true });
    expect(localCurrent(entry)?.guard).toBeUndefined();
  });

  test('a rewrite and a deletion are counted, and what was there is remembered', () => {
    const rewrite = changed(showing(first), second);
    expect(rewrite.counts).toBe('rewritten');
    expect(localCurrent(rewrite.entry)?.guard).toMatchObject({ state: 'noted', former: first });
    const deletion = judgedLocal(showing(first), withLocalCurrent(showing(first), gone), free);
    expect(deletion.counts).toBe('deleted');
  });

  test('what an archive holds counts before anybody shows it, what nobody has does not', () => {
    const unshown = withLocalCurrent(empty, first, { disk });
    expect(changed(unshown, second).counts).toBeUndefined();
    const archived = changed(unshown, second, { ...free, isArchived: (id) => id === first.id });
    expect(archived.counts).toBe('rewritten');
    expect(localCurrent(archived.entry)?.guard).toMatchObject({ state: 'noted', former: first });
  });

  test('a path that is changed again within the window counts once, and its first content stays', () => {
    const once = changed(showing(first), second).entry;
    const again = changed(once, third, { ...free, atMs: 1_600, sinceMs: 1_000 });
    expect(again.counts).toBeUndefined();
    expect(localCurrent(again.entry)?.guard).toMatchObject({ former: first, atMs: 1_000 });
    const later = changed(spread(once, second), third, { ...free, atMs: 1_601, sinceMs: 1_001 });
    expect(later.counts).toBe('rewritten');
    expect(localCurrent(later.entry)?.guard).toMatchObject({ former: second });
  });

  test('what gets its content back is as if nothing had happened', () => {
    const once = changed(showing(first), second, holding).entry;
    const back = fileVersion('a', 1, 10);
    const again = changed(once, { ...back, id: third.id }, holding);
    expect(guardedRows(again.entry)).toBe(0);
    expect(localCurrent(again.entry)).toMatchObject({ checked: true });
  });

  test('what nobody else ever had is no loss to anybody', () => {
    const { entry, counts } = changed(withLocalCurrent(empty, first, { disk }), second, holding);
    expect(counts).toBeUndefined();
    expect(isKeptBack(localCurrent(entry))).toBe(false);
  });

  test('what a person asked for is not counted, and nothing of it is remembered', () => {
    const wanted = changed(showing(first), second, { ...holding, passes: () => true });
    expect(wanted.counts).toBeUndefined();
    expect(localCurrent(wanted.entry)?.guard).toBeUndefined();
  });

  test('what has only moved is remembered and goes on, uncounted until it is gone there too', () => {
    const moved = changed(showing(first), second, { ...holding, hasMoved: () => true });
    expect(moved.counts).toBeUndefined();
    expect(isKeptBack(localCurrent(moved.entry))).toBe(false);
    expect(localCurrent(moved.entry)?.guard).toMatchObject({ state: 'moved', former: first });
    const again = changed(spread(moved.entry, second), third, free);
    expect(again.counts).toBe('rewritten');
    expect(localCurrent(again.entry)?.guard).toMatchObject({ state: 'noted', former: first });
  });

  test('an edit long after the mass change is one of its own', () => {
    const once = changed(showing(first), second, holding).entry;
    const later = changed(spread(once, second), third, { ...free, atMs: 9_999, sinceMs: 9_399 });
    expect(isKeptBack(localCurrent(later.entry))).toBe(false);
    expect(localCurrent(later.entry)?.guard).toMatchObject({ state: 'noted', former: second });
  });
});

describe('answers', () => {
  const held = changed(showing(first), second, holding).entry;
  const pending = withGuard(
    withPeerRow(showing(first), second, { device: desktop, state: 'current', sequence: 1 }),
    second,
    { state: 'held', atMs: 1_000, former: first },
  );

  test('what waits is shown to nobody', () => {
    expect(isKeptBack(localCurrent(held))).toBe(true);
    expect(peerCurrents(pending)).toEqual([]);
  });

  test('a confirmation lets it go on', () => {
    expect(isKeptBack(localCurrent(confirmed(held, changes)))).toBe(false);
    const mayBePlaced = peerCurrents(confirmed(pending, changes));
    expect(mayBePlaced.map((row) => row.version.id)).toEqual([second.id]);
    expect(mayBePlaced[0]?.checked).toBe(true);
  });

  test('a member that vouches for it is a confirmation too', () => {
    const part = { device: laptop, state: 'current', sequence: 4 } as const;
    expect(peerCurrents(withPeerRow(pending, second, part, true)).length).toBe(1);
  });

  test('a rejection of what is not placed shows what is here, above it', () => {
    const entry = rejected(pending, changes, hash);
    const shown = localCurrent(entry);
    expect(shown?.local.disk).toEqual(disk);
    expect(shown?.checked).toBe(true);
    if (shown === undefined) throw new Error('nothing is shown');
    expect(sameContent(shown.version.record, first.record)).toBe(true);
    expect(compareVectors(shown.version.record.vector, second.record.vector)).toBe('dominates');
    expect(guardedRows(entry)).toBe(0);
  });

  test('a rejection keeps a later edit that was made here', () => {
    for (const waiting of [pending, confirmed(pending, changes)]) {
      const entry = rejected(showing(third, waiting), changes, hash);
      expect(localCurrent(entry)?.version.id).toBe(third.id);
      expect(localCurrent(entry)?.guard).toBeUndefined();
    }
  });

  test('a rejection brings back what had moved, where it lies nowhere else any more', () => {
    const moved = changed(showing(first), second, { ...free, hasMoved: () => true }).entry;
    const renamed = { ...changes, isElsewhere: () => true };
    expect(rejected(moved, renamed, hash)).toEqual(moved);
    expect(localCurrent(rejected(moved, changes, hash))?.guard?.state).toBe('rejected');
  });

  test('a rejection of what is on this disk says what has to come back', () => {
    const row = localCurrent(rejected(held, changes, hash));
    expect(row?.guard?.state).toBe('rejected');
    const restoring = row?.guard?.restoring;
    expect(restoring && sameContent(restoring.record, first.record)).toBe(true);
  });

  test('a rejection after a confirmation undoes it, and every device makes the same version', () => {
    const row = localCurrent(rejected(confirmed(held, changes), changes, hash));
    expect(row?.guard?.state).toBe('rejected');
    const other = localCurrent(rejected(pending, changes, hash))?.version.id;
    expect(row?.guard?.restoring?.id).toBe(other);
  });

  test('a rejection of what was confirmed and is not placed yet does not leave it to chance', () => {
    const entry = rejected(confirmed(pending, changes), changes, hash);
    const row = localCurrent(entry);
    expect(row?.version.id).toBe(first.id);
    expect(row?.guard).toMatchObject({ state: 'rejected', former: first });
    expect(row?.guard?.restoring?.id).toBe(
      localCurrent(rejected(pending, changes, hash))?.version.id,
    );
    expect(guardedRows(entry)).toBe(0);
  });

  test.each([
    ['as it came', (entry: PathEntry) => entry],
    ['the other way round', (entry: PathEntry) => ({ ...entry, rows: entry.rows.toReversed() })],
  ])('a rejection of what waits above what had passed goes back before both, %s', (_, turned) => {
    const passed = changed(showing(first), second).entry;
    const told = withPeerRow(passed, third, { device: laptop, state: 'current', sequence: 9 });
    const mark = { state: 'held', atMs: 1_000, former: second } as const;
    const entry = rejected(turned(withGuard(told, third, mark)), changes, hash);
    const guard = localCurrent(entry)?.guard;
    const restoring = guard?.restoring?.record;
    expect(guard?.state).toBe('rejected');
    expect(restoring && sameContent(restoring, first.record)).toBe(true);
    expect(restoring && compareVectors(restoring.vector, third.record.vector)).toBe('dominates');
    expect(guardedRows(entry)).toBe(0);
  });

  test('what passed before anybody was asked is undone too, what others did is not', () => {
    const noted = changed(showing(first), second).entry;
    expect(localCurrent(rejected(noted, changes, hash))?.guard?.state).toBe('rejected');
    const late = { ...changes, sinceMs: 1_001 };
    expect(localCurrent(rejected(noted, late, hash))?.guard?.state).toBe('noted');
    const others = { ...changes, author: desktop };
    expect(rejected(held, others, hash)).toEqual(held);
  });
});

describe('in the index', () => {
  const offers = async (index: FolderIndex) =>
    (await index.rowsAfter(0, 10)).rows.map(({ version, state, checked }) => ({
      id: version.id,
      state,
      checked,
    }));

  test('what waits is offered beside, and anew once it is confirmed', async () => {
    const index = await openIndex();
    const path = pathOf('a');
    await index.update([path], (entry) => showing(first, entry), { sync: true });
    await index.update([path], (entry) => changed(entry, second, holding).entry, { sync: true });
    expect(index.counts.guarded).toBe(1);
    expect(await offers(index)).toEqual([{ id: second.id, state: 'side', checked: false }]);
    const { sequence } = index.position();
    await index.update([path], (entry) => confirmed(entry, changes), { sync: true });
    expect(index.counts.guarded).toBe(0);
    expect(index.position().sequence).toBe(sequence + 1);
    expect(await offers(index)).toEqual([{ id: second.id, state: 'current', checked: true }]);
  });

  test('marks are there again when the index is read', async () => {
    const index = await openIndex();
    const path = pathOf('a');
    await index.update([path], (entry) => showing(first, entry), { sync: true });
    await index.update([path], (entry) => changed(entry, second, holding).entry, { sync: true });
    await index.update([path], (entry) => rejected(entry, changes, hash), { sync: true });
    const row = rowOf(await index.entry(path), second.id);
    expect(row?.guard?.former).toEqual(first);
    expect(row?.guard?.state).toBe('rejected');
    expect(row?.guard?.restoring?.record.path).toBe(path);
  });

  test('questions are kept, and writing none costs nothing', async () => {
    const index = await openIndex();
    const question = {
      ...{ id: '00', holder: laptop, author: laptop, sinceMs: 0, lastMs: 0 },
      ...{ deleted: 1, rewritten: 0, files: 2, answer: 'open' as const },
    };
    expect(await index.questions.change((known) => known)).toBe(false);
    expect(await index.questions.change((known) => [...known, question])).toBe(true);
    expect(index.questions.all()).toEqual([question]);
  });
});
