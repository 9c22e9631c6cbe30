import {
  type DiskState,
  emptyEntry,
  localCurrent,
  type PathEntry,
  rowOf,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import {
  compareVectors,
  type DeviceId,
  joinVectors,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import { needOf, planArchivePath, planPath, sourcesOf } from '@holdfast/sync-engine';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { actor, desktop, fileVersion, hash, here, mtimeNs, pathOf, phone } from './place-world.js';

const disk: DiskState = {
  sizeBytes: 1,
  mtimeNs,
  ctimeNs: 1n,
  inode: 1n,
  permissions: 0o644,
  racy: false,
};
const path = pathOf('a.txt');
const empty = emptyEntry(path);

function vectorOf(...counters: readonly number[]): VersionVector {
  return counters
    .map((counter, at) => ({ actor: actor(`${at + 1}`), counter }))
    .filter((entry) => entry.counter > 0);
}

const file = (text: string, vector: VersionVector, more: Parameters<typeof fileVersion>[3] = {}) =>
  fileVersion(path, text, vector, more);
const tombstone = (vector: VersionVector, author = desktop) =>
  versionOf({ kind: 'tombstone', path, vector, author }, hash);
const shownHere = (version: Version, onDisk = true) =>
  withLocalCurrent(empty, version, onDisk ? { disk } : {});
const shownBy = (entry: PathEntry, device: DeviceId, version: Version) =>
  withPeerRow(entry, version, { device, state: 'current', sequence: 1 });

describe('planning one path', () => {
  test('nothing is to be done where nobody shows anything, or only this device', () => {
    expect(planPath(empty, hash)).toEqual({ type: 'none' });
    expect(planPath(shownHere(file('x', vectorOf(1))), hash)).toEqual({ type: 'none' });
  });

  test('nothing is to be done where what is here contains what others show', () => {
    const entry = shownBy(shownHere(file('y', vectorOf(2))), desktop, file('x', vectorOf(1)));
    expect(planPath(entry, hash)).toEqual({ type: 'none' });
    expect(needOf(entry, hash)).toBeUndefined();
  });

  test('what only others show is applied, and needs its bytes', () => {
    const target = file('text', vectorOf(0, 1));
    const entry = shownBy(empty, desktop, target);
    expect(planPath(entry, hash)).toMatchObject({ type: 'apply', target, conflict: false });
    expect(needOf(entry, hash)).toEqual({ bytes: 4 });
  });

  test('what others only keep beside is not applied', () => {
    const entry = withPeerRow(empty, file('x', vectorOf(0, 1)), {
      device: desktop,
      state: 'side',
      sequence: 1,
    });
    expect(planPath(entry, hash)).toEqual({ type: 'none' });
  });

  test('a later version replaces what is here without a conflict', () => {
    const entry = shownBy(shownHere(file('x', vectorOf(1))), desktop, file('y', vectorOf(1, 1)));
    expect(planPath(entry, hash)).toMatchObject({ type: 'apply', conflict: false });
  });

  test('a deletion that contains what is here is applied; a concurrent one loses to the edit', () => {
    const local = shownHere(file('x', vectorOf(1)));
    expect(planPath(shownBy(local, desktop, tombstone(vectorOf(1, 1))), hash)).toMatchObject({
      type: 'apply',
      target: { record: { kind: 'tombstone' } },
    });
    expect(planPath(shownBy(local, desktop, tombstone(vectorOf(0, 1))), hash)).toEqual({
      type: 'none',
    });
    const deleted = shownHere(tombstone(vectorOf(1), here), false);
    const edited = file('y', vectorOf(0, 1));
    expect(planPath(shownBy(deleted, desktop, edited), hash)).toMatchObject({
      type: 'apply',
      target: edited,
      conflict: false,
    });
  });

  test('of two versions made apart only the holder of the loser has a conflict', () => {
    const older = file('old', vectorOf(1));
    const newer = file('new', vectorOf(0, 1), { author: desktop, mtimeNs: mtimeNs + 1n });
    expect(planPath(shownBy(shownHere(older), desktop, newer), hash)).toMatchObject({
      type: 'apply',
      target: newer,
      conflict: true,
    });
    expect(planPath(shownBy(shownHere(newer), desktop, older), hash)).toEqual({ type: 'none' });
    const bystander = shownBy(shownBy(empty, desktop, newer), phone, older);
    expect(planPath(bystander, hash)).toMatchObject({ target: newer, conflict: false });
  });

  test('a loser that was never on this disk makes no conflict copy here', () => {
    const older = shownHere(file('old', vectorOf(1)), false);
    const newer = file('new', vectorOf(0, 1), { mtimeNs: mtimeNs + 1n });
    expect(planPath(shownBy(older, desktop, newer), hash)).toMatchObject({ conflict: false });
  });

  test('a file that a directory displaces stays as a conflict copy', () => {
    const directory = versionOf(
      { kind: 'directory', path, vector: vectorOf(0, 1), author: desktop, permissions: 0o755 },
      hash,
    );
    const entry = shownBy(shownHere(file('x', vectorOf(1))), desktop, directory);
    expect(planPath(entry, hash)).toMatchObject({ type: 'apply', conflict: true });
  });

  test('equal content is adopted under the joined vector, without fetching a byte', () => {
    const left = file('same', vectorOf(1));
    const right = file('same', vectorOf(0, 1));
    const plan = planPath(shownBy(shownHere(left), desktop, right), hash);
    expect(plan).toMatchObject({ type: 'adopt', touch: false });
    expect(plan.type === 'adopt' && plan.target.record.vector).toEqual(vectorOf(1, 1));
    expect(needOf(shownBy(shownHere(left), desktop, right), hash)).toEqual({ bytes: 0 });
  });

  test('adopting another time or other permissions touches the file on the disk', () => {
    const local = shownHere(file('same', vectorOf(1)));
    const later = file('same', vectorOf(1, 1), { mtimeNs: mtimeNs + 9n });
    const closed = file('same', vectorOf(1, 1), { permissions: 0o600 });
    for (const target of [later, closed]) {
      expect(planPath(shownBy(local, desktop, target), hash)).toMatchObject({
        type: 'adopt',
        touch: true,
        target,
      });
    }
  });

  test('content can come from every device that shows or keeps the same', () => {
    const target = file('same', vectorOf(0, 1));
    let entry = shownBy(empty, desktop, target);
    entry = withPeerRow(entry, file('same', vectorOf(0, 0, 1)), {
      device: phone,
      state: 'side',
      sequence: 1,
    });
    entry = shownBy(entry, here, file('other', vectorOf(0, 0, 0, 1)));
    expect(sourcesOf(entry, target).map((source) => source.device)).toEqual([desktop, phone]);
  });
});

const anyVersion = fc
  .record({
    counters: fc
      .tuple(fc.nat(2), fc.nat(2), fc.nat(2))
      .filter((counters) => counters.some((counter) => counter > 0)),
    text: fc.constantFrom('x', 'y', ''),
    laterNs: fc.nat(2),
    author: fc.constantFrom(here, desktop, phone),
    deleted: fc.boolean(),
  })
  .map(({ counters, text, laterNs, author, deleted }) =>
    deleted
      ? tombstone(vectorOf(...counters), author)
      : file(text, vectorOf(...counters), { author, mtimeNs: mtimeNs + BigInt(laterNs) }),
  );
const devices = [desktop, phone, '12D3KooWNotebook' as DeviceId, '12D3KooWServer' as DeviceId];

/** Carries out plans at once, as a device with all content would. */
function settle(entry: PathEntry): PathEntry {
  const plan = planPath(entry, hash);
  if (plan.type === 'none') return entry;
  const next = withLocalCurrent(entry, plan.target, { disk });
  expect(planPath(next, hash)).toEqual({ type: 'none' });
  return next;
}

describe('the order of arrival', () => {
  test('makes no difference to what all devices show in the end', () => {
    const arrivals = fc
      .uniqueArray(anyVersion, { minLength: 1, maxLength: 4, selector: (one) => one.id })
      .chain((versions) =>
        fc.tuple(
          fc.constant(versions),
          fc.shuffledSubarray([...versions.keys()], { minLength: versions.length }),
          fc.shuffledSubarray([...versions.keys()], { minLength: versions.length }),
        ),
      );
    fc.assert(
      fc.property(arrivals, ([versions, first, second]) => {
        const known = (order: readonly number[]) =>
          order.reduce((entry, at) => shownBy(entry, devices[at]!, versions[at]!), empty);
        const ends = [first, second].map((order) => localCurrent(settle(known(order)))?.version.id);
        expect(ends[0]).toBe(ends[1]);
      }),
      { numRuns: 500 },
    );
  });

  test('a device that already shows the winner does nothing, and one that shows a loser flags it', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (left, right) => {
        const plans = [
          planPath(shownBy(shownHere(left), desktop, right), hash),
          planPath(shownBy(shownHere(right), desktop, left), hash),
        ];
        const conflicts = plans.filter((plan) => plan.type === 'apply' && plan.conflict);
        const vectors = compareVectors(left.record.vector, right.record.vector);
        const apart = vectors === 'concurrent' || vectors === 'equal';
        const bothFiles = left.record.kind === 'file' && right.record.kind === 'file';
        const sameText =
          left.record.kind === 'file' &&
          right.record.kind === 'file' &&
          left.record.blocks.entries[0]?.contentId === right.record.blocks.entries[0]?.contentId;
        expect(conflicts.length).toBe(apart && bothFiles && !sameText ? 1 : 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('what is chosen never forgets the history of what it stands for', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (left, right) => {
        const plan = planPath(shownBy(shownHere(left), desktop, right), hash);
        if (plan.type !== 'adopt') return;
        const joined = joinVectors(left.record.vector, right.record.vector);
        expect(compareVectors(plan.target.record.vector, joined)).toBe('equal');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what an archive shows', () => {
  const archive = (entry: PathEntry, ...ids: string[]): PathEntry => ({
    ...entry,
    rows: entry.rows.map((row) => ({ ...row, archived: ids.includes(row.version.id) })),
  });

  test('only what is in its log, verbatim', () => {
    const old = file('x', vectorOf(0, 1));
    const fresh = file('y', vectorOf(0, 2));
    const entry = shownBy(shownBy(empty, desktop, old), phone, fresh);
    expect(planArchivePath(entry, hash)).toBeUndefined();
    expect(planArchivePath(archive(entry, old.id), hash)?.version).toBe(old);
    expect(planArchivePath(archive(entry, old.id, fresh.id), hash)?.version).toBe(fresh);
  });

  test('equal content is not joined into a record that nobody made', () => {
    const left = file('same', vectorOf(0, 1));
    const right = file('same', vectorOf(0, 0, 1));
    const entry = archive(shownBy(shownBy(empty, desktop, left), phone, right), left.id, right.id);
    const chosen = planArchivePath(entry, hash)?.version.id;
    expect([left.id, right.id]).toContain(chosen);
  });

  test('the order in which versions arrive and are archived makes no difference', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(anyVersion, { minLength: 1, maxLength: 4, selector: (one) => one.id }),
        fc.infiniteStream(fc.nat()),
        (versions, chance) => {
          let atOnce = empty;
          for (const [at, version] of versions.entries()) {
            atOnce = shownBy(atOnce, devices[at]!, version);
          }
          atOnce = archive(atOnce, ...versions.map((version) => version.id));
          const expected = planArchivePath(atOnce, hash)?.version.id;
          let bitByBit = empty;
          const waiting = [...versions.entries()];
          while (waiting.length > 0) {
            const [next] = waiting.splice(Number(chance.next().value) % waiting.length, 1);
            const [at, version] = next!;
            bitByBit = shownBy(bitByBit, devices[at]!, version);
            const done = bitByBit.rows.map((row) => row.version.id);
            bitByBit = archive(bitByBit, ...done);
            const chosen = planArchivePath(bitByBit, hash);
            if (chosen !== undefined) bitByBit = withLocalCurrent(bitByBit, chosen.version);
          }
          expect(localCurrent(bitByBit)?.version.id).toBe(expected);
          expect(rowOf(bitByBit, expected as never)?.local?.state).toBe('current');
        },
      ),
      { numRuns: 300 },
    );
  });
});
