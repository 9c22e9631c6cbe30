/**
 * What lies set aside, for worker threads: listing it, and dropping second names of what is in its
 * place still. Nothing is dropped whose bytes have no other name.
 */
import type { DiskState } from '@holdfast/folder-index';
import { diskStateOf, heldDirectory, ParentChecker } from '@holdfast/folder-scanner';
import { type FolderPath, isThirtyTwoByteId, type VersionId } from '@holdfast/model';
import {
  type BulkJob,
  type FileHandle,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';

export interface HeldFile {
  readonly id: VersionId;
  readonly disk: DiskState;
}

export interface ListHeldInput {
  readonly root: FilePath;
  /** Only of these versions; undefined: all. */
  readonly ids?: readonly VersionId[] | undefined;
}

/** The set-aside files of a folder. */
export const listHeldJob: BulkJob<ListHeldInput, HeldFile[]> = {
  name: 'sync-list-held',
  perform({ root, ids }, { fileSystem }) {
    const directory = heldDirectory(root);
    try {
      const names = ids ?? fileSystem.list(directory).map(({ name }) => name);
      return names.flatMap((name): HeldFile[] => {
        if (!isThirtyTwoByteId(name)) return [];
        const stat = statIfPresent(fileSystem, joinPath(directory, name));
        if (stat?.kind !== 'file') return [];
        return [{ id: name as VersionId, disk: diskStateOf(stat, false) }];
      });
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  },
};

export interface DropAsideInput {
  readonly root: FilePath;
  readonly items: readonly { readonly id: VersionId; readonly path: FolderPath }[];
}

/** Drops second names of content that still is in its place; tells for each whether it was. */
export const dropAsideJob: BulkJob<DropAsideInput, boolean[]> = {
  name: 'sync-drop-aside',
  perform({ root, items }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return items.map(({ id, path }) => {
      const held = joinPath(heldDirectory(root), id);
      if (parents.check(path).type !== 'ok') return false;
      const isInPlace = sameContent(fileSystem, held, joinPath(root, path));
      return isInPlace && removeIfPresent(fileSystem, held);
    });
  },
};

/** The same file, or, where the disk has no links, a copy of it: only its bytes tell that. */
function sameContent(fileSystem: FileSystem, held: FilePath, path: FilePath): boolean {
  const aside = statIfPresent(fileSystem, held);
  const shown = statIfPresent(fileSystem, path);
  if (aside?.kind !== 'file' || shown?.kind !== 'file') return false;
  if (aside.inode === shown.inode && aside.deviceNumber === shown.deviceNumber) return true;
  if (aside.sizeBytes !== shown.sizeBytes) return false;
  try {
    return readSame(fileSystem, held, path);
  } catch (error) {
    // What cannot be read is kept in both places.
    if (fileErrorCode(error) === undefined) throw error;
    return false;
  }
}

function readSame(fileSystem: FileSystem, held: FilePath, path: FilePath): boolean {
  const left = fileSystem.open(held, 'read');
  try {
    const right = fileSystem.open(path, 'read');
    try {
      return sameBytes(fileSystem, left, right);
    } finally {
      fileSystem.close(right);
    }
  } finally {
    fileSystem.close(left);
  }
}

const compareChunkBytes = 1024 * 1024;

function sameBytes(fileSystem: FileSystem, left: FileHandle, right: FileHandle): boolean {
  const one = new Uint8Array(compareChunkBytes);
  const other = new Uint8Array(compareChunkBytes);
  for (let at = 0; ; ) {
    const count = fileSystem.read(left, one, at);
    if (fileSystem.read(right, other, at) !== count) return false;
    if (count === 0) return true;
    if (Buffer.compare(one.subarray(0, count), other.subarray(0, count)) !== 0) return false;
    at += count;
  }
}
