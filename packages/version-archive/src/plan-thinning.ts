/**
 * Which versions of a folder a retention lets go: reads the index and the log, path by path, and
 * changes nothing. Invariant: a version goes only where no entry of it is kept and nobody needs it.
 */
import {
  contentBytesOf,
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
  keptEntries,
  type RetainedEntry,
  type RetentionRules,
  type VersionId,
} from '@holdfast/model';
import type { CopyLocations } from './follow-chain.js';
import type { HistoryIndex } from './history-index.js';
import { decodeLocations, lastNumberOf, positionBytes } from './index-keys.js';
import type { VersionEntry } from './log-entry.js';
import type { ReceiveTimes } from './receive-times.js';

/** A version that goes. */
export interface ThinnedVersion {
  readonly path: FolderPath;
  readonly versionId: VersionId;
  readonly receivedAtMs: number;
  readonly contentBytes: number;
}

export interface VersionsToThin {
  /** By path, the oldest first. */
  readonly versions: readonly ThinnedVersion[];
  /** Paths that they are versions of. */
  readonly files: number;
  readonly contentBytes: number;
  /** Versions of files that stay. */
  readonly kept: number;
  /** Whether more would go; they are found when these are gone. */
  readonly isMore: boolean;
}

/** Which of a folder's versions devices show, hold or want at the paths. */
export type NeededVersions = (
  folder: FolderId,
  paths: readonly FolderPath[],
) => Promise<ReadonlySet<VersionId>>;

export interface PlanThinningInit {
  readonly index: HistoryIndex;
  readonly read: (
    found: readonly { readonly position: number; readonly locations: CopyLocations }[],
  ) => Promise<VersionEntry[]>;
  readonly hash: Hash;
  readonly times: ReceiveTimes;
  readonly folder: FolderId;
  readonly rules: RetentionRules;
  readonly needed: NeededVersions;
  /** Of these versions, which were thinned before. */
  readonly thinned: (ids: readonly VersionId[]) => Promise<readonly boolean[]>;
}

interface PathEntryOf extends RetainedEntry {
  readonly versionId: VersionId;
  readonly contentBytes: number;
}

interface PathHistory {
  readonly path: FolderPath;
  readonly entries: PathEntryOf[];
}

interface OpenHistory {
  readonly key: string;
  readonly history: PathHistory;
  /** Of the versions that it has so far. */
  readonly ids: Set<VersionId>;
}

const rowsPerRead = 1_000;
const pathsPerQuestion = 256;
/** More versions than this are not thinned at once. */
const maxThinned = 100_000;

export async function planThinning(init: PlanThinningInit): Promise<VersionsToThin> {
  const plan = new ThinningPlan(init);
  let group: PathHistory[] = [];
  for await (const history of pathHistories(init)) {
    group.push(history);
    if (group.length < pathsPerQuestion) continue;
    await plan.add(group);
    group = [];
    if (plan.isFull) break;
  }
  await plan.add(group);
  return plan.finish();
}

class ThinningPlan {
  readonly #init: PlanThinningInit;
  readonly #newestMs: number;
  readonly #versions: ThinnedVersion[] = [];
  #files = 0;
  #kept = 0;

  constructor(init: PlanThinningInit) {
    this.#init = init;
    const last = init.index.folder(init.folder)?.lastPosition ?? 0;
    this.#newestMs = init.times.at(last) ?? init.times.newestMs ?? 0;
  }

  get isFull(): boolean {
    return this.#versions.length >= maxThinned;
  }

  async add(group: readonly PathHistory[]): Promise<void> {
    const open = await this.#withoutThinned(group);
    const going = open.map(({ entries }) => this.#goingOf(entries));
    const paths = open.flatMap(({ path }, at) => ((going[at]?.size ?? 0) > 0 ? [path] : []));
    const { folder, needed } = this.#init;
    const held = paths.length === 0 ? new Set<VersionId>() : await needed(folder, paths);
    for (const [at, { path, entries }] of open.entries()) {
      const ids = new Set([...(going[at] ?? [])].filter((id) => !held.has(id)));
      this.#take(path, entries, ids);
    }
  }

  finish(): VersionsToThin {
    return {
      versions: this.#versions,
      files: this.#files,
      contentBytes: this.#versions.reduce((sum, one) => sum + one.contentBytes, 0),
      kept: this.#kept,
      isMore: this.isFull,
    };
  }

  /** Versions that went before are as if they had never been. */
  async #withoutThinned(group: readonly PathHistory[]): Promise<PathHistory[]> {
    const ids = group.flatMap(({ entries }) => entries.map(({ versionId }) => versionId));
    const answers = (await this.#init.thinned(ids)).values();
    return group.map(({ path, entries }) => {
      const left = entries.filter(() => answers.next().value !== true);
      return { path, entries: left };
    });
  }

  #goingOf(entries: readonly PathEntryOf[]): ReadonlySet<VersionId> {
    const kept = keptEntries(entries, this.#init.rules, this.#newestMs);
    const going = new Set(entries.map(({ versionId }) => versionId));
    for (const [at, { versionId }] of entries.entries()) if (kept[at]) going.delete(versionId);
    return going;
  }

  #take(path: FolderPath, entries: readonly PathEntryOf[], going: ReadonlySet<VersionId>): void {
    const seen = new Set<VersionId>();
    for (const { versionId, hasContent, contentBytes, receivedAtMs = 0 } of entries) {
      if (seen.has(versionId) || !hasContent) continue;
      seen.add(versionId);
      if (going.has(versionId)) {
        this.#versions.push({ path, versionId, receivedAtMs, contentBytes });
      } else this.#kept += 1;
    }
    if (going.size > 0) this.#files += 1;
  }
}

/** The entries of each path of the folder, in the order of the log. */
async function* pathHistories(init: PlanThinningInit): AsyncGenerator<PathHistory> {
  let current: OpenHistory | undefined;
  for await (const rows of rowsOf(init)) {
    const entries = await init.read(rows);
    for (const [at, entry] of entries.entries()) {
      const row = rows[at];
      if (row === undefined) continue;
      const key = row.pathKey.toString('latin1');
      if (current?.key !== key) {
        if (current !== undefined) yield current.history;
        const history = { path: init.index.keys.pathOf(row.pathKey), entries: [] };
        current = { key, history, ids: new Set() };
      }
      const isAgain = current.ids.has(entry.versionId);
      current.ids.add(entry.versionId);
      const placed = { position: row.position, isAgain };
      current.history.entries.push(retainedEntry(entry, placed, init));
    }
  }
  if (current !== undefined) yield current.history;
}

interface LogRow {
  readonly pathKey: Buffer;
  readonly position: number;
  readonly locations: CopyLocations;
}

async function* rowsOf({ index, folder }: PlanThinningInit): AsyncGenerator<LogRow[]> {
  let rows: LogRow[] = [];
  for await (const [key, value] of index.keyValueStore.iterate(index.keys.range('log', folder))) {
    const pathKey = Buffer.from(key.subarray(0, key.length - positionBytes));
    rows.push({ pathKey, position: lastNumberOf(key), locations: decodeLocations(value) });
    if (rows.length < rowsPerRead) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}

/** A device's index forgets what it keeps beside once it is archived; the log says whose it was. */
function retainedEntry(
  { recordBytes, versionId, becameCurrent, sender }: VersionEntry,
  { position, isAgain }: { readonly position: number; readonly isAgain: boolean },
  { hash, times }: PlanThinningInit,
): PathEntryOf {
  const { record } = decodeVersion(recordBytes, hash);
  return {
    versionId,
    becameCurrent,
    // What was kept again is older than what its device keeps beside now.
    besideOf: isAgain ? 'again' : `${sender} ${record.author}`,
    hasContent: record.kind === 'file' && record.blocks.entries.length > 0,
    contentBytes: contentBytesOf(record),
    receivedAtMs: times.at(position),
  };
}
