import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreId } from '@holdfast/model';
import { AppError, type KeyValueStore } from '@holdfast/platform';
import { systemClock } from '@holdfast/platform-node';
import { MemoryDatabase, MemoryKeyValueStore } from '@holdfast/simulation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStoreCache, overStoreCache, type StoreCache } from '../src/store-cache.js';

let directory: string;
let cache: string;
let stores: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-cache-'));
  cache = join(directory, 'cache');
  stores = join(cache, 'stores');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const identity = { storeId: '55'.repeat(8) as StoreId, generation: 1 };
const ownName = `${identity.storeId}-1`;

/** As LevelDB does, it makes the directory that it is to lie in. */
async function openMemory(path: string): Promise<KeyValueStore> {
  mkdirSync(path, { recursive: true });
  return new MemoryKeyValueStore(new MemoryDatabase());
}

function initOf(open = openMemory) {
  return { cache, identity, clock: systemClock, open };
}

/** A directory with something in it, which was used so many days after the epoch. */
function place(parent: string, name: string, day: number): string {
  const path = join(parent, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'content'), 'x');
  utimesSync(path, day * 86_400, day * 86_400);
  return name;
}

describe('what is dropped of a cache', () => {
  test('is the index that was not used for the longest time', async () => {
    const others = [1, 2, 3, 4].map((day) => place(stores, `${'0'.repeat(15)}${day}-1`, day));
    await (await openStoreCache(initOf())).close();
    expect(readdirSync(stores).sort()).toEqual([...others.slice(1), ownName]);
  });

  test('is never the place that is being opened, whatever the clock said before', async () => {
    for (const day of [1, 2, 3, 4]) place(stores, `${'0'.repeat(15)}${day}-1`, 50_000 + day);
    let wasThere = false;
    const open = async (path: string) => {
      wasThere = existsSync(join(stores, ownName));
      return openMemory(path);
    };
    await (await openStoreCache(initOf(open))).close();
    expect(wasThere).toBe(true);
  });

  test('is nothing that has another name, or that a symlink leads to', async () => {
    const elsewhere = join(directory, 'elsewhere');
    const names = [1, 2, 3, 4, 5, 6].map((day) => place(stores, `photos-${day}`, day));
    place(elsewhere, 'photos', 1);
    const link = `${'0'.repeat(16)}-1`;
    symlinkSync(elsewhere, join(stores, link));
    const file = `${'1'.repeat(16)}-1`;
    writeFileSync(join(stores, file), 'x');
    for (const day of [1, 2, 3]) place(stores, `${'a'.repeat(15)}${day}-1`, 20_000 + day);
    await (await openStoreCache(initOf())).close();
    expect(readdirSync(stores)).toEqual(expect.arrayContaining([...names, link, file, ownName]));
    expect(readdirSync(elsewhere)).toEqual(['photos']);
  });
});

test('a cache that is a symlink is left alone, and the index is a temporary one', async () => {
  const photos = join(directory, 'photos');
  for (const day of [1, 2, 3, 4, 5, 6]) place(photos, `${'0'.repeat(15)}${day}-1`, day);
  mkdirSync(cache);
  symlinkSync(photos, stores);
  const before = readdirSync(photos);
  let at = '';
  const open = (path: string) => {
    at = path;
    return openMemory(path);
  };
  const opened = await openStoreCache(initOf(open));
  expect(opened.isKept).toBe(false);
  await opened.close();
  expect(existsSync(at)).toBe(false);
  expect(readdirSync(photos)).toEqual(before);
});

describe('an answer over the kept index', () => {
  /** Fails with these codes, one after the other, and then answers whether its index was a kept one. */
  function failing(...codes: readonly string[]) {
    const left = [...codes];
    const seen: boolean[] = [];
    const use = async (opened: StoreCache) => {
      seen.push(opened.isKept);
      await opened.close();
      const code = left.shift();
      if (code !== undefined) throw new AppError(code, 'It went wrong.');
      return opened.isKept;
    };
    return { use, seen };
  }

  test('comes from a temporary one where the kept one cannot be written', async () => {
    const { use } = failing('store_unwritable');
    expect(await overStoreCache(initOf(), use)).toBe(false);
    // What was written of it takes no room.
    expect(readdirSync(stores)).toEqual([]);
  });

  test('comes from another kept one where it is damaged, and from a temporary one after that', async () => {
    const once = failing('store_damaged');
    expect(await overStoreCache(initOf(), once.use)).toBe(true);
    expect(readdirSync(stores)).toEqual([ownName]);
    const twice = failing('store_damaged', 'store_damaged');
    expect(await overStoreCache(initOf(), twice.use)).toBe(false);
    expect(twice.seen).toEqual([true, true, false]);
  });

  test('is not asked for again where the trouble is not of the index', async () => {
    const other = failing('history_damaged');
    await expect(overStoreCache(initOf(), other.use)).rejects.toMatchObject({
      code: 'history_damaged',
    });
    const { use, seen } = failing('store_unwritable', 'store_unwritable', 'store_unwritable');
    await expect(overStoreCache(initOf(), use)).rejects.toMatchObject({ code: 'store_unwritable' });
    expect(seen).toEqual([true, false]);
  });

  test('leaves alone the one that another process has open', async () => {
    place(stores, ownName, 1);
    const { use } = failing('store_unwritable');
    const open = async (path: string) => {
      if (path.startsWith(stores)) throw new AppError('store_locked', 'It is open elsewhere.');
      return openMemory(path);
    };
    await expect(overStoreCache(initOf(open), use)).rejects.toMatchObject({
      code: 'store_unwritable',
    });
    expect(readdirSync(join(stores, ownName))).toEqual(['content']);
  });
});
