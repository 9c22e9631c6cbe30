/**
 * Putting remote versions in place, for worker threads. Old or new, never neither: content is
 * written beside its target, synced, what is there is linked aside, the target is checked again
 * immediately before its own rename, and names are synced before anyone hears of it.
 */
import { directoryPermissions, heldDirectory, ParentChecker } from '@holdfast/folder-scanner';
import { type FolderPath, parentOf, temporaryPrefix, type VersionId } from '@holdfast/model';
import {
  type BulkJob,
  type BulkTools,
  type FileHandle,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  parentPath,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';
import { Asides, codeOf } from './asides.js';
import { writePiece } from './block-piece.js';
import { isLinkImpossible } from './link-or-copy.js';
import {
  directoryMissing,
  nameTaken,
  type PlaceInput,
  type PlaceItem,
  type PlaceResult,
} from './place-item.js';
import { copiedStat, placedStat } from './placed-state.js';
import { removeEmptyDirectory } from './remove-empty-directory.js';
import { syncAttributes, syncPath } from './sync-path.js';

/** The reserved name under which a version is written, beside its target. */
export function temporaryPath(root: FilePath, path: FolderPath, id: VersionId): FilePath {
  return joinPath(joinPath(root, parentOf(path)), `${temporaryPrefix}${id.slice(0, 32)}`);
}

/** From this many files on, one sync of the file system is cheaper than one for each (measured on ext4). */
const filesForWholeSync = 64;

export const placeJob: BulkJob<PlaceInput, PlaceResult[]> = {
  name: 'sync-place',
  perform(input, tools) {
    return new Placement(input, tools).perform();
  },
};

class Placement {
  readonly #input: PlaceInput;
  readonly #tools: BulkTools;
  readonly #fileSystem: FileSystem;
  readonly #parents: ParentChecker;
  readonly #results: (PlaceResult | undefined)[];
  readonly #directories = new Set<FilePath>();
  /** Files of which only time and permissions were set. */
  readonly #touched: FilePath[] = [];
  readonly #asides: Asides;

  constructor(input: PlaceInput, tools: BulkTools) {
    this.#input = input;
    this.#tools = tools;
    this.#fileSystem = tools.fileSystem;
    this.#parents = new ParentChecker(tools.fileSystem, input.root);
    this.#asides = new Asides(tools.fileSystem, input.root, this.#parents);
    this.#results = input.items.map(() => undefined);
  }

  perform(): PlaceResult[] {
    this.#each((item) => this.#prepare(item));
    this.#syncFiles();
    this.#each((item) => this.#setAside(item));
    this.#syncAside();
    this.#each((item) => this.#replace(item));
    this.#syncNames();
    this.#settleAsides();
    this.#removeTemporaries();
    return this.#results.map((result) => result ?? { type: 'failed', code: 'EUNKNOWN' });
  }

  /** Runs one step for every item that is not decided yet; an error decides it. */
  #each(step: (item: PlaceItem) => PlaceResult | undefined): void {
    for (const [at, item] of this.#input.items.entries()) {
      if (this.#results[at] !== undefined) continue;
      try {
        this.#results[at] = step(item);
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        // A name that was free a moment ago is taken: someone else was faster.
        this.#results[at] = code === 'EEXIST' ? { type: 'changed' } : { type: 'failed', code };
      }
    }
  }

  /** What was written for items that could not be placed is fetched again when their turn comes. */
  #removeTemporaries(): void {
    for (const [at, item] of this.#input.items.entries()) {
      if (this.#results[at]?.type === 'placed' || item.content.type !== 'file') continue;
      codeOf(() => {
        if (this.#parents.check(item.path).type !== 'ok') return;
        const { root } = this.#input;
        removeIfPresent(this.#fileSystem, temporaryPath(root, item.path, item.versionId));
      });
    }
  }

  /** What was set aside for nothing goes again; what lost its place meanwhile is told of. */
  #settleAsides(): void {
    for (const [at, item] of this.#input.items.entries()) {
      const result = this.#results[at];
      if (result === undefined || result.type === 'placed') continue;
      if (this.#asides.dropNeedless(item) === 'left') {
        this.#results[at] = { ...result, leftAside: true };
      }
    }
  }

  #path(item: PlaceItem): FilePath {
    return joinPath(this.#input.root, item.path);
  }

  #isExpected(item: PlaceItem): boolean {
    return this.#asides.isExpected(item);
  }

  #prepare(item: PlaceItem): PlaceResult | undefined {
    const { content } = item;
    // A directory may lie in one that this very batch makes.
    if (content.type !== 'file') return undefined;
    const refused = this.#checkParents(item);
    if (refused !== undefined) return refused;
    if (!this.#isExpected(item)) return { type: 'changed' };
    const temporary = temporaryPath(this.#input.root, item.path, item.versionId);
    const handle = this.#openTemporary(temporary, content.pieces !== undefined);
    try {
      for (const piece of content.pieces ?? []) {
        writePiece(handle, this.#input.buffers, piece, this.#tools, content.sizeBytes);
      }
      if (this.#fileSystem.handleStat(handle).sizeBytes !== content.sizeBytes) {
        return { type: 'failed', code: 'incomplete' };
      }
    } finally {
      this.#fileSystem.close(handle);
    }
    this.#fileSystem.setPermissions(temporary, content.permissions ?? 0o644);
    this.#fileSystem.setModificationTime(temporary, content.mtimeNs);
    return undefined;
  }

  #checkParents(item: PlaceItem): PlaceResult | undefined {
    const check = this.#parents.check(item.path);
    if (check.type === 'ok') return this.#checkName(item);
    if (check.type === 'failed') return { type: 'failed', code: check.code };
    if (item.expected.type === 'present') return { type: 'changed' };
    // Where its directory is gone, so is what is to go.
    if (item.content.type === 'nothing')
      return { type: 'placed', stat: undefined, copyStat: undefined };
    return { type: 'postponed', reason: directoryMissing };
  }

  /** What a disk that folds names cannot hold beside another file waits until that is gone. */
  #checkName({ path, expected, content }: PlaceItem): PlaceResult | undefined {
    if (expected.type === 'present' || content.type === 'nothing') return undefined;
    if (!this.#parents.names.isTakenByAnother(path)) return undefined;
    return { type: 'postponed', reason: nameTaken };
  }

  #openTemporary(temporary: FilePath, fresh: boolean): FileHandle {
    if (!fresh) return this.#fileSystem.open(temporary, 'read');
    removeIfPresent(this.#fileSystem, temporary);
    return this.#fileSystem.open(temporary, 'create', 0o600);
  }

  /** What is placed and what is set aside is durable before any name of either changes. */
  #syncFiles(): void {
    const undecided = this.#input.items.filter((_, at) => this.#results[at] === undefined);
    const placed = undecided.filter((item) => item.content.type === 'file');
    const aside = undecided.filter(isSyncedAside);
    const count = placed.length + aside.length;
    if (count === 0) return;
    const whole = count >= filesForWholeSync;
    if (whole && this.#fileSystem.syncFileSystem(this.#input.root)) return;
    this.#each((item) => {
      if (isSyncedAside(item) && this.#isExpected(item))
        syncPath(this.#fileSystem, this.#path(item));
      if (item.content.type !== 'file') return undefined;
      syncPath(this.#fileSystem, temporaryPath(this.#input.root, item.path, item.versionId));
      return undefined;
    });
  }

  #setAside(item: PlaceItem): PlaceResult | undefined {
    if (item.copyTo === undefined && item.holdAs === undefined) return undefined;
    const refused = this.#checkParents(item);
    if (refused !== undefined) return refused;
    if (!this.#isExpected(item)) return { type: 'changed' };
    const copy = this.#asides.make(item);
    if (copy !== undefined) this.#directories.add(parentPath(copy));
    return undefined;
  }

  /** Nothing is replaced whose name aside is not durable. */
  #syncAside(): void {
    const waiting = this.#input.items.filter((_, at) => this.#results[at] === undefined);
    const code = codeOf(() => {
      if (waiting.some((item) => item.holdAs !== undefined)) {
        this.#fileSystem.syncDirectory(heldDirectory(this.#input.root));
      }
      for (const directory of this.#directories) this.#fileSystem.syncDirectory(directory);
    });
    if (code === undefined) return;
    this.#each((item) => {
      const setsAside = item.holdAs !== undefined || item.copyTo !== undefined;
      return setsAside ? { type: 'failed', code } : undefined;
    });
  }

  #replace(item: PlaceItem): PlaceResult {
    const refused = this.#checkParents(item);
    if (refused !== undefined) return refused;
    if (!this.#isExpected(item)) return { type: 'changed' };
    const target = this.#path(item);
    const written =
      item.content.type === 'file'
        ? this.#fileSystem.stat(temporaryPath(this.#input.root, item.path, item.versionId))
        : undefined;
    const made = this.#make(item, target);
    if (made !== undefined) return made;
    this.#directories.add(parentPath(target));
    const copy = item.copyTo === undefined ? undefined : joinPath(this.#input.root, item.copyTo);
    const shown = statIfPresent(this.#fileSystem, target);
    return {
      type: 'placed',
      stat: placedStat(item, written, shown),
      copyStat:
        copy === undefined ? undefined : copiedStat(item, statIfPresent(this.#fileSystem, copy)),
    };
  }

  /** Undefined when it is done. */
  #make(item: PlaceItem, target: FilePath): PlaceResult | undefined {
    const { content, expected } = item;
    const fileSystem = this.#fileSystem;
    const replacesDirectory = expected.type === 'present' && expected.kind === 'directory';
    if (content.type === 'touch') {
      const { permissions } = content;
      if (permissions !== undefined) {
        const bits = replacesDirectory ? directoryPermissions(permissions) : permissions;
        fileSystem.setPermissions(target, bits);
      }
      if (content.mtimeNs !== undefined) fileSystem.setModificationTime(target, content.mtimeNs);
      if (replacesDirectory) this.#directories.add(target);
      else this.#touched.push(target);
      return undefined;
    }
    if (replacesDirectory && content.type !== 'directory') {
      const removed = removeEmptyDirectory(fileSystem, target);
      if (!removed) return { type: 'postponed', reason: 'the directory is not empty' };
    }
    const isThere = expected.type === 'present' && !replacesDirectory;
    switch (content.type) {
      case 'file':
        this.#placeFile(
          temporaryPath(this.#input.root, item.path, item.versionId),
          target,
          isThere,
        );
        return undefined;
      case 'nothing':
        if (isThere) fileSystem.unlink(target);
        return undefined;
      case 'symlink':
        if (isThere) fileSystem.unlink(target);
        fileSystem.makeSymlink(content.target, target);
        return undefined;
      case 'directory':
        if (isThere) fileSystem.unlink(target);
        if (replacesDirectory) {
          fileSystem.setPermissions(target, directoryPermissions(content.permissions));
          this.#directories.add(target);
        } else fileSystem.makeDirectory(target, directoryPermissions(content.permissions));
        return undefined;
    }
  }

  /** A new name is linked, which fails where a file has appeared meanwhile; an old one is replaced. */
  #placeFile(temporary: FilePath, target: FilePath, isThere: boolean): void {
    if (isThere) {
      this.#fileSystem.rename(temporary, target);
      return;
    }
    try {
      this.#fileSystem.link(temporary, target);
    } catch (error) {
      if (!isLinkImpossible(error)) throw error;
      this.#fileSystem.rename(temporary, target);
      return;
    }
    this.#fileSystem.unlink(temporary);
  }

  /** What has a name that may not last is not placed: it is looked at again. */
  #syncNames(): void {
    const code = codeOf(() => this.#syncAllNames());
    if (code === undefined) return;
    for (const [at, result] of this.#results.entries()) {
      if (result?.type === 'placed') this.#results[at] = { type: 'failed', code };
    }
  }

  #syncAllNames(): void {
    const directories = [...this.#directories];
    const { root } = this.#input;
    const whole = directories.length + this.#touched.length >= filesForWholeSync;
    if (whole && this.#fileSystem.syncFileSystem(root)) return;
    for (const path of this.#touched) syncAttributes(this.#fileSystem, path, root);
    for (const directory of directories) {
      if (statIfPresent(this.#fileSystem, directory)?.kind !== 'directory') continue;
      this.#fileSystem.syncDirectory(directory);
    }
  }
}

function isSyncedAside(item: PlaceItem): boolean {
  return item.syncAside && (item.holdAs !== undefined || item.copyTo !== undefined);
}
