/** A block on its way into a file: where it is, and writing it only if it is what its name says. */
import { readEnvelope } from '@holdfast/block-store';
import type { ContentId } from '@holdfast/model';
import { AppError, type BulkTools, type FileHandle } from '@holdfast/platform';

/** One block inside a shared buffer, and where it belongs in its file. */
export interface BlockPiece {
  readonly contentId: ContentId;
  readonly from: number;
  readonly to: number;
  readonly fileOffset: number;
}

/** Verifies and writes one block; throws `block_mismatch` where the content is not what its name says. */
export function writePiece(
  handle: FileHandle,
  buffer: Uint8Array,
  piece: BlockPiece,
  tools: BulkTools,
): void {
  const plain = readEnvelope(buffer.subarray(piece.from, piece.to), piece.contentId, tools);
  if (plain === undefined) {
    throw new AppError('block_mismatch', `A block is not what its name ${piece.contentId} says.`, {
      kind: 'retry',
      hint: 'It was not written. Another device may have the block whole.',
    });
  }
  tools.fileSystem.write(handle, plain, piece.fileOffset);
}
