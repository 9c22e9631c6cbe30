/**
 * The real file system: synchronous node:fs calls on byte paths. Nothing is cached and nothing is
 * kept between calls; each method is safe to use from any thread.
 *
 * Node has no `openat`: names before the last one are followed as the operating system does, and
 * `list` and `setPermissions` look before they act. Who must not be led outside a folder by
 * someone who swaps directories for symlinks verifies device and inode himself.
 */
import fs from 'node:fs';
import {
  byteStringFrom,
  bytesOf,
  type DirectoryEntry,
  type EntryKind,
  type FileHandle,
  type FilePath,
  type FileStat,
  type FileSystem,
  type FileSystemSpace,
  fileErrorCode,
  type OpenMode,
  parentPath,
} from '@holdfast/platform';
import { syncWholeFileSystem } from './sync-whole-file-system.js';

const { O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = fs.constants;
// Undefined on Windows, which has none of them.
const noFollow = fs.constants.O_NOFOLLOW ?? 0;
const directoryOnly = fs.constants.O_DIRECTORY ?? 0;
/** Opening a FIFO that nobody writes to would block for ever; regular files ignore it. */
const noBlock = fs.constants.O_NONBLOCK ?? 0;

const openFlags: Record<OpenMode, number> = {
  read: O_RDONLY | noFollow | noBlock,
  write: O_RDWR | noFollow | noBlock,
  create: O_RDWR | O_CREAT | O_EXCL | noFollow,
};

const defaultFilePermissions = 0o600;
const defaultDirectoryPermissions = 0o755;
const permissionBits = 0o7777;

export class NodeFileSystem implements FileSystem {
  stat(path: FilePath): FileStat {
    return fileStatFrom(fs.lstatSync(native(path), { bigint: true }));
  }

  list(path: FilePath): DirectoryEntry[] {
    if (!fs.lstatSync(native(path)).isDirectory()) throw systemError('ENOTDIR', 'scandir', path);
    // Buffers in and out: where the disk does not tell an entry's kind, Node joins the two and asks.
    return fs
      .readdirSync(bufferOf(path), { withFileTypes: true, encoding: 'buffer' })
      .map((entry) => ({ name: entry.name.toString('latin1'), kind: kindOf(entry) }));
  }

  open(path: FilePath, mode: OpenMode, permissions = defaultFilePermissions): FileHandle {
    const descriptor = fs.openSync(native(path), openFlags[mode], permissions);
    try {
      const stats = fs.fstatSync(descriptor);
      if (mode === 'create') {
        restorePermissions(stats.mode, permissions, () => fs.fchmodSync(descriptor, permissions));
      } else if (!stats.isFile()) {
        throw systemError(stats.isDirectory() ? 'EISDIR' : 'EINVAL', 'open', path);
      }
    } catch (error) {
      fs.closeSync(descriptor);
      throw error;
    }
    return descriptor as FileHandle;
  }

  handleStat(handle: FileHandle): FileStat {
    return fileStatFrom(fs.fstatSync(handle, { bigint: true }));
  }

  read(handle: FileHandle, buffer: Uint8Array, position: number): number {
    return fs.readSync(handle, buffer, 0, buffer.length, position);
  }

  write(handle: FileHandle, bytes: Uint8Array, position: number): void {
    let written = 0;
    while (written < bytes.length) {
      const left = bytes.length - written;
      written += fs.writeSync(handle, bytes, written, left, position + written);
    }
  }

  /** On macOS the drive's own cache is not flushed: that needs F_FULLFSYNC, which Node lacks. */
  syncFile(handle: FileHandle): void {
    fs.fsyncSync(handle);
  }

  close(handle: FileHandle): void {
    fs.closeSync(handle);
  }

  makeDirectory(path: FilePath, permissions = defaultDirectoryPermissions): void {
    fs.mkdirSync(native(path), permissions);
    const { mode } = fs.lstatSync(native(path));
    restorePermissions(mode, permissions, () => this.setPermissions(path, permissions));
  }

  removeDirectory(path: FilePath): void {
    fs.rmdirSync(native(path));
  }

  rename(from: FilePath, to: FilePath): void {
    fs.renameSync(native(from), native(to));
  }

  link(existing: FilePath, to: FilePath): void {
    fs.linkSync(native(existing), native(to));
  }

  unlink(path: FilePath): void {
    fs.unlinkSync(native(path));
  }

  makeSymlink(target: string, path: FilePath): void {
    fs.symlinkSync(bufferOf(target), native(path));
  }

  readSymlink(path: FilePath): string {
    return byteStringFrom(fs.readlinkSync(native(path), { encoding: 'buffer' }));
  }

  /** A symlink has no permissions of its own: ELOOP. */
  setPermissions(path: FilePath, permissions: number): void {
    const stats = fs.lstatSync(native(path));
    if (stats.isSymbolicLink()) throw systemError('ELOOP', 'chmod', path);
    if (!stats.isFile() && !stats.isDirectory()) {
      fs.chmodSync(native(path), permissions);
      return;
    }
    const descriptor = openToChange(path);
    if (descriptor === undefined) {
      fs.chmodSync(native(path), permissions);
      return;
    }
    try {
      fs.fchmodSync(descriptor, permissions);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  /**
   * Node takes a time as a floating-point number of seconds, so the grain is one microsecond: the
   * microsecond is kept exactly (for times from 1970 to 2106) and what is below it is not. A
   * caller who compares times later reads back what the disk says now. The access time becomes
   * the same.
   */
  setModificationTime(path: FilePath, mtimeNs: bigint): void {
    const seconds = secondsFrom(mtimeNs);
    fs.lutimesSync(native(path), seconds, seconds);
  }

  syncDirectory(path: FilePath): void {
    let descriptor: number | undefined;
    try {
      descriptor = fs.openSync(native(path), O_RDONLY | directoryOnly | noFollow);
      fs.fsyncSync(descriptor);
    } catch (error) {
      // Windows cannot sync a directory; its file systems journal names by themselves.
      if (process.platform !== 'win32' || fileErrorCode(error) !== 'EPERM') throw error;
    } finally {
      if (descriptor !== undefined) fs.closeSync(descriptor);
    }
  }

  /** By the `sync` command on Linux; false elsewhere or where the command cannot do it. */
  syncFileSystem(path: FilePath): boolean {
    const descriptor = fs.openSync(native(holderOf(path)), O_RDONLY | noFollow | noBlock);
    try {
      return syncWholeFileSystem(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  }

  space(path: FilePath): FileSystemSpace {
    const { bavail, blocks, bsize } = fs.statfsSync(native(holderOf(path)));
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }
}

/** node:fs is fastest with strings; only ASCII is the same bytes in every encoding. */
function native(path: string): string | Buffer {
  return /[\u0080-\u00ff]/.test(path) ? bufferOf(path) : path;
}

function bufferOf(byteString: string): Buffer {
  const bytes = bytesOf(byteString);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function kindOf(entry: fs.Dirent<Buffer> | fs.BigIntStats): EntryKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

function fileStatFrom(stats: fs.BigIntStats): FileStat {
  return {
    kind: kindOf(stats),
    sizeBytes: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    permissions: Number(stats.mode) & permissionBits,
    deviceNumber: stats.dev,
    inode: stats.ino,
  };
}

/**
 * Gives a new entry the bits that the umask took away. A disk without permissions (FAT) refuses
 * with EPERM; the entry then has what the disk has.
 */
function restorePermissions(mode: number, wanted: number, change: () => void): void {
  if ((mode & permissionBits) === wanted) return;
  try {
    change();
  } catch (error) {
    const code = fileErrorCode(error);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
  }
}

/** What stands for the file system that holds `path`: a symlink may lead to another one. */
function holderOf(path: FilePath): FilePath {
  return fs.lstatSync(native(path)).isSymbolicLink() ? parentPath(path) : path;
}

/** A descriptor that a swapped-in symlink cannot divert; undefined where we may not read the entry. */
function openToChange(path: FilePath): number | undefined {
  try {
    return fs.openSync(native(path), O_RDONLY | noFollow | noBlock);
  } catch (error) {
    if (fileErrorCode(error) === 'EACCES') return undefined;
    throw error;
  }
}

/**
 * Whole microseconds and a quarter: a double near today's seconds is off by up to 0.12 of a
 * microsecond, and older libuv cuts off below the microsecond, newer below the nanosecond. As
 * text, because Node replaces a negative number by the present.
 */
function secondsFrom(timeNs: bigint): string {
  const microseconds = timeNs >= 0n ? timeNs / 1000n : (timeNs - 999n) / 1000n;
  const seconds = Number(microseconds) / 1e6;
  return String(timeNs >= 0n ? seconds + 0.25e-6 : seconds);
}

function systemError(code: string, call: string, path: FilePath): Error {
  return Object.assign(new Error(`${code}: ${call} '${JSON.stringify(path).slice(1, -1)}'`), {
    code,
    syscall: call,
  });
}
