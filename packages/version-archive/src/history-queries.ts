/**
 * Answers to questions about a folder's history: reads the index, then the log. Owns nothing.
 * Invariant: a page is bounded in entries, in bytes and in the work that it takes.
 */
import {
  type FolderId,
  type FolderPath,
  type Hash,
  type HistoryEntry,
  type HistoryMoment,
  type HistoryQuery,
  maxHistoryPageEntries,
  type StoreId,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { CopyLocations } from './follow-chain.js';
import { decodeVersionRow, type HistoryIndex } from './history-index.js';
import type { HistoryLog } from './history-log.js';
import { decodeLocations, lastNumberOf, versionOfKey } from './index-keys.js';
import { pathsAtMoment } from './list-directory.js';
import { decodeLogEntry, pathTokenOf, type VersionEntry } from './log-entry.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { type Present, positionUnknown, resolveMoment } from './resolve-moment.js';

/** A page ends before it would hold more than this, unless its first entry alone does. */
const maxPageBytes = 1024 * 1024;
/** So many rows are looked at for one page; where few of them are asked for it may be short, or empty. */
const maxRowsPerPage = 20_000;
const minPrefixDigits = 8;
const maxPrefixMatches = 1000;

/** An entry that the index found. */
interface FoundEntry {
  readonly position: number;
  readonly locations: CopyLocations;
}

export interface HistoryAnswer {
  readonly position: number;
  readonly entries: readonly HistoryEntry[];
  readonly head?: string;
  readonly next?: Uint8Array;
}

type QueryOf<Type extends HistoryQuery['type']> = Extract<HistoryQuery, { type: Type }>;

export class HistoryQueries {
  readonly #index: HistoryIndex;
  readonly #log: HistoryLog;
  readonly #storeId: StoreId;
  readonly #hash: Hash;
  readonly #present: () => Present;

  constructor(init: {
    index: HistoryIndex;
    log: HistoryLog;
    storeId: StoreId;
    hash: Hash;
    present: () => Present;
  }) {
    this.#index = init.index;
    this.#log = init.log;
    this.#storeId = init.storeId;
    this.#hash = init.hash;
    this.#present = init.present;
  }

  async answer(folder: FolderId, query: HistoryQuery): Promise<HistoryAnswer> {
    switch (query.type) {
      case 'moment':
        return { position: await this.#resolve(folder, query.at), entries: [] };
      case 'log':
        return this.#logOf(folder, query);
      case 'entry':
        return this.#entryAt(folder, query);
      case 'list':
        return this.#listAt(folder, query);
      case 'chain':
        return this.#chainAt(query);
      case 'versions':
        return this.#versionsSince(folder, query);
      case 'version':
        return this.#versionOf(folder, query);
    }
  }

  /** The log entries that the index found, in the same order. */
  async read(found: readonly FoundEntry[]): Promise<VersionEntry[]> {
    const payloads = await this.#log.read(found);
    return payloads.map((bytes) => decodeLogEntry(bytes).entry as VersionEntry);
  }

  #resolve(folder: FolderId, at: HistoryMoment): Promise<number> {
    return resolveMoment(this.#index, folder, at, this.#present());
  }

  async #page(found: readonly FoundEntry[]): Promise<HistoryEntry[]> {
    const entries = await this.read(found);
    const [first] = entries;
    if (first === undefined) return [];
    const ids = entries.map(({ versionId }) => versionId);
    const states = await this.#index.thinStates(first.folder, ids);
    return entries.map((entry, at) => {
      const thinned = states[at] !== undefined;
      return historyEntryFrom(entry, { position: found[at]?.position ?? 0, thinned });
    });
  }

  async #logOf(folder: FolderId, query: QueryOf<'log'>): Promise<HistoryAnswer> {
    const { keys } = this.#index;
    const position = this.#present().headPosition;
    const below = query.cursor ? decodeCursor(query.cursor, 'log').position : position + 1;
    const pathKey = keys.pathKey('log', folder, query.path);
    const to = keys.upTo(pathKey, Math.min(below, position + 1) - 1);
    const range = { from: pathKey, to, reverse: true };
    const page = new PageBuilder(query.limit);
    for await (const [key, value] of this.#index.keyValueStore.iterate(range)) {
      if (!page.add({ position: lastNumberOf(key), locations: decodeLocations(value) })) break;
    }
    const entries = await this.#page(page.found);
    const last = page.found.at(-1);
    if (!page.isFull || last === undefined) return { position, entries };
    return { position, entries, next: encodeCursor({ type: 'log', position: last.position }) };
  }

  async #entryAt(folder: FolderId, query: QueryOf<'entry'>): Promise<HistoryAnswer> {
    const position = await this.#resolve(folder, query.at);
    const row = await this.#index.currentRow(folder, query.path, position);
    return { position, entries: row === undefined ? [] : await this.#page([row]) };
  }

  async #listAt(folder: FolderId, query: QueryOf<'list'>): Promise<HistoryAnswer> {
    const { directory, recursive } = query;
    const cursor = query.cursor ? decodeCursor(query.cursor, 'list') : undefined;
    const position = cursor?.position ?? (await this.#resolve(folder, query.at));
    const head = this.#present().headPosition;
    if (position > head) throw positionUnknown(position, head);
    const page = new PageBuilder(query.limit);
    let last: FolderPath | undefined = cursor?.path;
    let looked = 0;
    let next: Uint8Array | undefined;
    const question = { folder, directory, recursive, position, behind: last };
    for await (const { path, row } of pathsAtMoment(this.#index, question)) {
      const shown = row !== undefined && (query.deleted || row.kind !== 'tombstone');
      if (looked === maxRowsPerPage || (shown && !page.add(row))) {
        if (last !== undefined) next = encodeCursor({ type: 'list', position, path: last });
        break;
      }
      looked += 1;
      last = path;
    }
    const entries = await this.#page(page.found);
    return next === undefined ? { position, entries } : { position, entries, next };
  }

  async #chainAt({ position }: QueryOf<'chain'>): Promise<HistoryAnswer> {
    const { headPosition } = this.#present();
    const head = position > headPosition ? undefined : await this.#log.headAt(position);
    return { position: headPosition, entries: [], ...(head !== undefined && { head }) };
  }

  async #versionsSince(folder: FolderId, query: QueryOf<'versions'>): Promise<HistoryAnswer> {
    const cursor = query.cursor ? decodeCursor(query.cursor, 'versions') : undefined;
    const position = cursor?.position ?? this.#present().headPosition;
    const page = new PageBuilder(query.limit);
    let last = cursor?.versionId;
    let looked = 0;
    let isMore = false;
    for await (const [key, value] of this.#index.keyValueStore.iterate(
      this.#index.keys.versionsBehind(folder, last),
    )) {
      const row = decodeVersionRow(value);
      const isAsked = row.position > query.since && row.position <= position;
      isMore = looked === maxRowsPerPage || (isAsked && !page.add(row));
      if (isMore) break;
      looked += 1;
      last = versionOfKey(key);
    }
    const entries = await this.#page(page.found);
    if (!isMore || last === undefined) return { position, entries };
    return {
      position,
      entries,
      next: encodeCursor({ type: 'versions', position, versionId: last }),
    };
  }

  async #versionOf(folder: FolderId, query: QueryOf<'version'>): Promise<HistoryAnswer> {
    const { prefix, path } = query;
    const position = this.#present().headPosition;
    const token = pathTokenOf(this.#storeId, folder, path, this.#hash);
    const found: FoundEntry[] = [];
    for await (const [, value] of this.#index.keyValueStore.iterate(
      this.#prefixRange(folder, prefix),
    )) {
      found.push(decodeVersionRow(value));
    }
    const candidates = await this.read(found);
    const matching = found.filter((_, at) => candidates[at]?.pathToken === token);
    if (matching.length > 1) {
      throw new AppError('ambiguous', `Several versions of this path begin with ${prefix}.`, {
        hint: 'Give more digits of the version.',
      });
    }
    return { position, entries: await this.#page(matching) };
  }

  #prefixRange(folder: FolderId, prefix: string) {
    if (prefix.length < minPrefixDigits || !/^[0-9a-f]{1,64}$/.test(prefix)) {
      throw new AppError(
        'bad_version',
        `A version is named by ${minPrefixDigits} to 64 hex digits.`,
        {
          hint: 'The log of a path shows its versions.',
        },
      );
    }
    const { keys } = this.#index;
    const from = keys.versionKey(folder, prefix.padEnd(64, '0'));
    const end = keys.versionKey(folder, prefix.padEnd(64, 'f'));
    return { from, to: Buffer.concat([end, Buffer.alloc(1)]), limit: maxPrefixMatches };
  }
}

/** Collects entries until the page is full. */
class PageBuilder {
  readonly #limit: number;
  readonly #found: FoundEntry[] = [];
  #bytes = 0;
  isFull = false;

  constructor(limit: number) {
    this.#limit = Math.min(Math.max(1, limit), maxHistoryPageEntries);
  }

  get found(): readonly FoundEntry[] {
    return this.#found;
  }

  /** False where the entry has no room: then the page is full. */
  add(entry: FoundEntry): boolean {
    const bytes = entry.locations.a?.lengthBytes ?? entry.locations.b?.lengthBytes ?? 0;
    const fits = this.#bytes + bytes <= maxPageBytes || this.#found.length === 0;
    if (this.#found.length >= this.#limit || !fits) {
      this.isFull = true;
      return false;
    }
    this.#bytes += bytes;
    this.#found.push(entry);
    return true;
  }
}

function historyEntryFrom(
  entry: VersionEntry,
  { position, thinned }: Pick<HistoryEntry, 'position' | 'thinned'>,
): HistoryEntry {
  const { versionId, recordBytes, receivedAtMs, clockSynchronised, becameCurrent, sender } = entry;
  return {
    position,
    versionId,
    recordBytes,
    receivedAtMs,
    clockSynchronised,
    becameCurrent,
    thinned,
    sender,
  };
}
