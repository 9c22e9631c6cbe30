/** A store that is verified: whatever rots in it is noticed, and what can be made whole is. */
import type { VersionArchive } from '@holdfast/version-archive';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  fileVersion,
  listAll,
  photos,
  tombstoneVersion,
} from './archive-world.js';
import { type Area, flip, placeOf, sizeOf, verify } from './stored-bytes.js';

const nothing = { sample: 0, seed: 1 };

const made = [
  fileVersion('notes/one.txt', 'one, and some more of it'),
  fileVersion('two.txt', 'two'),
  fileVersion('two.txt', 'two, changed', 2),
  tombstoneVersion('notes/one.txt', 2),
];

async function filled(world: ArchiveWorld): Promise<VersionArchive> {
  const archive = await world.open();
  for (const one of made) await archiveAll(archive, [one]);
  return archive;
}

describe('a store in which nothing is wrong', () => {
  test('has nothing bad, every byte of it is read, and nothing is written', async () => {
    const world = new ArchiveWorld();
    await (await filled(world)).close();
    const calls: string[] = [];
    const archive = await world.open({ onFileCall: (call) => calls.push(call.name) });
    calls.length = 0;
    const found = await verify(archive);
    expect(found.bad).toBe(0);
    expect(found.log.records).toBe(made.length + 1);
    expect(found.blocks.blocks).toBe(3);
    const areas: Area[] = ['blocks', 'log-a', 'log-b'];
    const stored = areas.reduce((sum, area) => sum + sizeOf(world, area), 0);
    expect(found.blocks.bytes + found.log.bytes).toBe(stored);
    expect(calls).not.toContain('write');
    expect(calls).not.toContain('syncFile');
  });

  test('is in order while it is being written, too', async () => {
    const archive = await filled(new ArchiveWorld());
    expect((await verify(archive)).bad).toBe(0);
    expect((await verify(archive, nothing)).bad).toBe(0);
  });
});

describe('a single byte that rots', () => {
  test.each([
    ['blocks', 'open'],
    ['log-a', 'open'],
    ['blocks', 'sealed'],
    ['log-b', 'sealed'],
  ] as const)('anywhere in a segment of %s that is %s, is noticed', async (area, state) => {
    const world = new ArchiveWorld();
    let archive = await world.open();
    await archiveAll(archive, [made[0]!]);
    if (state === 'sealed') {
      await archive.close();
      archive = await world.open();
    }
    const size = sizeOf(world, area);
    const unnoticed: number[] = [];
    for (let at = 0; at < size; at += 1) {
      flip(world, area, at);
      if ((await verify(archive, nothing)).bad === 0) unnoticed.push(at);
      flip(world, area, at);
    }
    expect(unnoticed).toEqual([]);
    expect(size).toBeGreaterThan(150);
    expect((await verify(archive)).bad).toBe(0);
  });
});

describe('a block that rots', () => {
  async function rotten() {
    const world = new ArchiveWorld();
    const archive = await filled(world);
    flip(world, 'blocks', placeOf(world, 'blocks', 'two, changed'));
    return { world, archive };
  }

  test('counts no more, and is named with the versions that need it', async () => {
    const { archive } = await rotten();
    const { lost, blocks, bad } = await verify(archive);
    expect(bad).toBe(1);
    expect(blocks.rotten.size).toBe(1);
    expect(lost.versions.map(({ path }) => path)).toEqual(['two.txt']);
    expect(lost.blocks[0]?.places).toMatchObject([
      { versionId: made[2]?.version.id, level: 0, index: 0 },
    ]);
    expect(await archive.hasBlocks(photos, made[2]!.version)).toBe(false);
    expect(await archive.hasBlocks(photos, made[0]!.version)).toBe(true);
  });

  test('is bad again in the next run as long as nobody brings it, and in order afterwards', async () => {
    const { archive, world } = await rotten();
    await verify(archive);
    expect((await verify(archive)).bad).toBe(1);
    await archive.blocks.append(made[2]!.envelopes);
    await archive.blocks.sync();
    const after = await verify(archive);
    expect([after.bad, after.lost.blocks]).toEqual([0, []]);
    expect(after.blocks.deadBytes).toBeGreaterThan(0);
    await archive.close();
    expect((await verify(await world.open())).bad).toBe(0);
  });
});

describe('an entry of the log that rots', () => {
  test.each(['log-a', 'log-b'] as const)(
    'in %s is appended there again from the other copy, which may rot later',
    async (area) => {
      const world = new ArchiveWorld();
      const archive = await filled(world);
      const list = await listAll(archive, { deleted: true });
      for (const rotting of [area, area === 'log-a' ? 'log-b' : 'log-a'] as const) {
        flip(world, rotting, placeOf(world, rotting, 'two.txt'));
        const found = await verify(archive);
        expect(found.bad).toBe(1);
        expect(await archive.repair(found)).toBe(1);
        expect((await verify(archive)).bad).toBe(0);
        expect(await listAll(archive, { deleted: true })).toEqual(list);
      }
      await archive.close();
      world.loseDatabase();
      const again = await world.open();
      expect(await listAll(again, { deleted: true })).toEqual(list);
      expect((await verify(again)).bad).toBe(0);
    },
  );

  test('in both copies at once is bad, cannot be made whole, and breaks nothing behind it', async () => {
    const world = new ArchiveWorld();
    const archive = await filled(world);
    for (const area of ['log-a', 'log-b'] as const) {
      flip(world, area, placeOf(world, area, 'two.txt'));
    }
    const found = await verify(archive);
    expect(found.log.lost).toHaveLength(1);
    expect(found.log.endsInHead).toBe(true);
    expect([found.bad, await archive.repair(found)]).toEqual([1, 0]);
  });
});

test('a trailer that rots is written again behind the rotten one', async () => {
  const world = new ArchiveWorld();
  await (await filled(world)).close();
  const archive = await world.open();
  flip(world, 'blocks', sizeOf(world, 'blocks') - 1);
  const found = await verify(archive);
  expect([found.bad, await archive.repair(found)]).toEqual([1, 1]);
  expect((await verify(archive)).bad).toBe(0);
});
