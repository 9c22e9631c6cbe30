/** A block on its way into a file: where it is, and writing it only if it is what its name says. */
import { readEnvelope } from '@holdfast/block-store';
import type { ContentId } from '@holdfast/model';
import { AppError, assert, type BulkTools, type FileHandle } from '@holdfast/platform';
import { writeSparsely } from './holes.js';
import type { EnvelopePlace } from './packed-envelopes.js';

/** One block inside the buffers of a job, and where it belongs in its file. */
export interface BlockPiece extends EnvelopePlace {
  readonly contentId: ContentId;
  /** As the file's list says: with another length it would lie over its neighbours. */
  readonly lengthBytes: number;
  readonly fileOffset: number;
}

/** Verifies and writes one block of a file that is to have `sizeBytes`; throws `block_mismatch` where the content is not what its name says. */
export function writePiece(
  handle: FileHandle,
  buffers: readonly Uint8Array[],
  piece: BlockPiece,
  tools: BulkTools,
  sizeBytes: number,
): void {
  const envelope = envelopeAt(buffers, piece);
  const plain = readEnvelope(envelope, piece.contentId, tools, piece.lengthBytes);
  if (plain === undefined) {
    throw new AppError('block_mismatch', `A block is not what its name ${piece.contentId} says.`, {
      kind: 'retry',
      hint: 'It was not written. Another device may have the block whole.',
    });
  }
  writeSparsely(tools.fileSystem, handle, plain, piece.fileOffset, sizeBytes);
}

function envelopeAt(buffers: readonly Uint8Array[], place: EnvelopePlace): Uint8Array {
  const buffer = buffers[place.buffer];
  assert(buffer !== undefined, 'a piece lies in a buffer of its job');
  return buffer.subarray(place.from, place.to);
}
