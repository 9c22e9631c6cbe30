/** Filling temporary files from files that have the same content, for worker threads. */
import { ParentChecker } from '@holdfast/folder-scanner';
import {
  type BlockReference,
  type FolderPath,
  hexFrom,
  plainBytesOf,
  type VersionId,
} from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  fileErrorCode,
  joinPath,
  removeIfPresent,
} from '@holdfast/platform';
import { writeSparsely } from './holes.js';
import { temporaryPath } from './place-jobs.js';

export interface CopyTwinsInput {
  readonly root: FilePath;
  readonly items: readonly {
    readonly path: FolderPath;
    readonly versionId: VersionId;
    /** Below the root. */
    readonly source: FolderPath;
    readonly blocks: readonly BlockReference[];
  }[];
}

/**
 * For each item, whether its temporary file has the content now, every block verified. It is not
 * synced: whoever puts it in place does that. Where it cannot be had, no temporary file is left.
 */
export const copyTwinsJob: BulkJob<CopyTwinsInput, boolean[]> = {
  name: 'sync-copy-twins',
  perform({ root, items }, tools) {
    const parents = new ParentChecker(tools.fileSystem, root);
    return items.map(({ path, versionId, source, blocks }) => {
      if (parents.check(path).type !== 'ok' || parents.check(source).type !== 'ok') return false;
      const temporary = temporaryPath(root, path, versionId);
      try {
        removeIfPresent(tools.fileSystem, temporary);
        if (copyBlocks(joinPath(root, source), temporary, blocks, tools)) return true;
        removeIfPresent(tools.fileSystem, temporary);
      } catch (error) {
        if (fileErrorCode(error) === undefined) throw error;
      }
      return false;
    });
  },
};

function copyBlocks(
  from: FilePath,
  to: FilePath,
  blocks: readonly BlockReference[],
  tools: BulkTools,
): boolean {
  const source = tools.fileSystem.open(from, 'read');
  try {
    const target = tools.fileSystem.open(to, 'create', 0o600);
    try {
      return copyEach(source, target, blocks, tools);
    } finally {
      tools.fileSystem.close(target);
    }
  } finally {
    tools.fileSystem.close(source);
  }
}

function copyEach(
  source: FileHandle,
  target: FileHandle,
  blocks: readonly BlockReference[],
  { fileSystem, hasher }: BulkTools,
): boolean {
  const sizeBytes = plainBytesOf(blocks);
  let at = 0;
  for (const { contentId, lengthBytes } of blocks) {
    const bytes = new Uint8Array(lengthBytes);
    if (fileSystem.read(source, bytes, at) !== lengthBytes) return false;
    if (hexFrom(hasher.blake3(bytes)) !== contentId) return false;
    writeSparsely(fileSystem, target, bytes, at, sizeBytes);
    at += lengthBytes;
  }
  return true;
}
