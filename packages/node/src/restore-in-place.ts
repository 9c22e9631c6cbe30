/**
 * What a restore into the folder itself owes to the folder: what it replaces is held as if a remote
 * change had replaced it, no scan looks at the paths meanwhile, and no guard asks about what a person
 * asked for.
 */
import { localCurrent, withHeld } from '@holdfast/folder-index';
import type { FolderPath, Version } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import { demoted } from './demoted.js';
import type { ExistingEntry } from './restore-jobs.js';
import type { PlacedItem } from './restore-placer.js';

/** The narrow part of a folder that this needs. */
export type FolderInPlace = Pick<FolderEngine, 'treeIndex'> & {
  readonly tree: Pick<NonNullable<FolderEngine['tree']>, 'claims'> | undefined;
  readonly massChanges: Pick<FolderEngine['massChanges'], 'guard'>;
};

export class RestoreInPlace {
  readonly #folder: FolderInPlace;
  readonly #clock: Clock;

  constructor(folder: FolderInPlace, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** The version that is replaced; `unknown` where nobody has read yet what lies there. */
  async replaced(
    path: FolderPath,
    existing: ExistingEntry,
  ): Promise<Version | undefined | 'unknown'> {
    if (existing === undefined || existing.kind === 'directory') return undefined;
    const row = localCurrent(await this.#folder.treeIndex.entry(path));
    const disk = row?.local.disk;
    const known =
      disk?.inode === existing.disk.inode &&
      disk.mtimeNs === existing.disk.mtimeNs &&
      disk.sizeBytes === existing.disk.sizeBytes;
    if (row === undefined || !known) return 'unknown';
    return row.version.record.kind === 'file' ? row.version : undefined;
  }

  /** What came back; durable when it resolves. What replaced something is to be read anew. */
  async notePlaced(items: readonly PlacedItem[]): Promise<void> {
    for (const { version, held, existing } of items) {
      if (held !== undefined) await this.noteHeld(version.record.path, held, existing);
    }
  }

  /** Durable when it resolves: the version lies aside, and what is shown is to be read anew. */
  async noteHeld(path: FolderPath, held: Version, existing: ExistingEntry): Promise<void> {
    if (existing === undefined) return;
    const { disk } = existing;
    const sinceMs = this.#clock.now();
    await this.#folder.treeIndex.update(
      [path],
      (entry) => withHeld(demoted(entry), held, { sinceMs, disk }),
      { sync: true },
    );
  }

  /** Whether somebody else is just working on the path. */
  isTaken(path: FolderPath): boolean {
    return this.#folder.tree?.claims.has(path) ?? false;
  }

  /** A scan that is faster than the index would forget what is held. */
  async during(paths: readonly FolderPath[], work: () => Promise<void>): Promise<void> {
    this.#folder.massChanges.guard?.expect([...paths]);
    const claims = this.#folder.tree?.claims;
    if (claims === undefined) await work();
    else await claims.during([...paths], work);
  }
}
