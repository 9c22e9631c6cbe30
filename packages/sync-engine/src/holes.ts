/**
 * Zeros of a file that is being filled. Where nothing was written yet a file reads as zeros, so they
 * are left out: a sparse file takes no more room here than where it came from.
 */
import { maxChunkBytes } from '@holdfast/block-store';
import type { BlockReference, ContentId } from '@holdfast/model';
import type { FileHandle, FileSystem } from '@holdfast/platform';

/** Fewer zeros than this are written: a hole that small saves nothing. */
export const minHoleBytes = 64 * 1024;

/** The largest block there is, all zeros: what the inside of every long hole is cut into. */
const largestZeroBlock =
  '488de202f73bd976de4e7048f4e1f39a776d86d582b7348ff53bf432b987fca8' as ContentId;

const zeros = Buffer.alloc(maxChunkBytes);

export function isLargestZeroBlock({ contentId, lengthBytes }: BlockReference): boolean {
  return contentId === largestZeroBlock && lengthBytes === maxChunkBytes;
}

/**
 * Writes `bytes` at `position` into a file that is to have `sizeBytes`. Many zeros are left out where
 * the file reads as zeros already; the last byte is always written, as it makes the size.
 */
export function writeSparsely(
  fileSystem: FileSystem,
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
  sizeBytes: number,
): void {
  const isHole =
    bytes.length >= minHoleBytes &&
    isZero(bytes) &&
    readsAsZero(fileSystem, handle, bytes, position);
  if (!isHole) fileSystem.write(handle, bytes, position);
  else if (position + bytes.length === sizeBytes) {
    fileSystem.write(handle, bytes.subarray(-1), sizeBytes - 1);
  }
}

/** What a failure or a crash left in a temporary file may be anything. */
function readsAsZero(
  fileSystem: FileSystem,
  handle: FileHandle,
  { length }: Uint8Array,
  position: number,
): boolean {
  const there = new Uint8Array(length);
  const count = fileSystem.read(handle, there, position);
  const isAll = count === length || position + count >= fileSystem.handleStat(handle).sizeBytes;
  return isAll && isZero(there.subarray(0, count));
}

function isZero(bytes: Uint8Array): boolean {
  return zeros.compare(bytes, 0, bytes.length, 0, bytes.length) === 0;
}
