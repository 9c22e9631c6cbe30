/** Clearing away what a crash left half-written, and what a person's patterns let go, for worker threads. */
import { ParentChecker } from '@holdfast/folder-scanner';
import { type FolderPath, nameOf, temporaryPrefix } from '@holdfast/model';
import {
  type BulkJob,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';

export interface RemoveTemporariesInput {
  readonly root: FilePath;
  readonly paths: readonly FolderPath[];
}

/** Removes temporary files of our own reserved prefix, and nothing else. */
export const removeTemporariesJob: BulkJob<RemoveTemporariesInput, null> = {
  name: 'sync-remove-temporaries',
  perform({ root, paths }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    for (const path of paths) {
      if (!nameOf(path).startsWith(temporaryPrefix) || parents.check(path).type !== 'ok') continue;
      removeIfPresent(fileSystem, joinPath(root, path));
    }
    return null;
  },
};

export interface RemoveIgnoredInput {
  readonly root: FilePath;
  /** Directories after what they hold. */
  readonly paths: readonly FolderPath[];
}

/** Removes single entries; a directory only when it is empty. What fails stays, and stays in the way. */
export const removeIgnoredJob: BulkJob<RemoveIgnoredInput, null> = {
  name: 'sync-remove-ignored',
  perform({ root, paths }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    for (const path of paths) {
      if (parents.check(path).type !== 'ok') continue;
      try {
        removeEntry(fileSystem, joinPath(root, path));
      } catch (error) {
        if (fileErrorCode(error) === undefined) throw error;
      }
    }
    return null;
  },
};

function removeEntry(fileSystem: FileSystem, target: FilePath): void {
  const stat = statIfPresent(fileSystem, target);
  if (stat?.kind === 'directory') fileSystem.removeDirectory(target);
  else removeIfPresent(fileSystem, target);
}
