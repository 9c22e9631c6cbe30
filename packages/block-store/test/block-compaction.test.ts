/** Freeing blocks that nobody needs: whatever fails on the way, no other block is ever lost. */
import { setImmediate } from 'node:timers/promises';
import { type ContentId, hexFrom } from '@holdfast/model';
import { AppError, type BulkRunner } from '@holdfast/platform';
import { SeededRandom } from '@holdfast/simulation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFreedMark, type FreeInput, readFreedMark } from '../src/freed-segment.js';
import { type ArrivedBlock, type BlockStore, freedSegmentBytes } from '../src/index.js';
import { blockOf, crashAt, hasher, noise, StoreWorld, untilCrash } from './store-world.js';

const blocks = Array.from({ length: 18 }, (_, at) => blockOf(noise(900 + 131 * at, at)));
const isDead = (block: ArrivedBlock) => blocks.indexOf(block) % 3 !== 0;
const segmentBytes = 8_000;

async function filled(world: StoreWorld, node = world.start()): Promise<BlockStore> {
  const store = await world.openBlocks(node, segmentBytes);
  for (const block of blocks) {
    await store.append([block]);
    await store.sync();
  }
  return store;
}

async function deadIn(store: BlockStore, dead = blocks.filter(isDead)) {
  const ids = dead.map(({ contentId }) => contentId);
  const stored = await store.storedBytes(ids);
  const found = new Map<ContentId, number>();
  for (const [at, id] of ids.entries()) {
    const bytes = stored[at];
    if (bytes !== undefined) found.set(id, bytes);
  }
  return found;
}

/** Frees all that is worth it; tells how much that was. */
async function compactAll(store: BlockStore, dead = blocks.filter(isDead)): Promise<number> {
  const compaction = store.compaction();
  const ids = await deadIn(store, dead);
  let freed = 0;
  for (const { segment } of await compaction.plan(ids)) {
    freed += (await compaction.compact(segment, ids))?.freedBytes ?? 0;
  }
  return freed;
}

async function expectHeld(store: BlockStore, some: readonly ArrivedBlock[]): Promise<void> {
  expect(await store.has(some)).toEqual(some.map(() => true));
  const read = await store.read(some.map(({ contentId }) => contentId));
  const same = read.map((envelope, at) => {
    const wanted = some[at]?.envelope ?? new Uint8Array();
    return envelope !== undefined && Buffer.compare(envelope, wanted) === 0;
  });
  expect(same).toEqual(some.map(() => true));
}

const live = blocks.filter((block) => !isDead(block));
const dead = blocks.filter(isDead);

/** Everything is read; the faults of segments that were found. */
async function faultsOf(store: BlockStore) {
  const verification = store.verification(async () => new Map());
  const options = { sample: 2 ** 32, seed: 1, partBytes: 4_096 };
  for await (const _ of verification.run(options));
  const { faults, rotten } = await verification.finish();
  return { faults, rotten: rotten.size };
}

/** How often each live block lies in some segment. */
async function liveCopies(store: BlockStore): Promise<number[]> {
  const found: ContentId[] = [];
  const verification = store.verification(async () => new Map());
  for await (const part of verification.run({ sample: 0, seed: 1, partBytes: 1_000_000 })) {
    found.push(...part.blocks.map(({ contentId }) => contentId));
  }
  return live.map(({ contentId }) => found.filter((one) => one === contentId).length);
}

/** Something that is waited for. */
function moment() {
  let comes = (): void => undefined;
  const come = new Promise<void>((resolve) => {
    comes = resolve;
  });
  return { come, comes: () => comes() };
}

const nothingBad = { faults: [], rotten: 0 };

test('the mark of a freed segment has the bytes of FORMAT.md', () => {
  const extent = { validBytes: 180, entryCount: 1, digest: new Uint8Array(32).fill(0xbb) };
  const mark = encodeFreedMark(extent, hasher);
  expect(hexFrom(mark)).toBe(
    `484646524545440a00000000000000b40000000000000001${'bb'.repeat(32)}db193e53a9895e2a`,
  );
  expect(readFreedMark(mark, freedSegmentBytes, hasher)).toEqual(extent);
  expect(readFreedMark(mark, freedSegmentBytes + 1, hasher)).toBeUndefined();
  for (const at of mark.keys()) {
    const rotten = mark.with(at, (mark[at] ?? 0) ^ 1);
    expect(readFreedMark(rotten, freedSegmentBytes, hasher)).toBeUndefined();
  }
});

describe('compacting', () => {
  test('frees the space of dead blocks and keeps every other one', async () => {
    const world = new StoreWorld();
    const store = await filled(world);
    const before = store.stats();
    const freed = await compactAll(store);
    expect(await store.has(dead)).toEqual(dead.map(() => false));
    await expectHeld(store, live);
    const after = store.stats();
    expect(before.segmentBytes - after.segmentBytes).toBeGreaterThan(freed * 0.9);
    const deadBytes = dead.reduce((sum, { envelope }) => sum + envelope.length, 0);
    expect(freed).toBeGreaterThanOrEqual(deadBytes);
    expect(after.blocks).toBe(live.length);
    expect(await faultsOf(store)).toEqual(nothingBad);
    expect(world.damage).toEqual([]);
  });

  test('leaves a store that opens as it was, also without its index', async () => {
    const world = new StoreWorld();
    const store = await filled(world);
    await compactAll(store);
    const stats = store.stats();
    await store.rebuildIndex();
    expect(store.stats()).toEqual(stats);
    await store.close();
    const again = await world.openBlocks(world.start(), segmentBytes);
    expect(again.recovered.missingSegments).toEqual([]);
    expect(again.stats().blocks).toBe(live.length);
    await expectHeld(again, live);
    expect(await again.has(dead)).toEqual(dead.map(() => false));
    expect(await faultsOf(again)).toEqual(nothingBad);
    await again.append(dead);
    await again.sync(dead);
    await expectHeld(again, blocks);
    expect(world.damage).toEqual([]);
  });

  test('gives a block that is read at the very moment at which its segment goes', async () => {
    const world = new StoreWorld();
    const node = world.start();
    let isReading = false;
    const isFirst = (input: unknown) => (input as FreeInput).place.segment === 1;
    const asked = moment();
    const gone = moment();
    const answered = moment();
    const runner: BulkRunner = {
      parallelism: node.runner.parallelism,
      stop: () => node.runner.stop(),
      async run(job, input, transfer) {
        const isOurs = isReading && job.name === 'block-store.read-entries';
        if (isOurs) {
          isReading = false;
          asked.comes();
          await gone.come;
        }
        const output = await node.runner.run(job, input, transfer);
        if (isOurs) answered.comes();
        if (job.name !== 'block-store.free-segment' || !isFirst(input)) return output;
        gone.comes();
        await answered.come;
        // The reader has its answer before anybody says that the segment is gone.
        await setImmediate();
        return output;
      },
    };
    const store = await filled(world, { ...node, runner });
    isReading = true;
    const reading = store.read(live.map(({ contentId }) => contentId));
    await asked.come;
    await compactAll(store);
    expect((await reading).filter((envelope) => envelope === undefined)).toEqual([]);
    await expectHeld(store, live);
  });

  test('where everything is dead leaves nothing but marks, and the store goes on', async () => {
    const world = new StoreWorld();
    const store = await filled(world);
    await compactAll(store, blocks);
    expect(store.stats()).toMatchObject({ blocks: 0, segments: 0 });
    const files = world.fileNames().map((name) => world.readFile(name).length);
    expect(new Set(files)).toEqual(new Set([freedSegmentBytes]));
    await store.close();
    const again = await world.openBlocks(world.start(), segmentBytes);
    expect(await faultsOf(again)).toEqual(nothingBad);
    await again.append(live);
    await again.sync(live);
    await again.close();
    const last = await world.openBlocks(world.start(), segmentBytes);
    expect(last.recovered.missingSegments).toEqual([]);
    await expectHeld(last, live);
  });

  test('begins where least has to be copied, and leaves what is hardly worth it', async () => {
    const store = await filled(new StoreWorld());
    const plan = await store.compaction().plan(await deadIn(store));
    const copied = plan.map(({ liveBytes }) => liveBytes);
    expect(copied).toEqual(copied.toSorted((one, other) => one - other));
    const one = await deadIn(store, blocks.slice(1, 2));
    const [sparse] = await store.compaction().plan(one);
    const share = (sparse?.deadBytes ?? 0) / ((sparse?.deadBytes ?? 0) + (sparse?.liveBytes ?? 0));
    expect(sparse === undefined || share >= 0.2).toBe(true);
    expect(await store.compaction().plan(new Map())).toEqual([]);
  });

  test('leaves a segment alone in which anything rotted', async () => {
    const world = new StoreWorld();
    const store = await filled(world);
    await store.compaction().plan(new Map());
    const name = 'blocks-00000001.segment';
    const bytes = world.readFile(name);
    const at = 200;
    world.writeFile(name, Uint8Array.of((bytes[at] ?? 0) ^ 0xff), at);
    const ids = await deadIn(store);
    expect(await store.compaction().compact(1, ids)).toBeUndefined();
    expect(world.readFile(name).length).toBe(bytes.length);
  });

  test('gives the right bytes to whoever reads meanwhile', async () => {
    const store = await filled(new StoreWorld());
    let isDone = false;
    const reading = (async () => {
      let rounds = 0;
      while (!isDone) {
        await expectHeld(store, live);
        rounds += 1;
      }
      return rounds;
    })();
    await compactAll(store);
    isDone = true;
    expect(await reading).toBeGreaterThan(0);
  });

  test('does not take a block away that came again meanwhile', async () => {
    const store = await filled(new StoreWorld());
    const ids = await deadIn(store);
    const compaction = store.compaction();
    const plan = await compaction.plan(ids);
    const again = new Set<ArrivedBlock>();
    for (const { segment } of plan) {
      await compaction.compact(segment, ids);
      const held = await store.has(dead);
      const gone = dead.filter((_, at) => held[at] === false);
      await store.append(gone);
      await store.sync(gone);
      for (const block of gone) again.add(block);
    }
    expect(again.size).toBeGreaterThan(5);
    await expectHeld(store, [...again, ...live]);
    await store.rebuildIndex();
    await expectHeld(store, [...again, ...live]);
  });
});

describe('a power loss', () => {
  async function crashed(world: StoreWorld, count: number): Promise<boolean> {
    await (await filled(world)).close();
    const node = world.start(crashAt(count));
    const done = await untilCrash(node, async () => {
      const store = await world.openBlocks(node, segmentBytes);
      await compactAll(store);
      await store.close();
      return 'done' as const;
    });
    return done === 'crashed';
  }

  test('at any call loses no block, with and without the index, and it can be done again', async () => {
    let calls = 1;
    for (; await crashed(new StoreWorld(), calls); calls += 7);
    expect(calls).toBeGreaterThan(60);
    for (let count = 1; count < calls; count += 1) {
      const world = new StoreWorld();
      if (!(await crashed(world, count))) break;
      world.powerLoss(count);
      const store = await world.openBlocks(world.start(), segmentBytes);
      expect(store.recovered.missingSegments).toEqual([]);
      await expectHeld(store, live);
      expect(await faultsOf(store)).toEqual(nothingBad);
      const gone = (await store.has(dead)).filter((held) => !held).length;
      if (count % 2 === 0) {
        await store.rebuildIndex();
        await expectHeld(store, live);
      }
      await compactAll(store);
      expect((await store.has(dead)).filter((held) => !held).length).toBeGreaterThanOrEqual(gone);
      await expectHeld(store, live);
      // What was copied before the power went is not copied again.
      expect(await liveCopies(store)).toEqual(live.map(() => 1));
      await store.close();
      const again = await world.openBlocks(world.start(), segmentBytes);
      await expectHeld(again, live);
      expect(again.recovered.missingSegments).toEqual([]);
    }
  }, 600_000);
});

describe('a disk that fails', () => {
  test.each(['open', 'write', 'syncFile', 'rename', 'syncDirectory', 'read'] as const)(
    'at any %s loses no block',
    async (name) => {
      for (let nth = 1; nth < 60; nth += 1) {
        const world = new StoreWorld();
        const store = await filled(world);
        let count = 0;
        const heal = world.disk.faults.failWhile(nth % 2 === 0 ? 'ENOSPC' : 'EIO', (call) => {
          if (call.name !== name) return false;
          count += 1;
          return count === nth;
        });
        await compactAll(store).catch((error: unknown) => {
          expect(error).toBeInstanceOf(AppError);
        });
        heal();
        if (count < nth) break;
        await store.has(live);
        await expectHeld(store, live);
        await compactAll(store);
        await expectHeld(store, live);
        world.powerLoss(nth);
        const again = await world.openBlocks(world.start(), segmentBytes);
        expect(again.recovered.missingSegments).toEqual([]);
        await expectHeld(again, live);
      }
    },
    600_000,
  );

  test('for lack of room says so, and goes on once there is some', async () => {
    const world = new StoreWorld();
    const store = await filled(world);
    const heal = world.disk.faults.failWhile('ENOSPC', ({ name }) => name === 'write');
    await expect(compactAll(store)).rejects.toMatchObject({
      code: 'store_write_failed',
      message: 'The disk of the archive is full.',
    });
    await expectHeld(store, live);
    heal();
    expect(await compactAll(store)).toBeGreaterThan(0);
    await expectHeld(store, live);
    // A segment that could not be given its end is left alone until it is recovered.
    await store.close();
    const again = await world.openBlocks(world.start(), segmentBytes);
    await compactAll(again);
    await expectHeld(again, live);
    expect(await again.compaction().plan(await deadIn(again))).toEqual([]);
  });
});

test('whichever blocks are dead, in whatever order it goes, the others stay', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(blocks.length - 1), { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat(blocks.length - 1), { maxLength: 20 }),
      fc.nat(1_000),
      async (first, second, seed) => {
        const world = new StoreWorld();
        let store = await filled(world);
        const gone = new Set<ArrivedBlock>();
        for (const round of [first, second]) {
          const chosen = blocks.filter((_, at) => round.includes(at));
          for (const block of chosen) gone.add(block);
          await compactAll(store, chosen);
          if (new SeededRandom(seed).chance(0.5)) {
            world.powerLoss(seed);
            store = await world.openBlocks(world.start(), segmentBytes);
          }
        }
        const left = blocks.filter((block) => !gone.has(block));
        await expectHeld(store, left);
        await store.rebuildIndex();
        await expectHeld(store, left);
        expect(await faultsOf(store)).toEqual(nothingBad);
      },
    ),
    { numRuns: 60 },
  );
});
