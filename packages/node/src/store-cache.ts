/**
 * Where the index of a store that is only read is kept from one question to the next: in the user's
 * cache, by the store's id and generation. Owns those directories. It is worth only the time that it
 * saves: whatever is wrong with it, another one is made, and where the cache cannot be had, in a
 * temporary directory. Invariant: nothing is written in or beside a store.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AppError, type Clock, fileErrorCode, type KeyValueStore } from '@holdfast/platform';
import type { StoreIdentity } from '@holdfast/version-archive';

/** The indices of so many stores are kept, those that were used last. */
const maxKept = 4;

export interface StoreCache {
  readonly keyValueStore: KeyValueStore;
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

export async function openStoreCache(init: StoreCacheInit): Promise<StoreCache> {
  const place = placeIn(init);
  const kept = place === undefined ? undefined : await openKept(place, init);
  if (kept !== undefined) return { keyValueStore: kept, close: () => kept.close() };
  const temporary = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  const keyValueStore = await init.open(join(temporary, 'index'));
  const close = async () => {
    await keyValueStore.close();
    rmSync(temporary, { recursive: true, force: true });
  };
  return { keyValueStore, close };
}

/** The next opening begins with nothing. */
export function forgetStoreCache(init: StoreCacheInit): void {
  const place = placeIn(init);
  if (place !== undefined) rmSync(place, { recursive: true, force: true });
}

/** Undefined where the cache cannot be had: another process uses it, or the disk refuses. */
async function openKept(place: string, init: StoreCacheInit): Promise<KeyValueStore | undefined> {
  try {
    mkdirSync(place, { recursive: true, mode: 0o700 });
    const nowSeconds = init.clock.now() / 1000;
    utimesSync(place, nowSeconds, nowSeconds);
    dropOldest(dirname(place));
    return await init.open(join(place, 'index'));
  } catch (error) {
    if (!(error instanceof AppError)) {
      if (fileErrorCode(error) === undefined) throw error;
      return undefined;
    }
    if (error.code !== 'store_damaged') return undefined;
    forgetStoreCache(init);
    return init.open(join(place, 'index'));
  }
}

function dropOldest(stores: string): void {
  const usedAt = (name: string) => statSync(join(stores, name)).mtimeMs;
  const names = readdirSync(stores).map((name) => [name, usedAt(name)] as const);
  const oldest = names.sort(([, one], [, other]) => other - one).slice(maxKept);
  for (const [name] of oldest) rmSync(join(stores, name), { recursive: true, force: true });
}

function placeIn({ cache, identity }: StoreCacheInit): string | undefined {
  if (cache === undefined) return undefined;
  return join(cache, 'stores', `${identity.storeId}-${identity.generation}`);
}
