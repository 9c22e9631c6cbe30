/** Versions that are marked as thinned: what the archive says of them, and that marks last. */
import type { FolderPath, VersionId } from '@holdfast/model';
import { SimulatedCrash } from '@holdfast/simulation';
import type { VersionArchive } from '@holdfast/version-archive';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  entryOf,
  fileVersion,
  listAll,
  type MadeVersion,
  papers,
  photos,
} from './archive-world.js';
import { flip, placeOf, verify } from './stored-bytes.js';

const hourMs = 60 * 60_000;
const nothing = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
const request = { folder: photos, rules: nothing, needed: async () => new Set<VersionId>() };
const letters = [1, 2, 3].map((at) => fileVersion('letter', `text ${at}`, at));
const [first, second, third] = letters as [MadeVersion, MadeVersion, MadeVersion];

async function archiveWith(world: ArchiveWorld, made: readonly MadeVersion[] = letters) {
  const archive = await world.open();
  for (const one of made) {
    await archiveAll(archive, [one]);
    world.nowMs += hourMs;
  }
  return archive;
}

/** For each version of the letter, newest first, whether it is thinned. */
async function logOf(archive: VersionArchive): Promise<[VersionId, boolean][]> {
  const path = 'letter' as FolderPath;
  const { entries } = await archive.query(photos, { type: 'log', path, limit: 100 });
  return entries.map(({ versionId, thinned }) => [versionId, thinned]);
}

const afterThinning: [VersionId, boolean][] = [
  [third.version.id, false],
  [second.version.id, true],
  [first.version.id, true],
];

describe('a version that is thinned', () => {
  test('is listed as such, and stays in every list of what there was', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    const { versions } = await archive.thinning.mark(request, world.nowMs + hourMs);
    expect(versions).toHaveLength(2);
    expect(await logOf(archive)).toEqual(afterThinning);
    const before = await listAll(archive, { position: 2 });
    expect(before.map(({ versionId, thinned }) => [versionId, thinned])).toEqual([
      [second.version.id, true],
    ]);
    expect((await listAll(archive)).map(({ thinned }) => thinned)).toEqual([false]);
    expect(archive.thinning.counts(photos)).toEqual({
      waiting: 2,
      freed: 0,
      markedAtMs: world.nowMs,
      freeFromMs: world.nowMs + hourMs,
      waitingMarks: [{ position: 4, atMs: world.nowMs, freeFromMs: world.nowMs + hourMs }],
    });
    expect(archive.thinning.counts(papers)).toMatchObject({ waiting: 0, freed: 0 });
  });

  test('counts no more once it is archived again, also in an index that is made anew', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs + hourMs);
    await archiveAll(archive, [first]);
    expect(archive.thinning.counts(photos)).toMatchObject({ waiting: 1 });
    await archive.rebuildIndex();
    expect(archive.thinning.counts(photos)).toMatchObject({ waiting: 1 });
    expect(await archive.thinning.withdraw(photos)).toBe(1);
    expect(archive.thinning.counts(photos)).toMatchObject({ waiting: 0, markedAtMs: undefined });
  });

  test('leaves the log whole, with an entry that says what was thinned', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    const { position } = archive.head();
    await archive.thinning.mark(request, world.nowMs);
    expect(archive.head().position).toBe(position + 1);
    const { bad, log } = await verify(archive);
    expect([bad, log.records]).toEqual([0, 5]);
  });

  test('is not thinned again, and nothing more would go', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    const { position } = archive.head();
    expect(await archive.thinning.plan(request)).toMatchObject({ versions: [], kept: 1 });
    await archive.thinning.mark(request, world.nowMs);
    expect(archive.head().position).toBe(position);
  });

  test('needs no content: none is missed, and none is asked for', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    flip(world, 'blocks', placeOf(world, 'blocks', 'text 1'));
    const { blocks, lost } = await verify(archive);
    expect(blocks.rotten.size).toBe(1);
    expect(lost).toMatchObject({ blocks: [], versions: [] });
    expect((await archive.lostContent()).versions).toEqual([]);
    await archive.thinning.withdraw(photos);
    expect((await archive.lostContent()).versions).toHaveLength(1);
  });

  test('is taken as new where somebody offers it again, and is kept from then on', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    const ids = letters.map(({ version }) => version.id);
    expect(await archive.hasVersions(photos, ids)).toEqual([false, false, true]);
    const { position } = archive.head();
    await archive.blocks.append(first.envelopes);
    const again = entryOf(first, { becameCurrent: false });
    expect(await archive.append(photos, [again])).toEqual([{ position: position + 1 }]);
    expect(await archive.hasVersions(photos, ids)).toEqual([true, false, true]);
    expect(await archive.append(photos, [again])).toEqual([{ position: 1 }]);
    expect((await logOf(archive)).filter(([, thinned]) => thinned)).toEqual([
      [second.version.id, true],
    ]);
    await archive.rebuildIndex();
    expect(await archive.hasVersions(photos, ids)).toEqual([true, false, true]);
  });

  test('is kept again where its thinning is withdrawn, and can be thinned anew', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archive.thinning.mark(request, world.nowMs);
    expect(await archive.thinning.withdraw(papers)).toBe(0);
    expect(await archive.thinning.withdraw(photos)).toBe(2);
    expect(await archive.thinning.withdraw(photos)).toBe(0);
    expect((await logOf(archive)).every(([, thinned]) => !thinned)).toBe(true);
    expect(archive.thinning.counts(photos)).toMatchObject({ waiting: 0, freeFromMs: undefined });
    await archive.thinning.mark(request, world.nowMs);
    expect(await logOf(archive)).toEqual(afterThinning);
  });

  test('of one folder is none of another', async () => {
    const world = new ArchiveWorld();
    const archive = await archiveWith(world);
    await archiveAll(archive, letters, papers);
    await archive.thinning.mark(request, world.nowMs);
    const ids = letters.map(({ version }) => version.id);
    expect(await archive.hasVersions(papers, ids)).toEqual([true, true, true]);
  });
});

describe('marks', () => {
  test('are the same after a restart, a lost database and a rebuild', async () => {
    const world = new ArchiveWorld();
    const before = await archiveWith(world);
    await before.thinning.mark(request, world.nowMs);
    await before.thinning.withdraw(photos);
    await before.thinning.mark(request, world.nowMs + 5);
    const counts = before.thinning.counts(photos);
    await before.close();
    const again = await world.open();
    expect(world.warnings).toEqual([]);
    expect([await logOf(again), again.thinning.counts(photos)]).toEqual([afterThinning, counts]);
    await again.rebuildIndex();
    expect([await logOf(again), again.thinning.counts(photos)]).toEqual([afterThinning, counts]);
    await again.close();
    world.loseDatabase();
    const anew = await world.open();
    expect([await logOf(anew), anew.thinning.counts(photos)]).toEqual([afterThinning, counts]);
    await anew.close();
    const alone = await world.open({ readOnly: true });
    expect(await logOf(alone)).toEqual(afterThinning);
  });

  test('are there or not after a power loss at any call, and the log is whole', async () => {
    const run = async (world: ArchiveWorld, fatalCall: number) => {
      await (await archiveWith(world)).close();
      let calls = 0;
      const count = () => {
        calls += 1;
        if (calls === fatalCall) throw new SimulatedCrash();
      };
      let isMarked = false;
      const opening = world.open({ onFileCall: count, onStoreCall: count });
      const work = world.untilKilled(async () => {
        const archive = await opening;
        await archive.thinning.mark(request, world.nowMs);
        isMarked = true;
        await archive.thinning.withdraw(photos);
        return archive;
      });
      const archive = await work.catch((error: unknown) => {
        if (error instanceof SimulatedCrash) return undefined;
        throw error;
      });
      return { calls, isMarked, isDone: archive !== undefined };
    };
    const { calls } = await run(new ArchiveWorld(), -1);
    expect(calls).toBeGreaterThan(40);
    for (let fatalCall = 1; fatalCall <= calls; fatalCall += 1) {
      const world = new ArchiveWorld();
      const { isMarked, isDone } = await run(world, fatalCall);
      expect(isDone).toBe(false);
      world.crash(`${fatalCall}`);
      const archive = await world.open();
      const log = await logOf(archive);
      const isThinned = log.some(([, thinned]) => thinned);
      expect(isThinned ? log : afterThinning).toEqual(afterThinning);
      if (isMarked) expect(archive.head().position).toBeGreaterThanOrEqual(4);
      await archive.rebuildIndex();
      expect(await logOf(archive)).toEqual(log);
      expect((await verify(archive)).bad).toBe(0);
      await archive.thinning.withdraw(photos);
      await archive.thinning.mark(request, world.nowMs);
      expect(await logOf(archive)).toEqual(afterThinning);
      await archive.close();
    }
  }, 120_000);
});
