/** An index whose database lost or altered keys: noticed at every opening, and begun anew. */
import {
  type FolderIndex,
  localCurrent,
  withHeld,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import type { KeyValueStore } from '@holdfast/platform';
import { MemoryDatabase, MemoryKeyValueStore, SeededRandom } from '@holdfast/simulation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  desktop,
  fileVersion,
  needsWhatOthersShow,
  type OpenOptions,
  openIndex,
  pathOf,
  queuesEverything,
  tombstoneVersion,
} from './index-world.js';

type Change = readonly [kind: 'show' | 'hold' | 'delete' | 'peer' | 'forget', file: number];

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom('show', 'show', 'hold', 'delete', 'peer', 'peer', 'forget'),
  fc.nat(4),
);

let counter = 0;

async function perform(index: FolderIndex, [kind, file]: Change): Promise<void> {
  counter += 1;
  const path = `a/file-${file}`;
  const version = kind === 'delete' ? tombstoneVersion(path, counter) : fileVersion(path, counter);
  if (kind === 'forget') {
    await index.forgetPeer(desktop);
    return;
  }
  await index.update(
    [pathOf(path)],
    (entry) => {
      if (kind === 'hold')
        return withHeld(entry, localCurrent(entry)?.version ?? version, { sinceMs: 1 });
      if (kind !== 'peer') return withLocalCurrent(entry, version);
      return withPeerRow(entry, version, { device: desktop, state: 'current', sequence: counter });
    },
    { sync: true },
  );
}

const folder = 'photosphotosphot';
const everything = { from: Buffer.from(folder), to: Buffer.from(`${folder}\xff`, 'latin1') };

async function keysOf(store: KeyValueStore): Promise<Uint8Array[]> {
  const keys: Uint8Array[] = [];
  for await (const [key] of store.iterate(everything)) keys.push(key);
  return keys;
}

async function filled(options: OpenOptions = {}) {
  const database = new MemoryDatabase();
  const index = await openIndex({ ...options, database });
  for (const file of [1, 2, 3]) await perform(index, ['show', file]);
  await perform(index, ['peer', 1]);
  await perform(index, ['show', 2]);
  await perform(index, ['peer', 4]);
  return { database, index, store: new MemoryKeyValueStore(database) };
}

describe('an index that holds what it should', () => {
  test.each([needsWhatOthersShow, queuesEverything])(
    'is not doubted after any changes',
    async (policy) => {
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 25 }), async (changes) => {
          const database = new MemoryDatabase();
          const index = await openIndex({ database, policy });
          for (const one of changes) await perform(index, one);
          const again = await openIndex({ database, policy, seed: 'again' });
          expect(again.loss).toBeUndefined();
          expect(again.epoch).toBe(index.epoch);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('is not doubted for what it received, which comes and goes freely', async () => {
    const { database, index, store } = await filled();
    const before = await keysOf(store);
    await index.received.note(['ab'.repeat(32) as never]);
    expect(await keysOf(store)).toHaveLength(before.length + 1);
    expect((await openIndex({ database, seed: 'again' })).loss).toBeUndefined();
  });
});

describe('an index that was counted before', () => {
  const opening = (database: MemoryDatabase, lineage: string) =>
    openIndex({
      database,
      seed: lineage,
      wrap: () => new MemoryKeyValueStore(database, { lineage }),
    });

  test('is not counted again while the database vouches for every byte', async () => {
    const { database, index, store } = await filled();
    expect((await opening(database, 'one')).epoch).toBe(index.epoch);
    const lost = (await keysOf(store)).at(-1) as Uint8Array;
    await store.batch([{ type: 'delete', key: lost }], { sync: true });
    expect((await opening(database, 'one')).loss).toBeUndefined();
    expect((await opening(database, 'another')).loss).toContain('keys are gone');
    expect((await opening(database, 'another')).loss).toBeUndefined();
  });

  test('is counted where what it stands for is gone', async () => {
    const { database } = await filled();
    await opening(database, 'one');
    const state = Buffer.from(`${folder}m`);
    await new MemoryKeyValueStore(database).batch([{ type: 'delete', key: state }], { sync: true });
    expect((await opening(database, 'one')).loss).toContain('is gone');
  });
});

describe('an index that lost something', () => {
  test.each([needsWhatOthersShow, queuesEverything])(
    'is begun anew, whichever key is gone',
    async (policy) => {
      const { database, index, store } = await filled({ policy });
      const image = database.snapshot();
      const keys = await keysOf(store);
      expect(keys.length).toBeGreaterThan(12);
      for (const key of keys) {
        database.restore(image);
        await store.batch([{ type: 'delete', key }], { sync: true });
        const again = await openIndex({
          database,
          policy,
          seed: `without ${Buffer.from(key).toString('hex')}`,
        });
        expect(again.loss, Buffer.from(key).toString('latin1')).toBeDefined();
        expect(again.epoch).not.toBe(index.epoch);
        expect(again.position().sequence).toBe(0);
        expect(await keysOf(store), 'nothing of it is left').toHaveLength(1);
      }
    },
  );

  test('is begun anew when any byte of a value was altered', async () => {
    const { database, store } = await filled();
    const image = database.snapshot();
    const random = new SeededRandom('bytes');
    for (const key of await keysOf(store)) {
      database.restore(image);
      const value = Uint8Array.from((await store.get(key)) ?? []);
      if (value.length === 0) continue;
      const at = random.integer(0, value.length - 1);
      value[at] = (value[at] as number) ^ (1 << random.integer(0, 7));
      await store.batch([{ type: 'put', key, value }], { sync: true });
      const again = await openIndex({ database, seed: 'again' });
      expect(again.loss, `${Buffer.from(key).toString('latin1')} at ${at}`).toBeDefined();
    }
  });

  test('is begun anew where a key came back that was gone', async () => {
    const { database, index, store } = await filled();
    const [first] = await keysOf(store);
    const old = (await store.get(first as Uint8Array)) as Uint8Array;
    await perform(index, ['show', 1]);
    await store.batch([{ type: 'put', key: first as Uint8Array, value: old }], { sync: true });
    expect((await openIndex({ database, seed: 'again' })).loss).toBeDefined();
  });

  test('is known to be lost where nothing is there, if it was there before', async () => {
    expect((await openIndex()).loss).toBeUndefined();
    expect((await openIndex({ wasBegun: true })).loss).toBe('nothing is there');
  });

  test('tells nobody anything until it hears what others know, if its rows are its own', async () => {
    const database = new MemoryDatabase();
    const index = await openIndex({ database, wasBegun: true, waitsAfterLoss: true });
    await perform(index, ['show', 1]);
    expect(index.position().sequence).toBe(1);
    expect(index.numbers.published().sequence).toBe(0);
    expect((await index.rowsAfter(0, 10)).rows).toEqual([]);
    const again = await openIndex({
      database,
      wasBegun: true,
      waitsAfterLoss: true,
      seed: 'again',
    });
    expect(again.loss, 'it is lost only once').toBeUndefined();
    expect(again.numbers.renumbering?.lost).toBe(true);
  });

  test('goes on after a crash in the middle of being removed', async () => {
    const { database, store } = await filled();
    const keys = await keysOf(store);
    await store.batch([{ type: 'delete', key: keys[0] as Uint8Array }], { sync: true });
    let batches = 0;
    const wrap = (inner: KeyValueStore): KeyValueStore => ({
      get: (key) => inner.get(key),
      getMany: (many) => inner.getMany(many),
      iterate: (range) => inner.iterate(range),
      iteratePages: (range) => inner.iteratePages(range),
      close: () => inner.close(),
      batch: async (writes, options) => {
        batches += 1;
        if (batches > 1) throw new Error('the power is gone');
        await inner.batch(writes, options);
      },
    });
    await expect(openIndex({ database, wrap })).rejects.toThrow('the power is gone');
    expect((await openIndex({ database, seed: 'again' })).loss).toBeDefined();
  });
});
