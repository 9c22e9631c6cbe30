/**
 * Freeing what was thinned. First the log says that content may be gone from here on; versions that
 * somebody needs again are kept by a new entry before. Then blocks that no other version names are
 * freed, a few segments at a time, and each time it is worked out anew from the log which those are.
 */
import type { BlockStore } from '@holdfast/block-store';
import {
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
  type VersionId,
} from '@holdfast/model';
import { byCount, inGroups } from '@holdfast/platform';
import type { WaitingMark } from './archive-thinning.js';
import { type BlockClaim, type ClaimingEntry, type DeadBlocks, deadBlocks } from './dead-blocks.js';
import type { HistoryIndex } from './history-index.js';
import type { HistoryLog } from './history-log.js';
import type { VersionEntry } from './log-entry.js';
import type { LogIndexer } from './log-indexer.js';
import type { NeededVersions, PlanThinningInit } from './plan-thinning.js';
import { type EntryTime, settledEntries } from './thin-entry.js';
import { markOfEntries } from './thin-marks.js';

export interface ArchiveCompactionInit {
  readonly index: HistoryIndex;
  readonly log: HistoryLog;
  readonly indexer: LogIndexer;
  readonly blocks: BlockStore;
  readonly hash: Hash;
  readonly read: PlanThinningInit['read'];
  /** Nothing is appended to the log meanwhile. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly time: () => EntryTime;
}

export interface CompactionRequest {
  readonly nowMs: number;
  /** Only what was thinned in these is freed: of others nobody knows what is needed. */
  readonly folders: ReadonlySet<FolderId>;
  readonly needed: NeededVersions;
  /** Whether the delay of a mark has really passed, whatever the clock says; else all have. */
  readonly hasPassed?: (mark: WaitingMark) => boolean;
}

/** How far it is; the figures are those of this step. */
export interface CompactionStep {
  readonly segments: number;
  readonly freedBytes: number;
  readonly copiedBytes: number;
  /** Segments that were left as they are, because something in them is not as it was written. */
  readonly damagedSegments: number;
}

export const nothingFreed: CompactionStep = {
  segments: 0,
  freedBytes: 0,
  copiedBytes: 0,
  damagedSegments: 0,
};

/** The figures of both. */
export function withStep(sum: CompactionStep, step: CompactionStep): CompactionStep {
  return {
    segments: sum.segments + step.segments,
    freedBytes: sum.freedBytes + step.freedBytes,
    copiedBytes: sum.copiedBytes + step.copiedBytes,
    damagedSegments: sum.damagedSegments + step.damagedSegments,
  };
}

const segmentsPerStep = 8;
const versionsPerStep = 256;

export class ArchiveCompaction {
  readonly #init: ArchiveCompactionInit;
  readonly #damaged = new Set<number>();

  constructor(init: ArchiveCompactionInit) {
    this.#init = init;
  }

  /**
   * Frees what may be freed by now; may be ended between two steps, and after a crash be begun anew.
   * Throws `history_incomplete`, and `store_write_failed`, as on a full disk; then nothing is lost.
   */
  async *run(request: CompactionRequest): AsyncGenerator<CompactionStep> {
    await this.#init.alone(() => this.#settle(request));
    for (;;) {
      const step = await this.#init.alone(() => this.#step());
      yield step;
      if (step.segments === 0) return;
    }
  }

  /** What is dead and lies where copying the rest is not worth it. */
  async leftBytes(): Promise<number> {
    const { bytes } = await this.#init.alone(() => this.#dead());
    return bytes;
  }

  async #settle(request: CompactionRequest): Promise<void> {
    const { nowMs, folders, needed, hasPassed = () => true } = request;
    const { index, indexer, log } = this.#init;
    await indexer.settle();
    const due = [...index.marks].filter(
      ([position, mark]) =>
        mark.state === 'waiting' &&
        mark.freeFromMs <= nowMs &&
        folders.has(mark.folder) &&
        hasPassed({ ...mark, position }),
    );
    const positions = due.map(([position]) => position);
    for (const folder of new Set(due.map(([, mark]) => mark.folder))) {
      await this.#keepNeeded(folder, new Set(positions), needed);
    }
    for (const entry of settledEntries(positions, { ...this.#init.time(), outcome: 'freed' })) {
      log.stage([entry]);
      await indexer.settle();
    }
  }

  /** A device came to show or hold a version since it was marked: a new entry keeps it. */
  async #keepNeeded(
    folder: FolderId,
    positions: ReadonlySet<number>,
    needed: NeededVersions,
  ): Promise<void> {
    for await (const ids of this.#markedBy(folder, positions)) {
      const entries = await this.#entriesOf(folder, ids);
      const paths = entries.map((entry) => this.#pathOf(entry));
      const held = await needed(folder, [...new Set(paths)]);
      const kept = entries.filter(({ versionId }) => held.has(versionId));
      await this.#keep(kept);
    }
  }

  async #keep(entries: readonly VersionEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { log, indexer, time } = this.#init;
    const { atMs: receivedAtMs, bootId, clockSynchronised } = time();
    log.stage(
      entries.map((entry) => ({
        ...entry,
        becameCurrent: false,
        supersedes: undefined,
        receivedAtMs,
        bootId,
        clockSynchronised,
      })),
    );
    await indexer.settle();
  }

  async *#markedBy(
    folder: FolderId,
    positions: ReadonlySet<number>,
  ): AsyncGenerator<readonly VersionId[]> {
    const { index } = this.#init;
    const found: VersionId[] = [];
    for await (const [id, position] of index.markedVersions(folder)) {
      if (positions.has(position)) found.push(id);
    }
    yield* inGroups(found, byCount(versionsPerStep));
  }

  async #entriesOf(folder: FolderId, ids: readonly VersionId[]): Promise<VersionEntry[]> {
    const { index, read } = this.#init;
    const rows = await index.versionRows(ids.map((versionId) => ({ folder, versionId })));
    return read(rows.filter((row) => row !== undefined));
  }

  #pathOf({ recordBytes }: VersionEntry): FolderPath {
    return decodeVersion(recordBytes, this.#init.hash).record.path;
  }

  async #step(): Promise<CompactionStep> {
    await this.#init.indexer.settle();
    const dead = await this.#dead();
    const compaction = this.#init.blocks.compaction();
    let step = nothingFreed;
    for (const { segment } of await compaction.plan(dead.blocks)) {
      if (step.segments === segmentsPerStep) break;
      if (this.#damaged.has(segment)) continue;
      const done = await compaction.compact(segment, dead.blocks);
      if (done === undefined) this.#damaged.add(segment);
      const figures = done === undefined ? { damagedSegments: 1 } : { ...done, segments: 1 };
      step = withStep(step, { ...nothingFreed, ...figures });
    }
    return step;
  }

  #dead(): Promise<DeadBlocks> {
    const claims = (entries: readonly ClaimingEntry[]) => this.#claims(entries);
    const head = this.#init.indexer.disclosed;
    return deadBlocks({ ...this.#init, head, claims, sparesLists: true });
  }

  /** What waits may be kept again: its blocks are needed. */
  async #claims(entries: readonly ClaimingEntry[]): Promise<BlockClaim[]> {
    const marks = await markOfEntries(this.#init.index, entries);
    return marks.map((mark) => (mark?.state === 'freed' ? 'gone' : 'kept'));
  }
}
