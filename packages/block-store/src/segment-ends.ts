/** How an open segment file begins and ends. */
import { type BulkTools, type FileHandle, readFully } from '@holdfast/platform';
import {
  firstDigest,
  headerBytes,
  readHeader,
  readTrailer,
  type SegmentExtent,
  sameBytes,
  trailerBytes,
} from './segment-format.js';
import type { SegmentPlace } from './segment-jobs.js';

export interface SegmentStart {
  /** Of the segment, behind its header. */
  readonly digest: Uint8Array;
  readonly predecessorDigest: Uint8Array;
}

/** Undefined where the file does not begin with the header of that segment. */
export function readStart(
  { segment }: SegmentPlace,
  { fileSystem, hasher }: BulkTools,
  handle: FileHandle,
): SegmentStart | undefined {
  const bytes = Buffer.alloc(headerBytes);
  readFully(fileSystem, handle, bytes, 0);
  const reading = readHeader(bytes, hasher);
  if (reading.type !== 'header' || reading.header.segment !== segment) return undefined;
  const { predecessorDigest } = reading.header;
  return { digest: firstDigest(bytes, hasher), predecessorDigest };
}

/** The digest that a segment with such a header begins with; undefined where the header is valid. */
export function readTornStart(
  { fileSystem, hasher }: BulkTools,
  handle: FileHandle,
): Uint8Array | undefined {
  const bytes = Buffer.alloc(headerBytes);
  readFully(fileSystem, handle, bytes, 0);
  return readHeader(bytes, hasher).type === 'damaged' ? firstDigest(bytes, hasher) : undefined;
}

/** The extent that the file's trailer names; undefined where it has none. */
export function readEnd(
  { fileSystem, hasher }: BulkTools,
  handle: FileHandle,
): SegmentExtent | undefined {
  const { sizeBytes } = fileSystem.handleStat(handle);
  const bytes = Buffer.alloc(trailerBytes);
  readFully(fileSystem, handle, bytes, Math.max(0, sizeBytes - trailerBytes));
  return readTrailer(bytes, sizeBytes, hasher);
}

export function sameExtent(one: SegmentExtent, other: SegmentExtent): boolean {
  return (
    one.validBytes === other.validBytes &&
    one.entryCount === other.entryCount &&
    sameBytes(one.digest, other.digest)
  );
}
