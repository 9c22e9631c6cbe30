/**
 * What a placing sets aside, for worker threads: a second name for what is at a target, and what
 * becomes of it where the target was not replaced. Invariant: an aside goes only while its content
 * still is in its place.
 */
import { heldDirectory, type ParentChecker } from '@holdfast/folder-scanner';
import {
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';
import { linkOrCopy } from './link-or-copy.js';
import type { PlaceItem } from './place-item.js';

interface Aside {
  readonly path: FilePath;
  readonly isHeld: boolean;
  /** Whether the name was made just now, or was there before. */
  readonly isNew: boolean;
}

export class Asides {
  readonly #fileSystem: FileSystem;
  readonly #root: FilePath;
  readonly #parents: ParentChecker;
  readonly #made = new Map<PlaceItem, Aside[]>();
  /** Linking a file aside moves its ctime: what it is from then on. */
  readonly #linkedCtimes = new Map<PlaceItem, bigint>();

  constructor(fileSystem: FileSystem, root: FilePath, parents: ParentChecker) {
    this.#fileSystem = fileSystem;
    this.#root = root;
    this.#parents = parents;
  }

  /** Gives what is there its names aside. Returns that of its copy in the tree, where it has one. */
  make(item: PlaceItem): FilePath | undefined {
    const target = joinPath(this.#root, item.path);
    const made: Aside[] = [];
    this.#made.set(item, made);
    const copy = item.copyTo === undefined ? undefined : joinPath(this.#root, item.copyTo);
    if (copy !== undefined) {
      linkOrCopy(this.#fileSystem, target, copy);
      made.push({ path: copy, isHeld: false, isNew: true });
    }
    // The copy is in its user's hands at once: what was replaced is held all the same.
    if (item.holdAs !== undefined) {
      const path = joinPath(heldDirectory(this.#root), item.holdAs);
      const isNew = !this.#isHeldAlready(target, path);
      if (isNew) linkOrCopy(this.#fileSystem, target, path);
      made.push({ path, isHeld: true, isNew });
    }
    this.#linkedCtimes.set(item, this.#fileSystem.stat(target).ctimeNs);
    return copy;
  }

  /** An edit may keep size and mtime, so ctime counts too: nothing may be held under a version that it is not. */
  isExpected(item: PlaceItem): boolean {
    const found = statIfPresent(this.#fileSystem, joinPath(this.#root, item.path));
    const stat = found && this.#parents.names.has(item.path) ? found : undefined;
    if (item.expected.type === 'absent') return stat === undefined;
    if (stat?.kind !== item.expected.kind) return false;
    const { disk } = item.expected;
    if (stat.permissions !== disk.permissions) return false;
    if (stat.kind === 'directory') return true;
    return (
      stat.inode === disk.inode &&
      stat.sizeBytes === disk.sizeBytes &&
      stat.mtimeNs === disk.mtimeNs &&
      stat.ctimeNs === (this.#linkedCtimes.get(item) ?? disk.ctimeNs)
    );
  }

  /** Of an item that was not placed. `left`: what is held of it has no other place any more. */
  dropNeedless(item: PlaceItem): 'left' | 'none' {
    let left: 'left' | 'none' = 'none';
    for (const aside of this.#made.get(item) ?? []) {
      let isNeeded = false;
      const code = codeOf(() => {
        isNeeded = this.#isNeeded(item, aside);
        if (!isNeeded) removeIfPresent(this.#fileSystem, aside.path);
      });
      // Where the disk does not say, it counts as needed: a row too many finds nothing to hold.
      if (aside.isHeld && (isNeeded || code !== undefined)) left = 'left';
    }
    return left;
  }

  /** A second name of what is in its place would go along with whatever is written under the first. */
  #isNeeded(item: PlaceItem, { path, isNew }: Aside): boolean {
    const aside = statIfPresent(this.#fileSystem, path);
    if (aside === undefined) return false;
    if (this.#parents.check(item.path).type !== 'ok') return true;
    const shown = statIfPresent(this.#fileSystem, joinPath(this.#root, item.path));
    const isShared = aside.inode === shown?.inode && aside.deviceNumber === shown.deviceNumber;
    // On a disk without links it is a copy, which only the placing that made it may believe.
    return !isShared && !(isNew && this.isExpected(item));
  }

  /** A crash came after an earlier link of the same version: the content is aside already. */
  #isHeldAlready(target: FilePath, held: FilePath): boolean {
    const aside = statIfPresent(this.#fileSystem, held);
    if (aside === undefined) return false;
    const stat = this.#fileSystem.stat(target);
    return (
      aside.inode === stat.inode ||
      (aside.sizeBytes === stat.sizeBytes && aside.mtimeNs === stat.mtimeNs)
    );
  }
}

/** The code of the error with which the disk refused; undefined where it did not. */
export function codeOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === undefined) throw error;
    return code;
  }
}
