/** Clearing away what a crash left half-written, for worker threads. */
import { ParentChecker } from '@holdfast/folder-scanner';
import { type FolderPath, nameOf, temporaryPrefix } from '@holdfast/model';
import { type BulkJob, type FilePath, joinPath, removeIfPresent } from '@holdfast/platform';

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
