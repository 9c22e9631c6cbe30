/**
 * The index of the history log in the key-value store: a cache that can be rebuilt. Owns every key
 * under its prefix. Invariant: one batch takes it from one log position to a later one, and `meta`
 * holds a count and a sum over the rows, so that lost or altered rows are noticed when it is opened.
 */
import {
  type ContentId,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  type StoredId,
  type VersionId,
} from '@holdfast/model';
import {
  addRows,
  emptyTally,
  type KeyRange,
  type KeyValueEntry,
  type KeyValueStore,
  type KeyValueWrite,
  type Logger,
  noteCounted,
  type RowTally,
  sameTally,
  wereCounted,
} from '@holdfast/platform';
import { type CurrentRow, decodeCurrentRow, decodeHeadRow } from './current-row.js';
import { decodeFolderTotals, type FolderTotals } from './folder-totals.js';
import type { LoggedEntry } from './follow-chain.js';
import type { LogCheckpoint } from './history-log.js';
import { decodeLocations, IndexKeys, lastNumberOf } from './index-keys.js';
import { decodeMeta, encodeMeta, type IndexMeta } from './index-meta.js';
import { type LatestTimes, noTimes, planIndexBatch } from './plan-index-batch.js';
import {
  decodeMark,
  type ThinMark,
  type ThinMarks,
  type ThinStates,
  thinStateOf,
  versionKeyOf,
} from './thin-marks.js';
import type { TimeStep } from './time-staircase.js';

/** Deleting goes in batches of this many rows. */
const deletesPerBatch = 10_000;
const versionIdBytes = 32;
/** More keys are not remembered as absent. */
const maxAbsent = 20_000;

export interface IndexIdentity {
  readonly storeId: string;
  readonly generation: number;
}

export interface HistoryIndexInit {
  readonly keyValueStore: KeyValueStore;
  /** Every key that begins with it is the index's. */
  readonly keyPrefix: Uint8Array;
  readonly identity: IndexIdentity;
  readonly hash: Hash;
  readonly logger: Logger;
}

export class HistoryIndex {
  readonly keyValueStore: KeyValueStore;
  readonly keys: IndexKeys;
  readonly #identity: IndexIdentity;
  readonly #hash: Hash;
  #meta: IndexMeta | undefined;
  #folders = new Map<FolderId, FolderTotals>();
  #latestTimes: LatestTimes = noTimes;
  #marks = new Map<number, ThinMark>();
  /** Keys that the index was asked for since it last changed, and does not have. */
  #absent = new Set<string>();

  private constructor(init: HistoryIndexInit) {
    const { storeId, generation } = init.identity;
    this.keyValueStore = init.keyValueStore;
    this.keys = new IndexKeys(init.keyPrefix);
    this.#identity = { storeId, generation };
    this.#hash = init.hash;
  }

  /** Opens and verifies; an index in doubt is emptied, with a log line, and has no checkpoint. */
  static async open(init: HistoryIndexInit): Promise<HistoryIndex> {
    const index = new HistoryIndex(init);
    const doubt = await index.#load();
    if (doubt !== undefined) {
      init.logger.warn('the history index is in doubt and is made anew from the log', { doubt });
      await index.clear();
    }
    return index;
  }

  /** The last indexed entry; undefined where nothing is indexed. */
  get checkpoint(): LogCheckpoint | undefined {
    return this.#meta?.checkpoint;
  }

  folder(folder: FolderId): FolderTotals | undefined {
    return this.#folders.get(folder);
  }

  folders(): FolderId[] {
    return [...this.#folders.keys()].sort();
  }

  /** What was thinned, and what became of it. */
  get marks(): ThinMarks {
    return this.#marks;
  }

  async markedAt(versionKeys: readonly string[]): Promise<(number | undefined)[]> {
    if (this.#marks.size === 0) return versionKeys.map(() => undefined);
    const values = await this.keyValueStore.getMany(
      versionKeys.map((key) => this.keys.thinnedKey(key)),
    );
    return values.map((value) => (value === undefined ? undefined : lastNumberOf(value)));
  }

  /** What became of versions that were thinned; undefined for those that are kept. */
  async thinStates(...[folder, ids]: Parameters<ThinStates>): ReturnType<ThinStates> {
    const positions = await this.markedAt(ids.map((id) => versionKeyOf(folder, id)));
    return positions.map((position) => thinStateOf(position, this.#marks));
  }

  /** Versions of a folder that were thinned, each with the position of the entry that did it. */
  async *markedVersions(folder: FolderId): AsyncGenerator<readonly [VersionId, number]> {
    const range = this.keys.range('thinned', folder);
    for await (const [key, value] of this.keyValueStore.iterate(range)) {
      yield [hexFrom(key.subarray(-versionIdBytes)) as VersionId, lastNumberOf(value)];
    }
  }

  /** The last step of each time staircase. */
  get latestTimes(): LatestTimes {
    return this.#latestTimes;
  }

  /** Adds entries that follow the checkpoint; durable when it resolves. Nothing changes if it fails. */
  async apply(entries: readonly LoggedEntry[]): Promise<void> {
    const last = entries.at(-1);
    if (last === undefined) return;
    const plan = await planIndexBatch(this, entries, this.#meta?.tally ?? emptyTally, this.#hash);
    const { position, head, locations } = last;
    const meta: IndexMeta = {
      ...this.#identity,
      checkpoint: { position, head, locations },
      tally: plan.tally,
    };
    const writes: KeyValueWrite[] = [
      ...plan.writes,
      { type: 'put', key: this.keys.key('meta'), value: encodeMeta(meta, this.#hash) },
    ];
    await this.#write(writes);
    this.#meta = meta;
    this.#latestTimes = plan.latestTimes;
    for (const [folder, totals] of plan.folders) this.#folders.set(folder, totals);
    for (const [position, mark] of plan.marks) this.#marks.set(position, mark);
  }

  async #write(writes: readonly KeyValueWrite[]): Promise<void> {
    this.#absent = new Set();
    try {
      await this.keyValueStore.batch(writes, { sync: true });
    } finally {
      this.#absent = new Set();
    }
  }

  /** Removes every row, `meta` first, so that a crash on the way leaves an index in doubt. */
  async clear(): Promise<void> {
    this.#meta = undefined;
    this.#folders = new Map();
    this.#latestTimes = noTimes;
    this.#marks = new Map();
    const meta = this.keys.key('meta');
    await this.keyValueStore.batch([{ type: 'delete', key: meta }], { sync: true });
    for (;;) {
      const writes: KeyValueWrite[] = [];
      const range = { ...this.keys.all(), limit: deletesPerBatch };
      for await (const [key] of this.keyValueStore.iterate(range)) {
        writes.push({ type: 'delete', key });
      }
      if (writes.length === 0) break;
      await this.keyValueStore.batch(writes, { sync: true });
    }
    await noteCounted(this.keyValueStore, this.keys.key('counted'));
  }

  /** The last row of the path that became current at or before the position. */
  async currentRow(
    folder: FolderId,
    path: FolderPath,
    atPosition: number,
  ): Promise<CurrentRow | undefined> {
    const from = this.keys.pathKey('current', folder, path);
    return this.lastCurrentRow(from, atPosition);
  }

  /** As `currentRow`, for a path whose key is known. */
  async lastCurrentRow(pathKey: Uint8Array, atPosition: number): Promise<CurrentRow | undefined> {
    const row = await this.lastRow({ from: pathKey, to: this.keys.upTo(pathKey, atPosition) });
    return row && decodeCurrentRow(lastNumberOf(row[0]), row[1]);
  }

  /** Of each path, its last current row. */
  async headRows(
    paths: readonly { readonly folder: FolderId; readonly path: FolderPath }[],
  ): Promise<(CurrentRow | undefined)[]> {
    const keys = paths.map(({ folder, path }) => this.keys.headKey(folder, path));
    const values = await this.keyValueStore.getMany(keys);
    return values.map((value) => (value === undefined ? undefined : decodeHeadRow(value)));
  }

  /** Where the first entry of each version is; undefined for a version that is not in the log. */
  async versionRows(ids: readonly { readonly folder: FolderId; readonly versionId: VersionId }[]) {
    const keys = ids.map(({ folder, versionId }) => this.keys.versionKey(folder, versionId));
    const values = await this.#getMany(keys);
    return values.map((value) => (value === undefined ? undefined : decodeVersionRow(value)));
  }

  /** The stored ids of the blocks that log entries name. */
  async storedIds(contentIds: readonly ContentId[]): Promise<Map<ContentId, StoredId>> {
    const keys = contentIds.map((contentId) => this.keys.storedKey(contentId));
    const values = await this.#getMany(keys);
    const storedIds = new Map<ContentId, StoredId>();
    for (const [at, contentId] of contentIds.entries()) {
      const value = values[at];
      if (value !== undefined) storedIds.set(contentId, hexFrom(value) as StoredId);
    }
    return storedIds;
  }

  /** Whoever appends asks several times for what is new. */
  async #getMany(keys: readonly Buffer[]): Promise<(Uint8Array | undefined)[]> {
    if (this.#absent.size > maxAbsent) this.#absent = new Set();
    // A change of the index begins another one: what is read by then says nothing of it.
    const absent = this.#absent;
    const asked = keys.map((key) => ({ key, text: key.toString('latin1') }));
    const others = asked.filter(({ text }) => !absent.has(text));
    const read = await this.keyValueStore.getMany(others.map(({ key }) => key));
    const values = new Map(others.map(({ text }, at) => [text, read[at]]));
    for (const [text, value] of values) if (value === undefined) absent.add(text);
    return asked.map(({ text }) => values.get(text));
  }

  /** The steps of the staircase of sure times, by rising time and position. */
  async sureTimes(): Promise<TimeStep[]> {
    const steps: TimeStep[] = [];
    for await (const [key, value] of this.keyValueStore.iterate(this.keys.range('sure-time'))) {
      steps.push({ atMs: lastNumberOf(key), position: lastNumberOf(value) });
    }
    return steps;
  }

  async lastRow(range: KeyRange): Promise<readonly [Uint8Array, Uint8Array] | undefined> {
    for await (const row of this.keyValueStore.iterate({ ...range, reverse: true, limit: 1 })) {
      return row;
    }
    return undefined;
  }

  /** Gives what is doubtful; undefined where all is well, or where there is no index yet. */
  async #load(): Promise<string | undefined> {
    const bytes = await this.keyValueStore.get(this.keys.key('meta'));
    const meta = bytes === undefined ? undefined : decodeMeta(bytes, this.#hash);
    const counted = this.keys.key('counted');
    const isCounted = meta !== undefined && (await wereCounted(this.keyValueStore, counted));
    const tally = isCounted ? await this.#readKept(meta) : await this.#tallyRows();
    if (meta === undefined)
      return tally.count === 0 && bytes === undefined ? undefined : 'no valid end';
    if (meta.storeId !== this.#identity.storeId) return 'it belongs to another store';
    if (meta.generation !== this.#identity.generation) return 'it is of another generation';
    if (!sameTally(tally, meta.tally)) return 'rows are missing or altered';
    this.#meta = meta;
    if (!isCounted) await noteCounted(this.keyValueStore, counted);
    return undefined;
  }

  async #tallyRows(): Promise<RowTally> {
    let tally = emptyTally;
    for await (const page of this.keyValueStore.iteratePages(this.keys.all())) {
      tally = addRows(
        tally,
        page.filter((row) => this.#note(row)),
      );
    }
    return tally;
  }

  /** Takes over what is kept in memory, where the rows were counted before: there are few of these. */
  async #readKept({ tally }: IndexMeta): Promise<RowTally> {
    for (const family of ['folder', 'mark'] as const) {
      for await (const row of this.keyValueStore.iterate(this.keys.range(family))) this.#note(row);
    }
    for (const family of ['sure-time', 'unsure-time'] as const) {
      const row = await this.lastRow(this.keys.range(family));
      if (row !== undefined) this.#note(row);
    }
    return tally;
  }

  /** Takes over what is kept in memory; returns whether the row is one that is counted. */
  #note([key, value]: KeyValueEntry): boolean {
    const family = this.keys.familyOf(key);
    if (family === 'sure-time' || family === 'unsure-time') {
      this.#latestTimes = { ...this.#latestTimes, [family]: lastNumberOf(key) };
    }
    if (family === 'mark') this.#marks.set(lastNumberOf(key), decodeMark(value));
    if (family === 'folder') {
      const folder = Buffer.from(key.subarray(-16)).toString('latin1') as FolderId;
      this.#folders.set(folder, decodeFolderTotals(value));
    }
    return family !== 'meta' && family !== 'counted';
  }
}

export interface VersionRow {
  readonly position: number;
  readonly locations: ReturnType<typeof decodeLocations>;
}

export function decodeVersionRow(value: Uint8Array): VersionRow {
  return { locations: decodeLocations(value), position: lastNumberOf(value) };
}
