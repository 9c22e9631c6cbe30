import { type ContentId, hexFrom } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { type BlockStore, openEnvelope, type StoredBlock, verifyEnvelope } from '../src/index.js';
import { blockOf, crashAt, hash, noise, StoreWorld, untilCrash } from './store-world.js';

const blocks = Array.from({ length: 30 }, (_, at) => blockOf(noise(500 + 97 * at, at)));
const idsOf = (some: readonly StoredBlock[]) => some.map(({ contentId }) => contentId);

async function expectHeld(store: BlockStore, some: readonly StoredBlock[]): Promise<void> {
  expect(await store.has(idsOf(some))).toEqual(some.map(() => true));
  const envelopes = await store.read(idsOf(some));
  expect(envelopes.map((envelope) => envelope && hexFrom(envelope).slice(0, 64))).toEqual(
    some.map(({ envelope }) => hexFrom(envelope).slice(0, 64)),
  );
  const isRight = envelopes.map((envelope, at) =>
    verifyEnvelope(envelope ?? new Uint8Array(), some[at]?.contentId ?? ('' as ContentId), hash),
  );
  expect(isRight).toEqual(some.map(() => true));
}

async function ingest(store: BlockStore, some: readonly StoredBlock[]): Promise<void> {
  await store.append(some);
  await store.sync(idsOf(some));
}

describe('a block store', () => {
  test('has a block only once it is durable, and reads it before', async () => {
    const store = await new StoreWorld().openBlocks();
    await store.append(blocks.slice(0, 2));
    expect(await store.has(idsOf(blocks.slice(0, 3)))).toEqual([false, false, false]);
    const [envelope] = await store.read(idsOf(blocks.slice(0, 1)));
    expect(envelope && openEnvelope(envelope)).toEqual(noise(500, 0));
    await store.sync();
    expect(await store.has(idsOf(blocks.slice(0, 3)))).toEqual([true, true, false]);
  });

  test('stores a block once, also when it is appended twice at the same time', async () => {
    const store = await new StoreWorld().openBlocks();
    await Promise.all([store.append(blocks), store.append(blocks), store.append(blocks)]);
    await store.sync();
    await store.append(blocks);
    await store.sync();
    const plainBytes = blocks.reduce((sum, { envelope }) => sum + envelope.length - 5, 0);
    expect(store.stats()).toMatchObject({ blocks: 30, plainBytes });
    expect(store.stats().segmentBytes).toBeLessThan(plainBytes * 1.1);
    await expectHeld(store, blocks);
  });

  test('names the block that is not what its id says, and stores nothing of it', async () => {
    const store = await new StoreWorld().openBlocks();
    const [first, second] = blocks as [StoredBlock, StoredBlock];
    const liar = { contentId: first.contentId, envelope: second.envelope };
    const append = store.append([liar]);
    await expect(append).rejects.toMatchObject({
      code: 'block_mismatch',
      message: expect.stringContaining(first.contentId),
    });
    await store.sync();
    expect(await store.has([first.contentId])).toEqual([false]);
    await ingest(store, [first]);
    await expectHeld(store, [first]);
  });

  test('an envelope of an unknown codec is refused before anything is written', async () => {
    const store = await new StoreWorld().openBlocks();
    const envelope = Uint8Array.from(blocks[0]?.envelope ?? []);
    envelope[0] = 7;
    const block = { contentId: blocks[0]?.contentId ?? ('' as ContentId), envelope };
    await expect(store.append([block])).rejects.toMatchObject({ code: 'envelope_codec_unknown' });
    expect(store.stats().segments).toBe(0);
  });

  test('opens again with its blocks and its counts', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await ingest(store, blocks);
    const stats = store.stats();
    await store.close();
    await store.close();
    const again = await world.openBlocks();
    expect(again.stats()).toEqual(
      expect.objectContaining({ ...stats, segmentBytes: expect.any(Number) }),
    );
    await expectHeld(again, blocks);
  });

  test('after a failed sync nobody is told that a lost block is durable', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await ingest(store, blocks.slice(0, 5));
    await store.append(blocks.slice(5, 7));
    await store.append(blocks.slice(7, 9));
    world.disk.faults.failNext('syncFile', 'EIO');
    await expect(store.sync()).rejects.toMatchObject({ code: 'store_write_failed' });
    await expect(store.sync(idsOf(blocks.slice(7, 9)))).rejects.toBeInstanceOf(AppError);
    expect(await store.has(idsOf(blocks.slice(0, 6)))).toEqual([1, 1, 1, 1, 1, 0].map(Boolean));
    await ingest(store, blocks);
    await expectHeld(store, blocks);
    await expectHeld(await world.openBlocks(), blocks);
  });

  test('a block found damaged is no longer had, and is stored again when it comes', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await ingest(store, blocks.slice(0, 3));
    world.writeFile('blocks-00000001.segment', Buffer.from([1, 2, 3]), 300);
    expect(
      (await store.read(idsOf(blocks.slice(0, 3)))).map((found) => found !== undefined),
    ).toEqual([false, true, true]);
    expect(world.damage).toMatchObject([{ type: 'damaged', segment: 1 }]);
    expect(await store.has(idsOf(blocks.slice(0, 3)))).toEqual([false, true, true]);
    expect(store.stats().blocks).toBe(2);
    await ingest(store, blocks.slice(0, 1));
    await expectHeld(store, blocks.slice(0, 3));
    await store.close();
    await expectHeld(await world.openBlocks(), blocks.slice(0, 3));
  });

  test('blocks of a segment that is gone are not had', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await ingest(store, blocks);
    await store.close();
    world.removeFile('blocks-00000001.segment');
    const again = await world.openBlocks();
    expect(again.recovered.missingSegments).toEqual([1]);
    const had = await again.has(idsOf(blocks));
    expect(had[0]).toBe(false);
    expect(had.at(-1)).toBe(true);
    await ingest(again, blocks);
    await expectHeld(again, blocks);
    expect(again.stats().blocks).toBe(30);
  });
});

describe('the index of a block store', () => {
  async function filled(): Promise<StoreWorld> {
    const world = new StoreWorld();
    await ingest(await world.openBlocks(), blocks);
    return world;
  }
  const isBlockKey = (key: Uint8Array) => key[7] === 0x62;

  async function keysOf(world: StoreWorld): Promise<Uint8Array[]> {
    const keys: Uint8Array[] = [];
    const range = { from: Buffer.from('blocks/'), to: Buffer.from('blocks0') };
    for await (const [key] of world.start().keyValueStore.iterate(range)) keys.push(key);
    return keys;
  }

  async function deleteKeys(world: StoreWorld, keys: readonly Uint8Array[]): Promise<void> {
    const writes = keys.map((key) => ({ type: 'delete', key }) as const);
    await world.start().keyValueStore.batch(writes, { sync: true });
  }

  test('is made again where it is gone', async () => {
    const world = await filled();
    await deleteKeys(world, await keysOf(world));
    const store = await world.openBlocks();
    await expectHeld(store, blocks);
    expect(store.stats().blocks).toBe(30);
  });

  test('is made again where the database lost keys from its middle', async () => {
    const world = await filled();
    const keys = (await keysOf(world)).filter(isBlockKey);
    expect(keys).toHaveLength(30);
    await deleteKeys(world, keys.slice(10, 13));
    await expectHeld(await world.openBlocks(), blocks);
  });

  test('is made again where the segments end before what was indexed', async () => {
    const world = await filled();
    const last = world.fileNames().at(-1) ?? '';
    world.removeFile(last);
    const store = await world.openBlocks();
    const had = await store.has(idsOf(blocks));
    expect(had.filter(Boolean)).toHaveLength(store.stats().blocks);
    expect(store.stats().blocks).toBeLessThan(30);
    await ingest(store, blocks);
    await expectHeld(store, blocks);
  });

  test('is the same when it is made again from the segments alone', async () => {
    const world = await filled();
    const store = await world.openBlocks();
    const before = store.stats();
    await store.rebuildIndex();
    expect(store.stats()).toEqual(before);
    await expectHeld(store, blocks);
  });
});

describe('at whatever call of the file system', () => {
  async function ingestAll(store: BlockStore, safe: StoredBlock[]): Promise<void> {
    for (let from = 0; from < blocks.length; from += 5) {
      const batch = blocks.slice(from, from + 5);
      await ingest(store, batch);
      safe.push(...batch);
    }
    await store.close();
  }

  test('the power fails, every block that was synced is held and verified', async () => {
    let crashes = 0;
    for (let count = 1; count < 300; count += 1) {
      const world = new StoreWorld();
      const node = world.start(crashAt(count));
      const safe: StoredBlock[] = [];
      const outcome = await untilCrash(node, async () =>
        ingestAll(await world.openBlocks(node), safe),
      );
      world.powerLoss(count);
      const store = await world.openBlocks();
      await expectHeld(store, safe);
      await ingest(store, blocks);
      await expectHeld(store, blocks);
      expect(store.stats().blocks).toBe(30);
      if (outcome !== 'crashed') break;
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(40);
  });

  test.each(['EIO', 'ENOSPC'])('the disk says %s once, no synced block is lost', async (code) => {
    let failures = 0;
    for (let count = 1; count < 300; count += 1) {
      const world = new StoreWorld();
      let calls = 0;
      world.disk.faults.failWhile(code, () => ++calls === count);
      const safe: StoredBlock[] = [];
      try {
        await ingestAll(await world.openBlocks(), safe);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        failures += 1;
      }
      const isBeyond = calls < count;
      world.disk.faults.clear();
      const store = await world.openBlocks();
      await expectHeld(store, safe);
      await ingest(store, blocks);
      world.powerLoss(count);
      await expectHeld(await world.openBlocks(), blocks);
      if (isBeyond) break;
    }
    expect(failures).toBeGreaterThan(30);
  });
});
