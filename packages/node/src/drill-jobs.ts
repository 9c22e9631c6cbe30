/**
 * Comparing what was brought back with what lies in the folder, byte for byte, and clearing away what
 * was brought back; for worker threads. Changes nothing in the folder.
 */
import type { DiskState } from '@holdfast/folder-index';
import { ParentChecker } from '@holdfast/folder-scanner';
import type { FolderPath } from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  type FileStat,
  fileErrorCode,
  joinPath,
  readFully,
  statIfPresent,
} from '@holdfast/platform';

/** `changed`: somebody wrote into the live file; it is not what was restored, and need not be. */
export type ComparedFile = 'same' | 'different' | 'changed' | 'unreadable';

export interface CompareFilesInput {
  /** Where the restored files are. */
  readonly restored: FilePath;
  readonly live: FilePath;
  /** The live file as it was when the version was read or written there. */
  readonly files: readonly { readonly path: FolderPath; readonly disk: DiskState }[];
}

const chunkBytes = 1024 * 1024;

export const compareFilesJob: BulkJob<CompareFilesInput, ComparedFile[]> = {
  name: 'drill-compare',
  perform({ restored, live, files }, tools) {
    const parents = new ParentChecker(tools.fileSystem, live);
    const buffers = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)] as const;
    return files.map(({ path, disk }) => {
      if (parents.check(path).type !== 'ok') return 'changed';
      try {
        const pair = [joinPath(restored, path), joinPath(live, path)] as const;
        return withBoth(tools, pair, (handles) => compared(tools, handles, buffers, disk));
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        return code === 'ENOENT' ? 'changed' : 'unreadable';
      }
    });
  },
};

type Pair<Value> = readonly [restored: Value, live: Value];

function withBoth<Result>(
  { fileSystem }: BulkTools,
  [restored, live]: Pair<FilePath>,
  use: (handles: Pair<FileHandle>) => Result,
): Result {
  const liveHandle = fileSystem.open(live, 'read');
  try {
    const restoredHandle = fileSystem.open(restored, 'read');
    try {
      return use([restoredHandle, liveHandle]);
    } finally {
      fileSystem.close(restoredHandle);
    }
  } finally {
    fileSystem.close(liveHandle);
  }
}

/** Different only where the live file is, before and after, the one that the version was made of. */
function compared(
  { fileSystem }: BulkTools,
  [restored, live]: Pair<FileHandle>,
  buffers: Pair<Buffer>,
  disk: DiskState,
): ComparedFile {
  if (!isAsRead(fileSystem.handleStat(live), disk)) return 'changed';
  let isSame = true;
  for (let at = 0; isSame; at += chunkBytes) {
    const count = readFully(fileSystem, restored, buffers[0], at);
    const liveCount = readFully(fileSystem, live, buffers[1], at);
    isSame = count === liveCount && buffers[0].compare(buffers[1], 0, count, 0, count) === 0;
    if (count < chunkBytes) break;
  }
  if (!isAsRead(fileSystem.handleStat(live), disk)) return 'changed';
  return isSame ? 'same' : 'different';
}

function isAsRead(stat: FileStat, disk: DiskState): boolean {
  return stat.sizeBytes === disk.sizeBytes && stat.mtimeNs === disk.mtimeNs;
}

/** Removes a directory of the node's own, with all that is in it. */
export const clearScratchJob: BulkJob<{ readonly directory: FilePath }, void> = {
  name: 'drill-clear',
  perform({ directory }, tools) {
    if (statIfPresent(tools.fileSystem, directory)?.kind !== 'directory') return;
    const above: FilePath[] = [directory];
    const all: FilePath[] = [];
    for (let next = above.pop(); next !== undefined; next = above.pop()) {
      all.push(next);
      for (const { name, kind } of tools.fileSystem.list(next)) {
        const path = joinPath(next, name);
        if (kind === 'directory') above.push(path);
        else tools.fileSystem.unlink(path);
      }
    }
    for (const path of all.reverse()) tools.fileSystem.removeDirectory(path);
  },
};
