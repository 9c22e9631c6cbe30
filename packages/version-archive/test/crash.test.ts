/** The node ends, with a power loss, at every call that an append makes. */
import type { VersionId } from '@holdfast/model';
import { SimulatedCrash } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  entryOf,
  fileVersion,
  listAll,
  type MadeVersion,
  photos,
  tombstoneVersion,
} from './archive-world.js';

const early = [fileVersion('a', 'early a'), fileVersion('d/b', 'early b')];
const late = [
  fileVersion('a', 'late a', 2),
  tombstoneVersion('d/b', 2),
  ...Array.from({ length: 20 }, (_, at) => fileVersion(`d/c${at}`, `content ${at}`)),
];

/** Opens, appends both batches, and ends the node before the call with that number. */
async function runUntil(world: ArchiveWorld, fatalCall: number) {
  let calls = 0;
  const count = () => {
    calls += 1;
    if (calls === fatalCall) throw new SimulatedCrash();
  };
  const acknowledged: MadeVersion[] = [];
  const opening = world.open({ onFileCall: count, onStoreCall: count });
  const whole = world.untilKilled(async () => {
    const archive = await opening;
    for (const batch of [early, late]) {
      await archiveAll(archive, batch);
      acknowledged.push(...batch);
    }
    return archive;
  });
  const archive = await whole.catch((error: unknown) => {
    if (error instanceof SimulatedCrash) return undefined;
    throw error;
  });
  return { acknowledged, calls, finished: archive !== undefined };
}

async function expectWhole(world: ArchiveWorld, acknowledged: readonly MadeVersion[]) {
  const archive = await world.open();
  const ids = (made: readonly MadeVersion[]) => made.map(({ version }) => version.id);
  const held = await archive.hasVersions(photos, ids(acknowledged));
  expect(held.every((has) => has)).toBe(true);
  const live = await archive.blocks.has(acknowledged.flatMap((made) => entryOf(made).blocks));
  expect(live.every((has) => has)).toBe(true);
  const answers = async () => ({
    head: archive.head(),
    status: await archive.folderStatus(photos),
    list: await listAll(archive, { deleted: true }),
    has: await archive.hasVersions(photos, ids([...early, ...late])),
  });
  const before = await answers();
  expect(before.status.versions).toBeGreaterThanOrEqual(acknowledged.length);
  await archive.rebuildIndex();
  expect(await answers()).toEqual(before);
  await archiveAll(archive, [...early, ...late]);
  const current: (VersionId | undefined)[] = [];
  for (const { version } of late) {
    current.push(await archive.currentOf(photos, version.record.path));
  }
  expect(current).toEqual(ids(late));
  const after = await listAll(archive, { deleted: true });
  await archive.close();
  const again = await world.open();
  expect(await listAll(again, { deleted: true })).toEqual(after);
  expect(again.logDamage()).toEqual([]);
  await again.close();
}

describe('after a power loss at any call', () => {
  test('nothing acknowledged is lost, and the index can be made again', async () => {
    const { calls } = await runUntil(new ArchiveWorld(), -1);
    expect(calls).toBeGreaterThan(80);
    for (let fatalCall = 1; fatalCall <= calls; fatalCall += 1) {
      for (const seed of ['x', 'y']) {
        const world = new ArchiveWorld();
        const { acknowledged, finished } = await runUntil(world, fatalCall);
        expect(finished).toBe(false);
        world.crash(`${seed} ${fatalCall}`);
        await expectWhole(world, acknowledged);
      }
    }
  }, 120_000);

  test('also when the database is lost with it', async () => {
    const { calls } = await runUntil(new ArchiveWorld(), -1);
    for (let fatalCall = 1; fatalCall <= calls; fatalCall += 3) {
      const world = new ArchiveWorld();
      const { acknowledged } = await runUntil(world, fatalCall);
      world.crash(`${fatalCall}`);
      world.loseDatabase();
      await expectWhole(world, acknowledged);
    }
  }, 120_000);
});

describe('when the disk fails an append', () => {
  test.each(['write', 'syncFile', 'open', 'syncDirectory'] as const)(
    'at any %s of the log, the versions can be appended again and the log stays whole',
    async (name) => {
      let failures = 0;
      for (let nth = 1; nth < 200; nth += 1) {
        const world = new ArchiveWorld();
        const before = await world.open();
        await archiveAll(before, early);
        await before.close();
        const archive = await world.open();
        let count = 0;
        world.disk.faults.failNext(name, 'ENOSPC', ({ path }) => {
          if (!path.includes('/log-')) return false;
          count += 1;
          return count === nth;
        });
        const failed = await archiveAll(archive, late).then(
          () => false,
          () => true,
        );
        if (count < nth) break;
        if (failed) failures += 1;
        world.disk.faults.clear();
        await archiveAll(archive, late);
        expect(archive.head().position).toBe(early.length + late.length);
        const list = await listAll(archive, { deleted: true });
        if (nth % 2 === 0) world.crash(`${nth}`);
        else await archive.close();
        const again = await world.open();
        await again.rebuildIndex();
        expect(await listAll(again, { deleted: true })).toEqual(list);
      }
      expect(failures).toBeGreaterThan(0);
    },
  );

  test('a database that fails after the log was written is caught up', async () => {
    const world = new ArchiveWorld();
    let failing = false;
    const archive = await world.open({
      onStoreCall: (call) => {
        if (failing && call.name === 'batch') throw new Error('no room');
      },
    });
    await archiveAll(archive, early);
    await archive.blocks.append(late.flatMap(({ envelopes }) => envelopes));
    await archive.blocks.sync();
    failing = true;
    await expect(archiveAll(archive, late)).rejects.toThrow('no room');
    expect(archive.head().position).toBe(early.length);
    failing = false;
    await archiveAll(archive, late);
    expect(archive.head().position).toBe(early.length + late.length);
  });

  test('a database that applied the batch and then failed gives the index that a rebuild gives', async () => {
    const world = new ArchiveWorld();
    let failing = false;
    const archive = await world.open({
      onApplied: () => {
        if (failing) throw new Error('no room');
      },
    });
    await archiveAll(archive, early);
    failing = true;
    await expect(archiveAll(archive, late)).rejects.toThrow('no room');
    failing = false;
    await archiveAll(archive, late);
    expect(archive.head().position).toBe(early.length + late.length);
    const seen = async (one: typeof archive) => ({
      list: await listAll(one, { deleted: true }),
      status: await one.folderStatus(photos),
    });
    const before = await seen(archive);
    await archive.close();
    const again = await world.open();
    expect(world.warnings).toEqual([]);
    expect(await seen(again)).toEqual(before);
    await again.rebuildIndex();
    expect(await seen(again)).toEqual(before);
  });
});
