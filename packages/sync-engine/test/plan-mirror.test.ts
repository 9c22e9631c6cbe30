import {
  emptyEntry,
  type PathEntry,
  withChecked,
  withGuard,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import {
  type FileRecord,
  restoringVersion,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import {
  isLocalChange,
  mirrorNeedOf,
  planArchivePath,
  planMirrorPath,
} from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import { withoutVouched } from '../src/plan-mirror.js';
import { actor, desktop, fileVersion, hash, here, PlaceWorld, pathOf } from './place-world.js';

const world = new PlaceWorld();
const disk = world.write('any', 'any');
const count = (digit: string, counter: number) => ({ actor: actor(digit), counter });
/** What the folder's devices made, and what was made of it here by hand. */
const theirs = (counter: number): VersionVector => [count('d', counter)];
const byHand = (counter: number): VersionVector => [count('a', 1), count('d', counter)];
const file = (text: string, vector: VersionVector) => fileVersion('p', text, vector);
const other = (kind: 'directory' | 'tombstone', vector: VersionVector) => {
  const common = { path: pathOf('p'), vector, author: desktop };
  const record: FileRecord =
    kind === 'directory' ? { kind, ...common, permissions: 0o755 } : { kind, ...common };
  return versionOf(record, hash);
};

function entryWith(local: Version | undefined, shown: Version | undefined): PathEntry {
  let entry = emptyEntry(pathOf('p'));
  if (shown !== undefined) {
    entry = withPeerRow(entry, shown, { device: here, state: 'current', sequence: 1 });
  }
  if (local === undefined) return entry;
  const isThere = local.record.kind !== 'tombstone';
  // A scan of a mirror withholds what it finds changed.
  const isByHand = local.record.vector.some((one) => one.actor === actor('a'));
  const withheld = isByHand ? 'kept' : 'no';
  return withLocalCurrent(entry, local, { withheld, ...(isThere ? { disk } : {}) });
}

const planned = (entry: PathEntry) => planMirrorPath(entry, hash);

/** What is planned, what is needed, and whether it is listed as a change of the mirror's own. */
function answers(local: Version | undefined, shown: Version | undefined) {
  const entry = entryWith(local, shown);
  const needs = mirrorNeedOf(entry, hash) !== undefined;
  return { plan: planned(entry).type, needs, listed: isLocalChange(entry, planned) };
}

const rest = { plan: 'none', needs: false, listed: false };
const taken = { plan: 'apply', needs: true, listed: false };
const kept = { plan: 'none', needs: false, listed: true };

describe('a directory that was rejected in favour of the file before it', () => {
  const directory = other('directory', theirs(2));
  const former = file('former', theirs(1));
  const restoring = restoringVersion(former, directory, hash);
  const rejectedWith = (shown: Version) =>
    withGuard(entryWith(directory, shown), directory, {
      state: 'rejected',
      atMs: 1,
      former,
      restoring,
    });

  test('gives way to it', () => {
    expect(planned(rejectedWith(directory))).toMatchObject({ type: 'apply', target: restoring });
  });

  test('stays where the others made it anew, as something lies in it', () => {
    const anew = other('directory', theirs(3));
    expect(planned(rejectedWith(anew))).toMatchObject({ type: 'adopt', target: anew });
  });
});

test('what a mirror was vouched for and shows no more is no rival of what the members show', () => {
  const at = (mtimeNs: bigint, version: Version) =>
    versionOf({ ...version.record, mtimeNs } as FileRecord, hash);
  const putBack = at(1n, file('put back', [count('c', 1), count('d', 1), count('e', 2)]));
  const shown = at(2n, file('shown', [count('d', 2), count('e', 1)]));
  const members = at(3n, file('of the members', [count('d', 1), count('e', 2)]));
  const rows = [
    [members, desktop],
    [putBack, here],
  ] as const;
  const entry = rows.reduce(
    (next, [version, device]) => {
      const row = withPeerRow(next, version, { device, state: 'current', sequence: 1 });
      return { ...row, rows: row.rows.map((one) => ({ ...one, archived: true })) };
    },
    withLocalCurrent(emptyEntry(pathOf('p')), shown),
  );
  const answerOf = (one: PathEntry) => planArchivePath(one, hash)?.version.id;
  expect(answerOf(entry)).toBeUndefined();
  const without = withoutVouched(entry, here, shown);
  expect(answerOf(without)).toBe(members.id);
  expect(withoutVouched(entry, here, putBack)).toBe(entry);
  expect(withoutVouched(without, here, shown)).toBe(without);
});

describe('a mirror', () => {
  test('shows what its archive shows, verbatim', () => {
    const shown = file('new', theirs(2));
    expect(answers(undefined, shown)).toEqual(taken);
    expect(answers(file('old', theirs(1)), shown)).toEqual(taken);
    expect(answers(shown, shown)).toEqual(rest);
    expect(answers(file('old', theirs(1)), other('tombstone', theirs(2)))).toEqual(taken);
    expect(planned(entryWith(undefined, shown))).toMatchObject({ target: { id: shown.id } });
  });

  test('takes over content that lies there already without joining vectors', () => {
    const shown = file('same', theirs(1));
    const found = file('same', [count('a', 1)]);
    expect(planned(entryWith(found, shown))).toMatchObject({
      type: 'adopt',
      target: { id: shown.id },
      touch: false,
    });
    const later = fileVersion('p', 'same', [count('a', 1)], { mtimeNs: 7n });
    expect(planned(entryWith(later, shown))).toMatchObject({ type: 'adopt', touch: true });
  });

  test('keeps what was changed or added by hand, and lists it', () => {
    expect(answers(file('edited', byHand(1)), file('old', theirs(1)))).toEqual(kept);
    expect(answers(file('added', [count('a', 1)]), undefined)).toEqual(kept);
    expect(answers(file('again', byHand(1)), other('tombstone', theirs(1)))).toEqual(kept);
  });

  test('gives way to a version that the change by hand does not contain, without a conflict copy', () => {
    const plan = planned(entryWith(file('edited', byHand(1)), file('new', theirs(2))));
    expect(plan).toMatchObject({ type: 'apply', conflict: false });
    expect(answers(file('found', [count('a', 1)]), file('new', theirs(2)))).toEqual(taken);
  });

  test('brings back what was deleted by hand', () => {
    expect(answers(other('tombstone', byHand(1)), file('kept', theirs(1)))).toEqual(taken);
    expect(answers(other('tombstone', byHand(1)), other('directory', theirs(1)))).toEqual(taken);
    expect(answers(other('tombstone', byHand(1)), undefined)).toEqual(rest);
  });

  test('brings back a directory in whose place something was put by hand', () => {
    expect(answers(file('in its place', byHand(1)), other('directory', theirs(1)))).toEqual(taken);
  });

  test('leaves a directory that was made by hand, as it may hold something', () => {
    expect(answers(other('directory', byHand(1)), file('new', theirs(2)))).toEqual(kept);
    expect(answers(other('directory', theirs(1)), file('new', theirs(2)))).toEqual(taken);
  });

  test('goes back with its archive also from a deletion that a member vouched for', () => {
    const deletion = other('tombstone', theirs(2));
    const entry = withChecked(entryWith(deletion, file('back', theirs(1))), deletion);
    expect(planned(entry)).toMatchObject({ type: 'apply' });
    const putBack = file('put back', [count('d', 3)]);
    const rejected = withChecked(entryWith(putBack, deletion), putBack);
    expect(planned(rejected)).toEqual({ type: 'none' });
  });

  test('a deletion that both made needs nothing but to be taken over', () => {
    expect(answers(other('tombstone', byHand(1)), other('tombstone', theirs(2)))).toMatchObject({
      plan: 'adopt',
      listed: false,
    });
  });
});
