/**
 * Content-defined chunking: FastCDC with normalized chunking (Xia et al., USENIX ATC 2016) on a
 * 32-bit gear hash. The same bytes are always cut at the same places: the table, the masks and the
 * sizes are the format `fastcdc-256k` of FORMAT.md and never change under that name.
 */
import type { BlockReference, ContentId } from '@holdfast/model';
import { hexFrom } from '@holdfast/model';
import {
  assert,
  type FileHandle,
  type FileSystem,
  type Hasher,
  readFully,
} from '@holdfast/platform';

export const minChunkBytes = 64 * 1024;
export const maxChunkBytes = 1024 * 1024;
/** Before this length a cut is rare, after it frequent; chosen so that the mean is 256 KiB. */
export const normalChunkBytes = 208 * 1024;
/** The buffer of a streaming reader; it may be any size from two largest chunks up. */
export const chunkBufferBytes = 8 * 1024 * 1024;

/** A cut needs this many leading zero bits: 20 before the normal length, 16 after it. */
const rareMask = 0xfffff000 | 0;
const frequentMask = 0xffff0000 | 0;

/** 256 constants: MurmurHash3's 32-bit finalizer over multiples of the golden ratio. */
export const gearTable: Int32Array = makeGearTable();

function makeGearTable(): Int32Array {
  const table = new Int32Array(256);
  for (let index = 0; index < 256; index += 1) {
    let word = Math.imul(index + 1, 0x9e3779b9);
    word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    table[index] = word ^ (word >>> 16);
  }
  return table;
}

/**
 * Where the chunk that begins at `from` ends, given the bytes up to `to`. Undefined where more bytes
 * are needed: never when `isEnd` says that the content ends at `to`, nor with a largest chunk given.
 */
export function nextCut(
  bytes: Uint8Array,
  from: number,
  to: number,
  isEnd: boolean,
): number | undefined {
  const available = to - from;
  if (available < maxChunkBytes && !isEnd) return undefined;
  if (available <= minChunkBytes) return to;
  const limit = available < maxChunkBytes ? to : from + maxChunkBytes;
  const normal = Math.min(from + normalChunkBytes, limit);
  const start = from + minChunkBytes;
  return (
    cutWithin(bytes, start, start, normal, rareMask) ??
    cutWithin(bytes, start, normal, limit, frequentMask) ??
    limit
  );
}

/** What is older than this many bytes was shifted out of the 32-bit hash. */
const hashWindowBytes = 32;

/** The first cut after `from`, at `to` at the latest, in a hash that began at `start`. */
function cutWithin(
  bytes: Uint8Array,
  start: number,
  from: number,
  to: number,
  mask: number,
): number | undefined {
  const gear = gearTable;
  let hash = 0;
  for (let at = Math.max(start, from - hashWindowBytes); at < from; at += 1) {
    hash = ((hash << 1) + (gear[bytes[at] as number] as number)) | 0;
  }
  const cut = cutByEights(bytes, from, to - 7, hash, mask, gear);
  if (cut > 0) return cut;
  const rest = from + ((to - from) & ~7);
  hash = 0;
  for (let at = Math.max(start, rest - hashWindowBytes); at < to; at += 1) {
    hash = ((hash << 1) + (gear[bytes[at] as number] as number)) | 0;
    if (at >= rest && (hash & mask) === 0) return at + 1;
  }
  return undefined;
}

/**
 * Eight bytes a round, and nothing else in the function. A shorter one is inlined into its callers,
 * where V8 takes the first half gigabyte to make it fast: 0.9 against 1.5 GB/s there (Node 20), and
 * the second thread of a large file reads no more than that. Zero where there is no cut.
 */
function cutByEights(
  bytes: Uint8Array,
  from: number,
  lastRound: number,
  begun: number,
  mask: number,
  gear: Int32Array,
): number {
  let at = from;
  let hash = begun;
  while (at < lastRound) {
    hash = ((hash << 1) + (gear[bytes[at] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 1;
    hash = ((hash << 1) + (gear[bytes[at + 1] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 2;
    hash = ((hash << 1) + (gear[bytes[at + 2] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 3;
    hash = ((hash << 1) + (gear[bytes[at + 3] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 4;
    hash = ((hash << 1) + (gear[bytes[at + 4] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 5;
    hash = ((hash << 1) + (gear[bytes[at + 5] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 6;
    hash = ((hash << 1) + (gear[bytes[at + 6] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 7;
    hash = ((hash << 1) + (gear[bytes[at + 7] as number] as number)) | 0;
    if ((hash & mask) === 0) return at + 8;
    at += 8;
  }
  return 0;
}

export interface ChunkedContent {
  readonly blocks: BlockReference[];
  /** Less than asked for where the file has become shorter: then what was read is no version. */
  readonly bytesRead: number;
}

/** What of a file is read: chunks from `from` on, until one ends at `until` or behind it. */
export interface ChunkedRange {
  readonly from: number;
  readonly until: number;
  /** Of the whole file: what lies behind it is not read. */
  readonly sizeBytes: number;
}

/**
 * Reads a range of an open file once, and names its blocks. `buffer` is only used during the call;
 * hand in the same one for file after file.
 */
export function chunkHandle(
  fileSystem: FileSystem,
  handle: FileHandle,
  range: ChunkedRange,
  hasher: Hasher,
  buffer: Uint8Array,
): ChunkedContent {
  assert(buffer.length >= 2 * maxChunkBytes, 'the chunk buffer holds two largest chunks');
  const blocks: BlockReference[] = [];
  let bytesRead = 0;
  let chunkedBytes = 0;
  let from = 0;
  let to = 0;
  let isEnd = false;
  while (!isEnd || from < to) {
    if (range.from + chunkedBytes >= range.until && chunkedBytes > 0) break;
    const cut = from < to ? nextCut(buffer, from, to, isEnd) : undefined;
    if (cut !== undefined) {
      const contentId = hexFrom(hasher.blake3(buffer.subarray(from, cut))) as ContentId;
      blocks.push({ contentId, lengthBytes: cut - from });
      chunkedBytes += cut - from;
      from = cut;
      continue;
    }
    buffer.copyWithin(0, from, to);
    to -= from;
    from = 0;
    const at = range.from + bytesRead;
    const wanted = Math.min(buffer.length - to, range.sizeBytes - at);
    const count = readFully(fileSystem, handle, buffer.subarray(to, to + wanted), at);
    to += count;
    bytesRead += count;
    isEnd = count < wanted || at + count === range.sizeBytes;
  }
  return { blocks, bytesRead };
}
