/**
 * A directory was deleted elsewhere while something new came to lie in it here: what is alive keeps
 * its directory. It is published anew, above the deletion.
 */
import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  peerCurrents,
  withLocalCurrent,
} from '@holdfast/folder-index';
import { nextVector, type ObserveContext } from '@holdfast/folder-scanner';
import { type FolderPath, type Hash, joinWithinLimit, versionOf } from '@holdfast/model';
import type { PathPlanner } from './plan-sync.js';

export class DirectoryReviver {
  readonly #index: FolderIndex;
  readonly #context: ObserveContext;
  readonly #hash: Hash;
  readonly #plan: PathPlanner;
  readonly #keepsDirectory: (child: PathEntry) => boolean;

  constructor(init: {
    index: FolderIndex;
    context: ObserveContext;
    hash: Hash;
    plan: PathPlanner;
    keepsDirectory?: (child: PathEntry) => boolean;
  }) {
    this.#index = init.index;
    this.#context = init.context;
    this.#hash = init.hash;
    this.#plan = init.plan;
    this.#keepsDirectory = init.keepsDirectory ?? (() => true);
  }

  /** Whether the index knows why the directory is not empty; if not, the disk must be looked at. */
  async revive(path: FolderPath): Promise<boolean> {
    let pending = false;
    for await (const entry of this.#index.below(path)) {
      const local = localCurrent(entry);
      if (local === undefined || local.version.record.kind === 'tombstone') continue;
      if (this.#plan(entry).type !== 'none' || !this.#keepsDirectory(entry)) {
        pending = true;
        continue;
      }
      await this.#index.update([path], (directory) => this.#above(directory), { sync: true });
      return true;
    }
    return pending;
  }

  #above(entry: PathEntry): PathEntry {
    const local = localCurrent(entry);
    if (local?.version.record.kind !== 'directory') return entry;
    const next = nextVector(entry, this.#context.actor);
    // Only deletions: a file or symlink that others show must stay a conflict for them.
    const deletions = peerCurrents(entry)
      .filter(({ version }) => version.record.kind === 'tombstone')
      .map(({ version }) => version.record.vector);
    const vector = joinWithinLimit([next, ...deletions]) ?? next;
    const record = { ...local.version.record, vector, author: this.#context.device };
    const disk = local.local.disk;
    return withLocalCurrent(entry, versionOf(record, this.#hash), disk ? { disk } : {});
  }
}
