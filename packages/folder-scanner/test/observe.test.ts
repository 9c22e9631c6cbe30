import { emptyEntry, localCurrent, withLocalCurrent } from '@holdfast/folder-index';
import { diskStateOf, isUnchanged, type Observation, observe } from '@holdfast/folder-scanner';
import { compareVectors, versionOf } from '@holdfast/model';
import type { FileStat } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import {
  elsewhere,
  empty,
  file,
  fileVersion,
  heard,
  idOf,
  mine,
  mtimeNs,
  path,
  recordOf,
  statOf,
  theirs,
} from './observe-world.js';
import { context, hash } from './scan-world.js';

describe('what a user does', () => {
  test('a new file becomes a version with the first count of this device', () => {
    const after = observe(empty, file('one'), context);
    expect(recordOf(after)).toMatchObject({
      kind: 'file',
      vector: mine(1),
      author: context.device,
      sizeBytes: 3,
      mtimeNs,
      permissions: 0o644,
    });
    expect(localCurrent(after)?.local.disk).toEqual(diskStateOf(statOf('one'), false));
  });

  test('an edit counts up', () => {
    const before = observe(empty, file('one'), context);
    const after = observe(before, file('two', { mtimeNs: mtimeNs + 1n }), context);
    expect(recordOf(after)?.vector).toEqual(mine(2));
  });

  test('an edit that keeps size and mtime is a new version all the same', () => {
    const before = observe(empty, file('one'), context);
    const after = observe(before, file('two', { ctimeNs: 51n }), context);
    expect(idOf(after)).not.toBe(idOf(before));
  });

  test('a touch is a new version with the same content', () => {
    const before = observe(empty, file('one'), context);
    const after = observe(before, file('one', { mtimeNs: mtimeNs + 5n }), context);
    expect(recordOf(after)).toMatchObject({ vector: mine(2), mtimeNs: mtimeNs + 5n });
  });

  test('a change of permissions is a new version, of any other mode bit not', () => {
    const before = observe(empty, file('one'), context);
    const closed = observe(before, file('one', { permissions: 0o600 }), context);
    expect(recordOf(closed)).toMatchObject({ vector: mine(2), permissions: 0o600 });
    const setuid = observe(before, file('one', { permissions: 0o4644 }), context);
    expect(idOf(setuid)).toBe(idOf(before));
  });

  test('a file that was only read again keeps its version and takes the new disk state', () => {
    const before = observe(empty, file('one'), context);
    const after = observe(before, file('one', { ctimeNs: 99n, inode: 8n }), context);
    expect(idOf(after)).toBe(idOf(before));
    expect(localCurrent(after)?.local.disk).toMatchObject({ ctimeNs: 99n, inode: 8n });
  });

  test('a file that becomes a directory or a symlink is a new version of that kind', () => {
    const before = observe(empty, file('one'), context);
    const stat = statOf('', { kind: 'directory', permissions: 0o755 });
    expect(recordOf(observe(before, { type: 'directory', stat }, context))).toMatchObject({
      kind: 'directory',
      vector: mine(2),
    });
    const link = {
      type: 'symlink',
      stat: statOf('', { kind: 'symlink' }),
      target: '../x',
    } as const;
    expect(recordOf(observe(before, link, context))).toMatchObject({ target: '../x' });
  });
});

describe('absence', () => {
  test('what was materialised becomes a tombstone', () => {
    const before = observe(empty, file('one'), context);
    const after = observe(before, { type: 'absent' }, context);
    expect(recordOf(after)).toMatchObject({ kind: 'tombstone', vector: mine(2) });
  });

  test('what this disk never showed does not', () => {
    const version = fileVersion('one', theirs(1));
    const known = withLocalCurrent(empty, version);
    expect(observe(known, { type: 'absent' }, context)).toBe(known);
    const onlyHeard = heard(empty, version);
    expect(observe(onlyHeard, { type: 'absent' }, context)).toBe(onlyHeard);
  });

  test('a tombstone stays what it is', () => {
    const gone = observe(observe(empty, file('one'), context), { type: 'absent' }, context);
    expect(observe(gone, { type: 'absent' }, context)).toBe(gone);
  });
});

describe('what other devices show', () => {
  test('a file that is just what a peer shows adopts the version of the peer', () => {
    const version = fileVersion('one', theirs(3));
    expect(idOf(observe(heard(empty, version), file('one'), context))).toBe(version.id);
  });

  test('a disk that keeps whole seconds adopts too, and another time does not', () => {
    const version = fileVersion('one', theirs(3));
    const coarse = file('one', { mtimeNs: mtimeNs - (mtimeNs % 1_000_000_000n) });
    expect(idOf(observe(heard(empty, version), coarse, context))).toBe(version.id);
    const later = file('one', { mtimeNs: mtimeNs + 1_000_000n });
    expect(idOf(observe(heard(empty, version), later, context))).not.toBe(version.id);
  });

  test('a version that what is shown already contains is not adopted', () => {
    const old = fileVersion('one', theirs(1));
    const shown = fileVersion('two', [...mine(1), ...theirs(1)]);
    const disk = diskStateOf(statOf('two'), false);
    const entry = heard(withLocalCurrent(empty, shown, { disk }), old);
    const after = observe(entry, file('one'), context);
    expect(idOf(after)).not.toBe(old.id);
    expect(compareVectors(recordOf(after)?.vector ?? [], shown.record.vector)).toBe('dominates');
  });

  test('a version that was only heard of stays concurrent with the user’s edit', () => {
    const unseen = fileVersion('theirs', theirs(4));
    const after = observe(heard(empty, unseen), file('mine'), context);
    expect(compareVectors(recordOf(after)?.vector ?? [], unseen.record.vector)).toBe('concurrent');
  });

  test('an edit of what a peer made contains it', () => {
    const version = fileVersion('one', theirs(4));
    const disk = diskStateOf(statOf('one'), false);
    const after = observe(withLocalCurrent(empty, version, { disk }), file('two'), context);
    expect(recordOf(after)?.vector).toEqual([...mine(1), ...theirs(4)]);
  });
});

describe('what one disk cannot express', () => {
  const exact = fileVersion('one', theirs(1), { permissions: undefined });
  const disk = diskStateOf(statOf('one', { mtimeNs: 1_700_000_000_000_000_000n }), false);
  const placed = withLocalCurrent(empty, exact, { disk });

  test('a coarse time that stands as it was written makes no new version', () => {
    const again = file('one', { mtimeNs: disk.mtimeNs, ctimeNs: 77n });
    expect(idOf(observe(placed, again, context))).toBe(exact.id);
  });

  test('a chmod keeps the exact time of the version', () => {
    const entry = withLocalCurrent(empty, fileVersion('one', theirs(1)), { disk });
    const closed = file('one', { mtimeNs: disk.mtimeNs, permissions: 0o600 });
    expect(recordOf(observe(entry, closed, context))).toMatchObject({
      mtimeNs,
      permissions: 0o600,
    });
  });
});

describe('whether a file must be read', () => {
  const before = observe(empty, file('one'), context);
  const row = localCurrent(before);

  test('the same stat means unchanged, and any field of it that moved does not', () => {
    expect(isUnchanged(row, statOf('one'))).toBe(true);
    const moved: Partial<FileStat>[] = [
      { sizeBytes: 4 },
      { mtimeNs: 0n },
      { ctimeNs: 51n },
      { inode: 8n },
      { permissions: 0o600 },
      { kind: 'symlink' },
    ];
    for (const one of moved) expect(isUnchanged(row, statOf('one', one))).toBe(false);
  });

  test('a racy state is never believed, nor one that was not materialised', () => {
    const racy = observe(empty, { ...file('one'), racy: true } as Observation, context);
    expect(isUnchanged(localCurrent(racy), statOf('one'))).toBe(false);
    const unmaterialised = withLocalCurrent(empty, fileVersion('one', theirs(1)));
    expect(isUnchanged(localCurrent(unmaterialised), statOf('one'))).toBe(false);
    expect(isUnchanged(undefined, statOf('one'))).toBe(false);
  });

  test('a directory is unchanged whatever its times', () => {
    const stat = statOf('', { kind: 'directory' });
    const directory = observe(empty, { type: 'directory', stat }, context);
    const later = { ...stat, mtimeNs: 1n, ctimeNs: 99n, sizeBytes: 9 };
    expect(isUnchanged(localCurrent(directory), later)).toBe(true);
  });
});

describe('a directory whose record does not let its owner write', () => {
  const stat = statOf('', { kind: 'directory', permissions: 0o755 });
  const seen: Observation = { type: 'directory', stat };
  const version = versionOf(
    { kind: 'directory', path, vector: theirs(1), author: elsewhere, permissions: 0o555 },
    hash,
  );

  test('is not published anew where this disk shows it writable', () => {
    const disk = diskStateOf(stat, false);
    const placed = withLocalCurrent(emptyEntry(path), version, { disk });
    expect(isUnchanged(localCurrent(placed), stat)).toBe(true);
    expect(idOf(observe(placed, seen, context))).toBe(version.id);
  });

  test('is taken over as it is where a crash came before the index knew of it', () => {
    expect(idOf(observe(heard(emptyEntry(path), version), seen, context))).toBe(version.id);
  });

  test('is published with other bits where its user sets others', () => {
    const disk = diskStateOf(stat, false);
    const placed = withLocalCurrent(emptyEntry(path), version, { disk });
    const changed = observe(placed, { ...seen, stat: { ...stat, permissions: 0o775 } }, context);
    expect(recordOf(changed)).toMatchObject({ permissions: 0o775, author: context.device });
  });
});

describe('in a receive-only folder', () => {
  const receiving = { ...context, withholds: true };
  const disk = diskStateOf(statOf('one'), false);
  const withheld = (entry: typeof empty) => localCurrent(entry)?.local.withheld;
  const shown = fileVersion('one', theirs(1));
  const placed = heard(withLocalCurrent(empty, shown, { disk }), shown);

  test('an edit, something new and a deletion are withheld', () => {
    expect(withheld(observe(placed, file('two'), receiving))).toBe('kept');
    expect(withheld(observe(empty, file('new'), receiving))).toBe('kept');
    expect(withheld(observe(placed, { type: 'absent' }, receiving))).toBe('kept');
    expect(withheld(observe(placed, file('two'), context))).toBeUndefined();
  });

  test('an edit of what was published and nobody has yet is published too', () => {
    const own = fileVersion('one', mine(1), { author: context.device });
    const published = withLocalCurrent(empty, own, { disk });
    expect(withheld(observe(published, file('two'), receiving))).toBeUndefined();
    expect(withheld(observe(published, { type: 'absent' }, receiving))).toBeUndefined();
    expect(withheld(observe(heard(published, own), file('two'), receiving))).toBe('kept');
  });

  test('a change that is put back by hand is none, and one that only was here leaves no trace', () => {
    const edited = observe(placed, file('two'), receiving);
    expect(localCurrent(observe(edited, file('one'), receiving))?.version.id).toBe(shown.id);
    const added = observe(empty, file('new'), receiving);
    expect(observe(added, { type: 'absent' }, receiving).rows).toEqual([]);
  });
});

describe('what was ignored, is not any more, and is not there', () => {
  const published = observe(empty, file('mine'), context);
  const { version } = localCurrent(published)!;
  const unseen = withLocalCurrent(emptyEntry(path), version, {});

  test.each([
    ['nobody else shows it', unseen],
    [
      'another one is thought to show it, who may have lost it in the same way',
      heard(unseen, version),
    ],
  ])('is told to be gone where %s, and loses against whoever has it', (_, before) => {
    const after = observe(before, { type: 'unseen' }, context);
    const record = recordOf(after)!;
    expect(record.kind).toBe('tombstone');
    expect(compareVectors(record.vector, version.record.vector)).toBe('concurrent');
    expect(observe(before, { type: 'unseen' }, context)).toEqual(after);
  });

  test('is forgotten without a word where it was kept from the others', () => {
    const kept = withLocalCurrent(emptyEntry(path), version, { withheld: 'kept' });
    expect(localCurrent(observe(kept, { type: 'unseen' }, context))).toBeUndefined();
  });
});
