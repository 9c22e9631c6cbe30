/**
 * Letting go of set-aside content, for worker threads. Invariant: a name is removed only where its
 * bytes were just read and are the version's, or where they have a place in the folder again.
 */
import { heldDirectory, ParentChecker, readFilesJob } from '@holdfast/folder-scanner';
import {
  type BlockListRoot,
  type FolderPath,
  ownDirectoryName,
  sameBlocks,
  type VersionId,
} from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FilePath,
  type FileStat,
  type FileSystem,
  fileErrorCode,
  joinPath,
  parentPath,
  statIfPresent,
} from '@holdfast/platform';
import { linkOrCopy } from './link-or-copy.js';

export interface HeldItem {
  readonly id: VersionId;
  readonly sizeBytes: number;
  readonly mtimeNs: bigint;
  /** What it has to hold; undefined where only size and time are asked about. */
  readonly blocks: BlockListRoot | undefined;
  /** The change time at which its bytes were found to be the version's. */
  readonly readAtNs?: bigint | undefined;
  /** Whether it may go; if not, only what somebody wrote into it comes back. */
  readonly covered: boolean;
  /** Where it goes if somebody wrote into it; the first free one. */
  readonly copyPaths: readonly FolderPath[];
}

export interface LetGoInput {
  readonly root: FilePath;
  readonly items: readonly HeldItem[];
}

export type LetGoResult =
  | { readonly type: 'gone' }
  /** Somebody wrote into it: it is a file of the folder again. */
  | { readonly type: 'copied'; readonly path: FolderPath }
  /** `readAtNs`: its bytes were found to be the version's at this change time. */
  | { readonly type: 'kept'; readonly readAtNs?: bigint }
  | { readonly type: 'failed'; readonly code: string };

/** It changed while it was read: a later look can tell. */
export const unstableCode = 'unstable';

/** Removes set-aside content, or brings back what changed; one answer for each item. */
export const letGoJob: BulkJob<LetGoInput, LetGoResult[]> = {
  name: 'sync-let-go',
  perform({ root, items }, tools) {
    const parents = new ParentChecker(tools.fileSystem, root);
    return items.map((item): LetGoResult => {
      try {
        return letGo(item, root, parents, tools);
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        return { type: 'failed', code };
      }
    });
  },
};

function letGo(
  item: HeldItem,
  root: FilePath,
  parents: ParentChecker,
  tools: BulkTools,
): LetGoResult {
  const { fileSystem } = tools;
  const held = joinPath(heldDirectory(root), item.id);
  const stat = statIfPresent(fileSystem, held);
  if (stat === undefined) return { type: 'gone' };
  const state = stateOf(item, stat, root, tools);
  if (typeof state !== 'string') return state;
  if (state === 'version') {
    if (!item.covered) return keptAt(item, stat);
    fileSystem.unlink(held);
    return { type: 'gone' };
  }
  const path = item.copyPaths.find((one) => {
    if (parents.check(one).type !== 'ok') return false;
    return cameBack(fileSystem, root, { held, path: joinPath(root, one) });
  });
  if (path === undefined) return { type: 'failed', code: 'no-free-name' };
  fileSystem.unlink(held);
  return { type: 'copied', path };
}

interface Names {
  readonly held: FilePath;
  readonly path: FilePath;
}

/** Whether it has a durable place in the folder, of which its user made nothing else meanwhile. */
function cameBack(fileSystem: FileSystem, root: FilePath, names: Names): boolean {
  const made = comeBack(fileSystem, names);
  if (made === undefined) return false;
  fileSystem.syncFileSystem(root);
  fileSystem.syncDirectory(parentPath(names.path));
  const shown = statIfPresent(fileSystem, names.path);
  if (shown === undefined) return false;
  if (made === 'linked') return isSameFile(shown, fileSystem.stat(names.held));
  return isUntouched(shown, made);
}

function keptAt({ blocks }: HeldItem, { ctimeNs }: FileStat): LetGoResult {
  return blocks === undefined ? { type: 'kept' } : { type: 'kept', readAtNs: ctimeNs };
}

/** Whether it is the version still; an answer of its own where that cannot be told now. */
function stateOf(
  { id, sizeBytes, mtimeNs, blocks, readAtNs }: HeldItem,
  stat: FileStat,
  root: FilePath,
  tools: BulkTools,
): 'version' | 'changed' | LetGoResult {
  if (stat.sizeBytes !== sizeBytes || stat.mtimeNs !== mtimeNs) return 'changed';
  if (blocks === undefined || stat.ctimeNs === readAtNs) return 'version';
  const paths = [`${ownDirectoryName}/held/${id}` as FolderPath];
  const [answer] = readFilesJob.perform({ root, paths }, tools);
  if (answer?.type === 'file') return sameBlocks(blocks, answer.blocks) ? 'version' : 'changed';
  return { type: 'failed', code: answer?.type === 'failed' ? answer.code : unstableCode };
}

/**
 * Gives it the name too, or makes a copy, whose state is returned. Undefined where the name is taken
 * by something else at that very moment.
 */
function comeBack(fileSystem: FileSystem, { held, path }: Names): 'linked' | FileStat | undefined {
  const there = statIfPresent(fileSystem, path);
  if (there !== undefined) return isSameFile(there, fileSystem.stat(held)) ? 'linked' : undefined;
  try {
    const made = linkOrCopy(fileSystem, held, path);
    return made === 'linked' ? made : statIfPresent(fileSystem, path);
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Whatever is written under one of these names is under the other, too. */
function isSameFile(one: FileStat, other: FileStat): boolean {
  return one.inode === other.inode && one.deviceNumber === other.deviceNumber;
}

/** On a disk without links it is a copy: only its state tells that nobody wrote into it. */
function isUntouched(shown: FileStat, made: FileStat): boolean {
  const { sizeBytes, mtimeNs, ctimeNs } = made;
  const isAsMade = shown.mtimeNs === mtimeNs && shown.ctimeNs === ctimeNs;
  return isSameFile(shown, made) && shown.sizeBytes === sizeBytes && isAsMade;
}
