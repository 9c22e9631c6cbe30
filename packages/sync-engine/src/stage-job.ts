/** Filling the temporary file of a large version piece by piece, over several batches. */
import { ParentChecker } from '@holdfast/folder-scanner';
import { type ContentId, type FolderPath, hexFrom, type VersionId } from '@holdfast/model';
import {
  AppError,
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  fileErrorCode,
  joinPath,
  removeIfPresent,
} from '@holdfast/platform';
import { type BlockPiece, writePiece } from './block-piece.js';
import { temporaryPath } from './place-jobs.js';

export interface StageInput {
  readonly root: FilePath;
  readonly path: FolderPath;
  readonly versionId: VersionId;
  /** Begins the temporary file anew. */
  readonly create: boolean;
  readonly buffers: readonly Uint8Array[];
  readonly pieces: readonly BlockPiece[];
  /** Blocks to take from a file that is here: the path of the old version and offsets in it. */
  readonly local: readonly LocalPiece[];
}

export interface LocalPiece {
  readonly contentId: ContentId;
  readonly path: FolderPath;
  readonly sourceOffset: number;
  readonly lengthBytes: number;
  readonly fileOffset: number;
}

/** Fills part of a temporary file; returns the local pieces that were not what they should be. */
export const stageJob: BulkJob<StageInput, LocalPiece[]> = {
  name: 'sync-stage',
  perform(input, tools) {
    const { fileSystem } = tools;
    const parents = new ParentChecker(fileSystem, input.root);
    if (parents.check(input.path).type !== 'ok') throw notThere(input.path);
    const temporary = temporaryPath(input.root, input.path, input.versionId);
    if (input.create) removeIfPresent(fileSystem, temporary);
    const handle = fileSystem.open(temporary, input.create ? 'create' : 'write', 0o600);
    try {
      for (const piece of input.pieces) writePiece(handle, input.buffers, piece, tools);
      return input.local.filter(
        (piece) =>
          parents.check(piece.path).type !== 'ok' ||
          !copyLocalPiece(handle, piece, input.root, tools),
      );
    } finally {
      fileSystem.close(handle);
    }
  },
};

function notThere(path: FolderPath): AppError {
  return new AppError('parent_missing', `The directory of ${path} is not there.`, {
    kind: 'retry',
  });
}

function copyLocalPiece(
  handle: FileHandle,
  piece: LocalPiece,
  root: FilePath,
  { fileSystem, hasher }: BulkTools,
): boolean {
  const buffer = new Uint8Array(piece.lengthBytes);
  try {
    const source = fileSystem.open(joinPath(root, piece.path), 'read');
    try {
      if (fileSystem.read(source, buffer, piece.sourceOffset) !== buffer.length) return false;
    } finally {
      fileSystem.close(source);
    }
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return false;
  }
  if (hexFrom(hasher.blake3(buffer)) !== piece.contentId) return false;
  fileSystem.write(handle, buffer, piece.fileOffset);
  return true;
}
