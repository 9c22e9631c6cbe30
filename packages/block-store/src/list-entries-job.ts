/**
 * Finding the entries of a segment by their frames alone, for worker threads: what lies in a large
 * store is known without reading all of it. Nothing is verified; a frame that is not what it should be
 * ends the list, and whoever asked walks the rest.
 */
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  fileErrorCode,
  readFully,
} from '@holdfast/platform';
import {
  entryMarker,
  frameBytes,
  frameOffset,
  framePayloadBytes,
  maxPayloadBytes,
} from './segment-format.js';
import { type SegmentPlace, segmentPath, withFile } from './segment-jobs.js';
import type { ScannedEntry, ScanOutput } from './segment-read-jobs.js';

export interface ListEntriesInput {
  readonly place: SegmentPlace;
  readonly from: number;
  /** Where the valid bytes of the segment end. */
  readonly limit: number;
  /** The list stops once it holds this much. */
  readonly maxBytes: number;
  /** How much of each payload is wanted. */
  readonly prefixBytes: number;
}

/** As of a scan; `isDoubtful` where it ended at bytes that are no frame, at `next`. */
export type ListEntriesOutput = ScanOutput & { readonly isDoubtful: boolean };

export const listEntries: BulkJob<ListEntriesInput, ListEntriesOutput> = {
  name: 'block-store.list-entries',
  perform(input, tools) {
    try {
      return withFile(tools, segmentPath(input.place), 'read', (handle) =>
        listHandle(input, tools, handle),
      );
    } catch (error) {
      const code = fileErrorCode(error);
      if (code !== 'ENOENT' && code !== 'EIO') throw error;
      // The walk knows how to pass over what a disk does not give, and says what is missing.
      return listed([], Buffer.alloc(0), input.from, true);
    }
  },
  transfer: ({ bytes }) => [bytes],
};

function listHandle(
  { from, limit, maxBytes, prefixBytes }: ListEntriesInput,
  { fileSystem }: BulkTools,
  handle: FileHandle,
): ListEntriesOutput {
  const entries: ScannedEntry[] = [];
  const given = Buffer.alloc(maxBytes + prefixBytes);
  const head = Buffer.alloc(frameBytes + prefixBytes);
  let used = 0;
  let at = from;
  while (at < limit && used < maxBytes) {
    const count = readFully(fileSystem, handle, head, at);
    const lengthBytes = payloadBytesAt(head.subarray(0, count), at, limit);
    if (lengthBytes === undefined) return doubted(entries, given.subarray(0, used), at);
    const givenBytes = Math.min(prefixBytes, lengthBytes, count - frameBytes);
    head.copy(given, used, frameBytes, frameBytes + givenBytes);
    used += givenBytes;
    entries.push({ offset: at, lengthBytes, givenBytes });
    at += frameBytes + lengthBytes;
  }
  return listed(entries, given.subarray(0, used), at < limit ? at : undefined, false);
}

/** The length of the entry before may be what is wrong: the walk begins with that one. */
function doubted(entries: ScannedEntry[], given: Buffer, at: number): ListEntriesOutput {
  const last = entries.pop();
  if (last === undefined) return listed(entries, given, at, true);
  return listed(entries, given.subarray(0, given.length - last.givenBytes), last.offset, true);
}

/** Undefined where no frame begins there that ends before the limit. */
function payloadBytesAt(head: Buffer, at: number, limit: number): number | undefined {
  if (head.length < frameBytes || head.compare(entryMarker, 0, 4, 0, 4) !== 0) return undefined;
  const lengthBytes = framePayloadBytes(head, 0);
  const fits = lengthBytes > 0 && lengthBytes <= maxPayloadBytes;
  if (!fits || frameOffset(head, 0) !== at || at + frameBytes + lengthBytes > limit)
    return undefined;
  return lengthBytes;
}

function listed(
  entries: ScannedEntry[],
  given: Buffer,
  next: number | undefined,
  isDoubtful: boolean,
): ListEntriesOutput {
  const bytes = Uint8Array.from(given).buffer;
  return { state: 'read', entries, bytes, damage: [], next, isDoubtful };
}
