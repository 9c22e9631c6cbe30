import {
  type FolderIndex,
  initialHash,
  type OfferedRow,
  rollHash,
  withHeld,
  withLocalCurrent,
} from '@holdfast/folder-index';
import type { Version, VersionId } from '@holdfast/model';
import type { KeyValueStore } from '@holdfast/platform';
import { MemoryDatabase, SeededRandom } from '@holdfast/simulation';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileVersion, hash, openIndex, pathOf } from './index-world.js';

/** Shows each version at its path, all in one batch. */
function show(index: FolderIndex, versions: readonly Version[]) {
  const byPath = new Map(versions.map((version) => [version.record.path, version]));
  return index.update(
    [...byPath.keys()],
    (entry) => {
      const version = byPath.get(entry.path);
      return version === undefined ? entry : withLocalCurrent(entry, version);
    },
    { sync: false },
  );
}

function rolled(ids: readonly string[]): string {
  return ids.reduce(
    (previous, id) =>
      Buffer.from(
        hash(Buffer.concat([Buffer.from(previous, 'hex'), Buffer.from(id, 'hex')])),
      ).toString('hex'),
    '0'.repeat(64),
  );
}

async function allPages(index: FolderIndex, limit: number) {
  const rows: OfferedRow[] = [];
  let at = 0;
  for (let pages = 0; pages < 10_000; pages += 1) {
    const page = await index.rowsAfter(at, limit);
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    if (page.reached !== undefined) expect(await index.numbers.remembers(page.reached)).toBe(true);
    rows.push(...page.rows);
    const next = page.reached?.sequence ?? page.rows.at(-1)?.sequence ?? at;
    if (next === at) return { rows, ended: page.reached };
    at = next;
  }
  throw new Error('the pages have no end');
}

describe('the rolling hash', () => {
  test('has these values for two made-up version ids', () => {
    const first = rollHash(initialHash, '11'.repeat(32) as VersionId, hash);
    expect(first).toBe('6bbfac9153ed5e23026735340129879f5a18285dd5fdaa013f93ecbfde864af4');
    expect(rollHash(first, '22'.repeat(32) as VersionId, hash)).toBe(
      '2f091a34e30b2307bd4e88ac4418fc1e802e22ffad03050d0f762be1cda1d6ec',
    );
  });

  test('is BLAKE3 over the hash before and the id of the version that is published', async () => {
    const index = await openIndex();
    const versions = ['a', 'b', 'c'].map((path) => fileVersion(path, 1));
    await show(index, versions);
    expect(index.position()).toEqual({
      epoch: index.epoch,
      sequence: 3,
      hash: rolled(versions.map((version) => version.id)),
    });
  });

  test('is the same whether versions come in one batch or in several', async () => {
    const together = await openIndex();
    const apart = await openIndex();
    const versions = ['a', 'b', 'c'].map((path) => fileVersion(path, 1));
    await show(together, versions);
    for (const version of versions) await show(apart, [version]);
    expect(apart.position()).toEqual(together.position());
  });
});

describe('sequences', () => {
  test('what changes nothing takes no sequence', async () => {
    const index = await openIndex();
    await show(index, [fileVersion('a', 1)]);
    const before = index.position();
    await show(index, [fileVersion('a', 1)]);
    expect(index.position()).toEqual(before);
  });

  test('a newer version of a path takes the place of the older one under a new sequence', async () => {
    const index = await openIndex();
    await show(index, [fileVersion('a', 1), fileVersion('b', 1)]);
    await show(index, [fileVersion('a', 2)]);
    const { rows } = await index.rowsAfter(0, 10);
    expect(rows.map(({ path, sequence }) => [path, sequence])).toEqual([
      ['b', 2],
      ['a', 3],
    ]);
    expect(await index.countAfter(2)).toBe(1);
    expect(await index.countAfter(0)).toBe(2);
    expect(await index.countAfter(0, 1)).toBe(1);
  });

  test('a version that turns from shown to set aside is published again', async () => {
    const index = await openIndex();
    const old = fileVersion('a', 1);
    await show(index, [old]);
    const held = { sinceMs: 5 };
    await index.update(
      [pathOf('a')],
      (entry) => withHeld(withLocalCurrent(entry, fileVersion('a', 2)), old, held),
      { sync: false },
    );
    const { rows } = await index.rowsAfter(0, 10);
    const states = new Map(rows.map(({ version, state }) => [version.id, state]));
    expect(states).toEqual(
      new Map([
        [old.id, 'side'],
        [fileVersion('a', 2).id, 'current'],
      ]),
    );
    expect(rows.every(({ sequence }) => sequence > 1)).toBe(true);
    expect(await index.pathOfVersion(old.id)).toBe('a');
  });

  test('an update that throws changes nothing, and the next one goes on', async () => {
    const index = await openIndex();
    const failing = index.update(
      [pathOf('a')],
      () => {
        throw new Error('no');
      },
      { sync: true },
    );
    await expect(failing).rejects.toThrow('no');
    await show(index, [fileVersion('a', 1)]);
    expect(index.position().sequence).toBe(1);
  });

  test('updates that come at once are taken one after the other', async () => {
    const index = await openIndex();
    const versions = Array.from({ length: 20 }, (_, at) => fileVersion(`f${at}`, 1));
    await Promise.all(versions.map((version) => show(index, [version])));
    const { rows } = await index.rowsAfter(0, 100);
    expect(rows.map((row) => row.sequence)).toEqual(versions.map((_, at) => at + 1));
  });
});

describe('what a device remembers of itself', () => {
  test('opening it again gives the same position, entries and counts', async () => {
    const database = new MemoryDatabase();
    const index = await openIndex({ database });
    await show(index, [fileVersion('a', 1, 7), fileVersion('d/b', 1, 5)]);
    const again = await openIndex({ database });
    expect(again.position()).toEqual(index.position());
    expect(again.counts).toEqual(index.counts);
    expect(again.counts).toMatchObject({ files: 2, bytes: 12 });
    expect(await again.entry(pathOf('d/b'))).toEqual(await index.entry(pathOf('d/b')));
  });

  test('a position that was shown survives a power loss, with every row up to it', async () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const database = new MemoryDatabase();
      const index = await openIndex({ database });
      for (const path of ['a', 'b', 'c']) await show(index, [fileVersion(path, 1)]);
      const shown = index.position();
      database.crash(new SeededRandom(`index ${seed}`));
      const again = await openIndex({ database });
      expect(again.position()).toEqual(shown);
      expect((await again.rowsAfter(0, 10)).rows).toHaveLength(3);
    }
  });

  test('it remembers the ends of its batches, the beginning, and nothing else', async () => {
    const index = await openIndex();
    await show(index, [fileVersion('a', 1), fileVersion('b', 1)]);
    const first = index.position();
    await show(index, [fileVersion('c', 1)]);
    expect(await index.numbers.remembers(first)).toBe(true);
    expect(await index.numbers.remembers(index.position())).toBe(true);
    expect(await index.numbers.remembers({ ...first, sequence: 0, hash: '0'.repeat(64) })).toBe(
      true,
    );
    const middle = { ...first, sequence: 1, hash: rolled([fileVersion('a', 1).id]) };
    expect(await index.numbers.remembers(middle)).toBe(false);
    expect(await index.numbers.remembers({ ...first, hash: 'f'.repeat(64) })).toBe(false);
    expect(await index.numbers.remembers({ ...first, epoch: 'f'.repeat(16) as never })).toBe(false);
    expect(await index.numbers.remembers({ ...first, sequence: 4 })).toBe(false);
  });
});

describe('pages of rows', () => {
  test('whatever the batches and the limit, the pages hold every row once, and end at the position', async () => {
    const batches = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 1200 }), async (sizes, limit) => {
        const index = await openIndex();
        const bounded = Math.max(limit, Math.ceil(sizes.reduce((sum, size) => sum + size) / 200));
        let made = 0;
        for (const size of sizes) {
          const versions = Array.from({ length: size }, (_, at) =>
            fileVersion(`f${made + at}`, 1, 0),
          );
          made += size;
          await show(index, versions);
        }
        const { rows, ended } = await allPages(index, bounded);
        expect(rows.map((row) => row.sequence)).toEqual(
          Array.from({ length: made }, (_, at) => at + 1),
        );
        expect(ended).toEqual(index.position());
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  test('rows that are superseded between pages come later, once, and none is lost', async () => {
    const random = new SeededRandom('pages');
    const index = await openIndex();
    const latest = new Map<string, string>();
    const counters = new Map<string, number>();
    const change = async () => {
      const paths = random.shuffle(Array.from({ length: 40 }, (_, at) => `f${at}`)).slice(0, 7);
      const versions = paths.map((path) => {
        const counter = (counters.get(path) ?? 0) + 1;
        counters.set(path, counter);
        return fileVersion(path, counter);
      });
      for (const { id, record } of versions) latest.set(record.path, id);
      await show(index, versions);
    };
    const taken = new Map<string, string>();
    let at = 0;
    for (let step = 0; step < 200; step += 1) {
      if (step < 60) await change();
      const { rows, reached } = await index.rowsAfter(at, 5);
      for (const { path, version } of rows) taken.set(path, version.id);
      at = reached?.sequence ?? rows.at(-1)?.sequence ?? at;
    }
    expect(at).toBe(index.position().sequence);
    expect(taken).toEqual(latest);
  });

  test('a row that is superseded while a full page is read does not end the pages early', async () => {
    let between: (() => Promise<unknown>) | undefined;
    const wrap = (store: KeyValueStore): KeyValueStore => ({
      get: (key) => store.get(key),
      getMany: async (keys) => {
        const meanwhile = between;
        between = undefined;
        await meanwhile?.();
        return store.getMany(keys);
      },
      batch: (writes, options) => store.batch(writes, options),
      iterate: (range) => store.iterate(range),
      iteratePages: (range) => store.iteratePages(range),
      close: () => store.close(),
    });
    const index = await openIndex({ wrap });
    const paths = Array.from({ length: 8 }, (_, at) => `f${at}`);
    for (const path of paths) await show(index, [fileVersion(path, 1)]);
    between = () => show(index, [fileVersion('f1', 2)]);
    const { rows, ended } = await allPages(index, 3);
    expect([...new Set(rows.map((row) => row.path))].sort()).toEqual(paths);
    expect(ended).toEqual(index.position());
  });
});

describe('a batch that failed', () => {
  /** Fails the next batch: before it is applied, or after, when nobody can tell. */
  function failingStore(store: KeyValueStore) {
    let next: 'before' | 'after' | undefined;
    const wrapped: KeyValueStore = {
      get: (key) => store.get(key),
      getMany: (keys) => store.getMany(keys),
      iterate: (range) => store.iterate(range),
      iteratePages: (range) => store.iteratePages(range),
      close: () => store.close(),
      async batch(writes, options) {
        const when = next;
        next = undefined;
        if (when !== 'before') await store.batch(writes, options);
        if (when !== undefined) throw new Error('the disk is full');
      },
    };
    return {
      wrapped,
      fail(when: 'before' | 'after') {
        next = when;
      },
    };
  }

  test.each([
    ['before', ['a', 'c']],
    ['after', ['a', 'b', 'c']],
  ] as const)(
    '%s it was applied leaves an index whose numbers fit its rows',
    async (when, shown) => {
      const database = new MemoryDatabase();
      let fail: (when: 'before' | 'after') => void = () => undefined;
      const index = await openIndex({
        database,
        wrap: (store) => {
          const failing = failingStore(store);
          fail = failing.fail;
          return failing.wrapped;
        },
      });
      await show(index, [fileVersion('a', 1)]);
      fail(when);
      await expect(show(index, [fileVersion('b', 1)])).rejects.toThrow('full');
      await show(index, [fileVersion('c', 1)]);
      for (const one of [index, await openIndex({ database })]) {
        const { rows } = await allPages(one, 10);
        expect(rows.map((row) => row.path)).toEqual(shown);
        expect(rows.map((row) => row.sequence)).toEqual(shown.map((_, at) => at + 1));
        expect(one.position()).toMatchObject({
          sequence: shown.length,
          hash: rolled(rows.map((row) => row.version.id)),
        });
        expect(one.counts.files).toBe(shown.length);
      }
    },
  );
});
