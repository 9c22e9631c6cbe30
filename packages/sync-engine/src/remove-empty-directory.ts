/** Removing a directory: never with what it holds, whatever that is. */
import { type FilePath, type FileSystem, fileErrorCode } from '@holdfast/platform';

/** False where it holds something. */
export function removeEmptyDirectory(fileSystem: FileSystem, path: FilePath): boolean {
  try {
    fileSystem.removeDirectory(path);
    return true;
  } catch (error) {
    const code = fileErrorCode(error);
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
