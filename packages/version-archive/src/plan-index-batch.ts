/**
 * What a batch of log entries changes in the index. Reads what the index holds and gives the rows
 * to write; writes nothing itself.
 */
import {
  bytesFromHex,
  type ContentId,
  decodeRecord,
  type FileRecord,
  type FolderId,
  type FolderPath,
  type Hash,
  MalformedBytes,
  type StoredId,
  type VersionId,
  versionIdOf,
} from '@holdfast/model';
import {
  addRow,
  type KeyRange,
  type KeyValueStore,
  type KeyValueWrite,
  type RowTally,
  removeRow,
} from '@holdfast/platform';
import { type CurrentRow, encodeCurrentRow, encodeHeadRow } from './current-row.js';
import {
  encodeFolderTotals,
  type FolderTotals,
  movePath,
  pathStateAfter,
} from './folder-totals.js';
import { historyDamaged, type LoggedEntry } from './follow-chain.js';
import { bytesOfNumber, encodeLocations, type IndexKeys } from './index-keys.js';
import { decodeLogEntry, type LogEntry, type VersionEntry } from './log-entry.js';
import {
  encodeMark,
  MarkChanges,
  type ThinMark,
  type ThinMarks,
  versionKeyOf,
} from './thin-marks.js';
import { changeStaircases, type StaircaseChange } from './time-staircase.js';

/** The greatest time in each staircase; -1 where it is empty. */
export interface LatestTimes {
  readonly 'sure-time': number;
  readonly 'unsure-time': number;
}

export const noTimes: LatestTimes = { 'sure-time': -1, 'unsure-time': -1 };

/** The part of the index that planning reads. */
export interface IndexContents {
  readonly keyValueStore: KeyValueStore;
  readonly keys: IndexKeys;
  readonly latestTimes: LatestTimes;
  readonly marks: ThinMarks;
  /** Of versions, given as keys, the position of the entry that thinned each last. */
  markedAt(versionKeys: readonly string[]): Promise<(number | undefined)[]>;
  folder(folder: FolderId): FolderTotals | undefined;
  headRows(
    paths: readonly { readonly folder: FolderId; readonly path: FolderPath }[],
  ): Promise<(CurrentRow | undefined)[]>;
  versionRows(
    ids: readonly { readonly folder: FolderId; readonly versionId: VersionId }[],
  ): Promise<(object | undefined)[]>;
  storedIds(contentIds: readonly ContentId[]): Promise<ReadonlyMap<ContentId, StoredId>>;
}

export interface IndexBatch {
  readonly writes: readonly KeyValueWrite[];
  readonly tally: RowTally;
  readonly folders: ReadonlyMap<FolderId, FolderTotals>;
  readonly latestTimes: LatestTimes;
  /** Those that changed. */
  readonly marks: ReadonlyMap<number, ThinMark>;
}

interface OpenedEntry {
  readonly logged: LoggedEntry;
  readonly entry: VersionEntry;
  readonly record: FileRecord;
}

/** An entry that is about no path. */
interface OtherEntry {
  readonly logged: LoggedEntry;
  readonly entry: Exclude<LogEntry, VersionEntry>;
}

/** Throws `history_damaged` on an entry whose record is not the one that it names. */
export async function planIndexBatch(
  contents: IndexContents,
  entries: readonly LoggedEntry[],
  tally: RowTally,
  hash: Hash,
): Promise<IndexBatch> {
  const all = entries.map((logged) => openEntry(logged, hash));
  const opened = all.filter((one): one is OpenedEntry => 'record' in one);
  const marks = new MarkChanges(contents.marks, await markedBefore(contents, all));
  const plan = new BatchPlan(contents, tally, marks);
  await plan.load(opened);
  for (const one of all) {
    if ('record' in one) plan.add(one);
    else if (one.entry.kind === 'thinned') marks.thin(one.logged.position, one.entry);
    else if (one.entry.kind === 'thinning-settled') marks.settle(one.entry);
  }
  await plan.addTimes(opened);
  return plan.finish();
}

/** Of all versions that the batch is about, those that the index holds a mark of. */
async function markedBefore(
  contents: IndexContents,
  all: readonly (OpenedEntry | OtherEntry)[],
): Promise<Map<string, number>> {
  const named = all.flatMap(({ entry }) => {
    if (entry.kind === 'version') return versionKeyOf(entry.folder, entry.versionId);
    if (entry.kind !== 'thinned') return [];
    return entry.versionIds.map((id) => versionKeyOf(entry.folder, id));
  });
  const keys = [...new Set(named)];
  const positions = await contents.markedAt(keys);
  return new Map(
    keys.flatMap((key, at) => {
      const position = positions[at];
      return position === undefined ? [] : [[key, position] as const];
    }),
  );
}

function openEntry(logged: LoggedEntry, hash: Hash): OpenedEntry | OtherEntry {
  try {
    const entry = logged.made ?? decodeLogEntry(logged.bytes).entry;
    if (entry.kind !== 'version') return { logged, entry };
    if (versionIdOf(entry.recordBytes, hash) !== entry.versionId) {
      throw new MalformedBytes('the record is not the version that the entry names');
    }
    return { logged, entry, record: entry.record ?? decodeRecord(entry.recordBytes) };
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error;
    throw historyDamaged(logged.position, error.message, error);
  }
}

/** What a path showed before the batch, and so far. */
interface PathHead {
  readonly folder: FolderId;
  readonly path: FolderPath;
  readonly before: CurrentRow | undefined;
  readonly now: CurrentRow | undefined;
}

class BatchPlan {
  readonly #contents: IndexContents;
  readonly #marks: MarkChanges;
  readonly #writes: KeyValueWrite[] = [];
  readonly #folders = new Map<FolderId, FolderTotals>();
  readonly #heads = new Map<string, PathHead>();
  readonly #known = new Set<string>();
  #tally: RowTally;
  #latestTimes: LatestTimes;

  constructor(contents: IndexContents, tally: RowTally, marks: MarkChanges) {
    this.#marks = marks;
    this.#contents = contents;
    this.#tally = tally;
    this.#latestTimes = contents.latestTimes;
  }

  async load(opened: readonly OpenedEntry[]): Promise<void> {
    const current = opened.filter(({ entry }) => entry.becameCurrent);
    const paths = new Map(current.map((one) => [headKey(one), pathOf(one)]));
    const rows = await this.#contents.headRows([...paths.values()]);
    for (const [at, [key, path]] of [...paths].entries()) {
      this.#heads.set(key, { ...path, before: rows[at], now: rows[at] });
    }
    const known = await this.#contents.versionRows(opened.map(({ entry }) => entry));
    for (const [at, { entry }] of opened.entries()) {
      if (known[at] !== undefined) this.#known.add(versionKeyOf(entry.folder, entry.versionId));
    }
    await this.#addStoredIds(opened);
  }

  add(one: OpenedEntry): void {
    const { logged, entry, record } = one;
    const { keys } = this.#contents;
    const { folder, versionId } = entry;
    this.#marks.keep(folder, versionId);
    const locations = encodeLocations(logged.locations);
    const logKey = keys.pathKey('log', folder, record.path);
    this.#put(Buffer.concat([logKey, bytesOfNumber(logged.position)]), locations);
    let totals = this.#totalsAfter(folder, logged);
    if (!this.#known.has(versionKeyOf(entry.folder, entry.versionId))) {
      this.#known.add(versionKeyOf(entry.folder, entry.versionId));
      const value = Buffer.concat([locations, bytesOfNumber(logged.position)]);
      this.#put(keys.versionKey(folder, versionId), value);
      totals = { ...totals, versions: totals.versions + 1 };
    }
    if (entry.becameCurrent) totals = this.#addCurrent(one, totals);
    this.#folders.set(folder, totals);
  }

  #addCurrent({ logged, entry, record }: OpenedEntry, totals: FolderTotals): FolderTotals {
    const { folder, versionId } = entry;
    const { position, locations } = logged;
    const head = `${folder}${record.path}`;
    const { before, now } = this.#heads.get(head) ?? { before: undefined, now: undefined };
    const after = pathStateAfter(now, record.kind);
    const row: CurrentRow = { ...after, position, versionId, locations };
    this.#heads.set(head, { folder, path: record.path, before, now: row });
    const key = this.#contents.keys.pathKey('current', folder, record.path);
    this.#put(Buffer.concat([key, bytesOfNumber(position)]), encodeCurrentRow(row));
    return movePath(totals, now, after);
  }

  async addTimes(opened: readonly OpenedEntry[]): Promise<void> {
    const change = changeStaircases(
      opened.map(({ logged, entry }) => ({
        atMs: entry.receivedAtMs,
        position: logged.position,
        clockSynchronised: entry.clockSynchronised,
      })),
    );
    await this.#replaceSteps('sure-time', change.sureFromMs, change.addSure);
    await this.#replaceSteps('unsure-time', change.unsureFromMs, change.addUnsure);
  }

  finish(): IndexBatch {
    const { keys } = this.#contents;
    for (const [folder, totals] of this.#folders) {
      const before = this.#contents.folder(folder);
      const replaced = before && encodeFolderTotals(before);
      this.#put(keys.key('folder', folder), encodeFolderTotals(totals), replaced);
    }
    for (const { folder, path, before, now } of this.#heads.values()) {
      if (now === undefined) continue;
      this.#put(keys.headKey(folder, path), encodeHeadRow(now), before && encodeHeadRow(before));
    }
    this.#addMarks();
    return {
      writes: this.#writes,
      tally: this.#tally,
      folders: this.#folders,
      latestTimes: this.#latestTimes,
      marks: this.#marks.marks,
    };
  }

  #addMarks(): void {
    const { keys } = this.#contents;
    for (const [position, mark] of this.#marks.marks) {
      const before = this.#marks.markBefore(position);
      this.#put(keys.key('mark', '', position), encodeMark(mark), before && encodeMark(before));
    }
    for (const { key, before, now } of this.#marks.versions()) {
      const replaced = before === undefined ? undefined : bytesOfNumber(before);
      if (now !== undefined) this.#put(keys.thinnedKey(key), bytesOfNumber(now), replaced);
      else if (replaced !== undefined) this.#remove(keys.thinnedKey(key), replaced);
    }
  }

  async #addStoredIds(opened: readonly OpenedEntry[]): Promise<void> {
    const named = new Map<ContentId, StoredId>();
    for (const { entry, record } of opened) {
      if (record.kind !== 'file') continue;
      for (const [at, { contentId }] of record.blocks.entries.entries()) {
        const storedId = entry.storedIds[at];
        if (storedId !== undefined && !named.has(contentId)) named.set(contentId, storedId);
      }
    }
    const known = await this.#contents.storedIds([...named.keys()]);
    for (const [contentId, storedId] of named) {
      if (known.has(contentId)) continue;
      this.#put(this.#contents.keys.storedKey(contentId), bytesFromHex(storedId));
    }
  }

  #totalsAfter(folder: FolderId, { position, head }: LoggedEntry): FolderTotals {
    const before = this.#folders.get(folder) ?? this.#contents.folder(folder);
    const counts = before ?? { firstPosition: position, versions: 0, files: 0, deletedFiles: 0 };
    return { ...counts, lastPosition: position, head };
  }

  async #replaceSteps(
    family: keyof LatestTimes,
    fromMs: number | undefined,
    added: StaircaseChange['addSure'],
  ): Promise<void> {
    if (fromMs === undefined) return;
    const { keys, keyValueStore } = this.#contents;
    if (fromMs <= this.#latestTimes[family]) {
      const range: KeyRange = { from: keys.key(family, '', fromMs), to: keys.range(family).to };
      for await (const [key, value] of keyValueStore.iterate(range)) {
        this.#remove(key, value);
      }
    }
    for (const { atMs, position } of added) {
      this.#put(keys.key(family, '', atMs), bytesOfNumber(position));
    }
    const latest = added.at(-1)?.atMs ?? (fromMs === 0 ? -1 : this.#latestTimes[family]);
    this.#latestTimes = { ...this.#latestTimes, [family]: latest };
  }

  #remove(key: Uint8Array, value: Uint8Array): void {
    this.#tally = removeRow(this.#tally, key, value);
    this.#writes.push({ type: 'delete', key });
  }

  /** `replaced` is the value that the key has now. */
  #put(key: Uint8Array, value: Uint8Array, replaced?: Uint8Array): void {
    if (replaced !== undefined) this.#tally = removeRow(this.#tally, key, replaced);
    this.#tally = addRow(this.#tally, key, value);
    this.#writes.push({ type: 'put', key, value });
  }
}

function pathOf({ entry, record }: OpenedEntry) {
  return { folder: entry.folder, path: record.path };
}

function headKey({ entry, record }: OpenedEntry): string {
  return `${entry.folder}${record.path}`;
}
