/** What was thinned is freed: nothing that anything kept still names goes, whatever fails on the way. */
import { buildBlockList, encodeEnvelope } from '@holdfast/block-store';
import {
  type BlockReference,
  type ContentId,
  type FileContentRecord,
  type FolderId,
  type FolderPath,
  hexFrom,
  isFileVersion,
  type VersionId,
  versionOf,
} from '@holdfast/model';
import { SimulatedCrash } from '@holdfast/simulation';
import type { VersionArchive } from '@holdfast/version-archive';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  entryOf,
  fileVersion,
  hash,
  listAll,
  type MadeVersion,
  papers,
  photos,
} from './archive-world.js';
import { flip, placeOf, verify } from './stored-bytes.js';

const hourMs = 60 * 60_000;
const nothing = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
const nobody = async () => new Set<VersionId>();
const request = { folder: photos, rules: nothing, needed: nobody };
const folders: ReadonlySet<FolderId> = new Set([photos, papers]);

/** Long enough that each is a good part of its segment. */
const textOf = (name: string) => `${name} ${'and more of it '.repeat(20)}`;
const letters = [1, 2, 3].map((at) => fileVersion('letter', textOf(`text ${at}`), at));
const [first, second, third] = letters as [MadeVersion, MadeVersion, MadeVersion];
const copyOfSecond = fileVersion('elsewhere', textOf('text 2'));

async function archiveWith(world: ArchiveWorld): Promise<VersionArchive> {
  const archive = await world.open();
  for (const one of letters) {
    await archiveAll(archive, [one]);
    world.nowMs += hourMs;
  }
  await archiveAll(archive, [copyOfSecond], papers);
  return archive;
}

async function compact(archive: VersionArchive, world: ArchiveWorld, needed = nobody) {
  const total = { segments: 0, freedBytes: 0, damagedSegments: 0 };
  const compaction = archive.thinning.compaction();
  for await (const step of compaction.run({ nowMs: world.nowMs, folders, needed })) {
    total.segments += step.segments;
    total.freedBytes += step.freedBytes;
    total.damagedSegments += step.damagedSegments;
  }
  return total;
}

async function has(archive: VersionArchive, made: readonly MadeVersion[]): Promise<boolean[]> {
  const found = await Promise.all(made.map((one) => archive.blocks.has(entryOf(one).blocks)));
  return found.map((held) => held.every((isHeld) => isHeld));
}

/** The content of the versions is there, and is what it was. */
async function expectContent(archive: VersionArchive, made: readonly MadeVersion[]) {
  for (const { version, envelopes } of made) {
    if (!isFileVersion(version)) continue;
    const plain = await archive.blocks.readPlain(version.record.blocks.entries);
    const ids = plain.map((bytes) => bytes && hexFrom(hash(bytes)));
    expect(ids).toEqual(envelopes.map(({ contentId }) => contentId));
  }
}

/** Nothing is bad. */
async function expectSound(archive: VersionArchive): Promise<void> {
  const { blocks, log, lost, falseRecords } = await verify(archive);
  const { faults } = blocks;
  const isWhole = log.endsInHead && log.faults.length + log.lost.length + falseRecords === 0;
  expect({ faults, rotten: blocks.rotten.size, lost: lost.versions, isWhole }).toEqual({
    faults: [],
    rotten: 0,
    lost: [],
    isWhole: true,
  });
}

async function thinnedIn(archive: VersionArchive): Promise<boolean[]> {
  const path = 'letter' as FolderPath;
  const { entries } = await archive.query(photos, { type: 'log', path, limit: 100 });
  return entries.map(({ thinned }) => thinned);
}

describe('compacting an archive', () => {
  test('frees what was thinned and nothing else names, once its time has come', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    const { freedBytes } = await archive.thinning.mark(request, world.nowMs + hourMs);
    expect(await compact(archive, world)).toMatchObject({ segments: 0, freedBytes: 0 });
    expect(await has(archive, letters)).toEqual([true, true, true]);
    world.nowMs += hourMs;
    const done = await compact(archive, world);
    expect(done.freedBytes).toBe(freedBytes);
    expect(await has(archive, letters)).toEqual([false, true, true]);
    await expectContent(archive, [second, third, copyOfSecond]);
    expect(archive.thinning.counts(photos)).toMatchObject({ waiting: 0, freed: 2 });
    expect(await thinnedIn(archive)).toEqual([false, true, true]);
    expect(await compact(archive, world)).toMatchObject({ segments: 0 });
  });

  test('leaves the log whole and everything else in order', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    const { position } = archive.head();
    await compact(archive, world);
    expect(archive.head().position).toBe(position + 1);
    const { bad, lost, log } = await verify(archive);
    expect([bad, lost.versions, log.records]).toEqual([0, [], position + 2]);
    const lists = { deleted: true };
    const before = [await listAll(archive, lists), await listAll(archive, { position: 1 })];
    await archive.rebuildIndex();
    expect([await listAll(archive, lists), await listAll(archive, { position: 1 })]).toEqual(
      before,
    );
    await archive.close();
    world.loseDatabase();
    const again = await world.open();
    expect(await thinnedIn(again)).toEqual([false, true, true]);
    await expectContent(again, [second, third, copyOfSecond]);
    expect((await verify(again)).bad).toBe(0);
    expect(again.logDamage()).toEqual([]);
    const alone = await world.open({ readOnly: true });
    await expectContent(alone, [third, copyOfSecond]);
  });

  test('cannot be taken back afterwards', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    await compact(archive, world);
    expect(await archive.thinning.withdraw(photos)).toBe(0);
    expect(await thinnedIn(archive)).toEqual([false, true, true]);
  });

  test('keeps what somebody came to need since it was marked', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    const needed = async () => new Set([first.version.id]);
    await compact(archive, world, needed);
    expect(await has(archive, letters)).toEqual([true, true, true]);
    expect(await archive.hasVersions(photos, [first.version.id])).toEqual([true]);
    expect((await thinnedIn(archive)).filter((thinned) => thinned)).toHaveLength(1);
    await compact(archive, world);
    expect(await has(archive, letters)).toEqual([true, true, true]);
  });

  test('of folders that are not kept here any more frees nothing', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    const compaction = archive.thinning.compaction();
    const others = { nowMs: world.nowMs, folders: new Set([papers]), needed: nobody };
    for await (const step of compaction.run(others)) expect(step.segments).toBe(0);
    expect(await has(archive, letters)).toEqual([true, true, true]);
  });

  test('lets a version come again, with its content, and never without', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    await compact(archive, world);
    expect(await archive.hasVersions(photos, [first.version.id])).toEqual([false]);
    expect(await archive.hasBlocks(photos, first.version)).toBe(false);
    await expect(archive.append(photos, [entryOf(first)])).rejects.toMatchObject({
      code: 'blocks_missing',
    });
    await archiveAll(archive, [first]);
    expect(await archive.hasVersions(photos, [first.version.id])).toEqual([true]);
    expect(await compact(archive, world)).toMatchObject({ segments: 0 });
    await expectContent(archive, [first, third]);
    expect((await verify(archive)).bad).toBe(0);
  });

  test('frees nothing while an entry of the log cannot be read', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    for (const area of ['log-a', 'log-b'] as const)
      flip(world, area, placeOf(world, area, 'elsewhere'));
    await expect(compact(archive, world)).rejects.toMatchObject({ code: 'history_incomplete' });
    expect(await has(archive, letters)).toEqual([true, true, true]);
  });

  test('on a full disk says so, loses nothing, and goes on with room', async () => {
    const world = new ArchiveWorld();
    let archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    await archive.close();
    archive = await world.open();
    const heal = world.disk.faults.failWhile(
      'ENOSPC',
      ({ name, path }) => name === 'write' && path.includes('/blocks'),
    );
    await expect(compact(archive, world)).rejects.toMatchObject({ code: 'store_write_failed' });
    heal();
    await expectContent(archive, [second, third]);
    await archive.close();
    const again = await world.open();
    expect((await compact(again, world)).segments).toBeGreaterThan(0);
    expect(await has(again, letters)).toEqual([false, true, true]);
  });
});

describe('lists of blocks of a large file', () => {
  /** Of 1,100 blocks, so that there are list blocks; every second one is shared with `like`. */
  function large(counter: number): MadeVersion {
    const plain = Array.from({ length: 1_100 }, (_, at) =>
      Buffer.from(`block ${at} of ${at % 2 === 0 ? 'all' : counter} ${'.'.repeat(20)}`),
    );
    const envelopes = plain.map((bytes) => ({
      contentId: hexFrom(hash(bytes)) as ContentId,
      envelope: encodeEnvelope(bytes),
    }));
    const references: BlockReference[] = plain.map((bytes, at) => ({
      contentId: envelopes[at]?.contentId ?? ('' as ContentId),
      lengthBytes: bytes.length,
    }));
    const { root, listBlocks } = buildBlockList(references, hash);
    const lists = listBlocks.map(({ contentId, bytes }) => {
      return { contentId, envelope: encodeEnvelope(bytes) };
    });
    const like = fileVersion('large', 'x', counter).version.record as FileContentRecord;
    const sizeBytes = plain.reduce((sum, { length }) => sum + length, 0);
    const version = versionOf({ ...like, sizeBytes, blocks: root }, hash);
    return { version, envelopes: [...envelopes, ...lists] };
  }

  test('go last, and what a version that stays shares with one that goes is kept', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    const versions = [large(1), large(2)];
    for (const one of versions) {
      await archiveAll(archive, [one]);
      world.nowMs += hourMs;
    }
    const [gone, kept] = versions as [MadeVersion, MadeVersion];
    const before = archive.blocks.stats().blocks;
    await archive.thinning.mark(request, world.nowMs);
    await compact(archive, world);
    const keptIds = new Set(kept.envelopes.map(({ contentId }) => contentId));
    expect(archive.blocks.stats().blocks).toBe(keptIds.size);
    expect(before).toBeGreaterThan(keptIds.size + 500);
    const read = await archive.blocks.read([...keptIds]);
    expect(read.every((envelope) => envelope !== undefined)).toBe(true);
    expect((await verify(archive)).bad).toBe(0);
    expect(await archive.blocks.has(entryOf(gone).blocks)).toContain(false);
  });
});

describe('after a power loss at any call', () => {
  async function runUntil(world: ArchiveWorld, fatalCall: number) {
    await (await archiveWith(world)).close();
    let calls = 0;
    const count = () => {
      calls += 1;
      if (calls === fatalCall) throw new SimulatedCrash();
    };
    const opening = world.open({ onFileCall: count, onStoreCall: count });
    const work = world.untilKilled(async () => {
      const archive = await opening;
      await archive.thinning.mark(request, world.nowMs);
      await compact(archive, world);
      await archive.close();
      return archive;
    });
    const archive = await work.catch((error: unknown) => {
      if (error instanceof SimulatedCrash) return undefined;
      throw error;
    });
    return { calls, isDone: archive !== undefined };
  }

  test.each([3, 4])(
    'nothing that is kept is lost (at every %i. call; at every 4. the index is lost too)',
    async (each) => {
      const { calls } = await runUntil(new ArchiveWorld(), -1);
      expect(calls).toBeGreaterThan(80);
      for (let fatalCall = 1; fatalCall <= calls; fatalCall += each) {
        const world = new ArchiveWorld();
        expect((await runUntil(world, fatalCall)).isDone).toBe(false);
        world.crash(`${fatalCall}`);
        if (each === 4) world.loseDatabase();
        const archive = await world.open();
        await expectContent(archive, [second, third, copyOfSecond]);
        await expectSound(archive);
        const thinned = await thinnedIn(archive);
        // Content may be gone only where the log says so.
        if ((await has(archive, [first]))[0] === false) {
          expect(archive.thinning.counts(photos).freed).toBe(2);
        }
        await archive.rebuildIndex();
        expect(await thinnedIn(archive)).toEqual(thinned);
        await expectContent(archive, [second, third, copyOfSecond]);
        await archive.thinning.mark(request, world.nowMs);
        await compact(archive, world);
        expect(await has(archive, letters)).toEqual([false, true, true]);
        await archive.close();
        const again = await world.open();
        await expectContent(again, [second, third, copyOfSecond]);
        await expectSound(again);
        await again.close();
      }
    },
    600_000,
  );
});

test('whatever was archived and thinned in whatever order, what is kept can be read', async () => {
  const step = fc.record({
    path: fc.nat(2),
    text: fc.nat(5),
    folder: fc.constantFrom(photos, papers),
    becameCurrent: fc.integer({ min: 0, max: 3 }).map((one) => one > 0),
    next: fc.constantFrom('nothing', 'nothing', 'thin', 'withdraw', 'compact', 'reopen'),
    hourly: fc.nat(2),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const world = new ArchiveWorld();
      let archive = await world.open();
      const made: (readonly [FolderId, MadeVersion])[] = [];
      for (const [at, { path, text, folder, becameCurrent, next, hourly }] of steps.entries()) {
        const one = fileVersion(`file ${path}`, textOf(`text ${text}`), at + 1);
        made.push([folder, one]);
        await archive.blocks.append(one.envelopes);
        await archive.append(folder, [entryOf(one, { becameCurrent })]);
        world.nowMs += hourMs / 2;
        const rules = { ...nothing, hourly };
        if (next === 'thin')
          await archive.thinning.mark({ ...request, folder, rules }, world.nowMs);
        if (next === 'withdraw') await archive.thinning.withdraw(folder);
        if (next === 'compact') await compact(archive, world);
        if (next !== 'reopen') continue;
        await archive.close();
        archive = await world.open();
      }
      await compact(archive, world);
      for (const isRebuilt of [false, true]) {
        if (isRebuilt) await archive.rebuildIndex();
        let kept = 0;
        for (const [folder, one] of made) {
          const [isKept] = await archive.hasVersions(folder, [one.version.id]);
          if (!isKept) continue;
          kept += 1;
          await expectContent(archive, [one]);
        }
        expect(kept).toBeGreaterThan(0);
        expect((await verify(archive)).bad).toBe(0);
      }
      for (const { versionId, thinned } of await listAll(archive)) {
        expect([versionId, thinned]).toEqual([versionId, false]);
      }
    }),
    { numRuns: 60 },
  );
});
