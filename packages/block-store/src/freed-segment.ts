/**
 * The file that takes the place of a segment whose entries nobody needs any more, or were copied: its
 * header, and a mark that says where it ended. So the chain of segments stays whole without its bytes.
 */
import { ByteReader, ByteWriter } from '@holdfast/model';
import { type BulkJob, type Hasher, readFully, writeFileDurably } from '@holdfast/platform';
import { headerBytes, type SegmentExtent, sameBytes } from './segment-format.js';
import { type SegmentPlace, segmentPath, withFile } from './segment-jobs.js';

const freedMagic = Buffer.from('HFFREED\n', 'latin1');
const markBytes = 64;
const checksumBytes = 8;

/** Of the whole file. No entry can stand where the mark does: entries begin with another marker. */
export const freedSegmentBytes = headerBytes + markBytes;

/** What stands behind the header; `extent` is what the segment was. */
export function encodeFreedMark(extent: SegmentExtent, hasher: Hasher): Uint8Array {
  const writer = new ByteWriter(markBytes).raw(freedMagic);
  writer.u64(extent.validBytes).u64(extent.entryCount).raw(extent.digest);
  return writer.raw(hasher.blake3(writer.bytes()).subarray(0, checksumBytes)).bytes();
}

/** What the segment was; undefined where the last bytes of its file are no such mark. */
export function readFreedMark(
  bytes: Uint8Array,
  fileBytes: number,
  hasher: Hasher,
): SegmentExtent | undefined {
  if (fileBytes !== freedSegmentBytes || bytes.length !== markBytes) return undefined;
  if (!sameBytes(bytes.subarray(0, freedMagic.length), freedMagic)) return undefined;
  const content = bytes.subarray(0, markBytes - checksumBytes);
  const checksum = hasher.blake3(content).subarray(0, checksumBytes);
  if (!sameBytes(checksum, bytes.subarray(content.length))) return undefined;
  const reader = new ByteReader(content.subarray(freedMagic.length));
  const validBytes = reader.u64();
  const entryCount = reader.u64();
  return { validBytes, entryCount, digest: Uint8Array.from(reader.raw(32)) };
}

export interface FreeInput {
  readonly place: SegmentPlace;
  readonly extent: SegmentExtent;
}

/** Replaces the file as a whole: after a crash it is the one or the other. Gives its new size. */
export const freeSegment: BulkJob<FreeInput, number> = {
  name: 'block-store.free-segment',
  perform({ place, extent }, tools) {
    const path = segmentPath(place);
    const header = Buffer.alloc(headerBytes);
    withFile(tools, path, 'read', (handle) => readFully(tools.fileSystem, handle, header, 0));
    const bytes = Buffer.concat([header, encodeFreedMark(extent, tools.hasher)]);
    writeFileDurably(tools.fileSystem, path, bytes);
    return bytes.length;
  },
};
