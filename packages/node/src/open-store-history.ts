/**
 * The history in an archive's store, read without a node: on a copy, on a disk that cannot be written,
 * on any machine. Its index is its own, made from the segments, and kept for the next question.
 * Invariant: nothing in the store, or beside it, is written.
 */
import type { Hash } from '@holdfast/model';
import { bytesOf, filePathFrom, parentPath, silentLogger } from '@holdfast/platform';
import {
  createBlake3,
  cryptoRandom,
  NodeFileSystem,
  openLevelStore,
  systemClock,
  WorkerPool,
} from '@holdfast/platform-node';
import { readStoreIdentity, VersionArchive } from '@holdfast/version-archive';
import type { HistoryControl } from './history-control.js';
import { overStoreCache, type StoreCache } from './store-cache.js';
import { storeHistory } from './store-history.js';
import { holderOf, storeNames } from './store-neighbours.js';

export interface StoreHistory extends HistoryControl {
  /** A node that seems to run on the store: its process; undefined where none does. */
  readonly heldBy: number | undefined;
  /** Removes what was made for the answers; idempotent. */
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  /** Absolute native path. */
  readonly store: string;
  /** Where this user's programs keep what can be made again; undefined: nothing is kept. */
  readonly cache?: string | undefined;
  /** Whether a process with this id lives. */
  readonly processLives: (pid: number) => boolean;
}

/** Codes: `store_missing`, `store_format_unknown`, `store_identity_mismatch`, `history_damaged`. */
export async function openStoreHistory(options: OpenStoreOptions): Promise<StoreHistory> {
  const identity = readStoreIdentity(new NodeFileSystem(), filePathFrom(options.store));
  const init = { cache: options.cache, identity, clock: systemClock, open: openLevelStore };
  return overStoreCache(init, (cache) => openOver(cache, options));
}

async function openOver(cache: StoreCache, options: OpenStoreOptions): Promise<StoreHistory> {
  const fileSystem = new NodeFileSystem();
  const directory = filePathFrom(options.store);
  const runner = new WorkerPool({ workerUrl: new URL('./bulk-worker.js', import.meta.url) });
  const hasher = createBlake3();
  const hash: Hash = (bytes) => hasher.blake3(bytes);
  let archive: VersionArchive | undefined;
  const close = async () => {
    await archive?.close();
    await runner.stop();
    await cache.close();
  };
  try {
    archive = await VersionArchive.open({
      directory,
      keyValueStore: cache.keyValueStore,
      keyPrefix: bytesOf('A'),
      runner,
      fileSystem,
      hash,
      random: cryptoRandom,
      clock: systemClock,
      bootId: cryptoRandom.bytes(16),
      clockSynchronised: () => true,
      logger: silentLogger,
      readOnly: true,
    });
    const home = parentPath(directory);
    const names = storeNames(fileSystem, home);
    const seams = { runner, fileSystem, clock: systemClock, hash, logger: silentLogger };
    const history = await storeHistory(archive, names, seams);
    return { ...history, heldBy: holderOf(fileSystem, home, options.processLives), close };
  } catch (error) {
    await close();
    throw error;
  }
}
