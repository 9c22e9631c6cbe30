/**
 * Looking at a whole segment before its blocks are moved, as a job for worker threads: which blocks lie
 * in it, and whether every byte of it is what was written. Changes nothing.
 */
import type { ContentId } from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  fileErrorCode,
  readFully,
} from '@holdfast/platform';
import { readBlockPayloadHeader } from './block-payload.js';
import {
  firstDigest,
  frameBytes,
  headerBytes,
  nextDigest,
  readHeader,
  readTrailer,
  type SegmentExtent,
  sameBytes,
  trailerBytes,
} from './segment-format.js';
import { type SegmentPlace, segmentPath, withFile } from './segment-jobs.js';
import { walkEntries } from './segment-walk.js';

export interface SurveyInput {
  readonly place: SegmentPlace;
  /** Where its valid bytes end. */
  readonly limit: number;
}

export interface SurveyedBlock {
  readonly offset: number;
  readonly lengthBytes: number;
  readonly contentId: ContentId;
  readonly plainBytes: number;
}

export interface SurveyedSegment {
  readonly extent: SegmentExtent;
  readonly blocks: readonly SurveyedBlock[];
}

/** Undefined where anything is not as it should be, is no block or cannot be read: it is left alone. */
export const surveySegment: BulkJob<SurveyInput, SurveyedSegment | undefined> = {
  name: 'block-store.survey-segment',
  perform(input, tools) {
    try {
      return withFile(tools, segmentPath(input.place), 'read', (handle) =>
        survey(input, tools, handle),
      );
    } catch (error) {
      if (fileErrorCode(error) === undefined) throw error;
      return undefined;
    }
  },
};

function survey(
  { place, limit }: SurveyInput,
  tools: BulkTools,
  handle: FileHandle,
): SurveyedSegment | undefined {
  const { fileSystem, hasher } = tools;
  const header = Buffer.alloc(headerBytes);
  readFully(fileSystem, handle, header, 0);
  const reading = readHeader(header, hasher);
  if (reading.type !== 'header' || reading.header.segment !== place.segment) return undefined;
  let digest = firstDigest(header, hasher);
  let validBytes = headerBytes;
  const blocks: SurveyedBlock[] = [];
  const options = { from: headerBytes, limit, passDamage: false };
  for (const step of walkEntries(fileSystem, handle, hasher, options)) {
    const found = step.type === 'entry' ? readBlockPayloadHeader(step.payload) : undefined;
    if (step.type !== 'entry' || found === undefined) return undefined;
    digest = nextDigest(digest, step.digest, hasher);
    const lengthBytes = step.payload.length;
    validBytes = step.offset + frameBytes + lengthBytes;
    blocks.push({ ...found, offset: step.offset, lengthBytes });
  }
  const extent = { validBytes, entryCount: blocks.length, digest };
  return isTrailed(extent, tools, handle) && validBytes === limit ? { extent, blocks } : undefined;
}

function isTrailed(extent: SegmentExtent, tools: BulkTools, handle: FileHandle): boolean {
  const { sizeBytes } = tools.fileSystem.handleStat(handle);
  const bytes = Buffer.alloc(trailerBytes);
  readFully(tools.fileSystem, handle, bytes, Math.max(0, sizeBytes - trailerBytes));
  const trailer = readTrailer(bytes, sizeBytes, tools.hasher);
  return (
    trailer?.validBytes === extent.validBytes &&
    trailer.entryCount === extent.entryCount &&
    sameBytes(trailer.digest, extent.digest)
  );
}
