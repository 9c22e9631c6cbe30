/** Whether a directory can hold a folder: it exists, is not in another one, and not around the node's home. */
import {
  AppError,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  filePathFrom,
  joinPath,
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
  const real = resolved(filePathFrom(path), init);
  if (real === undefined) throw invalid(`${path} is a symlink that leads nowhere.`);
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
  const real = resolved(parent, init);
  if (real === undefined || init.fileSystem.stat(real).kind !== 'directory') {
    throw invalid(`${textOf(parent)} is not a directory.`);
  }
  const base = real === '/' ? '' : real;
  const rest = wanted.slice(parent === '/' ? 0 : parent.length);
  if (rest.split('/').some((name) => name === '..' || name === '.')) {
    throw invalid(`${path} goes up from a directory that does not exist.`);
  }
  const place = `${base}${rest}` as FilePath;
  checkNesting(place, init);
  return place;
}

function checkNesting(place: FilePath, init: FolderPlaceInit): void {
  for (const other of init.others) {
    const root = resolved(other.root, init) ?? other.root;
    if (root === place) {
      throw new AppError(
        'folder_exists',
        `${textOf(place)} is the folder "${other.label}" already.`,
        {
          hint: 'Nothing was changed.',
        },
      );
    }
    if (isInside(place, root) || isInside(root, place)) {
      throw invalid(`${textOf(place)} and the folder "${other.label}" lie one inside the other.`);
    }
  }
  for (const own of ownPlaces(init)) {
    if (place !== own && !isInside(own, place) && !isInside(place, own)) continue;
    throw invalid(`${textOf(place)} and this node's own home lie one inside the other.`);
  }
}

/** The home, however it was reached, and what of it was put elsewhere by a symlink. */
function ownPlaces(init: FolderPlaceInit): FilePath[] {
  const home = resolved(init.home, init) ?? init.home;
  const parts = ['store', 'index', 'logs'].map((name) => joinPath(home, name));
  return [home, ...parts.map((place) => resolved(place, init) ?? place)];
}

/** Undefined where the path does not exist, or is a symlink that leads nowhere. */
function resolved(path: FilePath, init: FolderPlaceInit): FilePath | undefined {
  try {
    return filePathFrom(init.realPath(textOf(path)));
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined;
    throw error;
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
