/** Looking back: the log of a path, a directory as of a moment, the bytes of a version, a diff. */
import {
  type DeviceId,
  displayPath,
  type FolderPath,
  type Hash,
  type HistoryEntry,
  type HistoryMoment,
  isFileVersion,
} from '@holdfast/model';
import { AppError, type BulkRunner, type Clock } from '@holdfast/platform';
import { readVersion } from '@holdfast/sync-engine';
import { inCausalOrder } from './causal-order.js';
import type {
  DiffRequest,
  DiffResult,
  HistoryQuery,
  ListEntry,
  ListResult,
  LogResult,
  TimelineRequest,
  TimelineResult,
} from './history-control.js';
import {
  type CheckedEntry,
  checkedEntry,
  historyVersion,
  listEntry,
  withContent,
} from './history-entry.js';
import { parseHistoryPath } from './history-path.js';
import { allEntries, type HistoryFolder, type HistorySource } from './history-source.js';
import { readTimeline } from './history-timeline.js';
import { parseTime } from './time-expression.js';
import { diffVersions } from './version-diff.js';

export interface HistoryServiceInit<Folder extends HistoryFolder> {
  readonly folders: () => Iterable<Folder>;
  /** Throws `no_archive`, or `store_unknown` where none is the one that is asked for. */
  readonly chooseSource: (folder: Folder, storeId: string | undefined) => HistorySource;
  /** All that can answer now. */
  readonly sourcesOf: (folder: Folder) => readonly HistorySource[];
  readonly runner: BulkRunner;
  readonly clock: Clock;
  readonly hash: Hash;
  readonly nameOf: (device: DeviceId) => string;
}

export interface ResolvedQuery<Folder extends HistoryFolder = HistoryFolder> {
  readonly source: HistorySource;
  readonly folder: Folder;
  readonly inside: FolderPath | '';
  readonly at: HistoryMoment;
}

const pageEntries = 1_000;

export class HistoryService<Folder extends HistoryFolder = HistoryFolder> {
  readonly #init: HistoryServiceInit<Folder>;

  constructor(init: HistoryServiceInit<Folder>) {
    this.#init = init;
  }

  /** Finds folder, path, moment and archive of a question. */
  resolve(query: HistoryQuery): ResolvedQuery<Folder> {
    const { folders, chooseSource, clock } = this.#init;
    const { folder, inside } = parseHistoryPath(query.path, folders());
    const time = query.at === undefined ? undefined : parseTime(query.at, clock.now());
    const source = chooseSource(folder, query.storeId ?? time?.store);
    return { source, folder, inside, at: time?.moment ?? { type: 'head' } };
  }

  /**
   * The same, and where the archive that would answer began after the moment, and nobody asked for it, one
   * that reaches back as far. Where none does, the question will be refused.
   */
  async resolveReaching(query: HistoryQuery): Promise<ResolvedQuery<Folder>> {
    const resolved = this.resolve(query);
    const { folder, source, at } = resolved;
    if (at.type !== 'time' || query.storeId !== undefined) return resolved;
    if (await reaches(source, at)) return resolved;
    for (const other of this.#init.sourcesOf(folder)) {
      const isOther = other.storeId !== source.storeId;
      if (isOther && (await reaches(other, at))) return { ...resolved, source: other };
    }
    return resolved;
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
    const { nameOf } = this.#init;
    const versions = ordered.map(({ one }) => historyVersion(source.storeId, one, nameOf));
    return { store: source.storeId, path: query.path, versions };
  }

  async list(query: HistoryQuery & { readonly deleted: boolean }): Promise<ListResult> {
    const { nameOf } = this.#init;
    const { source, folder, inside, at } = await this.resolveReaching(query);
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
        return { store: source.storeId, at: place, entries: [listEntry(found, nameOf)] };
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
      entries.push(listEntry(this.check(entry), nameOf));
    }
    // What is in a directory may have been archived before the directory itself.
    if (!isKnown && entries.length === 0) throw pathUnknown(query.path);
    return { store: source.storeId, at: place, entries };
  }

  async timeline({ from, to, buckets, ...query }: TimelineRequest): Promise<TimelineResult> {
    const { source } = this.resolve(query);
    const nowMs = this.#init.clock.now();
    const fromMs = from === undefined ? undefined : timeOf(from, nowMs);
    const toMs = to === undefined ? undefined : timeOf(to, nowMs);
    const found = await readTimeline(source, { fromMs, toMs, buckets, nowMs });
    const begin = new Date(found.fromMs).toISOString();
    return { store: source.storeId, from: begin, buckets: found.buckets };
  }

  /** The bytes of one file, in order, each block verified. */
  async cat(query: HistoryQuery) {
    const { source, folder, inside, at } = await this.resolveReaching(query);
    if (inside === '') throw notAFile(query.path);
    const { version } = await this.find(source, inside, at, query);
    if (!isFileVersion(version)) throw notAFile(query.path);
    return {
      size: version.record.sizeBytes,
      version: version.id,
      bytes: readVersion(source.blocks, folder.config.id, version, this.#init.runner),
    };
  }

  /** What differs between two versions of one path. */
  async diff(request: DiffRequest): Promise<DiffResult> {
    const { source, folder, inside } = this.resolve(request);
    if (inside === '') throw notAFile(request.path);
    const { version: from } = await this.#findVersion(source, inside, request.from);
    const { version: to } = await this.#findVersion(source, inside, request.to);
    for (const { record } of [from, to]) {
      if (record.kind === 'directory') throw notAFile(request.path);
    }
    const { runner } = this.#init;
    const found = await diffVersions({ source, folder, runner, from, to });
    return { store: source.storeId, path: request.path, ...found };
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
    return withContent(found);
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

  check(entry: HistoryEntry): CheckedEntry {
    return checkedEntry(entry, this.#init.hash);
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
    return withContent(this.check(entry));
  }
}

/** A timeline is cut by time: a position is none. */
function timeOf(text: string, nowMs: number): number {
  const { moment } = parseTime(text, nowMs);
  if (moment.type === 'time') return moment.atMs;
  throw new AppError('time_invalid', `"${text}" is a position, not a time.`, {
    hint: 'Write 2026-03-01, 2026-03-01T14:00, 2h, 3d or "yesterday 14:00".',
  });
}

/** Whether an archive's history of the folder begins no later. */
async function reaches(source: HistorySource, at: HistoryMoment): Promise<boolean> {
  try {
    await source.query({ type: 'moment', at });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'time_unknown') return false;
    throw error;
  }
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
