/**
 * Opening envelopes in a worker thread, for who needs the blocks themselves on the event loop: list
 * blocks, and content on its way to a reader. What comes out is what the ids say, or nothing.
 */
import { type BlockReference, plainBytesOf } from '@holdfast/model';
import type { BulkJob, BulkRunner } from '@holdfast/platform';
import { readEnvelope } from './envelope.js';

/** A block that is expected, and the envelope that came for it. */
export interface ArrivedBlock extends BlockReference {
  readonly envelope: Uint8Array;
}

export interface OpenBlocksInput {
  /** The envelopes back to back. */
  readonly envelopes: Uint8Array;
  readonly blocks: readonly (BlockReference & { readonly envelopeBytes: number })[];
}

export interface OpenBlocksOutput {
  /** The blocks back to back. */
  readonly plain: Uint8Array;
  /** Of each block; 0 where the envelope does not hold it. */
  readonly lengths: readonly number[];
}

export const openBlocksJob: BulkJob<OpenBlocksInput, OpenBlocksOutput> = {
  name: 'block-store.open-blocks',
  perform({ envelopes, blocks }, tools) {
    const plain = new Uint8Array(plainBytesOf(blocks));
    let from = 0;
    let at = 0;
    const lengths = blocks.map((block) => {
      const envelope = envelopes.subarray(from, from + block.envelopeBytes);
      from += block.envelopeBytes;
      const opened = readEnvelope(envelope, block.contentId, tools, block.lengthBytes);
      if (opened === undefined) return 0;
      plain.set(opened, at);
      at += opened.length;
      return opened.length;
    });
    return { plain, lengths };
  },
  transfer: ({ plain }) => [plain.buffer as ArrayBuffer],
};

/** The blocks in order; undefined where an envelope is malformed or holds something else. */
export async function openBlocks(
  runner: BulkRunner,
  arrived: readonly ArrivedBlock[],
): Promise<(Uint8Array | undefined)[]> {
  if (arrived.length === 0) return [];
  const envelopes = new Uint8Array(arrived.reduce((sum, one) => sum + one.envelope.length, 0));
  let filled = 0;
  const blocks = arrived.map(({ contentId, lengthBytes, envelope }) => {
    envelopes.set(envelope, filled);
    filled += envelope.length;
    return { contentId, lengthBytes, envelopeBytes: envelope.length };
  });
  const { plain, lengths } = await runner.run(openBlocksJob, { envelopes, blocks }, [
    envelopes.buffer,
  ]);
  let at = 0;
  return lengths.map((length) => {
    if (length === 0) return undefined;
    at += length;
    return plain.subarray(at - length, at);
  });
}
