/**
 * A stable read: the chunks of a file, or of a part of it, with the stat of the very handle before
 * and after, so that a hash never mixes two versions.
 */
import { type ChunkedRange, chunkHandle } from '@holdfast/block-store';
import type { BlockReference } from '@holdfast/model';
import type { BulkTools, FilePath, FileStat } from '@holdfast/platform';

export interface ReadChunks {
  readonly type: 'chunks';
  readonly stat: FileStat;
  readonly blocks: readonly BlockReference[];
  /** Read so soon after its last change that its times cannot be believed yet. */
  readonly racy: boolean;
}

export type ChunksAnswer = ReadChunks | { readonly type: 'unstable' };

/** A change within this time after the last one may carry the same time stamp. */
const clockGrainMs = 50;
/** The same, on disks that keep whole seconds only. */
const coarseClockGrainMs = 2_000;

/** Up to this size a young file is read at once, and again when its times can be believed. */
const readTwiceBytes = 4 * 1024 * 1024;

let readBuffer: Uint8Array | undefined;
const readBufferBytes = 4 * 1024 * 1024;

/** Reads chunks of a regular file that was found as `before`. Throws the file system's errors. */
export function readChunks(
  path: FilePath,
  before: FileStat,
  range: ChunkedRange,
  { fileSystem, hasher, now }: BulkTools,
): ChunksAnswer {
  readBuffer ??= new Uint8Array(readBufferBytes);
  const startedMs = now();
  const handle = fileSystem.open(path, 'read');
  try {
    const opened = fileSystem.handleStat(handle);
    const { blocks } = chunkHandle(fileSystem, handle, range, hasher, readBuffer);
    const after = fileSystem.handleStat(handle);
    if (!sameStat(before, opened) || !sameStat(opened, after)) return { type: 'unstable' };
    const end = blocks.reduce((sum, block) => sum + block.lengthBytes, range.from);
    if (end < range.until) return { type: 'unstable' };
    return { type: 'chunks', stat: after, blocks, racy: isRacy(after, startedMs) };
  } finally {
    fileSystem.close(handle);
  }
}

/** Large, and changed a moment ago: it would have to be read twice. */
export function isYoung(stat: FileStat, nowMs: number): boolean {
  return stat.sizeBytes > readTwiceBytes && isRacy(stat, nowMs);
}

/** Whether two stats show the same entry in the same state. */
export function sameStat(left: FileStat, right: FileStat): boolean {
  return (
    left.kind === right.kind &&
    left.inode === right.inode &&
    left.deviceNumber === right.deviceNumber &&
    left.sizeBytes === right.sizeBytes &&
    left.mtimeNs === right.mtimeNs &&
    left.ctimeNs === right.ctimeNs &&
    left.permissions === right.permissions
  );
}

/** As in git's index ("racy git"): a time stamp as young as the clock's grain proves nothing. */
function isRacy(stat: FileStat, readStartedMs: number): boolean {
  const grainMs = stat.ctimeNs % 1_000_000_000n === 0n ? coarseClockGrainMs : clockGrainMs;
  const changedMs = Number(stat.ctimeNs / 1_000_000n);
  return Math.abs(readStartedMs - changedMs) <= grainMs;
}
