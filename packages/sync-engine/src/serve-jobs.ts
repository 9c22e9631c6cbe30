/**
 * Reading blocks of local files to answer peers, for worker threads: each is read, checked and packed
 * here, once for all who will store it. Rot is never served.
 */
import { envelopeHeaderBytes, packInPlace } from '@holdfast/block-store';
import { ParentChecker } from '@holdfast/folder-scanner';
import { type ContentId, type FolderPath, hexFrom } from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  fileErrorCode,
  joinPath,
} from '@holdfast/platform';

export interface WantedRange {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly contentId: ContentId;
}

export interface WantedFile {
  /** Relative to the root; a path in the folder or of a held version. */
  readonly path: string;
  readonly ranges: readonly WantedRange[];
}

export interface ReadBlocksInput {
  readonly root: FilePath;
  readonly files: readonly WantedFile[];
}

export interface ReadBlocksOutput {
  /** The envelopes one after the other. */
  readonly buffer: Uint8Array;
  /** For each file, for each range: the envelope's length; 0 where the block is not there any more. */
  readonly lengths: readonly (readonly number[])[];
}

export const readBlocksJob: BulkJob<ReadBlocksInput, ReadBlocksOutput> = {
  name: 'sync-read-blocks',
  perform({ root, files }, tools) {
    const total = files.reduce((sum, file) => sum + envelopeBytes(file), 0);
    // Not cleared first: what is not written over is not given away.
    const buffer: Uint8Array = Buffer.allocUnsafeSlow(total);
    const parents = new ParentChecker(tools.fileSystem, root);
    let at = 0;
    const lengths = files.map((file) => {
      if (parents.check(file.path as FolderPath).type !== 'ok') return file.ranges.map(() => 0);
      const written = readFile(joinPath(root, file.path), file.ranges, buffer.subarray(at), tools);
      at += written.reduce((sum, length) => sum + length, 0);
      return written;
    });
    return { buffer: buffer.subarray(0, at), lengths };
  },
  transfer: (output) => [output.buffer.buffer as ArrayBuffer],
};

function envelopeBytes(file: WantedFile): number {
  return file.ranges.reduce((sum, range) => sum + range.lengthBytes + envelopeHeaderBytes, 0);
}

function readFile(
  path: FilePath,
  ranges: readonly WantedRange[],
  target: Uint8Array,
  tools: BulkTools,
): number[] {
  let handle: FileHandle;
  try {
    handle = tools.fileSystem.open(path, 'read');
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return ranges.map(() => 0);
  }
  try {
    let at = 0;
    return ranges.map((range) => {
      const length = readRange(handle, range, target.subarray(at), tools);
      at += length;
      return length;
    });
  } finally {
    tools.fileSystem.close(handle);
  }
}

function readRange(
  handle: FileHandle,
  range: WantedRange,
  target: Uint8Array,
  { fileSystem, hasher, compressor }: BulkTools,
): number {
  const plain = target.subarray(envelopeHeaderBytes, envelopeHeaderBytes + range.lengthBytes);
  try {
    if (fileSystem.read(handle, plain, range.offset) !== range.lengthBytes) return 0;
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return 0;
  }
  if (hexFrom(hasher.blake3(plain)) !== range.contentId) return 0;
  return packInPlace(target, range.lengthBytes, compressor);
}
