/**
 * Where the index of a store that is only read is kept from one question to the next: in the user's
 * cache, by the store's id and generation. Owns those directories, and touches nothing else there. It
 * is worth only the time that it saves: whatever is wrong with it, another one is made, and where the
 * cache cannot be had, in a temporary directory. Invariant: nothing is written in or beside a store.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AppError, type Clock, fileErrorCode, type KeyValueStore } from '@holdfast/platform';
import type { StoreIdentity } from '@holdfast/version-archive';

/** The indices of so many stores are kept, those that were used last. */
const maxKept = 4;
/** A store's id and generation. */
const placeName = /^[0-9a-f]{16}-\d+$/;

export interface StoreCache {
  readonly keyValueStore: KeyValueStore;
  /** False: it is a temporary one. */
  readonly isKept: boolean;
  /** Closes it; a temporary one is removed. Idempotent. */
  close(): Promise<void>;
}

export interface StoreCacheInit {
  /** Absolute native path; undefined: nothing is kept. */
  readonly cache: string | undefined;
  readonly identity: Pick<StoreIdentity, 'storeId' | 'generation'>;
  readonly clock: Clock;
  /** Throws as `openLevelStore` does. */
  readonly open: (path: string) => Promise<KeyValueStore>;
}

/**
 * What `use` makes over the index, which it closes where it fails. Over a kept one that turns out to be
 * damaged it is called again with an empty one; where that cannot be written, with a temporary one.
 */
export async function overStoreCache<Result>(
  init: StoreCacheInit,
  use: (cache: StoreCache) => Promise<Result>,
): Promise<Result> {
  for (let wasDamaged = false; ; ) {
    const cache = await openStoreCache(init);
    try {
      return await use(cache);
    } catch (error) {
      const code = error instanceof AppError ? error.code : undefined;
      const isOfTheCache = code === 'store_damaged' || code === 'store_unwritable';
      if (!cache.isKept || !isOfTheCache) throw error;
      forgetKept(init);
      if (code === 'store_unwritable' || wasDamaged) break;
      wasDamaged = true;
    }
  }
  return use(await openTemporary(init));
}

export async function openStoreCache(init: StoreCacheInit): Promise<StoreCache> {
  const place = placeIn(init);
  const kept = place === undefined ? undefined : await openKept(place, init);
  if (kept === undefined) return openTemporary(init);
  return { keyValueStore: kept, isKept: true, close: () => kept.close() };
}

async function openTemporary(init: StoreCacheInit): Promise<StoreCache> {
  const temporary = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  const remove = () => rmSync(temporary, { recursive: true, force: true });
  try {
    const keyValueStore = await init.open(join(temporary, 'index'));
    const close = async () => {
      await keyValueStore.close();
      remove();
    };
    return { keyValueStore, isKept: false, close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Undefined where the cache cannot be had: another process uses it, or the disk refuses. */
async function openKept(place: string, init: StoreCacheInit): Promise<KeyValueStore | undefined> {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    if (!isDirectory(place)) return undefined;
    const nowSeconds = init.clock.now() / 1000;
    utimesSync(place, nowSeconds, nowSeconds);
    dropOldest(place);
    return await openOrBegin(place, init);
  } catch (error) {
    if (!(error instanceof AppError) && fileErrorCode(error) === undefined) throw error;
    return undefined;
  }
}

async function openOrBegin(place: string, init: StoreCacheInit): Promise<KeyValueStore> {
  try {
    return await init.open(join(place, 'index'));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'store_damaged') throw error;
    rmSync(place, { recursive: true, force: true });
    return init.open(join(place, 'index'));
  }
}

/** The next opening begins with nothing, as far as the disk lets it be removed. */
function forgetKept(init: StoreCacheInit): void {
  const place = placeIn(init);
  if (place === undefined) return;
  try {
    rmSync(place, { recursive: true, force: true });
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
  }
}

/** Removes what was used long ago, of what is a cache by its name and is none of anybody else. */
function dropOldest(place: string): void {
  const stores = dirname(place);
  const usedAt = (name: string) => lstatSync(join(stores, name)).mtimeMs;
  const others = readdirSync(stores)
    .filter((name) => placeName.test(name) && name !== basename(place))
    .filter((name) => isDirectory(join(stores, name)))
    .map((name) => [name, usedAt(name)] as const);
  const oldest = others.sort(([, one], [, other]) => other - one).slice(maxKept - 1);
  for (const [name] of oldest) rmSync(join(stores, name), { recursive: true, force: true });
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Undefined where nothing is kept, or where a symlink leads to a directory that is another's. */
function placeIn({ cache, identity }: StoreCacheInit): string | undefined {
  if (cache === undefined) return undefined;
  const stores = join(cache, 'stores');
  try {
    if (lstatSync(stores, { throwIfNoEntry: false })?.isSymbolicLink()) return undefined;
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return undefined;
  }
  return join(stores, `${identity.storeId}-${identity.generation}`);
}
