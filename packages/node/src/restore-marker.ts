/**
 * What lies in a restore's target until the restore is done: which one it is. Found again, it says
 * that what is there may be gone on with. Owns one file in the target, under the reserved prefix that
 * scans pass over. Invariant: it is durable before anything else is written there.
 */
import { temporaryPrefix } from '@holdfast/model';
import {
  byteStringFrom,
  bytesOf,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  readWholeFileIfPresent,
  removeIfPresent,
  temporaryOf,
  writeFileDurably,
} from '@holdfast/platform';

export interface RestoreMark {
  readonly store: string;
  readonly folder: string;
  /** From the folder's root; '' for all of it. */
  readonly inside: string;
  /** As they were asked for; null where they were not. */
  readonly at: string | null;
  readonly version: string | null;
  /** What the moment was; it stays so, however late the restore goes on. */
  readonly position: number;
}

const maxMarkBytes = 16 * 1024;

function markPath(root: FilePath): FilePath {
  return joinPath(root, `${temporaryPrefix}restore`);
}

/** Undefined where no restore was left unfinished, or nobody can tell. */
export function readRestoreMark(fileSystem: FileSystem, root: FilePath): RestoreMark | undefined {
  try {
    const bytes = readWholeFileIfPresent(fileSystem, markPath(root), maxMarkBytes);
    return bytes === undefined ? undefined : markFrom(byteStringFrom(bytes));
  } catch (error) {
    // What is in the way is said when the target is looked at.
    if (error instanceof SyntaxError || fileErrorCode(error) !== undefined) return undefined;
    throw error;
  }
}

export function writeRestoreMark(fileSystem: FileSystem, root: FilePath, mark: RestoreMark): void {
  ensureDirectory(fileSystem, root, 0o700);
  writeFileDurably(fileSystem, markPath(root), bytesOf(JSON.stringify(mark)));
}

/** Whether a name in the target is a mark that was not written to its end: the next one takes its place. */
export function isUnfinishedMark(root: FilePath, name: string): boolean {
  return joinPath(root, name) === temporaryOf(markPath(root));
}

export function removeRestoreMark(fileSystem: FileSystem, root: FilePath): void {
  removeIfPresent(fileSystem, markPath(root));
}

function markFrom(text: string): RestoreMark | undefined {
  const mark = JSON.parse(text) as Partial<RestoreMark> | null;
  const { store, folder, inside, at = null, version = null, position } = mark ?? {};
  const isWhole =
    typeof store === 'string' &&
    typeof folder === 'string' &&
    typeof inside === 'string' &&
    Number.isSafeInteger(position);
  return isWhole ? { store, folder, inside, at, version, position: position ?? 0 } : undefined;
}
