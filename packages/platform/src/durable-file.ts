/**
 * Small files that must be whole or absent: configuration, keys, markers. Written beside their
 * place, synced, renamed into it, and the directory synced.
 */
import { type FilePath, joinPath, lastName, parentPath } from './file-path.js';
import { type FileSystem, fileErrorCode } from './file-system.js';
import { readFully } from './read-fully.js';

/** Reads a whole file. The size is bounded by `limitBytes`; a larger file throws a RangeError. */
export function readWholeFile(
  fileSystem: FileSystem,
  path: FilePath,
  limitBytes = 64 * 1024 * 1024,
): Uint8Array {
  const handle = fileSystem.open(path, 'read');
  try {
    const sizeBytes = fileSystem.handleStat(handle).sizeBytes;
    if (sizeBytes > limitBytes) throw new RangeError(`file of ${sizeBytes} bytes is too large`);
    const buffer = new Uint8Array(sizeBytes);
    return buffer.subarray(0, readFully(fileSystem, handle, buffer, 0));
  } finally {
    fileSystem.close(handle);
  }
}

/** Like readWholeFile, but undefined where there is no such file. */
export function readWholeFileIfPresent(
  fileSystem: FileSystem,
  path: FilePath,
  limitBytes?: number,
): Uint8Array | undefined {
  try {
    return readWholeFile(fileSystem, path, limitBytes);
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces or creates `path` with `bytes`; old or new after a crash, never neither. */
export function writeFileDurably(
  fileSystem: FileSystem,
  path: FilePath,
  bytes: Uint8Array,
  permissions = 0o600,
): void {
  const directory = parentPath(path);
  const temporary = temporaryOf(path);
  removeIfPresent(fileSystem, temporary);
  const handle = fileSystem.open(temporary, 'create', permissions);
  try {
    fileSystem.write(handle, bytes, 0);
    fileSystem.syncFile(handle);
  } finally {
    fileSystem.close(handle);
  }
  fileSystem.rename(temporary, path);
  fileSystem.syncDirectory(directory);
}

/** What `writeFileDurably` writes first; it may be left by a crash or a full disk. */
export function temporaryOf(path: FilePath): FilePath {
  return joinPath(parentPath(path), `.${lastName(path)}.new`);
}

/** Removes a file; does nothing where there is none. Returns whether it was there. */
export function removeIfPresent(fileSystem: FileSystem, path: FilePath): boolean {
  try {
    fileSystem.unlink(path);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Creates a directory and its missing parents, durably; does nothing where it exists. */
export function ensureDirectory(fileSystem: FileSystem, path: FilePath, permissions = 0o755): void {
  const parent = parentPath(path);
  try {
    fileSystem.makeDirectory(path, permissions);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || parent === path) throw error;
    ensureDirectory(fileSystem, parent, permissions);
    fileSystem.makeDirectory(path, permissions);
  }
  fileSystem.syncDirectory(parent);
}

/** The entry's stat, or undefined where the name does not exist. */
export function statIfPresent(fileSystem: FileSystem, path: FilePath) {
  try {
    return fileSystem.stat(path);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
