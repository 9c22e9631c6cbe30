/** Looking back: the log of a path, a directory as of a moment, the bytes of a version. */
import {
  contentBytesOf,
  type DeviceId,
  decodeRecord,
  displayPath,
  type FileContentRecord,
  type FileRecord,
  type FolderPath,
  type Hash,
  type HistoryEntry,
  type HistoryMoment,
  type Version,
  versionIdOf,
} from '@holdfast/model';
import { AppError, type BulkRunner, type Clock } from '@holdfast/platform';
import { readVersion, type SyncEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { inCausalOrder } from './causal-order.js';
import { parseHistoryPath } from './history-path.js';
import { allEntries, chooseSource, type HistorySource } from './history-source.js';
import type {
  HistoryQuery,
  HistoryVersion,
  ListEntry,
  ListResult,
  LogResult,
} from './node-control.js';
import { parseTime } from './time-expression.js';

export interface HistoryServiceInit {
  readonly engine: SyncEngine;
  readonly archive: () => VersionArchive | undefined;
  readonly runner: BulkRunner;
  readonly clock: Clock;
  readonly hash: Hash;
  readonly nameOf: (device: DeviceId) => string;
}

export interface ResolvedQuery {
  readonly source: HistorySource;
  readonly folder: ReturnType<typeof parseHistoryPath>['folder'];
  readonly inside: FolderPath | '';
  readonly at: HistoryMoment;
}

/** An entry with its record, checked against its id: an archive cannot pass off another. */
export interface CheckedEntry {
  readonly entry: HistoryEntry;
  readonly version: Version;
}

const pageEntries = 1_000;

export class HistoryService {
  readonly #init: HistoryServiceInit;

  constructor(init: HistoryServiceInit) {
    this.#init = init;
  }

  /** Finds folder, path, moment and archive of a question. */
  resolve(query: HistoryQuery): ResolvedQuery {
    const { engine, archive, clock } = this.#init;
    const { folder, inside } = parseHistoryPath(query.path, engine.folders.values());
    const time = query.at === undefined ? undefined : parseTime(query.at, clock.now());
    const storeId = query.storeId ?? time?.store;
    const source = chooseSource(folder, engine, archive(), storeId);
    return { source, folder, inside, at: time?.moment ?? { type: 'head' } };
  }

  async log(query: HistoryQuery): Promise<LogResult> {
    const { source, folder, inside } = this.resolve(query);
    if (inside === '') {
      throw new AppError('usage', 'The log is that of a file or directory in a folder.', {
        hint: 'Write FOLDER/path; see what there is with: holdfast ls FOLDER',
      });
    }
    const found: CheckedEntry[] = [];
    const asked = { type: 'log' as const, path: inside, limit: pageEntries };
    for await (const { entry } of allEntries(source, folder.config.id, asked)) {
      found.push(this.check(entry));
    }
    if (found.length === 0) throw pathUnknown(query.path);
    const ordered = inCausalOrder(
      found.map((one) => ({
        one,
        vector: one.version.record.vector,
        becameCurrent: one.entry.becameCurrent,
      })),
    );
    const versions = ordered.map(({ one }) => this.#describe(source, one));
    return { store: source.storeId, path: query.path, versions };
  }

  async list(query: HistoryQuery & { readonly deleted: boolean }): Promise<ListResult> {
    const { source, folder, inside, at } = this.resolve(query);
    const moment = await source.query({ type: 'moment', at });
    const fixed: HistoryMoment = { type: 'position', position: moment.position };
    const place = `${source.storeId}#${moment.position}`;
    if (moment.position === 0) return { store: source.storeId, at: place, entries: [] };
    let isKnown = inside === '';
    if (inside !== '') {
      const found = await this.entryAt(source, inside, fixed);
      const kind = found?.version.record.kind;
      if (kind === 'tombstone' && !query.deleted) throw pathUnknown(query.path);
      isKnown = found !== undefined;
      if (found !== undefined && (kind === 'file' || kind === 'symlink')) {
        return { store: source.storeId, at: place, entries: [listEntry(found)] };
      }
    }
    const asked = {
      type: 'list' as const,
      directory: inside,
      at: fixed,
      recursive: false,
      deleted: query.deleted,
      limit: pageEntries,
    };
    const entries: ListEntry[] = [];
    for await (const { entry } of allEntries(source, folder.config.id, asked)) {
      entries.push(listEntry(this.check(entry)));
    }
    // What is in a directory may have been archived before the directory itself.
    if (!isKnown && entries.length === 0) throw pathUnknown(query.path);
    return { store: source.storeId, at: place, entries };
  }

  /** The bytes of one file, in order, each block verified. */
  async cat(query: HistoryQuery) {
    const { source, folder, inside, at } = this.resolve(query);
    if (inside === '') throw notAFile(query.path);
    const { version } = await this.find(source, inside, at, query);
    const { record } = version;
    if (record.kind !== 'file') throw notAFile(query.path);
    const file: Version & { readonly record: FileContentRecord } = { ...version, record };
    return {
      size: record.sizeBytes,
      version: version.id,
      bytes: readVersion(source.blocks, folder.config.id, file, this.#init.runner),
    };
  }

  /** The version that a question names, by its id or by its moment. */
  async find(
    source: HistorySource,
    path: FolderPath,
    at: HistoryMoment,
    query: HistoryQuery,
  ): Promise<CheckedEntry> {
    if (query.version !== undefined) return this.#findVersion(source, path, query.version);
    const found = await this.entryAt(source, path, at);
    if (found === undefined) throw pathUnknown(query.path);
    if (found.version.record.kind === 'tombstone') throw deletedThen(query.path);
    return found;
  }

  async entryAt(
    source: HistorySource,
    path: FolderPath,
    at: HistoryMoment,
  ): Promise<CheckedEntry | undefined> {
    const page = await source.query({ type: 'entry', path, at });
    const [entry] = page.entries;
    return entry === undefined ? undefined : this.check(entry);
  }

  /** Throws `history_damaged` where an archive says something else than the id stands for. */
  check(entry: HistoryEntry): CheckedEntry {
    const { recordBytes, versionId } = entry;
    if (versionIdOf(recordBytes, this.#init.hash) !== versionId) {
      throw new AppError('history_damaged', 'The archive sent a record that is not its version.', {
        hint: 'Nothing was restored from it. Ask another archive with --store-id.',
      });
    }
    return {
      entry,
      version: { id: versionId, bytes: recordBytes, record: decodeRecord(recordBytes) },
    };
  }

  async #findVersion(
    source: HistorySource,
    path: FolderPath,
    prefix: string,
  ): Promise<CheckedEntry> {
    if (!/^[0-9a-f]{8,64}$/i.test(prefix)) {
      throw new AppError('usage', `"${prefix}" is not a version.`, {
        hint: 'A version is 8 to 64 hexadecimal digits, as holdfast log shows them.',
      });
    }
    const lower = prefix.toLowerCase();
    const page = await source.query({ type: 'version', path, prefix: lower });
    const [entry] = page.entries;
    if (entry === undefined) {
      throw new AppError('version_unknown', `${displayPath(path)} has no version ${prefix}.`, {
        hint: 'See which there are with: holdfast log PATH',
      });
    }
    return this.check(entry);
  }

  #describe(source: HistorySource, { entry, version }: CheckedEntry): HistoryVersion {
    const { record } = version;
    return {
      version: version.id,
      position: `${source.storeId}#${entry.position}`,
      time: new Date(entry.receivedAtMs).toISOString(),
      device: this.#init.nameOf(record.author),
      deviceId: record.author,
      kind: record.kind,
      size: contentBytesOf(record),
      mtime: mtimeOf(record),
      deleted: record.kind === 'tombstone',
      blocks: record.kind === 'file' ? record.blocks.entries.length : 0,
      current: entry.becameCurrent,
    };
  }
}

function listEntry({ version }: CheckedEntry): ListEntry {
  const { record } = version;
  return {
    path: displayPath(record.path),
    kind: record.kind === 'tombstone' ? 'file' : record.kind,
    size: contentBytesOf(record),
    mtime: mtimeOf(record),
    version: version.id,
    deleted: record.kind === 'tombstone',
  };
}

function mtimeOf(record: FileRecord): string | null {
  if (record.kind !== 'file') return null;
  return new Date(Number(record.mtimeNs / 1_000_000n)).toISOString();
}

export function pathUnknown(path: string): AppError {
  return new AppError('path_unknown', `History has no "${path}" at that moment.`, {
    hint: 'See what there is with: holdfast ls FOLDER, and with --at for another moment.',
  });
}

function deletedThen(path: string): AppError {
  return new AppError('path_unknown', `"${path}" was deleted at that moment.`, {
    hint: 'Its versions are kept: see them with holdfast log, and choose one with --version or --at.',
  });
}

function notAFile(path: string): AppError {
  return new AppError('usage', `"${path}" is not a file.`, {
    hint: 'See what is in it with: holdfast ls; bring it back with: holdfast restore',
  });
}
