/**
 * Names on a disk that folds them, as those of macOS, Windows and memory sticks do: there one name
 * leads to what lies under another. Only the byte-equal name counts, so that no file is read, replaced
 * or removed under a name that it does not have.
 */
import { type FolderPath, nameOf, ownDirectoryName, parentOf } from '@holdfast/model';
import { type FilePath, type FileSystem, joinPath, statIfPresent } from '@holdfast/platform';

interface KnownDirectory {
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly names: ReadonlySet<string>;
}

/** For one piece of work in one root. */
export class ExactNames {
  readonly #fileSystem: FileSystem;
  readonly #root: FilePath;
  readonly #listed = new Map<string, KnownDirectory>();
  #folds: boolean | undefined;

  constructor(fileSystem: FileSystem, root: FilePath) {
    this.#fileSystem = fileSystem;
    this.#root = root;
  }

  /**
   * Whether what a call finds at the path lies there under this very name; meaningless where nothing
   * is found. Reads a directory only where the disk folds names. Throws the file system's errors.
   */
  has(path: FolderPath): boolean {
    if (!this.#diskFolds()) return true;
    return this.#namesIn(parentOf(path)).has(nameOf(path));
  }

  /** Whether the name is free but leads to something else, from which the disk cannot tell it. */
  isTakenByAnother(path: FolderPath): boolean {
    if (!this.#diskFolds()) return false;
    if (statIfPresent(this.#fileSystem, joinPath(this.#root, path)) === undefined) return false;
    return !this.has(path);
  }

  /** The folder's own directory is there under every case, or under its own alone. */
  #diskFolds(): boolean {
    if (this.#folds === undefined) {
      const other = ownDirectoryName.toUpperCase();
      const folded = statIfPresent(this.#fileSystem, joinPath(this.#root, other));
      const own = folded && statIfPresent(this.#fileSystem, joinPath(this.#root, ownDirectoryName));
      this.#folds = folded !== undefined && folded.inode === own?.inode;
    }
    return this.#folds;
  }

  /** Read again whenever the directory has changed. */
  #namesIn(directory: FolderPath | ''): ReadonlySet<string> {
    const path = joinPath(this.#root, directory);
    const { mtimeNs, ctimeNs } = this.#fileSystem.stat(path);
    const known = this.#listed.get(directory);
    if (known?.mtimeNs === mtimeNs && known.ctimeNs === ctimeNs) return known.names;
    const names = new Set(this.#fileSystem.list(path).map((entry) => entry.name));
    this.#listed.set(directory, { mtimeNs, ctimeNs, names });
    return names;
  }
}
