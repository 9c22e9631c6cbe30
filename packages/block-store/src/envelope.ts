/**
 * The envelope in which a block is stored and travels: `codec · plain length · bytes`. It is made
 * once, where the block comes from; whoever stores it only verifies it. Bytes: FORMAT.md. Two
 * devices may make different envelopes of one block: only content ids say what is the same.
 */
import { type ContentId, type Hash, hexFrom, type StoredId } from '@holdfast/model';
import { AppError, type BulkTools, type Compressor } from '@holdfast/platform';
import { maxChunkBytes } from './fast-cdc.js';
import { looksLikeNoise } from './noise-estimate.js';
import { readZstdFrame } from './zstd-frame.js';

export const maxBlockBytes = maxChunkBytes;
export const envelopeHeaderBytes = 5;
/** A compressed form that is not smaller is never stored. */
export const maxEnvelopeBytes = envelopeHeaderBytes + maxBlockBytes;

const rawCodec = 0;
const zstdCodec = 1;
/** Compressed is kept only where it saves this share: every reader pays for unpacking. */
const minSaving = 0.05;
/** Below this, what surrounds a block outweighs what compression could save. */
const minCompressedBytes = 256;

/** What it takes to look into an envelope and know its content. */
export type EnvelopeTools = Pick<BulkTools, 'hasher' | 'compressor'>;

export interface EnvelopeHeader {
  readonly codec: number;
  readonly plainBytes: number;
}

/** The raw envelope of a block. */
export function encodeEnvelope(plain: Uint8Array): Uint8Array {
  const envelope = new Uint8Array(envelopeHeaderBytes + plain.length);
  envelope.set(plain, envelopeHeaderBytes);
  writeHeader(envelope, rawCodec, plain.length);
  return envelope;
}

/**
 * Makes an envelope in place of a block that lies in `target` behind room for the header;
 * compressed where that saves something. Returns the envelope's length.
 */
export function packInPlace(
  target: Uint8Array,
  plainBytes: number,
  compressor: Compressor,
): number {
  const plain = target.subarray(envelopeHeaderBytes, envelopeHeaderBytes + plainBytes);
  const frame = compressed(plain, compressor);
  if (frame === undefined) {
    writeHeader(target, rawCodec, plainBytes);
    return envelopeHeaderBytes + plainBytes;
  }
  target.set(frame, envelopeHeaderBytes);
  writeHeader(target, zstdCodec, plainBytes);
  return envelopeHeaderBytes + frame.length;
}

function compressed(plain: Uint8Array, compressor: Compressor): Uint8Array | undefined {
  if (plain.length < minCompressedBytes || looksLikeNoise(plain)) return undefined;
  const frame = compressor.compress(plain);
  return frame.length <= plain.length * (1 - minSaving) ? frame : undefined;
}

function writeHeader(envelope: Uint8Array, codec: number, plainBytes: number): void {
  if (plainBytes === 0 || plainBytes > maxBlockBytes) {
    throw malformed(`a block has 1 to ${maxBlockBytes} bytes, not ${plainBytes}`);
  }
  envelope[0] = codec;
  new DataView(envelope.buffer, envelope.byteOffset).setUint32(1, plainBytes);
}

/** Whether an envelope could be so long. */
export function hasEnvelopeLength({ length }: Uint8Array): boolean {
  return length > envelopeHeaderBytes && length <= maxEnvelopeBytes;
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

/**
 * The block in an envelope: a view where it is raw. Its content is not verified. Nothing is
 * unpacked, and no memory taken, before the lengths were found to agree.
 */
export function openEnvelope(envelope: Uint8Array, compressor: Compressor): Uint8Array {
  const { codec, plainBytes } = envelopeHeader(envelope);
  const body = envelope.subarray(envelopeHeaderBytes);
  switch (codec) {
    case rawCodec:
      if (body.length === plainBytes) return body;
      throw malformed('its envelope has another length than it says');
    case zstdCodec:
      return decompressed(body, plainBytes, compressor);
    default:
      throw new AppError('envelope_codec_unknown', `A block is packed with codec ${codec}.`, {
        hint: 'It was made by a newer version. Update this device; the stored block is untouched.',
        kind: 'permanent',
      });
  }
}

function decompressed(body: Uint8Array, plainBytes: number, compressor: Compressor): Uint8Array {
  if (body.length >= plainBytes) throw malformed('it is longer compressed than plain');
  const frame = readZstdFrame(body);
  if (frame?.frameBytes !== body.length) throw malformed('it holds no single whole zstd frame');
  if (frame.contentBytes !== plainBytes || frame.windowBytes > maxBlockBytes) {
    throw malformed('its zstd frame claims another length than the envelope');
  }
  try {
    return compressor.decompress(body, plainBytes);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'compressed_malformed') throw error;
    throw malformed('it cannot be decompressed', error);
  }
}

export function storedIdOf(envelope: Uint8Array, hash: Hash): StoredId {
  return hexFrom(hash(envelope)) as StoredId;
}

/**
 * The block of that name in an envelope; undefined where it is malformed or holds another one, or
 * one that is not `expectedBytes` long. Throws on an unknown codec.
 */
export function readEnvelope(
  envelope: Uint8Array,
  contentId: ContentId,
  { hasher, compressor }: EnvelopeTools,
  expectedBytes?: number,
): Uint8Array | undefined {
  try {
    const { plainBytes } = envelopeHeader(envelope);
    if (expectedBytes !== undefined && plainBytes !== expectedBytes) return undefined;
    const plain = openEnvelope(envelope, compressor);
    return hexFrom(hasher.blake3(plain)) === contentId ? plain : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'envelope_malformed') return undefined;
    throw error;
  }
}

function malformed(what: string, cause?: unknown): AppError {
  return new AppError('envelope_malformed', `A block cannot be read: ${what}.`, {
    hint: 'Nothing of it was stored. Another device may have the block whole.',
    kind: 'permanent',
    cause,
  });
}
