/**
 * What opening a segment stream does to its files: looks at all of them, refuses what it must not
 * touch, and seals what is not sealed. It appends trailers and syncs; it never truncates, and what it
 * writes a second time is the same. Read-only, it comes to the same ends and writes nothing.
 */

import type { StoreId } from '@holdfast/model';
import {
  AppError,
  type BulkJob,
  type BulkTools,
  ensureDirectory,
  errorMessage,
  type FileHandle,
  type FilePath,
  parentPath,
  readFully,
  statIfPresent,
} from '@holdfast/platform';
import {
  emptyDigest,
  firstDigest,
  frameBytes,
  type HeaderReading,
  headerBytes,
  nextDigest,
  noPredecessor,
  nothingValid,
  readHeader,
  readTrailer,
  type SegmentExtent,
  sameBytes,
  segmentNumberOf,
  trailerBytes,
} from './segment-format.js';
import { readFreedMark } from './freed-segment.js';
import { segmentPath, withFile, writeTrailer } from './segment-jobs.js';
import { walkEntries } from './segment-walk.js';
import { writeAgain } from './write-again.js';

/** More missing segments than this are not listed one by one. */
const maxListedMissing = 10_000;

export interface RecoverInput {
  readonly directory: FilePath;
  readonly streamName: string;
  readonly storeId: StoreId;
  /** Whether entries behind a damaged one count: for blocks, not for a log, which is a chain. */
  readonly passDamage: boolean;
  /** Nothing is made, written or synced; a directory that is missing is an empty one. */
  readonly readOnly: boolean;
}

export interface RecoveredSegment extends SegmentExtent {
  readonly segment: number;
  readonly fileBytes: number;
  /** Its entries were freed; the digest is the one that it had. */
  readonly isFreed: boolean;
}

export interface RecoverOutput {
  /** By ascending number. */
  readonly segments: RecoveredSegment[];
  readonly sealed: number;
  readonly tornBytes: number;
  readonly missingSegments: number[];
  /** Segments whose header is not valid; entries in them may be. */
  readonly damagedHeaders: number[];
  /** Where trailers could not be appended, and why: a full disk still serves. */
  readonly sealFailures: { readonly segment: number; readonly reason: string }[];
}

interface FoundSegment {
  readonly segment: number;
  readonly fileBytes: number;
  readonly headerReading: HeaderReading;
  readonly headerDigest: Uint8Array;
  readonly trailer: SegmentExtent | undefined;
  /** What it was, where its entries were freed. */
  readonly freed: SegmentExtent | undefined;
}

export const recoverSegments: BulkJob<RecoverInput, RecoverOutput> = {
  name: 'block-store.recover-segments',
  perform(input, tools) {
    if (!input.readOnly) ensureDirectory(tools.fileSystem, input.directory, 0o700);
    const found = findSegments(input, tools);
    for (const segment of found) refuseForeign(segment, input);
    const segments: RecoveredSegment[] = [];
    const sealFailures: RecoverOutput['sealFailures'] = [];
    let sealed = 0;
    let tornBytes = 0;
    for (const [index, segment] of found.entries()) {
      const settled = settleSegment(segment, found[index + 1], input, tools);
      const { fileBytes, extent } = settled;
      const isFreed = segment.freed !== undefined;
      segments.push({ ...extent, segment: segment.segment, fileBytes, isFreed });
      tornBytes += settled.tornBytes;
      if (settled.sealed) sealed += 1;
      const reason = settled.sealFailure;
      if (reason !== undefined) sealFailures.push({ segment: segment.segment, reason });
    }
    if (!input.readOnly) {
      tools.fileSystem.syncDirectory(input.directory);
      tools.fileSystem.syncDirectory(parentPath(input.directory));
    }
    const missingSegments = missingAmong(found, segments);
    const damagedHeaders = found
      .filter(({ headerReading }) => headerReading.type === 'damaged')
      .map(({ segment }) => segment);
    return { segments, sealed, tornBytes, missingSegments, damagedHeaders, sealFailures };
  },
};

function findSegments(input: RecoverInput, tools: BulkTools): FoundSegment[] {
  const isThere = statIfPresent(tools.fileSystem, input.directory) !== undefined;
  if (input.readOnly && !isThere) return [];
  return tools.fileSystem
    .list(input.directory)
    .filter((entry) => entry.kind === 'file')
    .map((entry) => segmentNumberOf(input.streamName, entry.name))
    .filter((segment) => segment !== undefined)
    .sort((left, right) => left - right)
    .map((segment) => lookAt({ ...input, segment }, tools));
}

function lookAt(place: RecoverInput & { segment: number }, tools: BulkTools): FoundSegment {
  return withFile(tools, segmentPath(place), 'read', (handle) => {
    const { fileSystem, hasher } = tools;
    const fileBytes = fileSystem.handleStat(handle).sizeBytes;
    const header = Buffer.alloc(headerBytes);
    const count = readFully(fileSystem, handle, header, 0);
    const end = Buffer.alloc(trailerBytes);
    const endCount = readFully(fileSystem, handle, end, Math.max(0, fileBytes - trailerBytes));
    return {
      segment: place.segment,
      fileBytes,
      headerReading: readHeader(header.subarray(0, count), hasher),
      headerDigest: firstDigest(header, hasher),
      trailer: readTrailer(end.subarray(0, endCount), fileBytes, hasher),
      freed: readFreedMark(end.subarray(0, endCount), fileBytes, hasher),
    };
  });
}

function refuseForeign(found: FoundSegment, input: RecoverInput): void {
  const { headerReading } = found;
  if (headerReading.type === 'unknown') {
    throw new AppError(
      'store_format_unknown',
      `Segment ${found.segment} was written by a newer version (format ${headerReading.major}).`,
      { hint: 'Nothing was changed. Update this device, then start again.', kind: 'permanent' },
    );
  }
  if (headerReading.type === 'header' && headerReading.header.storeId !== input.storeId) {
    throw new AppError(
      'store_id_mismatch',
      `Segment ${found.segment} belongs to store ${headerReading.header.storeId}, not to ${input.storeId}.`,
      { hint: 'Nothing was changed. Move the files of the other store out of this one.' },
    );
  }
}

interface Settled {
  readonly extent: SegmentExtent;
  readonly fileBytes: number;
  readonly sealed: boolean;
  readonly tornBytes: number;
  readonly sealFailure?: string;
}

/**
 * A trailer counts only where something else confirms it: the successor's header, or a walk. For a
 * block could end in bytes that look like a trailer, and be the last thing before a power loss.
 */
function settleSegment(
  found: FoundSegment,
  successor: FoundSegment | undefined,
  input: RecoverInput,
  tools: BulkTools,
): Settled {
  const { trailer, fileBytes, freed } = found;
  if (freed !== undefined) {
    const extent = { validBytes: headerBytes, entryCount: 0, digest: freed.digest };
    return { extent, fileBytes, sealed: false, tornBytes: 0 };
  }
  const wanted = digestNamedBy(successor, found.segment + 1);
  if (trailer !== undefined && wanted !== undefined && sameBytes(trailer.digest, wanted)) {
    return { extent: trailer, fileBytes, sealed: false, tornBytes: 0 };
  }
  const place = { ...input, segment: found.segment };
  const { readOnly } = input;
  return withFile(tools, segmentPath(place), readOnly ? 'read' : 'write', (handle) => {
    const walked = walkSegment(found, wanted, input, tools, handle);
    if (!readOnly) tools.fileSystem.syncFile(handle);
    const { extent } = walked;
    const isRotten = trailer !== undefined && trailer.validBytes >= extent.validBytes;
    if (trailer !== undefined && !walked.reachedWanted && (walked.confirmsTrailer || isRotten)) {
      if (!readOnly) writeAgain({ fileBytes, validBytes: 0, trailerBytes }, tools, handle);
      return { extent: trailer, fileBytes, sealed: false, tornBytes: 0 };
    }
    const { validBytes = extent.validBytes } = walked;
    if (readOnly) {
      return { extent: { ...extent, validBytes }, fileBytes, sealed: false, tornBytes: 0 };
    }
    writeAgain({ fileBytes, validBytes: extent.validBytes, trailerBytes: 0 }, tools, handle);
    return sealWalked(found, { ...extent, validBytes }, tools, handle);
  });
}

function sealWalked(
  found: FoundSegment,
  extent: SegmentExtent,
  tools: BulkTools,
  handle: FileHandle,
): Settled {
  const tornBytes = found.fileBytes - extent.validBytes;
  try {
    const fileBytes = writeTrailer(tools, handle, extent);
    return { extent, fileBytes, sealed: true, tornBytes };
  } catch (error) {
    const { fileBytes } = found;
    return { extent, fileBytes, sealed: false, tornBytes, sealFailure: errorMessage(error) };
  }
}

interface WalkedSegment {
  readonly extent: SegmentExtent;
  /** Whether the walk came to the digest that the successor names, and ended there. */
  readonly reachedWanted: boolean;
  /** Whether the walk met the very extent that the trailer names. */
  readonly confirmsTrailer: boolean;
  /** How far entries may lie that the disk did not give, where that is behind the last valid one. */
  readonly validBytes?: number;
}

/**
 * How far the segment is valid. `wanted` is the digest that its successor names: there it was
 * sealed, or given up after a failed sync, and what follows was appended again elsewhere.
 */
function walkSegment(
  found: FoundSegment,
  wanted: Uint8Array | undefined,
  input: RecoverInput,
  tools: BulkTools,
  handle: FileHandle,
): WalkedSegment {
  const isWanted = ({ digest }: SegmentExtent) => wanted !== undefined && sameBytes(digest, wanted);
  const reachedEmpty = isWanted(nothingValid);
  if (found.fileBytes < headerBytes || reachedEmpty) {
    return { extent: nothingValid, reachedWanted: reachedEmpty, confirmsTrailer: false };
  }
  let extent: SegmentExtent = {
    ...nothingValid,
    validBytes: headerBytes,
    digest: found.headerDigest,
  };
  let confirmsTrailer = isSameExtent(extent, found.trailer);
  let unreadableEnd = 0;
  const { passDamage } = input;
  const options = { from: headerBytes, limit: found.fileBytes, passDamage };
  for (const step of walkEntries(tools.fileSystem, handle, tools.hasher, options)) {
    if (isWanted(extent)) break;
    if (step.type === 'damage') {
      if (step.isUnreadable) unreadableEnd = step.offset + step.lengthBytes;
      continue;
    }
    extent = {
      validBytes: step.offset + frameBytes + step.payload.length,
      entryCount: extent.entryCount + 1,
      digest: nextDigest(extent.digest, step.digest, tools.hasher),
    };
    confirmsTrailer ||= isSameExtent(extent, found.trailer);
  }
  const isNothing = extent.entryCount === 0 && found.headerReading.type === 'damaged';
  const reachedWanted = isWanted(extent);
  const hides = !reachedWanted && unreadableEnd > extent.validBytes;
  const hidden = hides ? { validBytes: unreadableEnd } : {};
  return { extent: isNothing ? nothingValid : extent, reachedWanted, confirmsTrailer, ...hidden };
}

function isSameExtent(left: SegmentExtent, right: SegmentExtent | undefined): boolean {
  return left.validBytes === right?.validBytes && sameBytes(left.digest, right.digest);
}

/** What the header of the very next segment names; one behind a gap speaks of another. */
function digestNamedBy(found: FoundSegment | undefined, segment: number): Uint8Array | undefined {
  if (found?.segment !== segment || found.headerReading.type !== 'header') return undefined;
  const { header } = found.headerReading;
  return header.segment === segment ? header.predecessorDigest : undefined;
}

/** Numbers that are absent, and those of segments that are not the ones their successors name. */
function missingAmong(
  found: readonly FoundSegment[],
  segments: readonly SegmentExtent[],
): number[] {
  const missing = new Set<number>();
  let expected = 1;
  let digest: Uint8Array = noPredecessor;
  for (const [index, { segment, headerReading }] of found.entries()) {
    for (; expected < segment && missing.size < maxListedMissing; expected += 1) {
      missing.add(expected);
    }
    const isNext = !missing.has(segment - 1);
    if (headerReading.type === 'header') {
      const { header } = headerReading;
      if (header.segment !== segment) missing.add(segment);
      else if (isNext && !sameBytes(header.predecessorDigest, digest)) missing.add(segment - 1);
    }
    expected = segment + 1;
    digest = segments[index]?.digest ?? emptyDigest;
  }
  missing.delete(0);
  return [...missing].sort((left, right) => left - right);
}
