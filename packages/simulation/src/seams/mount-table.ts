/**
 * The one tree of a simulated machine: which disk is mounted where, how a path is walked, and who
 * wants to know of changes. Shared by the node and its users. Symlinks in the middle of a path are
 * followed, the last name never is.
 */
import { type FilePath, joinPath } from '@holdfast/platform';
import type { DirectoryInode, Inode } from './disk-inode.js';
import { MemoryFileError } from './file-error.js';
import type { MemoryDisk } from './memory-disk.js';
import { maxNameBytes } from './name-table.js';

/** As many as Linux follows in one path. */
const maxSymlinksFollowed = 40;

interface Place {
  readonly disk: MemoryDisk;
  readonly inode: DirectoryInode;
  readonly path: FilePath;
}

export interface ResolvedPath {
  readonly disk: MemoryDisk;
  /** Free of symlinks; with the name as the disk holds it, or as given where there is none. */
  readonly path: FilePath;
  readonly inode: Inode | undefined;
  /** Undefined for a root of a disk, which has no name that could change. */
  readonly slot:
    | { readonly directory: DirectoryInode; readonly name: string; readonly key: string }
    | undefined;
}

export class MountTable {
  readonly #disks = new Map<FilePath, MemoryDisk>();
  readonly #listeners = new Set<(paths: readonly FilePath[]) => void>();

  constructor(rootDisk: MemoryDisk) {
    this.#disks.set('/' as FilePath, rootDisk);
  }

  get disks(): readonly MemoryDisk[] {
    return [...this.#disks.values()];
  }

  /** Lays a disk over the directory at `path`, which must exist while anything walks there. */
  mount(path: FilePath, disk: MemoryDisk): void {
    this.#disks.set(path, disk);
  }

  /** Takes the disk away; the directory below shows again. */
  unmount(path: FilePath): void {
    this.#disks.delete(path);
  }

  /** Calls back after each change, with canonical paths; call the result to end it. */
  onChange(listener: (paths: readonly FilePath[]) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  announce(paths: readonly FilePath[]): void {
    for (const listener of this.#listeners) listener(paths);
  }

  resolve(path: FilePath, call: string): ResolvedPath {
    const fail = (code: string): never => {
      throw new MemoryFileError(code, call, path);
    };
    if (path.includes('\0') || !path.startsWith('/')) fail('EINVAL');
    let parts = splitPath(path);
    let stack: Place[] = [this.#rootPlace()];
    let followed = 0;
    while (true) {
      const here = stack.at(-1)!;
      const name = parts[0];
      if (name === undefined) return { ...here, slot: undefined };
      const rest = parts.slice(1);
      if (name === '..') {
        if (stack.length > 1) stack.pop();
        parts = rest;
        continue;
      }
      const found = this.#step(here, name, fail);
      if (rest.length === 0 || found.inode === undefined) {
        return rest.length === 0 ? found : fail('ENOENT');
      }
      if (found.inode.kind === 'directory') {
        stack.push({ disk: found.disk, inode: found.inode, path: found.path });
        parts = rest;
        continue;
      }
      if (found.inode.kind !== 'symlink') return fail('ENOTDIR');
      followed += 1;
      if (followed > maxSymlinksFollowed) return fail('ELOOP');
      parts = [...splitPath(found.inode.target), ...rest];
      if (found.inode.target.startsWith('/')) stack = [this.#rootPlace()];
    }
  }

  #step(here: Place, name: string, fail: (code: string) => never): ResolvedPath {
    if (name.length > maxNameBytes) fail('ENAMETOOLONG');
    const key = here.disk.names.keyOf(name);
    const entry = here.inode.entries.get(key);
    const storedName = entry?.name ?? here.disk.names.storedForm(name);
    const path = joinPath(here.path, storedName);
    const mounted = this.#disks.get(path);
    if (mounted !== undefined && entry !== undefined) {
      return { disk: mounted, path, inode: mounted.root, slot: undefined };
    }
    const slot = { directory: here.inode, name: here.disk.names.storedForm(name), key };
    return { disk: here.disk, path, inode: entry?.inode, slot };
  }

  #rootPlace(): Place {
    const path = '/' as FilePath;
    const disk = this.#disks.get(path)!;
    return { disk, inode: disk.root, path };
  }
}

function splitPath(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
