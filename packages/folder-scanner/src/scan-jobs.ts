/** The file work of a scan, for worker threads: list, stat, and read with chunking and hashing. */
import { buildBlockList } from '@holdfast/block-store';
import type { BlockListRoot, ContentId, FolderPath } from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FilePath,
  type FileStat,
  fileErrorCode,
  joinPath,
} from '@holdfast/platform';
import { readConfined, type UnreadAnswer } from './confined-read.js';
import { ParentChecker } from './confinement.js';
import { isYoung, type ReadChunks, readChunks } from './read-chunks.js';

export interface ListedEntry {
  readonly name: string;
  readonly stat: FileStat;
}

export type DirectoryListing =
  | {
      readonly type: 'listed';
      readonly entries: readonly ListedEntry[];
      readonly failed: readonly PathFailure[];
    }
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly code: string };

export interface PathFailure {
  readonly name: string;
  readonly code: string;
}

export interface ListDirectoriesInput {
  readonly root: FilePath;
  readonly directories: readonly (FolderPath | '')[];
}

/** Lists directories with the stat of every entry; one answer for each, in order. */
export const listDirectoriesJob: BulkJob<ListDirectoriesInput, DirectoryListing[]> = {
  name: 'scan-list-directories',
  perform({ root, directories }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return directories.map((directory) => listConfined(parents, root, directory, fileSystem));
  },
};

/** One directory with the stat of every entry, by name, if no symlink leads to it. */
export function listConfined(
  parents: ParentChecker,
  root: FilePath,
  directory: FolderPath | '',
  fileSystem: BulkTools['fileSystem'],
): DirectoryListing {
  if (directory !== '') {
    const check = parents.check(`${directory}/.` as FolderPath);
    if (check.type === 'absent' || check.type === 'not-directory') return { type: 'absent' };
    if (check.type === 'failed') return { type: 'failed', code: check.code };
  }
  return listOne(joinPath(root, directory), fileSystem);
}

function listOne(path: FilePath, fileSystem: BulkTools['fileSystem']): DirectoryListing {
  const entries: ListedEntry[] = [];
  const failed: PathFailure[] = [];
  try {
    for (const { name } of fileSystem.list(path)) {
      const stat = statOne(joinPath(path, name), fileSystem);
      if (stat.type === 'found') entries.push({ name, stat: stat.stat });
      else if (stat.type === 'failed') failed.push({ name, code: stat.code });
    }
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' ? { type: 'absent' } : { type: 'failed', code };
  }
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { type: 'listed', entries, failed };
}

export type StatAnswer =
  | { readonly type: 'found'; readonly stat: FileStat }
  | { readonly type: 'absent' }
  | { readonly type: 'failed'; readonly code: string };

function statOne(path: FilePath, fileSystem: BulkTools['fileSystem']): StatAnswer {
  try {
    return { type: 'found', stat: fileSystem.stat(path) };
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { type: 'absent' } : { type: 'failed', code };
  }
}

export interface StatPathsInput {
  readonly root: FilePath;
  readonly paths: readonly FolderPath[];
}

/** Stats single paths, never through a symlink; one answer for each, in order. */
export const statPathsJob: BulkJob<StatPathsInput, StatAnswer[]> = {
  name: 'scan-stat-paths',
  perform({ root, paths }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return paths.map((path) => {
      const check = parents.check(path);
      if (check.type === 'failed') return { type: 'failed', code: check.code };
      if (check.type !== 'ok') return { type: 'absent' };
      return exactly(path, statOne(joinPath(root, path), fileSystem), parents);
    });
  },
};

/** What a disk that folds names shows under another name is not there. */
function exactly(path: FolderPath, answer: StatAnswer, { names }: ParentChecker): StatAnswer {
  if (answer.type !== 'found') return answer;
  try {
    return names.has(path) ? answer : { type: 'absent' };
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return { type: 'failed', code };
  }
}

export interface ListBlock {
  readonly contentId: ContentId;
  readonly bytes: Uint8Array;
}

export type ReadAnswer =
  | {
      readonly type: 'file';
      readonly stat: FileStat;
      readonly blocks: BlockListRoot;
      readonly listBlocks: readonly ListBlock[];
      /** Read so soon after its last change that its times cannot be believed yet. */
      readonly racy: boolean;
    }
  | { readonly type: 'symlink'; readonly stat: FileStat; readonly target: string }
  /** It changed while it was read: nothing is known of its content. */
  | { readonly type: 'unstable' }
  /** Large, and changed a moment ago: it was not read, since it would have to be read twice. */
  | { readonly type: 'young' }
  | UnreadAnswer;

export interface ReadFilesInput {
  readonly root: FilePath;
  readonly paths: readonly FolderPath[];
}

/**
 * Reads files and symlinks: content chunked and hashed, with the stat of the very handle before and
 * after, so that a hash never mixes two versions. One answer for each path, in order.
 */
export const readFilesJob: BulkJob<ReadFilesInput, ReadAnswer[]> = {
  name: 'scan-read-files',
  perform({ root, paths }, tools) {
    const parents = new ParentChecker(tools.fileSystem, root);
    return paths.map((path) => readConfined(parents, root, path, (file) => readOne(file, tools)));
  },
};

function readOne(path: FilePath, tools: BulkTools): ReadAnswer {
  const { fileSystem } = tools;
  const before = fileSystem.stat(path);
  if (before.kind === 'symlink') {
    return { type: 'symlink', stat: before, target: fileSystem.readSymlink(path) };
  }
  if (before.kind !== 'file') return { type: 'absent' };
  if (isYoung(before, tools.now())) return { type: 'young' };
  const { sizeBytes } = before;
  const answer = readChunks(path, before, { from: 0, until: sizeBytes, sizeBytes }, tools);
  return answer.type === 'chunks' ? fileAnswer(answer, tools) : answer;
}

/** What is known of a file once all of its chunks are. */
export function fileAnswer(chunks: ReadChunks, { hasher }: Pick<BulkTools, 'hasher'>): ReadAnswer {
  const list = buildBlockList(chunks.blocks, (bytes) => hasher.blake3(bytes));
  const listBlocks = list.listBlocks.map(({ contentId, bytes }) => ({ contentId, bytes }));
  return { type: 'file', stat: chunks.stat, blocks: list.root, listBlocks, racy: chunks.racy };
}
