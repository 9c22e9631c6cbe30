/**
 * What lies in a node's home and on the disks that it names, looked at without a node: for a person
 * who asks what is wrong. Invariant: nothing is written, and no fault that is found is thrown.
 */
import { checkRootJob, type FolderMarker } from '@holdfast/folder-scanner';
import type { StoreId } from '@holdfast/model';
import {
  AppError,
  type BulkTools,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  filePathFrom,
  joinPath,
  statIfPresent,
} from '@holdfast/platform';
import {
  createBlake3,
  createZstd,
  fileSystemTypeOf,
  NodeFileSystem,
  systemClock,
} from '@holdfast/platform-node';
import { readStoreIdentity } from '@holdfast/version-archive';
import { readConfig, type StoredConfig, type StoredFolder } from './node-config.js';
import { isHome, openHome, unusable } from './node-home.js';
import { unlessRefused } from './unless-refused.js';

/** Sentences for a person: what is the matter, and what to do. */
export interface HomeFault {
  readonly message: string;
  readonly hint: string;
}

export interface InspectedHome {
  /** Whether a home was made there, wholly or in part. */
  readonly isMade: boolean;
  /** Undefined where there is none, or none that can be understood. */
  readonly config: StoredConfig | undefined;
  /** Why the home cannot be opened; undefined where it can. */
  readonly fault: HomeFault | undefined;
  /** By the folder's id: why its root is not the one that was added. */
  readonly rootFaults: ReadonlyMap<string, string>;
  /** Why the store is not the one with the kept history; undefined where it is, or none is kept. */
  readonly storeFault: HomeFault | undefined;
  /** Whether there are files in `index` that no database begins with. */
  readonly isDatabaseHeadless: boolean;
  /** Names of damaged databases that were moved aside. */
  readonly setAside: readonly string[];
  /** How hashes and compression are computed here, such as `native` or `wasm`. */
  readonly computing: { readonly blake3: string; readonly zstd: string };
}

/** `directory` is absolute. */
export async function inspectHome(directory: string): Promise<InspectedHome> {
  const fileSystem = new NodeFileSystem();
  const [hasher, compressor] = [createBlake3(), createZstd()];
  const tools: BulkTools = { fileSystem, hasher, compressor, now: () => systemClock.now() };
  const home = filePathFrom(directory);
  const found = await openFault(fileSystem, home);
  const config = found.isMade ? configOf(fileSystem, home) : undefined;
  const { names, database } = contentsOf(fileSystem, home);
  return {
    ...found,
    config,
    rootFaults: rootFaults(tools, config?.folders ?? []),
    storeFault: config === undefined ? undefined : storeFault(fileSystem, home, config),
    isDatabaseHeadless: database.length > 0 && !database.includes('CURRENT'),
    setAside: names.filter((name) => name.startsWith('index-damaged-')),
    computing: { blake3: hasher.implementation, zstd: compressor.implementation },
  };
}

/** The type of file system that a path lies on; undefined where nothing tells. */
export function inspectFileSystemType(path: string): Promise<string | undefined> {
  return fileSystemTypeOf(filePathFrom(path));
}

async function openFault(fileSystem: FileSystem, home: FilePath) {
  let isMade = true;
  try {
    if (statIfPresent(fileSystem, home)?.kind === 'file') throw unusable(home, { code: 'ENOTDIR' });
    isMade = isHome(fileSystem, home);
    if (isMade) await openHome(fileSystem, home);
    return { isMade, fault: undefined };
  } catch (error) {
    const { message, hint } = asFault(error, home);
    return { isMade, fault: { message, hint } };
  }
}

/** Bugs of our own are thrown on. */
function asFault(error: unknown, home: FilePath): AppError {
  if (error instanceof AppError) return error;
  if (fileErrorCode(error) === undefined) throw error;
  return unusable(home, error);
}

function configOf(fileSystem: FileSystem, home: FilePath): StoredConfig | undefined {
  return unlessRefused(() => readConfig(fileSystem, home));
}

function contentsOf(fileSystem: FileSystem, home: FilePath) {
  const namesIn = (directory: FilePath): string[] =>
    unlessRefused(() => {
      const isThere = statIfPresent(fileSystem, directory)?.kind === 'directory';
      return isThere ? fileSystem.list(directory).map(({ name }) => name) : [];
    }) ?? [];
  return { names: namesIn(home), database: namesIn(joinPath(home, 'index')) };
}

function rootFaults(
  tools: BulkTools,
  folders: readonly StoredFolder[],
): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  for (const { id, path, markerInstance } of folders) {
    if (path === null || markerInstance === null) continue;
    const marker: FolderMarker = { folder: id as FolderMarker['folder'], instance: markerInstance };
    const input = { root: filePathFrom(path), marker, deviceNumber: undefined };
    const check = checkRootJob.perform(input, tools);
    if (check.type === 'stopped') faults.set(id, check.reason);
  }
  return faults;
}

function storeFault(
  fileSystem: FileSystem,
  home: FilePath,
  config: StoredConfig,
): HomeFault | undefined {
  if (!config.folders.some(({ archive }) => archive)) return undefined;
  const expected = config.storeId as StoreId | undefined;
  try {
    const { storeId } = readStoreIdentity(fileSystem, joinPath(home, 'store'));
    if (expected === undefined || storeId === expected) return undefined;
    return {
      message: `Another store lies in the home (${storeId}) than the one with the history (${expected}).`,
      hint: 'Check that the right disk is mounted.',
    };
  } catch (error) {
    const { message, hint } = asFault(error, home);
    return { message, hint };
  }
}
