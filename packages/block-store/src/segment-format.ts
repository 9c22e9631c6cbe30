/**
 * The bytes of a segment file: header, entry frames, seal trailer. Pure; the layouts, and why each
 * field is there, are in FORMAT.md.
 */
import { ByteReader, ByteWriter, bytesFromHex, hexFrom, type StoreId } from '@holdfast/model';
import type { Hasher } from '@holdfast/platform';

export const segmentMajor = 1;
/** Feature bits that this version understands: none yet. */
const knownFeatures = 0n;

export const prefixBytes = 26;
export const headerBytes = 114;
export const nonceBytes = 16;
export const frameBytes = 20;
export const trailerBytes = 64;
export const digestBytes = 32;
const checksumBytes = 8;

/** Of one entry, without its frame. */
export const maxPayloadBytes = 2 * 1024 * 1024;
/** A segment's length stays within 32 bits, and so does every offset. */
export const largestSegmentBytes = 1024 * 1024 * 1024;

const headerMagic = Buffer.from('HFSEG\r\n\x1a', 'latin1');
const trailerMagic = Buffer.from('HFSEAL\r\n', 'latin1');
export const entryMarker = Buffer.from('\x9eHFe', 'latin1');

/** BLAKE3 of nothing: the digest of a segment of which nothing, not even the header, is valid. */
export const emptyDigest: Uint8Array = Uint8Array.from(
  bytesFromHex('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'),
);
export const nothingValid: SegmentExtent = { validBytes: 0, entryCount: 0, digest: emptyDigest };
/** What the first segment of a stream names as its predecessor's digest. */
export const noPredecessor: Uint8Array = new Uint8Array(digestBytes);

export interface SegmentHeader {
  readonly streamName: string;
  readonly storeId: StoreId;
  readonly generation: number;
  readonly segment: number;
  readonly predecessorDigest: Uint8Array;
  /** Random: nobody who only sends content can tell a segment's digests, nor make a trailer. */
  readonly nonce: Uint8Array;
}

export function encodeHeader(header: SegmentHeader, hasher: Hasher): Uint8Array {
  const writer = new ByteWriter(headerBytes);
  writer.raw(headerMagic).u16(segmentMajor).i64(knownFeatures);
  writer.raw(checksumOf(writer.bytes(), hasher));
  const name = Buffer.alloc(8);
  name.write(header.streamName, 'latin1');
  writer.raw(name).hex(header.storeId).u64(header.generation).u64(header.segment);
  writer.raw(header.predecessorDigest).raw(header.nonce);
  return writer.raw(checksumOf(writer.bytes(), hasher)).bytes();
}

export type HeaderReading =
  | { readonly type: 'header'; readonly header: SegmentHeader }
  /** Made by a version that this one must not touch. */
  | { readonly type: 'unknown'; readonly major: number; readonly features: bigint }
  /** Torn or rotten: nothing in it can be believed. */
  | { readonly type: 'damaged' };

export function readHeader(bytes: Uint8Array, hasher: Hasher): HeaderReading {
  if (bytes.length < prefixBytes || !startsWith(bytes, headerMagic)) return { type: 'damaged' };
  if (!endsInChecksum(bytes.subarray(0, prefixBytes), hasher)) return { type: 'damaged' };
  const reader = new ByteReader(bytes);
  reader.raw(headerMagic.length);
  const major = reader.u16();
  const features = BigInt.asUintN(64, reader.i64());
  if (major !== segmentMajor || (features & ~knownFeatures) !== 0n) {
    return { type: 'unknown', major, features };
  }
  if (bytes.length < headerBytes || !endsInChecksum(bytes.subarray(0, headerBytes), hasher)) {
    return { type: 'damaged' };
  }
  reader.raw(checksumBytes);
  const streamName = Buffer.from(reader.raw(8)).toString('latin1').replace(/\0+$/, '');
  const storeId = reader.hex(8) as StoreId;
  const generation = reader.u64();
  const segment = reader.u64();
  const predecessorDigest = reader.raw(digestBytes);
  const nonce = reader.raw(nonceBytes);
  return {
    type: 'header',
    header: { streamName, storeId, generation, segment, predecessorDigest, nonce },
  };
}

/** What is known of a segment up to some place: enough to seal it there. */
export interface SegmentExtent {
  /** Bytes from the file's start to the end of the last valid entry; 0 where the header is not. */
  readonly validBytes: number;
  readonly entryCount: number;
  readonly digest: Uint8Array;
}

export function encodeTrailer(extent: SegmentExtent, hasher: Hasher): Uint8Array {
  const writer = new ByteWriter(trailerBytes);
  writer.raw(trailerMagic).u64(extent.validBytes).u64(extent.entryCount).raw(extent.digest);
  return writer.raw(checksumOf(writer.bytes(), hasher)).bytes();
}

/** The extent that the last bytes of a file name, or undefined where they are no trailer. */
export function readTrailer(
  bytes: Uint8Array,
  fileBytes: number,
  hasher: Hasher,
): SegmentExtent | undefined {
  if (bytes.length !== trailerBytes || !startsWith(bytes, trailerMagic)) return undefined;
  if (!endsInChecksum(bytes, hasher)) return undefined;
  const reader = new ByteReader(bytes);
  reader.raw(trailerMagic.length);
  const validBytes = reader.u64();
  const entryCount = reader.u64();
  if (validBytes > fileBytes - trailerBytes) return undefined;
  return { validBytes, entryCount, digest: reader.raw(digestBytes) };
}

/** Writes marker, offset and length of an entry's frame; the checksum follows with `signFrame`. */
export function writeFrame(target: Buffer, at: number, offset: number, payloadBytes: number): void {
  target.set(entryMarker, at);
  target.writeUInt32BE(offset, at + 12);
  target.writeUInt32BE(payloadBytes, at + 16);
}

/** The length that the frame at `at` names. */
export function framePayloadBytes(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 16);
}

/** The place in its file that the frame at `at` names as its own. */
export function frameOffset(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + 12);
}

/** Writes the checksum of the frame at `at`, whose payload is in place; gives the entry's digest. */
export function signFrame(target: Buffer, at: number, hasher: Hasher): Uint8Array {
  const end = at + frameBytes + framePayloadBytes(target, at);
  const digest = hasher.blake3(target.subarray(at + 12, end));
  target.set(digest.subarray(0, checksumBytes), at + 4);
  return digest;
}

/**
 * The digest of the whole entry at `at`, which lies at `offset` of its file; undefined where it is
 * not valid. All of its bytes are given.
 */
export function verifyFrame(
  bytes: Buffer,
  at: number,
  offset: number,
  hasher: Hasher,
): Uint8Array | undefined {
  if (bytes.readUInt32BE(at + 12) !== offset) return undefined;
  if (bytes.compare(entryMarker, 0, 4, at, at + 4) !== 0) return undefined;
  const end = at + frameBytes + framePayloadBytes(bytes, at);
  const digest = hasher.blake3(bytes.subarray(at + 12, end));
  return bytes.compare(digest, 0, checksumBytes, at + 4, at + 12) === 0 ? digest : undefined;
}

/** The digest of a segment of which only the header is there. */
export function firstDigest(header: Uint8Array, hasher: Hasher): Uint8Array {
  return hasher.blake3(header);
}

/** The digest of a segment with one more entry. */
export function nextDigest(
  digest: Uint8Array,
  entryDigest: Uint8Array,
  hasher: Hasher,
): Uint8Array {
  return hasher.blake3(Buffer.concat([digest, entryDigest]));
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

/** `blocks-00000001.segment` */
export function segmentFileName(streamName: string, segment: number): string {
  return `${streamName}-${segment.toString().padStart(8, '0')}.segment`;
}

/** The number in a segment's file name; undefined for any other name. */
export function segmentNumberOf(streamName: string, fileName: string): number | undefined {
  const match = /^([a-z]+)-(\d{8,10})\.segment$/.exec(fileName);
  if (match?.[1] !== streamName) return undefined;
  const segment = Number(match[2]);
  return segment > 0 && segmentFileName(streamName, segment) === fileName ? segment : undefined;
}

function checksumOf(bytes: Uint8Array, hasher: Hasher): Uint8Array {
  return hasher.blake3(bytes).subarray(0, checksumBytes);
}

function endsInChecksum(bytes: Uint8Array, hasher: Hasher): boolean {
  const content = bytes.subarray(0, bytes.length - checksumBytes);
  return hexFrom(bytes.subarray(content.length)) === hexFrom(checksumOf(content, hasher));
}

function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return sameBytes(bytes.subarray(0, magic.length), magic);
}
