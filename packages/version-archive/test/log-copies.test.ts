/** Damage to one copy of the log, or to both, and to the index. */
import { joinPath, lastName } from '@holdfast/platform';
import { SeededRandom } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  fileVersion,
  listAll,
  photos,
  storeDirectory,
} from './archive-world.js';

const made = Array.from({ length: 40 }, (_, at) => fileVersion(`f${at % 8}`, `text ${at}`, at + 1));

async function filledWorld(): Promise<ArchiveWorld> {
  const world = new ArchiveWorld();
  const archive = await world.open();
  for (const one of made) await archiveAll(archive, [one]);
  await archive.close();
  return world;
}

function segmentsOf(world: ArchiveWorld, copy: 'a' | 'b') {
  const directory = joinPath(storeDirectory, `log-${copy}`);
  const names = world
    .fileSystem()
    .list(directory)
    .map((entry) => entry.name);
  return names.sort().map((name) => joinPath(directory, name));
}

/** Turns the bits of one byte; of a copy's only segment. */
function flipByte(world: ArchiveWorld, copy: 'a' | 'b', share: number): void {
  const fileSystem = world.fileSystem();
  const [path] = segmentsOf(world, copy);
  if (path === undefined) throw new Error('no segment');
  const handle = fileSystem.open(path, 'write');
  const at = Math.floor(fileSystem.handleStat(handle).sizeBytes * share);
  const byte = new Uint8Array(1);
  fileSystem.read(handle, byte, at);
  fileSystem.write(
    handle,
    byte.map((value) => value ^ 0xff),
    at,
  );
  fileSystem.close(handle);
}

test('the head of the chain after each entry is found again, also across segments and restarts', async () => {
  const world = new ArchiveWorld();
  const heads = new Map<number, string>();
  for (const one of made.slice(0, 12)) {
    // A store that closes seals its segments.
    const archive = await world.open();
    await archiveAll(archive, [one]);
    heads.set(archive.head().position, archive.head().hash);
    await archive.close();
  }
  const archive = await world.open();
  const asked = async (position: number) => {
    const page = await archive.query(photos, { type: 'chain', position });
    return [page.position, page.head];
  };
  for (const [position, head] of heads) expect(await asked(position)).toEqual([12, head]);
  expect(await asked(13)).toEqual([12, undefined]);
  await archive.close();
});

test('the head is shown by the copy that has the entry behind it whole, and by nobody where none has', async () => {
  const world = await filledWorld();
  const heads = async () => {
    const archive = await world.open();
    const found: (string | undefined)[] = [];
    for (let position = 0; position < made.length; position += 1) {
      found.push((await archive.query(photos, { type: 'chain', position })).head);
    }
    await archive.close();
    return found;
  };
  const before = await heads();
  expect(before).not.toContain(undefined);
  flipByte(world, 'a', 0.52);
  expect(await heads()).toEqual(before);
  flipByte(world, 'b', 0.52);
  const after = await heads();
  expect(after).toContain(undefined);
  for (const [position, head] of after.entries())
    expect([undefined, before[position]]).toContain(head);
});

const answersOf = async (world: ArchiveWorld) => {
  const archive = await world.open();
  const answers = { head: archive.head(), list: await listAll(archive), all: [] as unknown[] };
  for (let position = 1; position <= made.length; position += 1) {
    answers.all.push(await listAll(archive, { position }));
  }
  const damage = archive.logDamage();
  await archive.close();
  return { answers, damage };
};

describe('damage in one copy of the log', () => {
  test.each(['a', 'b'] as const)(
    'bytes flipped in copy %s change no answer and are reported',
    async (copy) => {
      const { answers } = await answersOf(await filledWorld());
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const world = await filledWorld();
        flipByte(world, copy, share);
        world.loseDatabase();
        const found = await answersOf(world);
        expect(found.answers).toEqual(answers);
        expect(found.damage.map((damage) => damage.copy)).toContain(copy);
      }
    },
  );

  test('found while answering is reported too', async () => {
    const { answers } = await answersOf(await filledWorld());
    const world = await filledWorld();
    flipByte(world, 'a', 0.5);
    const found = await answersOf(world);
    expect(found.answers).toEqual(answers);
    expect(found.damage.length).toBeGreaterThan(0);
    expect(found.damage.every(({ copy }) => copy === 'a')).toBe(true);
  });

  test.each(['a', 'b'] as const)('a lost copy %s is made whole from the other', async (copy) => {
    const { answers } = await answersOf(await filledWorld());
    const world = await filledWorld();
    for (const path of segmentsOf(world, copy)) world.fileSystem().unlink(path);
    expect((await answersOf(world)).answers).toEqual(answers);
    const other = copy === 'a' ? 'b' : 'a';
    for (const path of segmentsOf(world, other)) world.fileSystem().unlink(path);
    expect((await answersOf(world)).answers).toEqual(answers);
    expect(world.warnings.some((text) => text.includes('completed'))).toBe(true);
  });

  test('in different places of both copies changes no answer', async () => {
    const { answers } = await answersOf(await filledWorld());
    const world = await filledWorld();
    flipByte(world, 'a', 0.3);
    flipByte(world, 'b', 0.7);
    world.loseDatabase();
    expect((await answersOf(world)).answers).toEqual(answers);
  });
});

describe('damage in both copies', () => {
  test('of the same entry is told with its position, and no file is changed', async () => {
    const world = await filledWorld();
    flipByte(world, 'a', 0.5);
    flipByte(world, 'b', 0.5);
    world.loseDatabase();
    const before = segmentsOf(world, 'a').map(lastName);
    await expect(world.open()).rejects.toMatchObject({ code: 'history_damaged' });
    await expect(world.open()).rejects.toThrow(/at position (1\d|2\d)/);
    expect(segmentsOf(world, 'a').map(lastName)).toEqual(before);
  });

  test('a log lost altogether is told, not begun again', async () => {
    const world = await filledWorld();
    for (const copy of ['a', 'b'] as const) {
      for (const path of segmentsOf(world, copy)) world.fileSystem().unlink(path);
    }
    world.loseDatabase();
    await expect(world.open()).rejects.toMatchObject({ code: 'history_damaged' });
  });
});

describe('an index in doubt', () => {
  test('is made again when the database lost keys from its middle', async () => {
    const { answers } = await answersOf(await filledWorld());
    for (let seed = 0; seed < 20; seed += 1) {
      const world = await filledWorld();
      world.database.dropKeys(new SeededRandom(seed), 3);
      expect((await answersOf(world)).answers).toEqual(answers);
    }
  });

  test('is not looked for again while the database vouches for every byte', async () => {
    const world = await filledWorld();
    const { answers } = await answersOf(world);
    const reopened = async (lineage: string) => {
      const archive = await world.open({ lineage });
      expect(await archive.folderStatus(photos)).toMatchObject({ versions: made.length, files: 8 });
      await archive.close();
      return world.warnings.splice(0);
    };
    expect(await reopened('one')).toEqual([]);
    world.database.dropKeys(new SeededRandom(1), 3);
    expect(await reopened('one')).toEqual([]);
    expect(await reopened('another')).toHaveLength(2);
    expect(await reopened('another')).toEqual([]);
    expect((await answersOf(world)).answers).toEqual(answers);
  });

  test('questions asked during a rebuild have whole answers', async () => {
    const world = await filledWorld();
    const archive = await world.open();
    const list = await listAll(archive);
    const rebuilding = archive.rebuildIndex();
    const asked = await Promise.all([listAll(archive), listAll(archive)]);
    await rebuilding;
    expect(asked).toEqual([list, list]);
    expect(await archive.folderStatus(photos)).toMatchObject({ versions: made.length, files: 8 });
  });
});
