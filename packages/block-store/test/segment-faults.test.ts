import { AppError } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import {
  type ArrivedBlock,
  type BlockStore,
  emptyDigest,
  encodeHeader,
  headerBytes,
} from '../src/index.js';
import { appendSynced, blockOf, hasher, noise, storeId, StoreWorld, texts } from './store-world.js';

describe('while a disk reports errors for a time', () => {
  test('one that is full is called full each time, and goes on once there is room', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    const heal = world.disk.faults.failWhile('ENOSPC', ({ name }) => name === 'write');
    for (let attempt = 0; attempt < 4; attempt += 1) {
      await expect(stream.append([Buffer.from('one')])).rejects.toMatchObject({
        message: 'The disk of the archive is full.',
        kind: 'tell-person',
      });
    }
    heal();
    await appendSynced(stream, 'one');
    const again = await world.openStream();
    expect(await texts(again)).toEqual(['one']);
    expect(again.recovered.missingSegments).toEqual([]);
  });

  test('a segment that could not be made leaves its number, and the one before it whole', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    await appendSynced(stream, 'one');
    await stream.append([Buffer.from('two')]);
    world.disk.faults.failNext('syncFile', 'EIO');
    await expect(stream.sync()).rejects.toMatchObject({ code: 'store_write_failed' });
    const heal = world.disk.faults.failWhile('EIO', ({ name }) => name === 'open');
    const two = Buffer.from('two');
    await expect(stream.append([two])).rejects.toMatchObject({ code: 'store_write_failed' });
    heal();
    const [location] = await appendSynced(stream, 'two');
    expect(location?.segment).toBe(2);
    const again = await world.openStream();
    expect(await texts(again)).toEqual(['one', 'two']);
    expect(again.recovered.missingSegments).toEqual([]);
  });

  test.each(['open', 'write', 'syncFile', 'syncDirectory'] as const)(
    'that it cannot %s at the start of a segment loses nothing and leaves no gap',
    async (call) => {
      for (let failures = 1; failures < 12; failures += 1) {
        const world = new StoreWorld();
        const stream = await world.openStream({ maxSegmentBytes: 400 });
        await appendSynced(stream, 'one', 'two');
        let left = failures;
        world.disk.faults.failWhile('EIO', ({ name }) => name === call && left-- > 0);
        const large = 'x'.repeat(200);
        while (!(await isDone(appendSynced(stream, large)))) expect(left).toBeGreaterThan(-20);
        await appendSynced(stream, 'three');
        world.powerLoss(failures);
        const again = await world.openStream({ maxSegmentBytes: 400 });
        expect(await texts(again)).toEqual(['one', 'two', large, 'three']);
        expect(again.recovered.missingSegments).toEqual([]);
      }
    },
  );

  test('a block that it did not give is asked for again, and not taken for damaged', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    const block = await oneBlockIn(store);
    for (const failing of ['open', 'read']) {
      const heal = world.disk.faults.failWhile('EIO', ({ name }) => name === failing);
      expect(await store.read([block.contentId])).toEqual([undefined]);
      expect(await store.has([block])).toEqual([false]);
      heal();
      expect(world.damage.splice(0)).toMatchObject([{ type: 'unreadable' }, {}]);
      expect(await store.has([block])).toEqual([true]);
      expect((await store.read([block.contentId]))[0]).toEqual(block.envelope);
    }
    expect(store.stats().blocks).toBe(1);
  });

  test('a store that is opened then keeps the end of a segment that it could not read', async () => {
    const world = new StoreWorld();
    const blocks = [blockOf(noise(9000, 1)), blockOf(noise(9000, 2))];
    const store = await world.openBlocks(world.start(), 64_000);
    await store.append(blocks);
    await store.sync();
    const isEntry = (lengthBytes = 0) => lengthBytes > headerBytes;
    const heal = world.disk.faults.failWhile(
      'EIO',
      ({ name, lengthBytes }) => name === 'read' && isEntry(lengthBytes),
    );
    await (await world.openBlocks()).close();
    heal();
    const again = await world.openBlocks();
    const ids = blocks.map(({ contentId }) => contentId);
    expect(await again.read(ids)).toEqual(blocks.map(({ envelope }) => envelope));
  });

  test('what it failed to sync is written anew before a later process counts it', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = new StoreWorld();
      const block = blockOf(noise(900, seed));
      const first = await world.openBlocks();
      await first.append([block]);
      const isWriting = (name: string) => name === 'syncFile' || name === 'write';
      const heal = world.disk.faults.failWhile('EIO', ({ name }) => isWriting(name));
      await expect(first.sync()).rejects.toMatchObject({ code: 'store_write_failed' });
      heal();
      const second = await world.openBlocks();
      expect(await second.has([block])).toEqual([true]);
      world.powerLoss(seed);
      const third = await world.openBlocks();
      expect(await third.has([block])).toEqual([true]);
      expect(third.recovered.missingSegments).toEqual([]);
    }
  });

  test('an index is not made from what could not be opened', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    const block = await oneBlockIn(store);
    world.disk.faults.failNext('open', 'EIO');
    await expect(store.rebuildIndex()).rejects.toMatchObject({ code: 'EIO' });
    await store.rebuildIndex();
    expect(await store.has([block])).toEqual([true]);
  });
});

test('a segment before one that is gone keeps its entries', async () => {
  const world = new StoreWorld();
  const stream = await world.openStream();
  await appendSynced(stream, 'one');
  const first = world.readFile('log-00000001.segment');
  const header = { streamName: 'log', storeId, generation: 1, segment: 3 };
  const rest = { predecessorDigest: emptyDigest, nonce: new Uint8Array(16) };
  world.writeFile('log-00000003.segment', encodeHeader({ ...header, ...rest }, hasher));
  const again = await world.openStream();
  expect(await texts(again)).toEqual(['one']);
  expect(again.recovered.missingSegments).toEqual([2]);
  expect(world.readFile('log-00000001.segment').subarray(0, first.length)).toEqual(first);
});

async function faultsOf(store: BlockStore) {
  const verification = store.verification(async () => new Map());
  const options = { sample: 2 ** 32, seed: 1, partBytes: 500 };
  for await (const _ of verification.run(options));
  const { faults } = await verification.finish();
  return faults;
}

describe('a segment that ended on a full disk', () => {
  const name = 'blocks-00000001.segment';
  const first = blockOf(noise(900, 1));

  function fill(world: StoreWorld): () => void {
    const isWrite = (call: string) => call === 'write' || call === 'open';
    return world.disk.faults.failWhile('ENOSPC', (call) => isWrite(call.name));
  }

  /** In the last entry: a walk does not come to where the segment ends any more. */
  function rot(world: StoreWorld): void {
    world.writeFile(name, new Uint8Array([7]), headerBytes + 500);
  }

  test('gets its end mark before the next one begins, and has it when it rots later', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await store.append([first]);
    await store.sync();
    const heal = fill(world);
    const second = blockOf(noise(900, 2));
    await expect(store.append([second])).rejects.toMatchObject({ code: 'store_write_failed' });
    heal();
    await store.append([second]);
    await store.sync();
    rot(world);
    expect(await faultsOf(store)).toEqual([]);
    expect(await store.has([first, second])).toEqual([false, true]);
  });

  test('gets it when the store is closed, too', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await store.append([first]);
    await store.sync();
    const heal = fill(world);
    const more = blockOf(noise(900, 2));
    await expect(store.append([more])).rejects.toMatchObject({ code: 'store_write_failed' });
    heal();
    await store.close();
    rot(world);
    const again = await world.openBlocks();
    expect(again.recovered.sealed).toBe(0);
    expect(await faultsOf(again)).toEqual([]);
  });

  test('gets it before the next one begins where the disk was full when the store was opened', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    await store.append([first]);
    await store.sync();
    const heal = world.disk.faults.failWhile('ENOSPC', ({ name: call }) => call === 'write');
    const again = await world.openBlocks();
    heal();
    await again.append([blockOf(noise(900, 2))]);
    await again.sync();
    rot(world);
    expect(await faultsOf(again)).toEqual([]);
  });
});

describe('a header that is not valid', () => {
  const name = 'blocks-00000001.segment';

  async function faultsIn(world: StoreWorld) {
    const store = await world.openBlocks();
    const faults = await faultsOf(store);
    await store.close();
    return faults;
  }

  function tear(world: StoreWorld): void {
    world.writeFile(name, new Uint8Array(headerBytes - 30), 30);
  }

  test('is no fault where a power loss tore it before the segment was sealed', async () => {
    const world = new StoreWorld();
    const store = await world.openBlocks();
    const blocks = [blockOf(noise(900, 1)), blockOf(noise(900, 2))];
    await store.append(blocks);
    await store.sync();
    tear(world);
    expect(await faultsIn(world)).toEqual([]);
    const again = await world.openBlocks();
    expect(await again.has(blocks)).toEqual([true, true]);
    await again.append([blockOf(noise(900, 3))]);
    await again.close();
    expect(await faultsIn(world)).toEqual([]);
  });

  test('is one where it rotted later, and stays one when the store is opened again', async () => {
    for (const alone of [true, false]) {
      const world = new StoreWorld();
      const store = await world.openBlocks();
      await oneBlockIn(store);
      await store.close();
      if (!alone) {
        const next = await world.openBlocks();
        await next.append([blockOf(noise(900, 3))]);
        await next.close();
      }
      tear(world);
      expect(await faultsIn(world)).toEqual([{ type: 'header', segment: 1 }]);
      expect(await faultsIn(world)).toEqual([{ type: 'header', segment: 1 }]);
    }
  });
});

async function isDone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return false;
  }
}

async function oneBlockIn(store: {
  append(blocks: readonly ArrivedBlock[]): Promise<unknown>;
  sync(): Promise<void>;
}): Promise<ArrivedBlock> {
  const block = blockOf(noise(900, 7));
  await store.append([block]);
  await store.sync();
  return block;
}
