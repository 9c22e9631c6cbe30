import { AppError, fileErrorCode } from '@holdfast/platform';
import { SeededRandom } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import type { ArrivedBlock, BlockStore } from '../src/index.js';
import { blockOf, noise, StoreWorld } from './store-world.js';

const blocks = Array.from({ length: 40 }, (_, at) => blockOf(noise(400 + 211 * at, at)));
const seeds = 60;

const idsOf = (some: readonly ArrivedBlock[]) => some.map(({ contentId }) => contentId);

/** Undefined where the disk failed; every other error fails the test. */
async function tried<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError || fileErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}

/** A store on a disk whose calls fail at random, through restarts and power losses. */
async function ingestAtRandom(world: StoreWorld, random: SeededRandom): Promise<ArrivedBlock[]> {
  const names = random.pick([['open'], ['write'], ['syncFile', 'syncDirectory'], ['read'], []]);
  const code = random.pick(['EIO', 'EIO', 'ENOSPC']);
  const chance = random.pick([0.05, 0.2, 0.5]);
  world.disk.faults.failWhile(
    code,
    ({ name }) => (names.length === 0 || names.includes(name)) && random.chance(chance),
  );
  const acknowledged = new Set<ArrivedBlock>();
  let store: BlockStore | undefined;
  for (let step = 0; step < 60; step += 1) {
    store ??= await tried(() => world.openBlocks());
    if (store === undefined) continue;
    const open = store;
    const some = random.shuffle(blocks).slice(0, 4);
    const isStored = await tried(async () => {
      await open.append(some);
      await open.sync(some);
      return true;
    });
    if (isStored) for (const block of some) acknowledged.add(block);
    if (random.chance(0.3)) await tried(() => open.read(idsOf(random.shuffle(blocks).slice(0, 3))));
    if (random.chance(0.1)) {
      if (random.chance(0.5)) await tried(() => open.close());
      if (random.chance(0.5)) world.powerLoss(step);
      store = undefined;
    }
  }
  return [...acknowledged];
}

test('whatever fails at random, what was acknowledged is there once the disk works again', async () => {
  let kept = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    const world = new StoreWorld();
    const acknowledged = await ingestAtRandom(world, new SeededRandom(`faulty-${seed}`));
    world.disk.faults.clear();
    const store = await world.openBlocks();
    const envelopes = await store.read(idsOf(acknowledged));
    const lost = envelopes.filter((envelope) => envelope === undefined).length;
    const { missingSegments } = store.recovered;
    expect({ seed, lost, missingSegments }).toEqual({ seed, lost: 0, missingSegments: [] });
    expect(await store.has(acknowledged)).toEqual(acknowledged.map(() => true));
    kept += acknowledged.length;
  }
  expect(kept).toBeGreaterThan(seeds);
}, 60_000);
