/**
 * The synchronous file-system seam. Bulk file work runs in worker threads with synchronous calls
 * (promise-based calls cost four to nine times the work), and inline in the simulation, where each
 * call is a point at which the world may crash the node, lose what was not synced or tear a write.
 *
 * Every method throws an error whose `code` is the operating system's name for it (`ENOENT`,
 * `EEXIST`, `EXDEV`, `ENOSPC`, `EIO`, …). No method follows a symlink in the last name of a path.
 */
import type { FilePath } from './file-path.js';

export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

export interface FileStat {
  readonly kind: EntryKind;
  readonly sizeBytes: number;
  /** Nanoseconds since the Unix epoch. */
  readonly mtimeNs: bigint;
  /** Nanoseconds since the Unix epoch; moves whenever content or attributes do. */
  readonly ctimeNs: bigint;
  /** The nine permission bits and setuid, setgid, sticky: `mode & 0o7777`. */
  readonly permissions: number;
  /** Identifies the file system that holds the entry. */
  readonly deviceNumber: bigint;
  readonly inode: bigint;
}

export interface DirectoryEntry {
  /** A byte string without `/`. */
  readonly name: string;
  readonly kind: EntryKind;
}

declare const handleBrand: unique symbol;
export type FileHandle = number & { readonly [handleBrand]: true };

/**
 * `read`: an existing regular file. `write`: an existing file, to read and write. `create`: a new
 * file, to read and write; EEXIST where the name is taken.
 */
export type OpenMode = 'read' | 'write' | 'create';

export interface FileSystemSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface FileSystem {
  /** The entry itself: a symlink is not followed. */
  stat(path: FilePath): FileStat;
  /** Unsorted, without `.` and `..`. */
  list(path: FilePath): DirectoryEntry[];
  /** Refuses a symlink in the last name (ELOOP). New files get `permissions` (default 0o600) exactly. */
  open(path: FilePath, mode: OpenMode, permissions?: number): FileHandle;
  handleStat(handle: FileHandle): FileStat;
  /** Reads up to `buffer.length` bytes from `position`; returns how many, 0 at the end. */
  read(handle: FileHandle, buffer: Uint8Array, position: number): number;
  /** Writes all of `bytes` at `position`. */
  write(handle: FileHandle, bytes: Uint8Array, position: number): void;
  /** Content and size are durable when it returns. After it failed, nothing since the last good sync may be trusted. */
  syncFile(handle: FileHandle): void;
  close(handle: FileHandle): void;
  /** Not recursive; EEXIST where the name is taken. Permissions are set exactly, whatever the umask. */
  makeDirectory(path: FilePath, permissions?: number): void;
  /** Only an empty one: ENOTEMPTY otherwise. */
  removeDirectory(path: FilePath): void;
  /** Atomic; replaces a file at `to`. */
  rename(from: FilePath, to: FilePath): void;
  /** A hard link; EEXIST where `to` is taken, EXDEV, EPERM or ENOTSUP where links are impossible. */
  link(existing: FilePath, to: FilePath): void;
  /** Removes a name that is not a directory. */
  unlink(path: FilePath): void;
  /** `target` is a byte string, stored verbatim. */
  makeSymlink(target: string, path: FilePath): void;
  /** The target as a byte string. */
  readSymlink(path: FilePath): string;
  setPermissions(path: FilePath, permissions: number): void;
  setModificationTime(path: FilePath, mtimeNs: bigint): void;
  /** Names created, renamed or removed in the directory are durable when it returns. */
  syncDirectory(path: FilePath): void;
  /**
   * Makes everything written to the file system that holds `path` durable, content and names.
   * Returns false where the platform has no such call: then sync each file and directory.
   */
  syncFileSystem(path: FilePath): boolean;
  space(path: FilePath): FileSystemSpace;
}

/** The operating system's name for an error (`ENOENT`, …), or undefined where it has none. */
export function fileErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
