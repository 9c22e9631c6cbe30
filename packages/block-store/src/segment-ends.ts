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
  /** Undefined where the header is not valid: a power loss may have torn it before it was sealed so. */
  readonly predecessorDigest: Uint8Array | undefined;
}

/** Undefined where the file begins with the header of another segment, or of a later format. */
export function readStart(
  { segment }: SegmentPlace,
  { fileSystem, hasher }: BulkTools,
  handle: FileHandle,
): SegmentStart | undefined {
  const bytes = Buffer.alloc(headerBytes);
  readFully(fileSystem, handle, bytes, 0);
  const reading = readHeader(bytes, hasher);
  const digest = firstDigest(bytes, hasher);
  if (reading.type === 'damaged') return { digest, predecessorDigest: undefined };
  if (reading.type !== 'header' || reading.header.segment !== segment) return undefined;
  return { digest, predecessorDigest: reading.header.predecessorDigest };
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
