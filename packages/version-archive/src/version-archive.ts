/**
 * The archive of one store: every version that a device sent, for good. Owns the store's directory
 * (its identity, its blocks, its history log) and the index over both. Invariant: what an append or
 * an answer discloses is durable, and nothing here ever takes an entry away.
 */
import type { BlockStore } from '@holdfast/block-store';
import {
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
  type HistoryPage,
  type HistoryQuery,
  type StoreId,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { assert, type FilePath, Mutex } from '@holdfast/platform';
import { AppendStep } from './append-step.js';
import { ArchiveThinning } from './archive-thinning.js';
import { type ArchiveFindings, ArchiveVerification } from './archive-verification.js';
import type { HistoryIndex } from './history-index.js';
import type { HistoryLog, LogDamage } from './history-log.js';
import { HistoryQueries } from './history-queries.js';
import type { LogIndexer } from './log-indexer.js';
import { type LostContent, NeededBlocks } from './needed-blocks.js';
import { type OpenedStore, openStore, type VersionArchiveInit } from './open-store.js';
import type { AppendEntry } from './plan-append.js';
import type { StoreIdentity } from './store-identity.js';
import type { ThinStates } from './thin-marks.js';
import { blockLevels } from './version-blocks.js';

/** A longer append is made durable in steps of so many entries. */
const entriesPerStep = 1000;

export interface ArchivedFolderStatus {
  readonly versions: number;
  readonly files: number;
  readonly deletedFiles: number;
  /** The folder's last entry and the log's head there; 0 and '' without entries. */
  readonly position: number;
  readonly head: string;
}

export class VersionArchive {
  readonly directory: FilePath;
  readonly blocks: BlockStore;
  /** Letting versions go that the rules of this device's user do not keep. */
  readonly thinning: ArchiveThinning;
  readonly #identity: StoreIdentity;
  readonly #log: HistoryLog;
  readonly #index: HistoryIndex;
  readonly #indexer: LogIndexer;
  readonly #queries: HistoryQueries;
  readonly #appendStep: AppendStep;
  readonly #hash: Hash;
  readonly #readOnly: boolean;
  readonly #changing = new Mutex();
  #rebuilding: Promise<void> = Promise.resolve();
  #rebuildCount = 0;
  #closed = false;

  /**
   * Creates the store where the directory is missing or empty and none is expected. Throws
   * `store_away`, read-only `store_missing`, `store_format_unknown`, `store_identity_mismatch` or
   * `history_damaged`; then nothing that was stored is changed.
   */
  static async open(init: VersionArchiveInit): Promise<VersionArchive> {
    return new VersionArchive(init, await openStore(init));
  }

  private constructor(init: VersionArchiveInit, opened: OpenedStore) {
    const { hash, clock } = init;
    const { log, index, indexer, identity } = opened;
    this.directory = init.directory;
    this.blocks = opened.blocks;
    this.#identity = identity;
    this.#log = log;
    this.#index = index;
    this.#indexer = indexer;
    this.#hash = hash;
    this.#readOnly = init.readOnly === true;
    const { storeId } = identity;
    const present = () => ({
      headPosition: indexer.disclosed.position,
      nowMs: clock.now(),
      clockSynchronised: init.clockSynchronised(),
    });
    this.#queries = new HistoryQueries({ index, log, storeId, hash, present });
    this.#appendStep = new AppendStep({ ...init, ...opened, storeId });
    this.thinning = new ArchiveThinning({
      ...init,
      ...opened,
      read: (found) => this.#queries.read(found),
      whileIndexed: (ask) => this.#whileIndexed(ask),
      alone: (work) => this.#changing.run(work),
    });
  }

  get storeId(): StoreId {
    return this.#identity.storeId;
  }

  get generation(): number {
    return this.#identity.generation;
  }

  /**
   * Whether the log has them and they were not thinned; whether their blocks are held still is another
   * question. One that was thinned and is offered again is to be taken as if it were new.
   */
  hasVersions(folder: FolderId, ids: readonly VersionId[]): Promise<boolean[]> {
    return this.#whileIndexed(async () => {
      const rows = await this.#index.versionRows(ids.map((versionId) => ({ folder, versionId })));
      const thinned = await this.#index.thinStates(folder, ids);
      return rows.map((row, at) => row !== undefined && thinned[at] === undefined);
    });
  }

  /** Whether the log has ever had them, thinned or not. */
  knowsVersions(folder: FolderId, ids: readonly VersionId[]): Promise<boolean[]> {
    return this.#whileIndexed(async () => {
      const rows = await this.#index.versionRows(ids.map((versionId) => ({ folder, versionId })));
      return rows.map((row) => row !== undefined);
    });
  }

  /** Whether every block of the version is held still, those below its lists too, and will be. */
  async hasBlocks(folder: FolderId, version: Version): Promise<boolean> {
    const [thinned] = await this.#thinStates(folder, [version.id]);
    if (thinned === 'freed') return false;
    let lowest = 0;
    for await (const { level, references } of blockLevels(this.blocks, version)) {
      const held = await this.blocks.has(references);
      if (held.includes(false)) return false;
      lowest = level;
    }
    return lowest === 0;
  }

  /**
   * Records versions whose blocks were appended before. When it resolves, blocks, both copies of
   * the log and the index are durable. A version that the log has is skipped, unless it becomes
   * current again. Throws `blocks_missing` if a block of any of them is not live and durable.
   */
  append(
    folder: FolderId,
    entries: readonly AppendEntry[],
  ): Promise<{ readonly position: number }[]> {
    assert(!this.#readOnly, 'nothing is appended where everything is only read');
    return this.#changing.run(async () => {
      const positions: { position: number }[] = [];
      for (let from = 0; from < entries.length; from += entriesPerStep) {
        const step = entries.slice(from, from + entriesPerStep);
        positions.push(...(await this.#appendStep.run(folder, step)));
      }
      return positions;
    });
  }

  /** The last durable entry; position 0 is the entry with which the store began. */
  head(): { readonly position: number; readonly hash: string } {
    const { position, head } = this.#indexer.disclosed;
    return { position, hash: head };
  }

  /**
   * Throws `time_unknown` for a moment before the folder's first entry, `position_unknown` beyond
   * the head, `ambiguous` or `bad_version` for a version's digits, `bad_cursor`.
   */
  query(folder: FolderId, query: HistoryQuery): Promise<HistoryPage> {
    return this.#whileIndexed(async () => {
      const answer = await this.#queries.answer(folder, query);
      return { storeId: this.storeId, generation: this.generation, ...answer };
    });
  }

  async version(folder: FolderId, id: VersionId): Promise<Version | undefined> {
    const [version] = await this.versions(folder, [id]);
    return version;
  }

  /** One for each id; undefined for those that the log does not have. */
  versions(folder: FolderId, ids: readonly VersionId[]): Promise<(Version | undefined)[]> {
    return this.#whileIndexed(async () => {
      const rows = await this.#index.versionRows(ids.map((versionId) => ({ folder, versionId })));
      const entries = await this.#queries.read(rows.filter((row) => row !== undefined));
      const read = entries.values();
      return rows.map((row) => {
        const entry = row === undefined ? undefined : read.next().value;
        return entry === undefined ? undefined : decodeVersion(entry.recordBytes, this.#hash);
      });
    });
  }

  /** The version that the path shows, a tombstone included. */
  currentOf(folder: FolderId, path: FolderPath): Promise<VersionId | undefined> {
    return this.#whileIndexed(async () => {
      const [row] = await this.#index.headRows([{ folder, path }]);
      return row?.versionId;
    });
  }

  folderStatus(folder: FolderId): Promise<ArchivedFolderStatus> {
    return this.#whileIndexed(async () => {
      const totals = this.#index.folder(folder);
      const {
        versions = 0,
        files = 0,
        deletedFiles = 0,
        lastPosition = 0,
        head = '',
      } = totals ?? {};
      return { versions, files, deletedFiles, position: lastPosition, head };
    });
  }

  /** Those that have entries, sorted. */
  folders(): Promise<FolderId[]> {
    return this.#whileIndexed(async () => this.#index.folders());
  }

  /** Entries met so far that one copy of the log no longer has whole. */
  logDamage(): readonly LogDamage[] {
    return this.#log.damage();
  }

  /** A run over everything that is stored; see `repair` for what it finds. */
  verification(): ArchiveVerification {
    return new ArchiveVerification({
      blocks: this.blocks,
      thinStates: this.#thinStates,
      storedIds: (contentIds) => this.#index.storedIds(contentIds),
      log: () => this.#log.verification(),
      head: () => this.#indexer.disclosed,
      hash: this.#hash,
    });
  }

  /**
   * Appends what one copy of the log lost and the other has, and trailers that rotted. Tells how much
   * is in order again; blocks are for whoever can fetch them.
   */
  repair({ blocks, log }: ArchiveFindings): Promise<number> {
    return this.#changing.run(async () => {
      await this.#indexer.settle();
      let repaired = await this.#log.mend(log.faults);
      for (const fault of blocks.faults) if (await this.blocks.sealAgain(fault)) repaired += 1;
      for (const fault of log.segmentFaults) if (await this.#log.sealAgain(fault)) repaired += 1;
      return repaired;
    });
  }

  /** What versions need and the store does not have: the whole log is read, no block is. */
  async lostContent(): Promise<LostContent> {
    const needed = new NeededBlocks({
      blocks: this.blocks,
      hash: this.#hash,
      thinStates: this.#thinStates,
    });
    const log = this.#log.verification();
    for await (const entry of log.followChain(this.#indexer.disclosed)) {
      await needed.add(entry.bytes);
    }
    return needed.finish();
  }

  /** From the segments alone; questions wait for it. */
  rebuildIndex(): Promise<void> {
    return this.#changing.run(async () => {
      await this.#indexer.settle();
      this.#rebuildCount += 1;
      const rebuilding = this.#indexer.rebuild();
      // Questions only wait for the end; who asked for the rebuild is told how it ended.
      this.#rebuilding = rebuilding.catch(() => undefined);
      await rebuilding;
      await this.blocks.rebuildIndex();
    });
  }

  /** Waits for what is running; idempotent. The key-value store stays open. */
  close(): Promise<void> {
    return this.#changing.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      try {
        await this.#log.close();
      } finally {
        await this.blocks.close();
      }
    });
  }

  readonly #thinStates: ThinStates = (folder, ids) =>
    this.#whileIndexed(() => this.#index.thinStates(folder, ids));

  /** Asks again where a rebuild began meanwhile and rows may have been missing. */
  async #whileIndexed<Result>(ask: () => Promise<Result>): Promise<Result> {
    for (;;) {
      await this.#rebuilding;
      const count = this.#rebuildCount;
      const [answer] = await Promise.allSettled([ask()]);
      if (count !== this.#rebuildCount) continue;
      if (answer.status === 'rejected') throw answer.reason;
      return answer.value;
    }
  }
}
