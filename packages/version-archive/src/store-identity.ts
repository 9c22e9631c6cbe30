/**
 * Who a store is: its id and generation, in the file `store.json` and again in the log's first
 * entry. Owns that file. Invariant: it is never written over data that belongs to another identity,
 * and what is not understood is left untouched.
 */
import { hexFrom, isEightByteId, type StoreId } from '@holdfast/model';
import {
  AppError,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  fileTrouble,
  joinPath,
  type RandomSource,
  readWholeFileIfPresent,
  textOf,
  writeFileDurably,
} from '@holdfast/platform';
import { formatUnknown, type GenesisEntry } from './log-entry.js';

const storeFormatMajor = 1;
/** Required features that this program knows, as bits; none yet. */
const knownFeatures = 0;
const identityFileName = 'store.json';
const maxIdentityBytes = 4096;

export interface StoreIdentity {
  readonly storeId: StoreId;
  readonly generation: number;
  readonly formatMajor: number;
  readonly requiredFeatures: number;
  /** False until the first log entry is durable in both copies. */
  readonly complete: boolean;
}

/**
 * The identity of the store in `directory`; a new one, durable and not yet complete, where the
 * directory is missing or empty and no store is expected there. Throws `store_away`,
 * `store_format_unknown` or `store_identity_mismatch`.
 */
export function openStoreIdentity(
  fileSystem: FileSystem,
  directory: FilePath,
  random: RandomSource,
  expected?: StoreId,
): StoreIdentity {
  const path = joinPath(directory, identityFileName);
  const bytes = readWholeFileIfPresent(fileSystem, path, maxIdentityBytes);
  if (bytes !== undefined) {
    const found = decodeIdentity(bytes);
    if (expected === undefined || found.storeId === expected) return found;
    throw identityMismatch(`store ${found.storeId} lies where ${expected} was`);
  }
  // What is under a mount point when its disk is away must not be taken for an empty store.
  if (expected !== undefined) throw storeAway(directory, expected);
  ensureDirectory(fileSystem, directory, 0o700);
  requireEmpty(fileSystem, directory);
  const identity: StoreIdentity = {
    storeId: hexFrom(random.bytes(8)) as StoreId,
    generation: 1,
    formatMajor: storeFormatMajor,
    requiredFeatures: knownFeatures,
    complete: false,
  };
  writeIdentity(fileSystem, directory, identity);
  return identity;
}

/** The identity of a store that is there. Throws `store_missing`, and as `openStoreIdentity`. */
export function readStoreIdentity(fileSystem: FileSystem, directory: FilePath): StoreIdentity {
  const path = joinPath(directory, identityFileName);
  try {
    const bytes = readWholeFileIfPresent(fileSystem, path, maxIdentityBytes);
    if (bytes !== undefined) return decodeIdentity(bytes);
  } catch (cause) {
    if (fileErrorCode(cause) === undefined) throw cause;
    throw new AppError('store_missing', `${textOf(path)} cannot be read: ${fileTrouble(cause)}.`, {
      hint: 'Nothing was changed. Run the command as somebody who may read the store.',
      cause,
    });
  }
  throw new AppError('store_missing', `${textOf(directory)} holds no archive's store.`, {
    hint: `A store is a directory with ${identityFileName}, log-a, log-b and blocks in it; in a node's home it is called store.`,
  });
}

/** Durable when it returns. */
export function writeIdentity(
  fileSystem: FileSystem,
  directory: FilePath,
  identity: StoreIdentity,
): void {
  const bytes = Buffer.from(`${JSON.stringify({ holdfast: 'store', ...identity }, null, 2)}\n`);
  writeFileDurably(fileSystem, joinPath(directory, identityFileName), bytes);
}

/** Throws `store_identity_mismatch` where the log's first entry names another store. */
export function requireSameIdentity(identity: StoreIdentity, genesis: GenesisEntry): void {
  requireKnown(genesis);
  const agrees =
    identity.storeId === genesis.storeId &&
    identity.generation === genesis.generation &&
    identity.formatMajor === genesis.formatMajor &&
    identity.requiredFeatures === genesis.requiredFeatures;
  if (!agrees) {
    const ids = `${identity.storeId}/${identity.generation}, ${genesis.storeId}/${genesis.generation}`;
    throw identityMismatch(`its identity file and its history log name different stores (${ids})`);
  }
}

function requireEmpty(fileSystem: FileSystem, directory: FilePath): void {
  const unfinished = `.${identityFileName}.new`;
  const others = fileSystem.list(directory).filter((entry) => entry.name !== unfinished);
  if (others.length > 0) throw identityMismatch(`it holds files but no ${identityFileName}`);
}

function decodeIdentity(bytes: Uint8Array): StoreIdentity {
  const value = parsed(bytes);
  requireKnown(value);
  const { storeId, generation, formatMajor, requiredFeatures, complete } = value;
  const valid =
    typeof storeId === 'string' &&
    isEightByteId(storeId) &&
    Number.isSafeInteger(generation) &&
    generation >= 1;
  if (!valid) throw identityMismatch(`its ${identityFileName} is not readable`);
  return { storeId, generation, formatMajor, requiredFeatures, complete: complete === true };
}

function parsed(bytes: Uint8Array): StoreIdentity {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as StoreIdentity;
  } catch (error) {
    throw identityMismatch(`its ${identityFileName} is not readable`, error);
  }
  throw identityMismatch(`its ${identityFileName} is not readable`);
}

function requireKnown(identity: { formatMajor: number; requiredFeatures: number }): void {
  const { formatMajor, requiredFeatures } = identity;
  if (!Number.isSafeInteger(formatMajor) || !Number.isSafeInteger(requiredFeatures)) {
    throw identityMismatch(`its ${identityFileName} is not readable`);
  }
  if (formatMajor !== storeFormatMajor) throw formatUnknown(`format ${formatMajor}`);
  const unknown = requiredFeatures & ~knownFeatures;
  if (unknown !== 0) throw formatUnknown(`required features 0x${(unknown >>> 0).toString(16)}`);
}

function storeAway(directory: FilePath, expected: StoreId): AppError {
  const place = textOf(directory);
  return new AppError(
    'store_away',
    `The store with the history is not in ${place} (${expected}).`,
    {
      hint: 'Nothing was written there. Connect its disk, and it goes on by itself. If the store is lost for good, remove the folders that it kept and accept them again: that begins a new one.',
      kind: 'retry',
    },
  );
}

export function identityMismatch(what: string, cause?: unknown): AppError {
  return new AppError('store_identity_mismatch', `The store cannot be opened: ${what}.`, {
    hint: 'Nothing was changed. Check that the right disk and directory are in place.',
    cause,
  });
}
