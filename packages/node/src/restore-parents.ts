/**
 * The directories above one restored path, made level by level: a symlink that stands for one of
 * them may lead outside, so nothing is made through it.
 */
import { ParentChecker } from '@holdfast/folder-scanner';
import { displayPath, type FolderPath, parentOf } from '@holdfast/model';
import {
  AppError,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  joinPath,
} from '@holdfast/platform';

/** Throws `path_invalid` where something else stands in a directory's place. */
export function makeParents(fileSystem: FileSystem, root: FilePath, path: FolderPath): void {
  const parent = parentOf(path);
  if (parent === '') return;
  makeParents(fileSystem, root, parent);
  const above = new ParentChecker(fileSystem, root);
  if (above.check(path).type === 'absent')
    ensureDirectory(fileSystem, joinPath(root, parent), 0o755);
  if (above.check(path).type === 'ok') return;
  throw new AppError('path_invalid', `${displayPath(parent)} is not a directory there.`, {
    hint: 'Nothing was written. Move it away, or restore to another place with --to DIR.',
  });
}
