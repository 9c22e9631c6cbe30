/**
 * Opening the store in a directory, or creating it. Invariant: the identity file is marked complete
 * only when the log's first entry is durable in both copies; before, an empty log is an unfinished
 * creation, afterwards it is damage.
 */
import { BlockStore, forgetBlockIndex, type SegmentDamage } from '@holdfast/block-store';
import type { Hash, StoreId } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  type FilePath,
  type FileSystem,
  joinPath,
  type KeyValueStore,
  type Logger,
  type RandomSource,
} from '@holdfast/platform';
import { historyDamaged } from './follow-chain.js';
import { HistoryIndex } from './history-index.js';
import { HistoryLog } from './history-log.js';
import { LogIndexer } from './log-indexer.js';
import {
  identityMismatch,
  openStoreIdentity,
  readStoreIdentity,
  requireSameIdentity,
  type StoreIdentity,
  writeIdentity,
} from './store-identity.js';

export interface VersionArchiveInit {
  /** Of the store; created where it is missing. */
  readonly directory: FilePath;
  /** The store that has to be there: none is created then. */
  readonly expected?: StoreId | undefined;
  readonly keyValueStore: KeyValueStore;
  /** Every key that begins with it is the archive's. */
  readonly keyPrefix: Uint8Array;
  readonly runner: BulkRunner;
  readonly fileSystem: FileSystem;
  readonly hash: Hash;
  readonly random: RandomSource;
  readonly clock: Clock;
  /** Sixteen bytes that tell this run of the machine from others. */
  readonly bootId: Uint8Array;
  readonly clockSynchronised: () => boolean;
  readonly logger: Logger;
  /**
   * Nothing below the directory is written, made or sealed, and nothing can be appended: for a store
   * that another node keeps, or nobody. The key-value store has only what this makes of the store.
   */
  readonly readOnly?: boolean;
  /** Told of each block that could not be read back. Of the log there is a second copy. */
  readonly onDamage?: (damage: SegmentDamage) => void;
}

export interface OpenedStore {
  readonly identity: StoreIdentity;
  readonly log: HistoryLog;
  readonly index: HistoryIndex;
  readonly indexer: LogIndexer;
  readonly blocks: BlockStore;
}

export async function openStore(init: VersionArchiveInit): Promise<OpenedStore> {
  const { fileSystem, directory, random, expected, readOnly = false } = init;
  const identity = readOnly
    ? readStoreIdentity(fileSystem, directory)
    : openStoreIdentity(fileSystem, directory, random, expected);
  const { onDamage: _, ...ofLog } = init;
  const log = await asMismatch(HistoryLog.open({ ...ofLog, ...identity }));
  try {
    await beginLog(log, identity, init);
    const index = await openIndex(init, identity);
    const ofBlocks = {
      keyValueStore: init.keyValueStore,
      keyPrefix: Buffer.concat([init.keyPrefix, Buffer.from('b')]),
    };
    // Of a store that is only read, the index may have been made of another one in the same place.
    const forget = () => (readOnly ? forgetBlockIndex(ofBlocks) : Promise.resolve());
    const indexer = new LogIndexer(log, index, init.logger, forget);
    await indexer.settle();
    if (!identity.complete && !readOnly) {
      writeIdentity(init.fileSystem, init.directory, { ...identity, complete: true });
    }
    const blocks = await asMismatch(
      BlockStore.open({
        ...init,
        ...identity,
        ...ofBlocks,
        directory: joinPath(init.directory, 'blocks'),
      }),
    );
    return { identity, log, index, indexer, blocks };
  } catch (error) {
    await log.close();
    throw error;
  }
}

function openIndex(init: VersionArchiveInit, identity: StoreIdentity): Promise<HistoryIndex> {
  const keyPrefix = Buffer.concat([init.keyPrefix, Buffer.from('h')]);
  return HistoryIndex.open({ ...init, keyPrefix, identity });
}

/** Checks the log's first entry against the identity; writes it where the store is new. */
async function beginLog(
  log: HistoryLog,
  identity: StoreIdentity,
  init: VersionArchiveInit,
): Promise<void> {
  const genesis = await log.readGenesis();
  if (genesis !== undefined) {
    requireSameIdentity(identity, genesis);
    return;
  }
  if (identity.complete || init.readOnly === true)
    throw historyDamaged(0, 'its first entry is missing in both copies');
  const { storeId, generation, formatMajor, requiredFeatures } = identity;
  const createdAtMs = Math.max(0, Math.floor(init.clock.now()));
  const common = { storeId, generation, formatMajor, requiredFeatures };
  log.stage([{ kind: 'genesis', ...common, createdAtMs }]);
  await log.settle();
}

async function asMismatch<Result>(opening: Promise<Result>): Promise<Result> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof AppError && error.code === 'store_id_mismatch') {
      throw identityMismatch('segments in it belong to another store', error);
    }
    throw error;
  }
}
