/** Reading as much as was asked for: one call of the system may give less. */
import type { FileHandle, FileSystem } from './file-system.js';

/** Fills `target` from `position`, as far as the file goes. */
export function readFully(
  fileSystem: FileSystem,
  handle: FileHandle,
  target: Uint8Array,
  position: number,
): number {
  let filled = 0;
  while (filled < target.length) {
    const count = fileSystem.read(handle, target.subarray(filled), position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
