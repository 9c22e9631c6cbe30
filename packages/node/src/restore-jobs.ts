/** Looking at where restored entries would go, for worker threads. */
import type { DiskState } from '@holdfast/folder-index';
import { diskStateOf, ParentChecker } from '@holdfast/folder-scanner';
import type { FolderPath } from '@holdfast/model';
import {
  type BulkJob,
  type FilePath,
  type FileStat,
  fileErrorCode,
  joinPath,
  statIfPresent,
} from '@holdfast/platform';

export type ExistingEntry =
  | { readonly kind: FileStat['kind']; readonly disk: DiskState }
  | undefined;

export type InspectedTarget =
  | { readonly type: 'inspected'; readonly existing: ExistingEntry }
  | { readonly type: 'failed'; readonly code: string };

export interface InspectTargetsInput {
  readonly root: FilePath;
  readonly targets: readonly FolderPath[];
}

/** What is at each target now, never through a symlink. */
export const inspectTargetsJob: BulkJob<InspectTargetsInput, InspectedTarget[]> = {
  name: 'restore-inspect',
  perform({ root, targets }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return targets.map((target): InspectedTarget => {
      const check = parents.check(target);
      if (check.type === 'absent') return { type: 'inspected', existing: undefined };
      if (check.type === 'not-directory') return { type: 'failed', code: 'not-a-directory' };
      if (check.type === 'failed') return { type: 'failed', code: check.code };
      try {
        const stat = statIfPresent(fileSystem, joinPath(root, target));
        if (stat === undefined) return { type: 'inspected', existing: undefined };
        const existing = { kind: stat.kind, disk: diskStateOf(stat, false) };
        return { type: 'inspected', existing };
      } catch (error) {
        const code = fileErrorCode(error);
        if (code === undefined) throw error;
        return { type: 'failed', code };
      }
    });
  },
};
