/**
 * Writing what a segment holds once more before it counts. Invariant: a byte is only ever written
 * where it was just read.
 */
import {
  type BulkTools,
  type FileHandle,
  fileErrorCode,
  isDiskFull,
  readFully,
} from '@holdfast/platform';
import { headerBytes } from './segment-format.js';
import { walkEntries } from './segment-walk.js';

interface WrittenAgain {
  readonly fileBytes: number;
  /** How far entries are; those below a trailer were synced before it was written. */
  readonly validBytes: number;
  /** Of what is a trailer at the end of the file; 0 where there is none. */
  readonly trailerBytes: number;
}

/**
 * What a sync of an earlier process failed to write stays readable until the power fails, and no
 * later sync writes it. So it is written once more, as it is, before it counts.
 */
export function writeAgain(what: WrittenAgain, tools: BulkTools, handle: FileHandle): void {
  const { fileSystem, hasher } = tools;
  const { fileBytes, validBytes } = what;
  const copy = (from: number, lengthBytes: number) => {
    const bytes = Buffer.alloc(lengthBytes);
    const count = readFully(fileSystem, handle, bytes, from);
    fileSystem.write(handle, bytes.subarray(0, count), from);
  };
  try {
    copy(0, Math.min(headerBytes, fileBytes));
    copy(fileBytes - what.trailerBytes, what.trailerBytes);
    const options = { from: headerBytes, limit: validBytes, passDamage: true };
    for (const step of walkEntries(fileSystem, handle, hasher, options)) {
      if (step.type === 'entry') fileSystem.write(handle, step.bytes, step.offset);
    }
  } catch (error) {
    // Where even a write in place takes new space, a full disk still serves.
    if (!isDiskFull(fileErrorCode(error))) throw error;
  }
  fileSystem.syncFile(handle);
}
