/**
 * The envelope in which a block is stored and travels: `codec · plain length · bytes`. It is made
 * once, where the block comes from; whoever stores it only verifies it. Bytes: FORMAT.md.
 */
import { type ContentId, type Hash, hexFrom, type StoredId } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { maxChunkBytes } from './fast-cdc.js';

export const maxBlockBytes = maxChunkBytes;
export const envelopeHeaderBytes = 5;
/** A compressed form that is not smaller is never stored. */
export const maxEnvelopeBytes = envelopeHeaderBytes + maxBlockBytes;

const rawCodec = 0;

export interface EnvelopeHeader {
  readonly codec: number;
  readonly plainBytes: number;
}

/** The raw envelope of a block. */
export function encodeEnvelope(plain: Uint8Array): Uint8Array {
  if (plain.length === 0 || plain.length > maxBlockBytes) {
    throw malformed(`a block has 1 to ${maxBlockBytes} bytes, not ${plain.length}`);
  }
  const envelope = new Uint8Array(envelopeHeaderBytes + plain.length);
  envelope[0] = rawCodec;
  new DataView(envelope.buffer).setUint32(1, plain.length);
  envelope.set(plain, envelopeHeaderBytes);
  return envelope;
}

/** Reads the header of an envelope, of which at least the first five bytes are given. */
export function envelopeHeader(envelope: Uint8Array): EnvelopeHeader {
  if (envelope.length < envelopeHeaderBytes) throw malformed('an envelope ends in its header');
  const view = new DataView(envelope.buffer, envelope.byteOffset, envelope.byteLength);
  const plainBytes = view.getUint32(1);
  if (plainBytes === 0 || plainBytes > maxBlockBytes) {
    throw malformed(`an envelope names a plain length of ${plainBytes} bytes`);
  }
  return { codec: view.getUint8(0), plainBytes };
}

/** The block in an envelope: a view where it is raw. Its content is not verified. */
export function openEnvelope(envelope: Uint8Array): Uint8Array {
  const { codec, plainBytes } = envelopeHeader(envelope);
  if (codec !== rawCodec) {
    throw new AppError('envelope_codec_unknown', `A block is packed with codec ${codec}.`, {
      hint: 'It was made by a newer version. Update this device; the stored block is untouched.',
      kind: 'permanent',
    });
  }
  if (envelope.length !== envelopeHeaderBytes + plainBytes) {
    throw malformed('an envelope is not as long as it says');
  }
  return envelope.subarray(envelopeHeaderBytes);
}

export function storedIdOf(envelope: Uint8Array, hash: Hash): StoredId {
  return hexFrom(hash(envelope)) as StoredId;
}

/** Whether the envelope is well-formed and holds the block of that name. Throws on an unknown codec. */
export function verifyEnvelope(envelope: Uint8Array, contentId: ContentId, hash: Hash): boolean {
  try {
    return hexFrom(hash(openEnvelope(envelope))) === contentId;
  } catch (error) {
    if (error instanceof AppError && error.code === 'envelope_malformed') return false;
    throw error;
  }
}

function malformed(what: string): AppError {
  return new AppError('envelope_malformed', `A block cannot be read: ${what}.`, {
    hint: 'Nothing of it was stored. Another device may have the block whole.',
    kind: 'permanent',
  });
}
