/**
 * Directories that have to go and still hold what is ignored here. What `(?d)` lets go goes with
 * them; else the directory stays on this disk, is no part of the folder any more, and is not published
 * again. Nothing is removed but what the patterns name.
 */
import { type FolderIndex, type PathEntry, withLocalCurrent } from '@holdfast/folder-index';
import { type IgnoreRules, ignoredContentOf } from '@holdfast/folder-scanner';
import { type FolderPath, parentOf } from '@holdfast/model';
import type { BulkRunner, FilePath } from '@holdfast/platform';
import { removeIgnoredJob } from './leftover-jobs.js';
import type { PlannedPath } from './placer.js';
import type { PathPlanner } from './plan-sync.js';

export interface IgnoredInTheWayInit {
  readonly root: FilePath;
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly plan: PathPlanner;
  readonly rules: () => IgnoreRules;
}

/**
 * `other`: it holds something else as well. `cleared`: it can be removed now. `kept`: it stays, and its
 * deletion is taken over. `blocked`: something must take its place, and cannot.
 */
export type WayOut = 'other' | 'cleared' | 'kept' | 'blocked';

export class IgnoredInTheWay {
  readonly #init: IgnoredInTheWayInit;

  constructor(init: IgnoredInTheWayInit) {
    this.#init = init;
  }

  async settle(path: FolderPath): Promise<WayOut> {
    const { root, runner, index } = this.#init;
    const rules = this.#init.rules();
    if (rules.isEmpty) return 'other';
    const content = await ignoredContentOf({ ...this.#init, rules }, path);
    if (content.type !== 'ignored') return 'other';
    if (content.deletable !== undefined) {
      const paths = [...content.deletable].sort((a, b) => (a < b ? 1 : -1));
      await runner.run(removeIgnoredJob, { root, paths });
      return 'cleared';
    }
    const [entry] = await index.update([path], (before) => this.#takenOver(before), { sync: true });
    return entry !== undefined && this.#init.plan(entry).type === 'none' ? 'kept' : 'blocked';
  }

  /** Without a state on the disk: the directory that stays is not what the folder shows. */
  #takenOver(entry: PathEntry): PathEntry {
    const action = this.#init.plan(entry);
    if (action.type !== 'apply' || action.target.record.kind !== 'tombstone') return entry;
    return withLocalCurrent(entry, action.target);
  }
}

/**
 * Directories that are ignored here, lie above what is to be placed, and are not shown yet; from the
 * top. They are made as others show them.
 */
export async function ignoredParents(
  index: FolderIndex,
  planned: readonly PlannedPath[],
  plan: PathPlanner,
): Promise<PlannedPath[]> {
  const above = new Set<FolderPath>();
  for (const { entry } of planned) {
    let directory = parentOf(entry.path);
    while (directory !== '' && !above.has(directory)) {
      above.add(directory);
      directory = parentOf(directory);
    }
  }
  const entries = await index.entries([...above].sort());
  return entries.flatMap(({ ignored, ...entry }): PlannedPath[] => {
    const action = ignored ? plan(entry) : ({ type: 'none' } as const);
    if (action.type === 'none' || action.target.record.kind !== 'directory') return [];
    return [{ entry, action }];
  });
}
