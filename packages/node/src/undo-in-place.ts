/**
 * What an undo writes to the index: each path's former content as a new version of this device, above
 * all that is known of the path, and what it replaces held. A person asked for it, so no guard asks,
 * here or elsewhere. Invariant: durable before anybody is told.
 */
import {
  type DiskState,
  localCurrent,
  type PathEntry,
  withChecked,
  withHeld,
  withLocalCurrent,
} from '@holdfast/folder-index';
import { diskStateOf, nextVector, type ObserveContext } from '@holdfast/folder-scanner';
import { type FileRecord, type FolderPath, type Version, versionOf } from '@holdfast/model';
import type { Clock, FileStat } from '@holdfast/platform';
import type { FolderInPlace } from './restore-in-place.js';
import { RestoreInPlace } from './restore-in-place.js';
import type { PlacedItem } from './restore-placer.js';

export class UndoInPlace extends RestoreInPlace {
  readonly #folder: FolderInPlace;
  readonly #clock: Clock;
  readonly #context: ObserveContext;

  constructor(folder: FolderInPlace, clock: Clock, context: ObserveContext) {
    super(folder, clock);
    this.#folder = folder;
    this.#clock = clock;
    this.#context = context;
  }

  override async notePlaced(items: readonly PlacedItem[]): Promise<void> {
    const byPath = new Map(items.map((item) => [item.version.record.path, item]));
    await this.#update([...byPath.keys()], (entry) => {
      const item = byPath.get(entry.path);
      return item === undefined ? entry : this.#shown(entry, item);
    });
  }

  /** The paths are gone from the disk: their deletions are this device's. */
  async noteRemoved(removed: ReadonlyMap<FolderPath, DiskState | undefined>): Promise<void> {
    await this.#update([...removed.keys()], (entry) => {
      const { device: author, actor, hash } = this.#context;
      const vector = nextVector(entry, actor);
      const version = versionOf({ kind: 'tombstone', path: entry.path, vector, author }, hash);
      const former = localCurrent(entry)?.version;
      const shown = withChecked(withLocalCurrent(entry, version, { withheld: 'no' }), version);
      return this.#held(shown, former, removed.get(entry.path));
    });
  }

  #shown(entry: PathEntry, { version, held, existing, stat }: PlacedItem): PathEntry {
    const { device: author, actor, hash } = this.#context;
    const made = { vector: nextVector(entry, actor), author };
    const record: FileRecord = { ...version.record, ...made };
    const next = versionOf(record, hash);
    const disk = diskOf(stat);
    const shown = withLocalCurrent(entry, next, { withheld: 'no', ...disk });
    return this.#held(withChecked(shown, next), held, existing?.disk);
  }

  #held(entry: PathEntry, held: Version | undefined, disk: DiskState | undefined): PathEntry {
    if (held?.record.kind !== 'file' || disk === undefined) return entry;
    return withHeld(entry, held, { sinceMs: this.#clock.now(), disk });
  }

  async #update(paths: FolderPath[], change: (entry: PathEntry) => PathEntry): Promise<void> {
    if (paths.length > 0) await this.#folder.treeIndex.update(paths, change, { sync: true });
  }
}

function diskOf(stat: FileStat | undefined): { readonly disk?: DiskState } {
  return stat === undefined ? {} : { disk: diskStateOf(stat, false) };
}
