/**
 * What is alive keeps its directory, or gets it back: a directory that was deleted elsewhere while
 * something new came to lie in it here, and one that was deleted here too when something in it comes
 * to life again. It is published anew, above the deletion.
 */
import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  peerCurrents,
  withLocalCurrent,
  withoutRejection,
} from '@holdfast/folder-index';
import { nextVector, type ObserveContext } from '@holdfast/folder-scanner';
import {
  counterOf,
  type FolderPath,
  type Hash,
  isCopyable,
  joinWithinLimit,
  parentOf,
  type VectorEntry,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import type { PlannedPath } from './placer.js';
import type { PathPlanner } from './plan-sync.js';
import { isLocalChange, takenBack } from './plan-withheld.js';

/** What keeps a path from being placed for want of a directory. */
export interface MissingParents {
  /** Directories to be made, from the top. */
  readonly make: readonly PlannedPath[];
  /** Directories that should be there: the disk must be looked at. */
  readonly look: readonly FolderPath[];
}

const newPermissions = 0o755;

export class DirectoryReviver {
  readonly #index: FolderIndex;
  readonly #context: ObserveContext;
  readonly #hash: Hash;
  readonly #plan: PathPlanner;
  readonly #waitsForArchive: boolean;

  constructor(init: {
    index: FolderIndex;
    context: ObserveContext;
    hash: Hash;
    plan: PathPlanner;
    waitsForArchive?: boolean;
  }) {
    this.#index = init.index;
    this.#context = init.context;
    this.#hash = init.hash;
    this.#plan = init.plan;
    this.#waitsForArchive = init.waitsForArchive === true;
  }

  /** Whether the index knows why the directory is not empty; if not, the disk must be looked at. */
  async revive(path: FolderPath): Promise<boolean> {
    let pending = false;
    let mayStay = false;
    for await (const entry of this.#index.below(path)) {
      const local = localCurrent(entry);
      if (entry.ignored || local === undefined) continue;
      if (local.version.record.kind === 'tombstone') continue;
      pending = true;
      if (this.#plan(entry).type !== 'none') continue;
      if (this.#keepsDirectory(entry)) {
        await this.#index.update([path], (directory) => this.#above(directory), { sync: true });
        return true;
      }
      mayStay = true;
    }
    // Members whom the rejection did not concern tell a mirror nothing above the directory.
    if (mayStay) await this.#index.update([path], withoutRejection, { sync: true });
    return pending;
  }

  /** What the archive of a mirror still shows may only not have been deleted yet. */
  #keepsDirectory(child: PathEntry): boolean {
    return !this.#waitsForArchive || isLocalChange(child, this.#plan);
  }

  /** Nothing is made where a directory is on its way. */
  async missingParents(path: FolderPath): Promise<MissingParents> {
    const make: PlannedPath[] = [];
    const look: FolderPath[] = [];
    for (const entry of await this.#index.entries(parentsOf(path))) {
      if (this.#plan(entry).type !== 'none') break;
      const isThere = localCurrent(entry)?.version.record.kind === 'directory';
      if (isThere) look.push(entry.path);
      else make.push({ entry, action: this.#making(entry) });
    }
    return { make, look: make.length > 0 ? [] : look };
  }

  /** Directories that were deleted here and not elsewhere come back for what comes to lie in them. */
  async takeBackDeletions(path: FolderPath): Promise<void> {
    const goBack = (entry: PathEntry): PathEntry => {
      const isGone = localCurrent(entry)?.version.record.kind === 'tombstone';
      const isThere = peerCurrents(entry).some(
        ({ version: { record } }) => record.kind === 'directory',
      );
      return isGone && isThere ? takenBack(entry) : entry;
    };
    await this.#index.update(parentsOf(path), goBack, { sync: true });
  }

  /** What took the directory's place is a rival: a directory wins, and the rival gets a conflict copy. */
  #making(entry: PathEntry): PlannedPath['action'] {
    const { path } = entry;
    const { device: author, actor } = this.#context;
    const local = localCurrent(entry);
    const rival =
      local === undefined || local.version.record.kind === 'tombstone' ? undefined : local;
    const known = rival?.version.record.vector ?? [];
    const isNew = (count: VectorEntry) => count.counter > counterOf(known, count.actor);
    const vector =
      rival === undefined ? this.#vectorAbove(entry) : nextVector(entry, actor).filter(isNew);
    const permissions = newPermissions;
    const record = { kind: 'directory', path, permissions, vector, author } as const;
    const target = versionOf(record, this.#hash);
    const conflict = rival?.local.disk !== undefined && isCopyable(rival.version.record);
    return { type: 'apply', target, local, conflict, isMadeHere: true };
  }

  #above(entry: PathEntry): PathEntry {
    const local = localCurrent(entry);
    if (local?.version.record.kind !== 'directory') return entry;
    const vector = this.#vectorAbove(entry);
    const record = { ...local.version.record, vector, author: this.#context.device };
    const disk = local.local.disk;
    return withLocalCurrent(entry, versionOf(record, this.#hash), {
      withheld: this.#context.withholds === true ? 'kept' : 'no',
      ...(disk === undefined ? {} : { disk }),
    });
  }

  #vectorAbove(entry: PathEntry): VersionVector {
    const next = nextVector(entry, this.#context.actor);
    // Only deletions: a file or symlink that others show must stay a conflict for them.
    const deletions = peerCurrents(entry)
      .filter(({ version }) => version.record.kind === 'tombstone')
      .map(({ version }) => version.record.vector);
    return joinWithinLimit([next, ...deletions]) ?? next;
  }
}

/** The directories above a path, from the top. */
function parentsOf(path: FolderPath): FolderPath[] {
  const parents: FolderPath[] = [];
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) parents.unshift(above);
  return parents;
}
