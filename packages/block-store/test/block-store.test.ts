import { type ContentId, hexFrom } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { type ArrivedBlock, type BlockStore, openEnvelope, readEnvelope } from '../src/index.js';
import {
  blockOf,
  crashAt,
  noise,
  packedBlockOf,
  StoreWorld,
  tools,
  untilCrash,
} from './store-world.js';

const blocks = Array.from({ length: 30 }, (_, at) => blockOf(noise(500 + 97 * at, at)));
const idsOf = (some: readonly ArrivedBlock[]) => some.map(({ contentId }) => contentId);

async function expectHeld(store: BlockStore, some: readonly ArrivedBlock[]): Promise<void> {
  expect(await store.has(some)).toEqual(some.map(() => true));
  const envelopes = await store.read(idsOf(some));
  expect(envelopes.map((envelope) => envelope && hexFrom(envelope).slice(0, 64))).toEqual(
    some.map(({ envelope }) => hexFrom(envelope).slice(0, 64)),
  );
  const isRight = envelopes.map((envelope, at) => {
    const contentId = some[at]?.contentId ?? ('' as ContentId);
    return readEnvelope(envelope ?? new Uint8Array(), contentId, tools) !== undefined;
  });
  expect(isRight).toEqual(some.map(() => true));
}

async function ingest(store: BlockStore, some: readonly ArrivedBlock[]): Promise<void> {
  await store.append(some);
  await store.sync(some);
}

describe('a block store', () => {
  test('has no block under a length that it does not have', async () => {
    const store = await new StoreWorld().openBlocks();
    const [block] = blocks as [ArrivedBlock];
    await ingest(store, [block]);
    const longer = { ...block, lengthBytes: block.lengthBytes + 1 };
    expect(await store.has([block, longer])).toEqual([true, false]);
    await expect(store.sync([longer])).rejects.toMatchObject({ code: 'store_write_failed' });
  });

  test('has a block only once it is durable, and reads it before', async () => {
    const store = await new StoreWorld().openBlocks();
    await store.append(blocks.slice(0, 2));
    expect(await store.has(blocks.slice(0, 3))).toEqual([false, false, false]);
    const [envelope] = await store.read(idsOf(blocks.slice(0, 1)));
    expect(envelope && openEnvelope(envelope, tools.compressor)).toEqual(noise(500, 0));
    await store.sync();
    expect(await store.has(blocks.slice(0, 3))).toEqual([true, true, false]);
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
    const [first, second] = blocks as [ArrivedBlock, ArrivedBlock];
    const liar = { contentId: first.contentId, envelope: second.envelope };
    expect([...(await store.append([liar]))]).toEqual([first.contentId]);
    await store.sync();
    expect(await store.has([first])).toEqual([false]);
    await ingest(store, [first]);
    await expectHeld(store, [first]);
  });

  test('names every block that lies, and stores those between them', async () => {
    const store = await new StoreWorld().openBlocks();
    const some = blocks.slice(0, 6);
    const sent = some.map(({ contentId, envelope }, at) => {
      const cut = { contentId, envelope: envelope.subarray(0, 3) };
      const swapped = { contentId, envelope: blocks[20]?.envelope ?? envelope };
      const long = { contentId, envelope: new Uint8Array(2 ** 20 + 6) };
      return [{ contentId, envelope }, cut, swapped, long][at % 4] ?? cut;
    });
    const lies = idsOf(some.filter((_, at) => at % 4 !== 0));
    expect([...(await store.append(sent))].toSorted()).toEqual(lies.toSorted());
    await store.sync();
    await expectHeld(store, [some[0], some[4]] as ArrivedBlock[]);
    expect(store.stats().blocks).toBe(2);
  });

  test('a block that is here already is named where what was sent for it lies', async () => {
    const store = await new StoreWorld().openBlocks();
    const [pending, durable, other] = blocks as [ArrivedBlock, ArrivedBlock, ArrivedBlock];
    await ingest(store, [durable]);
    await store.append([pending]);
    const lies = [pending, durable].map(({ contentId }) => ({ ...other, contentId }));
    expect([...(await store.append(lies))]).toEqual(idsOf(lies));
    expect([...(await store.append([pending, durable]))]).toEqual([]);
    await store.sync();
    await expectHeld(store, [pending, durable]);
  });

  test('stores an envelope as it came, and takes another one for the same block as known', async () => {
    const store = await new StoreWorld().openBlocks();
    const text = Buffer.from('the same words again and again. '.repeat(40));
    const packed = packedBlockOf(text);
    expect(packed.envelope.length).toBeLessThan(text.length / 4);
    await ingest(store, [packed]);
    expect([...(await store.append([blockOf(text)]))]).toEqual([]);
    await store.sync();
    await expectHeld(store, [packed]);
    expect(store.stats()).toMatchObject({ blocks: 1, plainBytes: text.length });
    const [plain] = await store.readPlain([
      { contentId: packed.contentId, lengthBytes: text.length },
    ]);
    expect(Buffer.from(plain ?? [])).toEqual(text);
  });

  test('gives plain blocks in order, and nothing for what is missing or of another length', async () => {
    const store = await new StoreWorld().openBlocks();
    await ingest(store, blocks.slice(0, 3));
    const reference = (at: number, lengthBytes: number) => ({
      contentId: blocks[at]?.contentId ?? ('' as ContentId),
      lengthBytes,
    });
    const read = await store.readPlain([
      reference(2, 500 + 97 * 2),
      reference(7, 500 + 97 * 7),
      reference(1, 500),
      reference(0, 500),
    ]);
    expect(read).toEqual([noise(500 + 97 * 2, 2), undefined, undefined, noise(500, 0)]);
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
    await expect(store.sync(blocks.slice(7, 9))).rejects.toBeInstanceOf(AppError);
    expect(await store.has(blocks.slice(0, 6))).toEqual([1, 1, 1, 1, 1, 0].map(Boolean));
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
    expect(await store.has(blocks.slice(0, 3))).toEqual([false, true, true]);
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
    const had = await again.has(blocks);
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

  test('is made again where the database lost keys after it was closed in order', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await ingest(store, blocks);
    await store.close();
    await deleteKeys(world, (await keysOf(world)).filter(isBlockKey).slice(10, 13));
    await expectHeld(await world.openBlocks(), blocks);
  });

  test('is made again where the segments end before what was indexed', async () => {
    const world = await filled();
    const last = world.fileNames().at(-1) ?? '';
    world.removeFile(last);
    const store = await world.openBlocks();
    expect(world.damage).toMatchObject([{ type: 'missing' }]);
    const had = await store.has(blocks);
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

  test('says of nothing that it is lost while it is made again', async () => {
    const store = await (await filled()).openBlocks();
    const rebuilding = store.rebuildIndex();
    let isRebuilding = true;
    const answers: boolean[] = [];
    const asking = (async () => {
      while (isRebuilding) answers.push(...(await store.has(blocks)));
    })();
    await rebuilding;
    isRebuilding = false;
    await asking;
    expect(answers).not.toContain(false);
  });
});

describe('at whatever call of the file system', () => {
  async function ingestAll(store: BlockStore, safe: ArrivedBlock[]): Promise<void> {
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
      const safe: ArrivedBlock[] = [];
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
      const safe: ArrivedBlock[] = [];
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
