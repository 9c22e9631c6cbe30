import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  withGuard,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import {
  chooseCurrent,
  compareVectors,
  type FileRecord,
  restoringVersion,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import { openIndex } from '../../folder-index/test/index-world.js';
import { DirectoryReviver } from '../src/directory-reviver.js';
import { planPath } from '../src/plan-sync.js';
import {
  actor,
  desktop,
  fileVersion,
  hash,
  here,
  PlaceWorld,
  pathOf,
  phone,
} from './place-world.js';

const mine = actor('a');
const count = (digit: string, counter: number) => ({ actor: actor(digit), counter });
const made = (kind: 'directory' | 'tombstone', vector: VersionVector, author = here) => {
  const common = { path: pathOf('d'), vector, author };
  const record: FileRecord =
    kind === 'directory' ? { kind, ...common, permissions: 0o755 } : { kind, ...common };
  return versionOf(record, hash);
};

function reviverOf(index: FolderIndex, waitsForArchive = false): DirectoryReviver {
  const context = { actor: mine, device: here, hash };
  const plan = (entry: PathEntry) => planPath(entry, hash);
  return new DirectoryReviver({ index, context, hash, plan, waitsForArchive });
}

/** A directory here that holds a file, and what others show at its path. */
async function revived(...shown: Version[]): Promise<PathEntry> {
  const { entry, was } = await reviving({ waitsForArchive: false }, shown);
  expect(was).toBe(true);
  return entry;
}

async function reviving(
  { waitsForArchive }: { waitsForArchive: boolean },
  shown: readonly Version[],
  marked = (entry: PathEntry, _local: Version): PathEntry => entry,
) {
  const world = new PlaceWorld();
  const index = await openIndex();
  world.user.makeDirectory(world.at('d'));
  const local = made('directory', [count('a', 1)]);
  const inside = fileVersion('d/a.txt', 'text', [count('a', 1)]);
  const change = (entry: PathEntry) => {
    const version = entry.path === pathOf('d') ? local : inside;
    const before = withLocalCurrent(entry, version, { disk: world.diskState('d') });
    if (version === inside) return before;
    return shown.reduce(
      (all, one, at) => {
        const device = at === 0 ? desktop : phone;
        return withPeerRow(all, one, { device, state: 'current', sequence: 1 });
      },
      marked(before, local),
    );
  };
  await index.update([pathOf('d'), pathOf('d/a.txt')], change, { sync: true });
  const was = await reviverOf(index, waitsForArchive).revive(pathOf('d'));
  return { entry: await index.entry(pathOf('d')), was, local };
}

const vectorOf = (entry: PathEntry) => localCurrent(entry)!.version.record.vector;

describe('a directory that stays because something lies in it', () => {
  const deletion = made('tombstone', [count('a', 1), count('d', 1)], desktop);

  test('is published above its deletion', async () => {
    const entry = await revived(deletion);
    expect(compareVectors(vectorOf(entry), deletion.record.vector)).toBe('dominates');
  });

  test('does not take the history of a rival file, which others would drop without a conflict copy', async () => {
    const rival = fileVersion('d', 'mine', [count('b', 4)], { author: phone });
    const entry = await revived(deletion, rival);
    const directory = localCurrent(entry)!.version;
    expect(compareVectors(directory.record.vector, rival.record.vector)).toBe('concurrent');
    const choice = chooseCurrent([rival, directory], { merge: true }, hash);
    expect(choice?.current.id).toBe(directory.id);
    expect(choice?.conflicting.map((version) => version.id)).toEqual([rival.id]);
  });

  test('in a mirror it is not given up for the file before it, while the archive shows what lies in it', async () => {
    const { entry, was } = await reviving({ waitsForArchive: true }, [], (directory, local) => {
      const former = fileVersion('d', 'before', [count('d', 1)], { author: desktop });
      const restoring = restoringVersion(former, local, hash);
      return withGuard(directory, local, { state: 'rejected', atMs: 1, former, restoring });
    });
    expect(was).toBe(true);
    expect(planPath(entry, hash)).toEqual({ type: 'none' });
  });

  test('in a mirror it waits for what the archive may only not have deleted yet', async () => {
    const { entry, local } = await reviving({ waitsForArchive: true }, [deletion]);
    expect(localCurrent(entry)!.version.id).toBe(local.id);
  });
});

describe('a directory that was deleted here too, of something that comes to life again', () => {
  const parents = [pathOf('d'), pathOf('d/e')];

  async function missing(change: (entry: PathEntry) => PathEntry) {
    const index = await openIndex();
    await index.update(parents, change, { sync: true });
    return reviverOf(index).missingParents(pathOf('d/e/note.md'));
  }

  const at = (kind: 'directory' | 'tombstone', { path }: PathEntry, vector: VersionVector) =>
    versionOf({ ...made(kind, vector).record, path }, hash);

  test('is made again with those above it, from the top, each above its deletion', async () => {
    const deleted = [count('a', 2), count('d', 1)];
    const { make, look } = await missing((entry) =>
      withPeerRow(
        withLocalCurrent(entry, at('tombstone', entry, deleted)),
        at('tombstone', entry, deleted),
        { device: desktop, state: 'current', sequence: 1 },
      ),
    );
    expect(make.map(({ entry }) => entry.path)).toEqual(parents);
    expect(look).toEqual([]);
    for (const { action } of make) {
      expect(action.target.record).toMatchObject({ kind: 'directory', author: here });
      expect(compareVectors(action.target.record.vector, deleted)).toBe('dominates');
    }
  });

  test('is not made where others show it: it comes by itself', async () => {
    const { make } = await missing((entry) =>
      withPeerRow(entry, at('directory', entry, [count('d', 1)]), {
        device: desktop,
        state: 'current',
        sequence: 1,
      }),
    );
    expect(make).toEqual([]);
  });

  test('takes the place of what was put there since, which becomes a conflict copy', async () => {
    const rival = (path: PathEntry['path']) =>
      fileVersion(path, 'a file', [count('a', 1), count('d', 3)], { author: desktop });
    const world = new PlaceWorld();
    world.user.makeDirectory(world.at('d'));
    const disk = world.diskState('d');
    const { make } = await missing((entry) => withLocalCurrent(entry, rival(entry.path), { disk }));
    expect(make.map(({ entry }) => entry.path)).toEqual(parents);
    for (const { entry, action } of make) {
      expect(action).toMatchObject({ type: 'apply', conflict: true });
      const file = rival(entry.path);
      const choice = chooseCurrent([file, action.target], { merge: true }, hash);
      expect(choice?.current.id).toBe(action.target.id);
      expect(choice?.conflicting.map((version) => version.id)).toEqual([file.id]);
    }
  });

  test('is looked for on the disk where the index believes it to be there', async () => {
    const { make, look } = await missing((entry) =>
      withLocalCurrent(entry, at('directory', entry, [count('a', 1)])),
    );
    expect(make).toEqual([]);
    expect(look).toEqual(parents);
  });
});
