/** Making one file durable, content and attributes, for worker threads. */
import { type FilePath, type FileSystem, fileErrorCode, statIfPresent } from '@holdfast/platform';

export function syncPath(fileSystem: FileSystem, path: FilePath): void {
  const handle = fileSystem.open(path, 'read');
  try {
    fileSystem.syncFile(handle);
  } finally {
    fileSystem.close(handle);
  }
}

/** The same for a file whose new permissions may keep its owner from reading it, or that is gone. */
export function syncAttributes(fileSystem: FileSystem, path: FilePath, root: FilePath): void {
  if (statIfPresent(fileSystem, path)?.kind !== 'file') return;
  try {
    syncPath(fileSystem, path);
  } catch (error) {
    if (fileErrorCode(error) !== 'EACCES') throw error;
    fileSystem.syncFileSystem(root);
  }
}
