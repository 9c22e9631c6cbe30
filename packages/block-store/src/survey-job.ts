/**
 * Looking at a whole segment before its blocks are moved, as a job for worker threads: which blocks lie
 * in it, and whether every byte of it is what was written. Changes nothing.
 */
import { type BulkJob, type BulkTools, type FileHandle, fileErrorCode } from '@holdfast/platform';
import type { NamedBlock } from './block-index.js';
import { readBlockPayloadHeader } from './block-payload.js';
import { readEnd, readStart, sameExtent } from './segment-ends.js';
import { frameBytes, headerBytes, nextDigest, type SegmentExtent } from './segment-format.js';
import { type SegmentPlace, segmentPath, withFile } from './segment-jobs.js';
import { walkEntries } from './segment-walk.js';

export interface SurveyInput {
  readonly place: SegmentPlace;
  /** Where its valid bytes end. */
  readonly limit: number;
}

export interface SurveyedSegment {
  readonly extent: SegmentExtent;
  readonly blocks: readonly NamedBlock[];
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
  const start = readStart(place, tools, handle);
  if (start?.predecessorDigest === undefined) return undefined;
  let { digest } = start;
  let validBytes = headerBytes;
  const blocks: NamedBlock[] = [];
  const options = { from: headerBytes, limit, passDamage: false };
  for (const step of walkEntries(fileSystem, handle, hasher, options)) {
    const found = step.type === 'entry' ? readBlockPayloadHeader(step.payload) : undefined;
    if (step.type !== 'entry' || found === undefined) return undefined;
    digest = nextDigest(digest, step.digest, hasher);
    const { offset } = step;
    const lengthBytes = step.payload.length;
    validBytes = offset + frameBytes + lengthBytes;
    blocks.push({ ...found, location: { segment: place.segment, offset, lengthBytes } });
  }
  const extent = { validBytes, entryCount: blocks.length, digest };
  const trailer = readEnd(tools, handle);
  const isTrailed = trailer !== undefined && sameExtent(trailer, extent);
  return isTrailed && validBytes === limit ? { extent, blocks } : undefined;
}
