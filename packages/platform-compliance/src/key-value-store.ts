/**
 * The suite that every `KeyValueStore` passes. `open()` opens the same store each time; the suite
 * closes one before it opens the next.
 */
import { byteStringFrom, bytesOf, type KeyRange, type KeyValueStore } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rejectionCode } from './thrown-code.js';

export interface KeyValueStoreUnderTest {
  open(): Promise<KeyValueStore>;
  dispose(): Promise<void>;
}

interface StoreScene {
  readonly store: KeyValueStore;
  /** Closes the store and opens it again. */
  reopen(): Promise<void>;
  /** Puts `[key, value]` byte strings as one batch. */
  put(entries: readonly (readonly [string, string])[], sync?: boolean): Promise<void>;
  get(key: string): Promise<string | undefined>;
  /** `key=value` for each entry of the range. */
  entries(from: string, to: string, options?: Partial<KeyRange>): Promise<string[]>;
}

export function describeKeyValueStore(
  name: string,
  setup: () => Promise<KeyValueStoreUnderTest>,
): void {
  describe(`${name} as a KeyValueStore`, () => {
    let under: KeyValueStoreUnderTest | undefined;
    let store: KeyValueStore | undefined;
    beforeEach(async () => {
      under = await setup();
      store = await under.open();
    });
    afterEach(async () => {
      await store?.close();
      await under?.dispose();
    });
    const scene = sceneOf(
      () => store,
      async () => {
        await store?.close();
        store = await under?.open();
      },
    );
    testReadingAndWriting(scene);
    testRanges(scene);
    testPages(scene);
    testSnapshots(scene);
    testReopening(scene);
    testClosing(scene);
  });
}

function sceneOf(
  current: () => KeyValueStore | undefined,
  reopen: () => Promise<void>,
): StoreScene {
  const open = () => {
    const store = current();
    if (store === undefined) throw new Error('used outside a test');
    return store;
  };
  return {
    get store() {
      return open();
    },
    reopen,
    async put(entries, sync = false) {
      const writes = entries.map(([key, value]) => ({
        type: 'put' as const,
        key: bytesOf(key),
        value: bytesOf(value),
      }));
      await open().batch(writes, { sync });
    },
    async get(key) {
      const value = await open().get(bytesOf(key));
      return value === undefined ? undefined : byteStringFrom(value);
    },
    async entries(from, to, options = {}) {
      const found: string[] = [];
      for await (const [key, value] of open().iterate({ ...options, ...rangeOf(from, to) })) {
        found.push(`${byteStringFrom(key)}=${byteStringFrom(value)}`);
      }
      return found;
    },
  };
}

function rangeOf(from: string, to: string): KeyRange {
  return { from: bytesOf(from), to: bytesOf(to) };
}

function testReadingAndWriting(scene: StoreScene): void {
  test('a key that was never put has no value', async () => {
    expect(await scene.get('missing')).toBeUndefined();
    expect(await scene.store.getMany([])).toEqual([]);
  });

  test('a batch puts, replaces and deletes; later writes win', async () => {
    await scene.put([
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ]);
    expect([await scene.get('a'), await scene.get('b')]).toEqual(['3', '2']);
    await scene.store.batch(
      [
        { type: 'delete', key: bytesOf('a') },
        { type: 'delete', key: bytesOf('never there') },
        { type: 'put', key: bytesOf('b'), value: bytesOf('4') },
        { type: 'put', key: bytesOf('c'), value: bytesOf('5') },
        { type: 'delete', key: bytesOf('c') },
      ],
      { sync: false },
    );
    expect(await scene.entries('', '\xff')).toEqual(['b=4']);
    await scene.store.batch([], { sync: true });
  });

  test('values are any bytes, none and many among them', async () => {
    const large = bytesOf('\x00\xff\x80'.repeat(400_000));
    const write = { type: 'put', key: bytesOf('large'), value: large } as const;
    await scene.store.batch([write], { sync: false });
    await scene.put([['empty', '']]);
    expect(await scene.get('empty')).toBe('');
    expect(Buffer.compare((await scene.store.get(bytesOf('large'))) ?? bytesOf(''), large)).toBe(0);
  });

  test('getMany gives one answer for each key, in order', async () => {
    await scene.put([
      ['a', '1'],
      ['b', '2'],
    ]);
    const found = await scene.store.getMany(['b', 'missing', 'a', 'b'].map(bytesOf));
    const texts = found.map((value) => (value === undefined ? undefined : byteStringFrom(value)));
    expect(texts).toEqual(['2', undefined, '1', '2']);
  });

  test('what is stored belongs to the store, what is read to the reader', async () => {
    const key = bytesOf('key');
    const value = bytesOf('value');
    await scene.store.batch([{ type: 'put', key, value }], { sync: false });
    key.fill(0);
    value.fill(0);
    expect(await scene.get('key')).toBe('value');
    (await scene.store.get(bytesOf('key')))?.fill(0);
    for await (const [read, content] of scene.store.iterate(rangeOf('', '\xff'))) {
      read.fill(0);
      content.fill(0);
    }
    expect(await scene.entries('', '\xff')).toEqual(['key=value']);
  });
}

function testRanges(scene: StoreScene): void {
  test('keys come in byte order, prefixes first', async () => {
    const keys = ['\x00', '\x00\x00', 'a', 'a\x00', 'aa', 'ab', '\x7f', '\x80', '\xfe', '\xfe\xff'];
    await scene.put([...keys].reverse().map((key) => [key, 'v']));
    expect(await scene.entries('', '\xff')).toEqual(keys.map((key) => `${key}=v`));
  });

  test('a range holds its start and not its end', async () => {
    await scene.put(['a', 'b', 'b\x00', 'c', 'd'].map((key) => [key, 'v']));
    expect(await scene.entries('b', 'd')).toEqual(['b=v', 'b\x00=v', 'c=v']);
    expect(await scene.entries('b', 'b\x00')).toEqual(['b=v']);
    expect(await scene.entries('bb', 'cc')).toEqual(['c=v']);
    expect(await scene.entries('b', 'b')).toEqual([]);
    expect(await scene.entries('d', 'b')).toEqual([]);
    expect(await scene.entries('x', 'y')).toEqual([]);
  });

  test('reverse begins at the end, and a limit counts from where it begins', async () => {
    await scene.put(['a', 'b', 'c', 'd'].map((key) => [key, 'v']));
    expect(await scene.entries('a', 'd', { reverse: true })).toEqual(['c=v', 'b=v', 'a=v']);
    expect(await scene.entries('a', 'd', { limit: 2 })).toEqual(['a=v', 'b=v']);
    expect(await scene.entries('a', 'd', { reverse: true, limit: 2 })).toEqual(['c=v', 'b=v']);
    expect(await scene.entries('a', 'd', { limit: 99 })).toHaveLength(3);
    expect(await scene.entries('a', 'd', { limit: 0 })).toEqual([]);
  });

  test('thousands of entries come whole and in order, in both directions', async () => {
    const keys = Array.from(
      { length: 3_500 },
      (_, index) => `key-${String(index).padStart(5, '0')}`,
    );
    await scene.put(keys.map((key) => [key, 'v']));
    const wanted = keys.map((key) => `${key}=v`);
    expect(await scene.entries('', '\xff')).toEqual(wanted);
    expect(await scene.entries('', '\xff', { reverse: true })).toEqual([...wanted].reverse());
    expect(await scene.entries('', '\xff', { limit: 2_345 })).toEqual(wanted.slice(0, 2_345));
  });
}

function testPages(scene: StoreScene): void {
  test.each<[string, Partial<KeyRange>]>([
    ['in order', {}],
    ['in reverse', { reverse: true }],
    ['up to a limit', { limit: 1_203 }],
  ])('pages hold the same entries, %s, and none is empty', async (_, options) => {
    const keys = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(5, '0'));
    await scene.put(keys.map((key) => [key, `value of ${key}`]));
    const found: string[] = [];
    for await (const page of scene.store.iteratePages({ ...options, ...rangeOf('', '\xff') })) {
      expect(page.length).toBeGreaterThan(0);
      for (const [key, value] of page)
        found.push(`${byteStringFrom(key)}=${byteStringFrom(value)}`);
    }
    expect(found).toEqual(await scene.entries('', '\xff', options));
    expect(found).toHaveLength(options.limit ?? keys.length);
  });

  test('pages of large values hold all of them', async () => {
    const keys = Array.from({ length: 60 }, (_, index) => String(index).padStart(5, '0'));
    await scene.put(keys.map((key) => [key, 'v'.repeat(60_000)]));
    const found: string[] = [];
    for await (const page of scene.store.iteratePages(rangeOf('', '\xff'))) {
      found.push(...page.map(([key]) => byteStringFrom(key)));
    }
    expect(found).toEqual(keys);
    expect(await scene.entries('', '\xff', { reverse: true, limit: 55 })).toHaveLength(55);
  });

  test('there is no page where there is no entry', async () => {
    const pages = scene.store.iteratePages(rangeOf('', '\xff'))[Symbol.asyncIterator]();
    expect(await pages.next()).toMatchObject({ done: true });
  });

  test('a close between two pages ends them with store_closed', async () => {
    await scene.put(Array.from({ length: 2_500 }, (_, index) => [`key-${index}`, 'v']));
    const pages = scene.store.iteratePages(rangeOf('', '\xff'))[Symbol.asyncIterator]();
    expect((await pages.next()).done).toBe(false);
    await scene.store.close();
    expect(await rejectionCode(pages.next())).toBe('store_closed');
  });
}

function testSnapshots(scene: StoreScene): void {
  test('an iteration shows the store as of its beginning', async () => {
    const keys = Array.from({ length: 2_500 }, (_, index) => String(index).padStart(5, '0'));
    await scene.put(keys.map((key) => [key, 'old']));
    const seen: string[] = [];
    for await (const [key, value] of scene.store.iterate(rangeOf('', '\xff'))) {
      if (seen.length === 0) {
        await scene.put([
          ['02000', 'new'],
          ['99999', 'added'],
        ]);
        await scene.store.batch([{ type: 'delete', key: bytesOf('02400') }], { sync: false });
      }
      seen.push(`${byteStringFrom(key)}=${byteStringFrom(value)}`);
    }
    expect(seen).toEqual(keys.map((key) => `${key}=old`));
    expect(await scene.get('02000')).toBe('new');
  });

  test('it begins when the first entry is asked for, and two of them do not meet', async () => {
    await scene.put([['a', '1']]);
    const late = scene.store.iterate(rangeOf('', '\xff'))[Symbol.asyncIterator]();
    const early = scene.store.iterate(rangeOf('', '\xff'))[Symbol.asyncIterator]();
    await early.next();
    await scene.put([['b', '2']]);
    expect((await early.next()).done).toBe(true);
    const seen = [await late.next(), await late.next(), await late.next()];
    expect(seen.map(({ done }) => done ?? false)).toEqual([false, false, true]);
  });

  test('an iteration can be left early, and repeated', async () => {
    await scene.put(['a', 'b', 'c'].map((key) => [key, 'v']));
    const range = scene.store.iterate(rangeOf('', '\xff'));
    for await (const [key] of range) {
      expect(byteStringFrom(key)).toBe('a');
      break;
    }
    expect(await scene.entries('', '\xff')).toHaveLength(3);
  });
}

function testReopening(scene: StoreScene): void {
  test('batches that are not waited for are applied in order, each as a whole', async () => {
    const names = Array.from({ length: 50 }, (_, at) => String(at));
    await Promise.all(
      names.map((name, at) =>
        scene.put(
          [
            ['last', name],
            [`all/${name}`, name],
          ],
          at % 10 === 0,
        ),
      ),
    );
    expect(await scene.get('last')).toBe('49');
    await scene.reopen();
    expect(await scene.get('last')).toBe('49');
    expect(await scene.entries('all/', 'all0')).toHaveLength(50);
  });

  test('a batch that a close meets is there as a whole, or it was refused', async () => {
    const entries = Array.from({ length: 500 }, (_, at): [string, string] => [`k${at}`, 'v']);
    const written = rejectionCode(scene.put(entries, true));
    await scene.store.close();
    const outcome = await written;
    expect(['nothing thrown', 'store_closed']).toContain(outcome);
    await scene.reopen();
    const found = await scene.entries('', '\xff');
    expect([0, 500]).toContain(found.length);
    if (outcome === 'nothing thrown') expect(found).toHaveLength(500);
  });

  test('a synced batch is there after reopening', async () => {
    await scene.put([['key', 'value']], true);
    await scene.reopen();
    expect(await scene.get('key')).toBe('value');
  });

  test('an orderly close keeps what was not synced, deletions too', async () => {
    await scene.put(['a', 'b'].map((key) => [key, 'v']));
    await scene.store.batch([{ type: 'delete', key: bytesOf('a') }], { sync: false });
    await scene.reopen();
    expect(await scene.entries('', '\xff')).toEqual(['b=v']);
  });
}

function testClosing(scene: StoreScene): void {
  test('every method rejects with store_closed after close; closing again is harmless', async () => {
    const { store } = scene;
    await scene.put([['a', '1']]);
    await Promise.all([store.close(), store.close()]);
    await store.close();
    const write = { type: 'put', key: bytesOf('b'), value: bytesOf('2') } as const;
    expect(await rejectionCode(store.get(bytesOf('a')))).toBe('store_closed');
    expect(await rejectionCode(store.getMany([bytesOf('a')]))).toBe('store_closed');
    expect(await rejectionCode(store.getMany([]))).toBe('store_closed');
    expect(await rejectionCode(store.batch([write], { sync: false }))).toBe('store_closed');
    expect(await rejectionCode(store.batch([], { sync: true }))).toBe('store_closed');
    expect(await rejectionCode(scene.entries('', '\xff'))).toBe('store_closed');
    expect(await rejectionCode(scene.entries('', '\xff', { limit: 0 }))).toBe('store_closed');
  });

  test('a close in the middle of an iteration ends it with store_closed', async () => {
    await scene.put(Array.from({ length: 2_500 }, (_, index) => [`key-${index}`, 'v']));
    const iterator = scene.store.iterate(rangeOf('', '\xff'))[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    await scene.store.close();
    expect(await rejectionCode(iterator.next())).toBe('store_closed');
  });
}
