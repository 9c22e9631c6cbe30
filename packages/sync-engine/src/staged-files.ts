/**
 * Temporary files of large versions that are not whole yet. They outlive a lost connection, a failure
 * and a restart, so that what is in them is not sent again, and go once nobody wants the version any
 * more. Those that nothing here knows are removed.
 */
import type { FolderIndex } from '@holdfast/folder-index';
import {
  childPath,
  type FolderPath,
  parentOf,
  temporaryPrefix,
  type Version,
  type VersionId,
} from '@holdfast/model';
import type { BulkRunner, FilePath } from '@holdfast/platform';
import { isSmall } from './file-size.js';
import { removeTemporariesJob } from './leftover-jobs.js';
import type { PathPlanner } from './plan-sync.js';

export interface StagedFilesInit {
  readonly index: FolderIndex;
  readonly root: FilePath;
  readonly runner: BulkRunner;
  readonly plan: PathPlanner;
}

const pathsPerPage = 1_000;
const maxKept = 1_000;

export class StagedFiles {
  readonly #init: StagedFilesInit;
  /** By the paths of the temporary files. */
  readonly #kept = new Map<FolderPath, Pick<Version, 'id'> & { readonly path: FolderPath }>();

  constructor(init: StagedFilesInit) {
    this.#init = init;
  }

  /** The temporary file of the version is about to be filled. */
  note({ id, record: { path } }: Version): void {
    if (this.#kept.size < maxKept) this.#kept.set(stagedPath(path, id), { id, path });
  }

  /** Removes the temporary files that were found, and those that were kept, unless they are wanted. */
  async clear(found: readonly FolderPath[]): Promise<void> {
    const unknown = new Set(found.filter((path) => !this.#kept.has(path)));
    if (unknown.size > 0) await this.#keepWanted(unknown);
    const entries = await this.#init.index.entries(
      [...this.#kept.values()].map(({ path }) => path),
    );
    for (const [at, [temporary, { id }]] of [...this.#kept].entries()) {
      const entry = entries[at];
      if (entry !== undefined && this.#wants(entry)?.id === id) continue;
      this.#kept.delete(temporary);
      unknown.add(temporary);
    }
    if (unknown.size === 0) return;
    const { root, runner } = this.#init;
    await runner.run(removeTemporariesJob, { root, paths: [...unknown] });
  }

  /** Takes those that are wanted out of `unknown`. */
  async #keepWanted(unknown: Set<FolderPath>): Promise<void> {
    const { index } = this.#init;
    let after: FolderPath | undefined;
    for (;;) {
      const paths = await index.neededPaths(pathsPerPage, after);
      after = paths.at(-1);
      if (after === undefined) return;
      for (const entry of await index.entries(paths)) {
        const target = this.#wants(entry);
        if (target === undefined) continue;
        if (unknown.delete(stagedPath(entry.path, target.id))) this.note(target);
      }
    }
  }

  /** The large version that a path is to get. */
  #wants(entry: Parameters<PathPlanner>[0]): Version | undefined {
    const action = this.#init.plan(entry);
    if (action.type !== 'apply' || action.target.record.kind !== 'file') return undefined;
    return isSmall(action.target.record) ? undefined : action.target;
  }
}

/** Beside the target, under the reserved name of the version. */
function stagedPath(path: FolderPath, id: VersionId): FolderPath {
  return childPath(parentOf(path), `${temporaryPrefix}${id.slice(0, 32)}`);
}
