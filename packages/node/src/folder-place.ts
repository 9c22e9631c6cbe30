/** Whether a directory can hold a folder: it exists, is not in another one, and not around the node's home. */
import {
  AppError,
  type FilePath,
  type FileSystem,
  filePathFrom,
  parentPath,
  statIfPresent,
  textOf,
} from '@holdfast/platform';

export interface FolderPlaceInit {
  readonly fileSystem: FileSystem;
  /** Resolves symlinks of an existing native path. */
  readonly realPath: (path: string) => string;
  readonly home: FilePath;
  readonly others: readonly { readonly label: string; readonly root: FilePath }[];
}

/** The real path of an existing directory that can hold a folder. Throws `path_invalid`, `folder_exists`. */
export function folderPlace(path: string, init: FolderPlaceInit): FilePath {
  if (!path.startsWith('/')) throw invalid(`${path} is not an absolute path.`);
  const stat = statIfPresent(init.fileSystem, filePathFrom(path));
  if (stat === undefined) throw invalid(`${path} does not exist.`);
  const real = filePathFrom(init.realPath(path));
  if (init.fileSystem.stat(real).kind !== 'directory') throw invalid(`${path} is not a directory.`);
  checkNesting(real, init);
  return real;
}

/** The same for a directory that may not exist yet; its nearest existing parent is resolved. */
export function futureFolderPlace(path: string, init: FolderPlaceInit): FilePath {
  if (!path.startsWith('/')) throw invalid(`${path} is not an absolute path.`);
  const wanted = filePathFrom(path);
  if (statIfPresent(init.fileSystem, wanted) !== undefined) return folderPlace(path, init);
  let parent = parentPath(wanted);
  while (statIfPresent(init.fileSystem, parent) === undefined) parent = parentPath(parent);
  const real = filePathFrom(init.realPath(textOf(parent)));
  if (init.fileSystem.stat(real).kind !== 'directory') {
    throw invalid(`${textOf(parent)} is not a directory.`);
  }
  const base = real === '/' ? '' : real;
  const rest = wanted.slice(parent === '/' ? 0 : parent.length);
  const place = `${base}${rest}` as FilePath;
  checkNesting(place, init);
  return place;
}

function checkNesting(place: FilePath, { home, others }: FolderPlaceInit): void {
  for (const other of others) {
    if (other.root === place) {
      throw new AppError(
        'folder_exists',
        `${textOf(place)} is the folder "${other.label}" already.`,
        {
          hint: 'Nothing was changed.',
        },
      );
    }
    if (isInside(place, other.root) || isInside(other.root, place)) {
      throw invalid(`${textOf(place)} and the folder "${other.label}" lie one inside the other.`);
    }
  }
  if (place === home || isInside(home, place) || isInside(place, home)) {
    throw invalid(`${textOf(place)} and this node's own home lie one inside the other.`);
  }
}

function isInside(path: FilePath, directory: FilePath): boolean {
  return directory === '/' ? path !== '/' : path.startsWith(`${directory}/`);
}

function invalid(message: string): AppError {
  return new AppError('path_invalid', message, {
    hint: 'Nothing was changed. Choose an existing directory that is not part of another folder.',
  });
}
