import { AppError } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import type { StoreId } from '@holdfast/model';
import {
  encodeHeader,
  encodeTrailer,
  frameBytes,
  headerBytes,
  prefixBytes,
  trailerBytes,
} from '../src/index.js';
import {
  appendSynced,
  collect,
  crashAt,
  hasher,
  noise,
  storeId,
  StoreWorld,
  texts,
  untilCrash,
} from './store-world.js';

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();
const entry = (name: string) => Buffer.from(name);

describe('a segment stream', () => {
  test('gives back what was appended, in order, also after it was opened again', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    const locations = await appendSynced(stream, 'one', 'two', 'three');
    expect((await stream.read(locations)).map(text)).toEqual(['one', 'two', 'three']);
    await stream.close();
    const again = await world.openStream();
    expect(await texts(again)).toEqual(['one', 'two', 'three']);
    expect(again.recovered).toEqual({ sealed: 0, tornBytes: 0, missingSegments: [] });
    await appendSynced(again, 'four');
    expect(await texts(again)).toEqual(['one', 'two', 'three', 'four']);
    expect(world.fileNames()).toHaveLength(2);
  });

  test('scans only what is durable, and from where it is asked to', async () => {
    const stream = await new StoreWorld().openStream();
    const [, second] = await appendSynced(stream, 'one', 'two');
    await stream.append([entry('three')]);
    expect(await texts(stream)).toEqual(['one', 'two']);
    expect((await collect(stream.scan(second))).map(({ payload }) => text(payload))).toEqual([
      'two',
    ]);
  });

  test('holds an entry from its sync on', async () => {
    const stream = await new StoreWorld().openStream();
    const [location] = await stream.append([entry('one')]);
    if (location === undefined) throw new Error('every entry has a location');
    expect(stream.holds(location)).toBe(false);
    await stream.sync();
    expect(stream.holds(location)).toBe(true);
    expect(stream.holds({ ...location, segment: 2 })).toBe(false);
  });

  test('starts a new segment where one is full, and the chain of digests holds', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    for (let at = 0; at < 12; at += 1) await stream.append([noise(1000, at)]);
    await stream.sync();
    expect(stream.stats().segments).toBe(4);
    for (const name of world.fileNames().slice(0, 3)) {
      expect(world.readFile(name).length).toBeLessThanOrEqual(4096);
    }
    const again = await world.openStream();
    expect(again.recovered.missingSegments).toEqual([]);
    expect(await collect(again.scan())).toHaveLength(12);
  });

  test('an entry larger than a segment gets a segment of its own', async () => {
    const stream = await new StoreWorld().openStream();
    const [location] = await stream.append([noise(10_000, 1)]);
    await stream.sync();
    expect(location && (await stream.read([location]))[0]).toEqual(noise(10_000, 1));
  });

  test('seals a segment that is old enough at the next sync', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream({ sealAfterMs: 1000 });
    await appendSynced(stream, 'one');
    world.clock.nowMs += 1000;
    await stream.sync();
    await appendSynced(stream, 'two');
    expect(world.fileNames()).toHaveLength(2);
  });

  test('refuses everything after it was closed', async () => {
    const stream = await new StoreWorld().openStream();
    await stream.close();
    await stream.close();
    await expect(stream.append([entry('one')])).rejects.toMatchObject({ code: 'store_closed' });
  });
});

describe('recovery', () => {
  test('seals a torn segment where its last valid entry ends, and keeps the torn bytes', async () => {
    const world = new StoreWorld();
    await appendSynced(await world.openStream(), 'one', 'two');
    const [name = ''] = world.fileNames();
    const before = world.readFile(name);
    world.writeFile(name, Buffer.from('torn bytes'), before.length);
    const stream = await world.openStream();
    expect(stream.recovered).toMatchObject({ sealed: 1, tornBytes: 10 });
    expect(await texts(stream)).toEqual(['one', 'two']);
    const after = world.readFile(name);
    expect(after.length).toBe(before.length + 10 + trailerBytes);
    expect(after.subarray(0, before.length)).toEqual(before);
    await appendSynced(stream, 'three');
    const again = await world.openStream();
    expect(await texts(again)).toEqual(['one', 'two', 'three']);
    expect(again.recovered.missingSegments).toEqual([]);
  });

  test('what it counts is durable, also where the disk is too full for a trailer', async () => {
    const world = new StoreWorld();
    await (await world.openStream()).append([entry('one')]);
    world.disk.killProcess();
    world.disk.capacityBytes = world.disk.usedBytes;
    expect(await texts(await world.openStream())).toEqual(['one']);
    for (let seed = 0; seed < 20; seed += 1) {
      world.powerLoss(seed);
      expect(await texts(await world.openStream())).toEqual(['one']);
    }
  });

  test('is not misled by a block that ends in what looks like a trailer', async () => {
    const world = new StoreWorld();
    const lie = { validBytes: headerBytes, entryCount: 0, digest: hasher.blake3(entry('lie')) };
    const stream = await world.openStream({ streamName: 'blocks' });
    await stream.append([entry('one'), encodeTrailer(lie, hasher)]);
    await stream.sync();
    const again = await world.openStream({ streamName: 'blocks' });
    expect(await collect(again.scan())).toHaveLength(2);
  });

  test('is not misled by one that repeats what a segment without entries would say', async () => {
    const world = new StoreWorld();
    const random = { bytes: (length: number) => noise(length, 99) };
    const nonce = new Uint8Array(16);
    const predecessorDigest = new Uint8Array(32);
    const header = { streamName: 'log', storeId, generation: 1, segment: 1, predecessorDigest };
    const digest = hasher.blake3(encodeHeader({ ...header, nonce }, hasher));
    const lie = encodeTrailer({ validBytes: headerBytes, entryCount: 0, digest }, hasher);
    const stream = await world.openStream({ random });
    await stream.append([entry('one'), lie]);
    await stream.sync();
    expect(await collect((await world.openStream({ random })).scan())).toHaveLength(2);
  });

  test('holds to what a trailer gave up, though the bytes behind it look whole', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    await stream.append([entry('one')]);
    world.disk.faults.failNext('syncFile', 'EIO');
    await expect(stream.sync()).rejects.toMatchObject({ code: 'store_write_failed' });
    const again = await world.openStream();
    expect(await texts(again)).toEqual([]);
    await appendSynced(again, 'one');
    world.powerLoss(1);
    expect(await texts(await world.openStream())).toEqual(['one']);
  });

  test('after a failed sync everything since the last good one is absent', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    await appendSynced(stream, 'one');
    await stream.append([entry('two')]);
    world.disk.faults.failNext('syncFile', 'EIO');
    await expect(stream.sync()).rejects.toMatchObject({ code: 'store_write_failed' });
    expect(await texts(stream)).toEqual(['one']);
    const [location] = await appendSynced(stream, 'two again');
    expect(location?.segment).toBe(2);
    expect(await texts(stream)).toEqual(['one', 'two again']);
    const again = await world.openStream();
    expect(await texts(again)).toEqual(['one', 'two again']);
    expect(again.recovered.missingSegments).toEqual([]);
  });

  test('a segment given up without a trailer ends where its successor says', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    await appendSynced(stream, 'one');
    await stream.append([entry('two')]);
    const [first = ''] = world.fileNames();
    const heal = world.disk.faults.failWhile(
      'EIO',
      ({ name, path }) => (name === 'syncFile' || name === 'write') && path.endsWith(first),
    );
    await expect(stream.sync()).rejects.toBeInstanceOf(AppError);
    await appendSynced(stream, 'two again');
    heal();
    expect(world.readFile(first).length).toBe(headerBytes + 2 * (frameBytes + 3));
    const again = await world.openStream();
    expect(await texts(again)).toEqual(['one', 'two again']);
    expect(again.recovered).toMatchObject({ sealed: 2, missingSegments: [] });
  });

  test('a full disk refuses new entries and keeps serving the old ones', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    await appendSynced(stream, 'one');
    world.disk.capacityBytes = world.disk.usedBytes + 10;
    await expect(stream.append([entry('two')])).rejects.toMatchObject({
      code: 'store_write_failed',
      kind: 'tell-person',
    });
    expect(await texts(stream)).toEqual(['one']);
    expect(await texts(await world.openStream())).toEqual(['one']);
    world.disk.capacityBytes += 10_000;
    await appendSynced(stream, 'two');
    expect(await texts(await world.openStream())).toEqual(['one', 'two']);
  });

  test('notices a missing segment and one that is not what its successor names', async () => {
    const world = new StoreWorld();
    const stream = await world.openStream();
    for (let at = 0; at < 20; at += 1) await stream.append([noise(1000, at)]);
    await stream.close();
    const [, second = '', third = '', fourth = ''] = world.fileNames();
    const bytes = world.readFile(third);
    world.removeFile(second);
    world.removeFile(fourth);
    world.writeFile(fourth, bytes);
    const again = await world.openStream();
    expect(again.recovered.missingSegments).toEqual([2, 4]);
  });

  test.each([
    ['a newer major', 8, [0, 2]],
    ['an unknown required feature', 17, [1]],
  ])('refuses %s and leaves the data untouched', async (_, at, change) => {
    const world = new StoreWorld();
    await appendSynced(await world.openStream(), 'one');
    const [name = ''] = world.fileNames();
    const bytes = world.readFile(name);
    bytes.set(change, at);
    bytes.set(hasher.blake3(bytes.subarray(0, prefixBytes - 8)).subarray(0, 8), prefixBytes - 8);
    world.writeFile(name, bytes);
    await expect(world.openStream()).rejects.toMatchObject({ code: 'store_format_unknown' });
    expect(world.readFile(name)).toEqual(bytes);
  });

  test('refuses the segments of another store', async () => {
    const world = new StoreWorld();
    await appendSynced(await world.openStream(), 'one');
    const other = { storeId: 'ffffffffffffffff' as StoreId };
    await expect(world.openStream(other)).rejects.toMatchObject({ code: 'store_id_mismatch' });
  });

  test('every flipped byte of a segment is noticed, and no other entry suffers', async () => {
    const pristine = new StoreWorld();
    const names = ['one', 'two', 'three'];
    const first = await pristine.openStream({ streamName: 'blocks' });
    const locations = await appendSynced(first, ...names);
    await first.close();
    const [name = ''] = pristine.fileNames();
    const bytes = pristine.readFile(name);
    for (let at = 0; at < bytes.length; at += 1) {
      const world = new StoreWorld();
      await world.openStream({ streamName: 'blocks' });
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      world.writeFile(name, flipped);
      const stream = await world.openStream({ streamName: 'blocks' });
      const read = (await stream.read(locations)).map((payload) => payload && text(payload));
      const right = names.filter((expected, place) => read[place] === expected);
      expect(read.filter((found) => found !== undefined)).toEqual(right);
      expect(await texts(stream)).toEqual(right);
      const isNoticed = right.length < 3 || world.damage.length > 0 || stream.recovered.sealed > 0;
      expect(isNoticed, `byte ${at}`).toBe(true);
      expect(right.length, `byte ${at}`).toBeGreaterThanOrEqual(2);
    }
  });
});

test('whatever call the power fails at, what was synced is there and nothing is truncated', async () => {
  let crashes = 0;
  for (let count = 1; count < 200; count += 1) {
    const world = new StoreWorld();
    const synced: string[] = [];
    const node = world.start(crashAt(count));
    const outcome = await untilCrash(node, async () => {
      const stream = await world.openStream({}, node);
      for (let round = 0; round < 6; round += 1) {
        const batch = [0, 1, 2].map((at) => `${round}-${at} ${'x'.repeat(300)}`);
        await stream.append(batch.map(entry));
        await stream.sync();
        synced.push(...batch);
      }
      await stream.close();
    });
    if (outcome === 'crashed') crashes += 1;
    world.powerLoss(count);
    const again = await world.openStream();
    const found = await texts(again);
    expect(found.slice(0, synced.length)).toEqual(synced);
    expect(again.recovered.missingSegments).toEqual([]);
    await appendSynced(again, 'after');
    expect((await texts(await world.openStream())).at(-1)).toBe('after');
    if (outcome !== 'crashed') break;
  }
  expect(crashes).toBeGreaterThan(40);
});
