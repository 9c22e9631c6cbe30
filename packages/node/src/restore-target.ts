/** Where a restore writes: a directory of the person's choice, a new one beside the folder, or the folder. */
import {
  AppError,
  type Clock,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  filePathFrom,
  fileTrouble,
  isDiskFull,
  textOf,
} from '@holdfast/platform';
import type { RestoreRequest } from './history-control.js';
import { isUnfinishedMark } from './restore-marker.js';

export interface RestoreTarget {
  readonly root: FilePath;
  readonly inPlace: boolean;
}

/**
 * `tree`: where the folder lies here. Throws `usage` where it lies nowhere and no place is given, and
 * `path_invalid` where the place that is given is no whole path.
 */
export function restoreTarget(
  request: RestoreRequest,
  tree: FilePath | undefined,
  clock: Clock,
): RestoreTarget {
  if (request.to !== undefined) return { root: absolute(request.to), inPlace: false };
  if (tree === undefined) {
    throw new AppError('usage', 'Only history is kept here: say where to restore to.', {
      hint: 'Add --to DIR.',
    });
  }
  if (request.overwrite !== undefined) return { root: tree, inPlace: true };
  const iso = new Date(clock.now()).toISOString();
  const stamp = `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19).replaceAll(':', '')}`;
  return { root: filePathFrom(`${textOf(tree)}-restored-${stamp}`), inPlace: false };
}

/** Throws `target_has_files` or `path_invalid`; what is not there yet is in order. */
export function checkRestoreTarget(
  fileSystem: FileSystem,
  { root, inPlace }: RestoreTarget,
  request: RestoreRequest,
): void {
  let entries: number;
  try {
    if (fileSystem.stat(root).kind !== 'directory') throw notADirectory(root);
    entries = fileSystem.list(root).filter(({ name }) => !isUnfinishedMark(root, name)).length;
  } catch (error) {
    if (error instanceof AppError) throw error;
    return;
  }
  if (entries === 0 || inPlace || request.overwrite !== undefined) return;
  throw new AppError('target_has_files', `${textOf(root)} has files in it already.`, {
    hint: 'Nothing was written. Choose an empty or new directory, or say --overwrite never, if-changed or always.',
  });
}

const unwritable: ReadonlySet<string> = new Set([
  ...['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EIO'],
]);

/** What kept a restore from writing to its target, for people; anything else as it was. */
export function restoreTrouble(error: unknown, root: FilePath): unknown {
  const code = fileErrorCode(error);
  if (error instanceof AppError || code === undefined) return error;
  if (isDiskFull(code)) {
    return new AppError('target_full', `The disk of ${textOf(root)} is full.`, {
      hint: 'What was brought back stays. Make room and repeat the command, or choose another place with --to.',
      cause: error,
    });
  }
  if (!unwritable.has(code)) return error;
  const message = `${textOf(root)} cannot be written: ${fileTrouble(error)}.`;
  return new AppError('target_unwritable', message, {
    hint: 'What was brought back stays. Choose another place with --to.',
    cause: error,
  });
}

/** A node has no directory that a path of a person's could begin in. */
function absolute(path: string): FilePath {
  if (path.startsWith('/') && !path.includes('\0')) return filePathFrom(path);
  throw new AppError('path_invalid', `${JSON.stringify(path)} is not an absolute path.`, {
    hint: 'Nothing was written. Give the whole path, from the root.',
  });
}

function notADirectory(root: FilePath): AppError {
  return new AppError('path_invalid', `${textOf(root)} is not a directory.`, {
    hint: 'Nothing was written. Choose another place with --to.',
  });
}
