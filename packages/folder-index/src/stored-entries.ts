/**
 * Reading the entries of paths, as they lie in the database and decoded. Whoever takes a version in
 * asks for its entry several times within a moment, so those that were read lately are remembered:
 * a bounded number of small ones, each as the last batch that is in order left it.
 */
import type { FolderPath } from '@holdfast/model';
import { type KeyValueStore, RecentRows } from '@holdfast/platform';
import type { DeviceNumbers } from './device-numbers.js';
import { decodeEntry } from './entry-codec.js';
import type { IndexKeys } from './index-keys.js';
import { emptyEntry, type PathEntry } from './path-entry.js';

export interface StoredEntry {
  readonly entry: PathEntry;
  /** Undefined where the database has none. */
  readonly bytes: Uint8Array | undefined;
}

/** More than a batch that an archive takes. */
const maxRemembered = 1_024;
/** Decoded it takes several times that; a larger one, of a file of many blocks, is read again. */
const maxRememberedBytes = 2_048;

export class StoredEntries {
  readonly #store: KeyValueStore;
  readonly #keys: IndexKeys;
  readonly #devices: () => DeviceNumbers;
  readonly #recent = new RecentRows<FolderPath, StoredEntry>(maxRemembered);
  #isWriting = false;
  #writeCount = 0;

  constructor(store: KeyValueStore, keys: IndexKeys, devices: () => DeviceNumbers) {
    this.#store = store;
    this.#keys = keys;
    this.#devices = devices;
  }

  /** One for each path, in order; an unknown path has an empty one. */
  async read(paths: readonly FolderPath[]): Promise<StoredEntry[]> {
    return this.#recent.through(paths, async (others) => {
      const before = this.#writeCount;
      const values = await this.#store.getMany(others.map((path) => this.#keys.entry(path)));
      const read = others.map((path, at) => this.#decode(path, values[at]));
      // What was written meanwhile may be newer than what was read.
      const isSure = !this.#isWriting && this.#writeCount === before;
      for (const one of isSure ? read : []) this.#remember(one);
      return read;
    });
  }

  /** Writes a batch that changes entries; where it fails, nothing is remembered of them. */
  async whileWritten(changed: readonly StoredEntry[], write: () => Promise<void>): Promise<void> {
    const remembered = changed.filter(({ entry }) => this.#recent.get(entry.path) !== undefined);
    this.#isWriting = true;
    for (const { entry } of changed) this.#recent.delete(entry.path);
    try {
      await write();
      for (const one of remembered) this.#remember(one);
    } finally {
      this.#writeCount += 1;
      this.#isWriting = false;
    }
  }

  /** Devices may have other numbers from here on. */
  forget(): void {
    this.#recent.clear();
  }

  #remember(one: StoredEntry): void {
    if (one.bytes === undefined || one.bytes.length > maxRememberedBytes) return;
    this.#recent.set(one.entry.path, one);
  }

  #decode(path: FolderPath, bytes: Uint8Array | undefined): StoredEntry {
    if (bytes === undefined) return { entry: emptyEntry(path), bytes };
    return { entry: decodeEntry(path, bytes, this.#devices()), bytes };
  }
}
