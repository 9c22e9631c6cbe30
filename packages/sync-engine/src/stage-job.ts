/** Filling the temporary file of a large version piece by piece, over several batches. */
import { ParentChecker } from '@holdfast/folder-scanner';
import { type ContentId, type FolderPath, hexFrom } from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  removeIfPresent,
} from '@holdfast/platform';
import { type BlockPiece, writePiece } from './block-piece.js';
import { writeSparsely } from './holes.js';
import { confinedTemporary, type StagedFile } from './resume-jobs.js';

export interface StageInput extends StagedFile {
  /** Of the whole file. */
  readonly sizeBytes: number;
  readonly buffers: readonly Uint8Array[];
  readonly pieces: readonly BlockPiece[];
  /** Blocks to take from a file that is here: the path of the old version and offsets in it. */
  readonly local: readonly LocalPiece[];
  /** What was written so far goes to the disk now, while more of it comes. */
  readonly sync?: boolean;
}

export interface LocalPiece {
  readonly contentId: ContentId;
  readonly path: FolderPath;
  readonly sourceOffset: number;
  readonly lengthBytes: number;
  readonly fileOffset: number;
}

/** Fills part of a temporary file, which was begun; returns the local pieces that were not what they should be. */
export const stageJob: BulkJob<StageInput, LocalPiece[]> = {
  name: 'sync-stage',
  perform(input, tools) {
    const { fileSystem } = tools;
    const parents = new ParentChecker(fileSystem, input.root);
    const temporary = confinedTemporary(input, fileSystem);
    const handle = fileSystem.open(temporary, 'write');
    try {
      for (const piece of input.pieces) {
        writePiece(handle, input.buffers, piece, tools, input.sizeBytes);
      }
      const refused = input.local.filter(
        (piece) =>
          parents.check(piece.path).type !== 'ok' || !copyLocalPiece(handle, piece, input, tools),
      );
      if (input.sync === true) syncOrRemove(fileSystem, handle, temporary);
      return refused;
    } finally {
      fileSystem.close(handle);
    }
  },
};

/**
 * A system tells once of what it could not write, and still shows it: whoever goes on with the file
 * would find it whole, and sync it without an error. So nothing is left to go on with.
 */
function syncOrRemove(fileSystem: FileSystem, handle: FileHandle, temporary: FilePath): void {
  try {
    fileSystem.syncFile(handle);
  } catch (error) {
    removeIfPresent(fileSystem, temporary);
    throw error;
  }
}

function copyLocalPiece(
  handle: FileHandle,
  piece: LocalPiece,
  { root, sizeBytes }: StageInput,
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
  writeSparsely(fileSystem, handle, buffer, piece.fileOffset, sizeBytes);
  return true;
}
