/**
 * No read, write or unlink outside a folder's root: every directory on the way to a path must be a
 * real directory, not a symlink. Node has no `openat`, so a check and its use are two calls; the
 * handle's own stat is compared again by those who read or replace a file.
 */
import { type FolderPath, isReservedName } from '@holdfast/model';
import { type FilePath, type FileSystem, fileErrorCode, joinPath } from '@holdfast/platform';
import { ExactNames } from './exact-names.js';

export type ParentCheck =
  | { readonly type: 'ok' }
  /** A directory on the way does not exist. */
  | { readonly type: 'absent' }
  /** Something on the way is not a directory: a file, or a symlink that may lead outside. */
  | { readonly type: 'not-directory'; readonly path: string }
  | { readonly type: 'failed'; readonly code: string };

/** Checks the directories above paths of one root; remembers the good ones for one piece of work. */
export class ParentChecker {
  readonly #fileSystem: FileSystem;
  readonly #root: FilePath;
  /** Where the disk folds names, a directory under another name is not the one that is meant. */
  readonly names: ExactNames;
  readonly #known = new Set<string>();

  constructor(fileSystem: FileSystem, root: FilePath) {
    this.#fileSystem = fileSystem;
    this.#root = root;
    this.names = new ExactNames(fileSystem, root);
  }

  /** Whether everything above `path` is a real directory. */
  check(path: FolderPath): ParentCheck {
    let slash = path.indexOf('/');
    while (slash >= 0) {
      const ancestor = path.slice(0, slash);
      if (!this.#known.has(ancestor)) {
        const checked = this.#checkOne(ancestor);
        if (checked.type !== 'ok') return checked;
        this.#known.add(ancestor);
      }
      slash = path.indexOf('/', slash + 1);
    }
    return { type: 'ok' };
  }

  #checkOne(ancestor: string): ParentCheck {
    try {
      const stat = this.#fileSystem.stat(joinPath(this.#root, ancestor));
      if (!this.names.has(ancestor as FolderPath)) return { type: 'absent' };
      if (stat.kind === 'directory') return { type: 'ok' };
      return { type: 'not-directory', path: ancestor };
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return { type: 'absent' };
      if (code === undefined) throw error;
      return { type: 'failed', code };
    }
  }
}

/**
 * Whether a symlink may lead out of the folder, by its names alone: an absolute target, more levels up
 * than there are, or a level up after a name, which may itself be a symlink. One that no disk can
 * make counts too, and so does one into the node's own area, which is no part of the folder.
 */
export function leadsOutside(path: FolderPath, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return true;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const levelsUp = names.lastIndexOf('..') + 1;
  if (names.slice(0, levelsUp).some((name) => name !== '..')) return true;
  const above = path.split('/').slice(0, -1);
  if (levelsUp > above.length) return true;
  const reached = [...above.slice(0, above.length - levelsUp), ...names.slice(levelsUp)];
  return reached.some((name, depth) => isReservedName(name, depth === 0));
}
