/**
 * Giving files their new paths within one tree, for worker threads: the new name is linked, made
 * durable, and only then the old one goes. Invariant: at every moment, also after a power loss, the
 * content has one of its names; no name goes under which something else lies by now.
 */
import type { DiskState } from '@holdfast/folder-index';
import { ParentChecker } from '@holdfast/folder-scanner';
import type { FolderPath } from '@holdfast/model';
import {
  type BulkJob,
  type FilePath,
  type FileStat,
  type FileSystem,
  joinPath,
  parentPath,
  statIfPresent,
} from '@holdfast/platform';
import { codeOf } from './asides.js';
import { syncPath } from './sync-path.js';

export interface MoveItem {
  readonly path: FolderPath;
  readonly from: FolderPath;
  /** The file at `from` as it has to be. */
  readonly disk: DiskState;
  /** This device's user wrote it: nobody may have made its content durable yet. */
  readonly syncs: boolean;
}

export interface MoveInput {
  readonly root: FilePath;
  readonly items: readonly MoveItem[];
}

export type MoveResult =
  /** `leaves`: nothing of it is under its old name any more. */
  | { readonly type: 'moved'; readonly stat: FileStat; readonly leaves: boolean }
  /** It is where it was, or something else is: nothing was taken away. */
  | { readonly type: 'kept' };

/** From this many on, one sync of the file system is cheaper than one for each. */
const manyForSync = 64;

/** One answer for each item, in order; what was moved is durable under its new name alone. */
export const moveFilesJob: BulkJob<MoveInput, MoveResult[]> = {
  name: 'sync-move-files',
  perform({ root, items }, { fileSystem }) {
    return new Moving(root, items, fileSystem).perform();
  },
};

class Moving {
  readonly #root: FilePath;
  readonly #items: readonly MoveItem[];
  readonly #fileSystem: FileSystem;
  readonly #parents: ParentChecker;
  /** What has both names, as it is under the new one. */
  readonly #linked = new Map<MoveItem, FileStat>();
  readonly #moved = new Map<MoveItem, MoveResult>();

  constructor(root: FilePath, items: readonly MoveItem[], fileSystem: FileSystem) {
    this.#root = root;
    this.#items = items;
    this.#fileSystem = fileSystem;
    this.#parents = new ParentChecker(fileSystem, root);
  }

  perform(): MoveResult[] {
    const ready = this.#withDurableContent();
    for (const item of ready) codeOf(() => this.#link(item));
    const linked = [...this.#linked.keys()];
    if (this.#syncDirectoriesOf(linked.map(({ path }) => path))) {
      for (const item of linked) codeOf(() => this.#leave(item));
    } else {
      for (const item of linked) codeOf(() => this.#takeBack(item));
    }
    const isDurable = this.#syncDirectoriesOf([...this.#moved.keys()].map(({ from }) => from));
    return this.#items.map(
      (item) => (isDurable ? this.#moved.get(item) : undefined) ?? { type: 'kept' },
    );
  }

  #at(path: FolderPath): FilePath {
    return joinPath(this.#root, path);
  }

  /** What may lie in memory only must not lose the name that a power loss would leave it. */
  #withDurableContent(): MoveItem[] {
    const fresh = this.#items.filter(({ syncs }) => syncs);
    const whole = fresh.length >= manyForSync;
    let isSynced = fresh.length === 0;
    if (whole) codeOf(() => (isSynced = this.#fileSystem.syncFileSystem(this.#root)));
    if (isSynced) return [...this.#items];
    return this.#items.filter(
      (item) =>
        !item.syncs ||
        codeOf(() => {
          if (this.#isThere(item)) syncPath(this.#fileSystem, this.#at(item.from));
        }) === undefined,
    );
  }

  /** Whether the file is at its old path as it was. */
  #isThere({ from, disk }: MoveItem, ctimeNs = disk.ctimeNs): boolean {
    if (this.#parents.check(from).type !== 'ok') return false;
    const stat = statIfPresent(this.#fileSystem, this.#at(from));
    return stat !== undefined && this.#parents.names.has(from) && isFile(stat, disk, ctimeNs);
  }

  #link(item: MoveItem): void {
    const { path, from, disk } = item;
    if (this.#parents.check(path).type !== 'ok' || !this.#isThere(item)) return;
    if (statIfPresent(this.#fileSystem, this.#at(path)) !== undefined) return;
    this.#fileSystem.link(this.#at(from), this.#at(path));
    const stat = this.#fileSystem.stat(this.#at(path));
    // Linking moves the change time; anything else says that it was not the file that was meant.
    if (isFile(stat, disk, stat.ctimeNs)) this.#linked.set(item, stat);
    else this.#takeBack(item);
  }

  /** The old name goes if it still is one of the very file that has the new one, untouched since. */
  #leave(item: MoveItem): void {
    const linked = this.#linked.get(item);
    const shown = statIfPresent(this.#fileSystem, this.#at(item.path));
    if (linked === undefined || shown?.inode !== linked.inode) return;
    if (this.#isThere(item, linked.ctimeNs)) {
      this.#fileSystem.unlink(this.#at(item.from));
      const after = statIfPresent(this.#fileSystem, this.#at(item.path));
      const isSame = after !== undefined && isFile(after, item.disk, after.ctimeNs);
      // Where its user was faster than this look, a scan finds that it shows something else.
      this.#moved.set(item, { type: 'moved', stat: isSame ? after : linked, leaves: true });
      return;
    }
    const old = statIfPresent(this.#fileSystem, this.#at(item.from));
    if (old?.inode === linked.inode) this.#takeBack(item);
    else this.#moved.set(item, { type: 'moved', stat: linked, leaves: false });
  }

  /** A name goes only while the other one leads to the same file. */
  #takeBack({ path, from }: MoveItem): void {
    const made = statIfPresent(this.#fileSystem, this.#at(path));
    const old = statIfPresent(this.#fileSystem, this.#at(from));
    if (made !== undefined && made.inode === old?.inode) this.#fileSystem.unlink(this.#at(path));
  }

  /** Whether the names in all directories that hold these paths are durable. */
  #syncDirectoriesOf(paths: readonly FolderPath[]): boolean {
    const directories = new Set(paths.map((path) => parentPath(this.#at(path))));
    const code = codeOf(() => {
      const whole = directories.size >= manyForSync;
      if (whole && this.#fileSystem.syncFileSystem(this.#root)) return;
      for (const directory of directories) this.#fileSystem.syncDirectory(directory);
    });
    return code === undefined;
  }
}

function isFile(stat: FileStat, disk: DiskState, ctimeNs: bigint): boolean {
  return (
    stat.kind === 'file' &&
    stat.inode === disk.inode &&
    stat.sizeBytes === disk.sizeBytes &&
    stat.mtimeNs === disk.mtimeNs &&
    stat.permissions === disk.permissions &&
    stat.ctimeNs === ctimeNs
  );
}
