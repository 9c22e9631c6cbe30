/** Blocks with their places in a file, and what arrived of them on its way into a job. */
import type { BlockReference } from '@holdfast/model';
import type { BlockArrival } from './block-client.js';
import type { BlockPiece } from './block-piece.js';
import { type PackedEnvelopes, packEnvelopes } from './packed-envelopes.js';

export interface PlacedReference extends BlockReference {
  readonly index: number;
  readonly fileOffset: number;
}

export interface PlacedArrival {
  readonly reference: PlacedReference;
  readonly block: BlockArrival;
}

export function placed(references: readonly BlockReference[]): PlacedReference[] {
  let fileOffset = 0;
  return references.map((reference, index) => {
    const at = fileOffset;
    fileOffset += reference.lengthBytes;
    return { ...reference, index, fileOffset: at };
  });
}

export function packPieces(arrived: readonly PlacedArrival[]): {
  envelopes: PackedEnvelopes;
  pieces: BlockPiece[];
} {
  const envelopes = packEnvelopes(arrived.map((one) => one.block));
  const pieces = envelopes.places.map((place, at) => {
    const { contentId, lengthBytes, fileOffset } = arrived[at]!.reference;
    return { ...place, contentId, lengthBytes, fileOffset };
  });
  return { envelopes, pieces };
}
