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
  const path = item.copyPaths.find(
    (one) => parents.check(one).type === 'ok' && comesBack(fileSystem, held, joinPath(root, one)),
  );
  if (path === undefined) return { type: 'failed', code: 'no-free-name' };
  fileSystem.syncFileSystem(root);
  fileSystem.syncDirectory(parentPath(joinPath(root, path)));
  fileSystem.unlink(held);
  return { type: 'copied', path };
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

/** Gives it the name too, unless that is taken by something else at that very moment. */
function comesBack(fileSystem: FileSystem, held: FilePath, path: FilePath): boolean {
  const there = statIfPresent(fileSystem, path);
  if (there !== undefined) {
    const aside = fileSystem.stat(held);
    return there.inode === aside.inode && there.deviceNumber === aside.deviceNumber;
  }
  try {
    linkOrCopy(fileSystem, held, path);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
