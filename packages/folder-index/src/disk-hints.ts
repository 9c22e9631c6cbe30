/**
 * Where this disk has some content, and which directory an inode is: one place for each, the newest.
 * Hints only, beside the keys that the state counts: whoever takes one looks at the entry, and at the
 * bytes. A place that a newer one took over is not named again when that goes.
 */
import {
  bytesFromHex,
  type FileContentRecord,
  type FolderPath,
  hexFrom,
  type VersionId,
} from '@holdfast/model';
import {
  byteStringFrom,
  bytesOf,
  type KeyValueStore,
  type KeyValueWrite,
} from '@holdfast/platform';
import type { IndexKeys } from './index-keys.js';
import type { PathEntry, VersionRow } from './path-entry.js';

/** A version whose content this disk had at a path, shown there or set aside. */
export interface ContentPlace {
  readonly path: FolderPath;
  readonly id: VersionId;
}

interface Hint {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

const idBytes = 32;

/** What an entry has on this disk and `other` has not, by the names of the keys. */
function hintsOf(entry: PathEntry, other: PathEntry, keys: IndexKeys): Map<string, Hint> {
  const hints = new Map<string, Hint>();
  const add = (key: Uint8Array | undefined, value: Uint8Array) => {
    if (key !== undefined) hints.set(byteStringFrom(key), { key, value });
  };
  for (const row of entry.rows) {
    const { version, local } = row;
    if (local?.disk === undefined || isIn(other, row)) continue;
    if (version.record.kind === 'file') {
      const value = Buffer.concat([bytesFromHex(version.id), bytesOf(entry.path)]);
      add(contentKey(version.record, keys), value);
    } else if (version.record.kind === 'directory' && local.state === 'current') {
      add(keys.directory(local.disk.inode), bytesOf(entry.path));
    }
  }
  return hints;
}

/** The very same row: what stays in an entry is the same value in the next. */
function isIn({ rows }: PathEntry, { version, local }: VersionRow): boolean {
  return rows.some((row) => row.version === version && row.local === local);
}

/** The first block and the size: enough to look by. Undefined where there is no content. */
function contentKey(record: FileContentRecord, keys: IndexKeys): Uint8Array | undefined {
  const [first] = record.blocks.entries;
  return first === undefined ? undefined : keys.place(first.contentId, record.sizeBytes);
}

/** The hints that one batch puts, and those that it takes back where they still stand. */
export class HintDraft {
  readonly #keys: IndexKeys;
  readonly #put = new Map<string, Hint>();
  readonly #gone = new Map<string, Hint>();

  constructor(keys: IndexKeys) {
    this.#keys = keys;
  }

  change(before: PathEntry, after: PathEntry): void {
    const now = hintsOf(after, before, this.#keys);
    const old = hintsOf(before, after, this.#keys);
    for (const [name, hint] of old) if (!now.has(name)) this.#gone.set(name, hint);
    for (const [name, hint] of now) {
      const known = old.get(name);
      if (known === undefined || !sameBytes(known.value, hint.value)) this.#put.set(name, hint);
    }
  }

  async writes(store: KeyValueStore): Promise<KeyValueWrite[]> {
    const gone = [...this.#gone].flatMap(([name, hint]) => (this.#put.has(name) ? [] : [hint]));
    const stored = gone.length === 0 ? [] : await store.getMany(gone.map(({ key }) => key));
    const own = gone.filter(({ value }, at) => sameBytes(stored[at], value));
    return [
      ...own.map(({ key }) => ({ type: 'delete' as const, key })),
      ...[...this.#put.values()].map((hint) => ({ type: 'put' as const, ...hint })),
    ];
  }
}

export class DiskHints {
  readonly #store: KeyValueStore;
  readonly #keys: IndexKeys;

  constructor(store: KeyValueStore, keys: IndexKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** Where each content may lie on this disk. */
  async places(records: readonly FileContentRecord[]): Promise<(ContentPlace | undefined)[]> {
    const keys = records.map((record) => contentKey(record, this.#keys));
    const asked = keys.filter((key) => key !== undefined);
    const answers = (await this.#store.getMany(asked)).values();
    return keys.map((key) => placeFrom(key === undefined ? undefined : answers.next().value));
  }

  /** The directory that had the inode when it was last looked at. */
  async directory(inode: bigint): Promise<FolderPath | undefined> {
    const value = await this.#store.get(this.#keys.directory(inode));
    return value === undefined ? undefined : (byteStringFrom(value) as FolderPath);
  }
}

function placeFrom(value: Uint8Array | undefined): ContentPlace | undefined {
  if (value === undefined || value.length <= idBytes) return undefined;
  return {
    id: hexFrom(value.subarray(0, idBytes)) as VersionId,
    path: byteStringFrom(value.subarray(idBytes)) as FolderPath,
  };
}

function sameBytes(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}
