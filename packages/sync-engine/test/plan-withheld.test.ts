import { emptyEntry, type PathEntry, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import { type FileRecord, type Version, type VersionVector, versionOf } from '@holdfast/model';
import { isLocalChange, planPath, shared, takenBack } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import { actor, desktop, fileVersion, hash, PlaceWorld, pathOf, phone } from './place-world.js';

const disk = new PlaceWorld().write('any', 'any');
const count = (digit: string, counter: number) => ({ actor: actor(digit), counter });
const theirs = (counter: number): VersionVector => [count('d', counter)];
/** What was made here by hand of what the members showed. */
const byHand = (counter: number): VersionVector => [count('a', 1), count('d', counter)];
const file = (text: string, vector: VersionVector) => fileVersion('p', text, vector);
const other = (kind: 'directory' | 'tombstone', vector: VersionVector) => {
  const common = { path: pathOf('p'), vector, author: desktop };
  const record: FileRecord =
    kind === 'directory' ? { kind, ...common, permissions: 0o755 } : { kind, ...common };
  return versionOf(record, hash);
};
const plan = (entry: PathEntry) => planPath(entry, hash);

/** A kept change, and what the desktop and the phone show. */
function changed(local: Version, ...shown: readonly Version[]): PathEntry {
  const isThere = local.record.kind !== 'tombstone';
  const entry = withLocalCurrent(emptyEntry(pathOf('p')), local, {
    withheld: 'kept',
    ...(isThere ? { disk } : {}),
  });
  return shown.reduce((all, version, at) => {
    const device = at === 0 ? desktop : phone;
    return withPeerRow(all, version, { device, state: 'current', sequence: 1 });
  }, entry);
}

describe('what was changed in a receive-only folder', () => {
  test.each<[string, PathEntry]>([
    ['an edit', changed(file('edited', byHand(1)), file('old', theirs(1)))],
    ['something new', changed(file('added', [count('a', 1)]))],
    ['a deletion', changed(other('tombstone', byHand(1)), file('old', theirs(1)))],
    ['a deleted directory', changed(other('tombstone', byHand(1)), other('directory', theirs(1)))],
    ['what others deleted', changed(file('edited', byHand(1)), other('tombstone', theirs(2)))],
    [
      'a directory in place of a file',
      changed(other('directory', byHand(1)), file('x', theirs(2))),
    ],
  ])('%s stays, and counts', (_, entry) => {
    expect(plan(entry)).toEqual({ type: 'none' });
    expect(isLocalChange(entry, plan)).toBe(true);
  });

  test('gives way to what it was not made of, and stays visible as a conflict copy', () => {
    const entry = changed(file('edited', byHand(1)), file('new', theirs(2)));
    expect(plan(entry)).toMatchObject({ type: 'apply', conflict: true });
    expect(isLocalChange(entry, plan)).toBe(false);
    const inPlace = changed(file('in its place', byHand(1)), other('directory', theirs(1)));
    expect(plan(inPlace)).toMatchObject({ type: 'apply', conflict: true });
  });

  test('gives way without a copy to what was made of it', () => {
    const entry = changed(file('old', theirs(1)), file('new', theirs(2)));
    expect(plan(entry)).toMatchObject({ type: 'apply', conflict: false });
  });

  test('never wins over what the members show, however new it is', () => {
    const late = fileVersion('p', 'edited', [count('a', 9)], { mtimeNs: 2n ** 62n });
    const target = file('shown', theirs(1));
    expect(plan(changed(late, target))).toMatchObject({ target: { id: target.id } });
  });

  test('with the same content as the members show it is theirs', () => {
    const shown = file('same', theirs(1));
    expect(plan(changed(file('same', [count('a', 1)]), shown))).toMatchObject({
      type: 'adopt',
      target: { id: shown.id },
    });
    expect(
      plan(changed(other('tombstone', byHand(1)), other('tombstone', theirs(2)))),
    ).toMatchObject({ type: 'adopt' });
  });

  test('once a member shows it, it is kept from nobody any more', () => {
    const version = file('edited', byHand(1));
    const entry = changed(version, version);
    expect(plan(entry)).toMatchObject({ type: 'adopt', target: { id: version.id }, touch: false });
    const taken = withLocalCurrent(entry, version, { disk, withheld: 'no' });
    expect(plan(taken)).toEqual({ type: 'none' });
  });

  test('a deletion of what nobody shows is no change', () => {
    expect(isLocalChange(changed(other('tombstone', byHand(1))), plan)).toBe(false);
  });
});

describe('a change that is taken back', () => {
  test('an edit gives way to what the members show, without a conflict copy', () => {
    const target = file('old', theirs(1));
    const entry = takenBack(changed(file('edited', byHand(1)), target));
    expect(plan(entry)).toMatchObject({
      type: 'apply',
      target: { id: target.id },
      conflict: false,
    });
    expect(isLocalChange(entry, plan)).toBe(false);
  });

  test('what the members show differently is chosen as anywhere', () => {
    const [one, two] = [file('one', [count('c', 1)]), file('two', [count('d', 1)])];
    const entry = takenBack(changed(file('edited', byHand(1)), one, two));
    const bystander = planPath(
      withPeerRow(
        withPeerRow(emptyEntry(pathOf('p')), one, {
          device: desktop,
          state: 'current',
          sequence: 1,
        }),
        two,
        { device: phone, state: 'current', sequence: 1 },
      ),
      hash,
    );
    if (bystander.type === 'none') throw new Error('a bystander needs one of them');
    expect(plan(entry)).toMatchObject({ target: { id: bystander.target.id } });
  });

  test('a deletion comes back, and something new goes without a trace', () => {
    const target = file('old', theirs(1));
    expect(plan(takenBack(changed(other('tombstone', byHand(1)), target)))).toMatchObject({
      type: 'apply',
      target: { id: target.id },
    });
    expect(plan(takenBack(changed(file('added', [count('a', 1)]))))).toMatchObject({
      type: 'apply',
      target: { record: { kind: 'tombstone' } },
      forgets: true,
    });
  });

  test('what others deleted goes too', () => {
    const target = other('tombstone', theirs(2));
    expect(plan(takenBack(changed(file('edited', byHand(1)), target)))).toMatchObject({
      type: 'apply',
      target: { id: target.id },
      conflict: false,
    });
  });
});

test('a change that is shared is planned like any other', () => {
  const entry = shared(changed(file('edited', byHand(1)), file('old', theirs(1))));
  expect(plan(entry)).toEqual({ type: 'none' });
  expect(isLocalChange(entry, plan)).toBe(false);
  const late = fileVersion('p', 'edited', byHand(1), { mtimeNs: 2n ** 62n });
  const rival = changed(late, file('new', theirs(2)));
  expect([plan(rival).type, plan(shared(rival)).type]).toEqual(['apply', 'none']);
});
