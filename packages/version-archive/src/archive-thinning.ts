/**
 * Thinning: says which versions of a folder the rules of this device's user do not keep, and marks
 * them in the log. Nothing begins it but a call on this device; the entries of the log stay.
 */
import type { BlockStore } from '@holdfast/block-store';
import {
  type FolderId,
  type Hash,
  hexFrom,
  type RetentionRules,
  retentionText,
  type VersionId,
} from '@holdfast/model';
import type { Clock } from '@holdfast/platform';
import { ArchiveCompaction } from './archive-compaction.js';
import { type BlockClaim, type ClaimingEntry, deadBlocks } from './dead-blocks.js';
import type { HistoryIndex } from './history-index.js';
import type { HistoryLog } from './history-log.js';
import type { LogIndexer } from './log-indexer.js';
import {
  type NeededVersions,
  type PlanThinningInit,
  planThinning,
  type VersionsToThin,
} from './plan-thinning.js';
import { ReceiveTimes } from './receive-times.js';
import { type EntryTime, settledEntries, thinnedEntries } from './thin-entry.js';
import { markOfEntries, type ThinMark } from './thin-marks.js';

export interface ThinningRequest {
  readonly folder: FolderId;
  readonly rules: RetentionRules;
  readonly needed: NeededVersions;
}

export interface ThinningPlan extends VersionsToThin {
  /** What blocks that nothing else needs take in the store. */
  readonly freedBytes: number;
}

export interface MarkedPlan extends ThinningPlan {
  /** Of the first entry that marked; undefined where nothing was to be marked. */
  readonly markedAt: number | undefined;
  /** How many entries that took, one after the other. */
  readonly marks: number;
}

export interface ArchiveThinningInit {
  readonly index: HistoryIndex;
  readonly log: HistoryLog;
  readonly indexer: LogIndexer;
  readonly blocks: BlockStore;
  readonly hash: Hash;
  readonly read: PlanThinningInit['read'];
  readonly whileIndexed: <Result>(ask: () => Promise<Result>) => Promise<Result>;
  /** Alone: nothing is appended meanwhile. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly clock: Clock;
  readonly clockSynchronised: () => boolean;
  readonly bootId: Uint8Array;
}

/** Versions of a folder that were thinned, by what became of them. */
export interface ThinnedCount {
  /** Their content is there still. */
  readonly waiting: number;
  readonly freed: number;
  /** When the last of those that wait were marked; undefined where none waits. */
  readonly markedAtMs: number | undefined;
  /** When the first of those that wait may be freed; undefined where none waits. */
  readonly freeFromMs: number | undefined;
  /** The entries that marked what waits, oldest first. */
  readonly waitingMarks: readonly WaitingMark[];
}

export interface WaitingMark {
  readonly position: number;
  readonly atMs: number;
  readonly freeFromMs: number;
}

export class ArchiveThinning {
  readonly #init: ArchiveThinningInit;

  constructor(init: ArchiveThinningInit) {
    this.#init = init;
  }

  /** When the newest entry was received; undefined before there is one with a sure time. */
  async newestReceivedMs(): Promise<number | undefined> {
    const newestMs = this.#init.index.latestTimes['sure-time'];
    return newestMs < 0 ? undefined : newestMs;
  }

  /** Only says what would go, and what that would free. Changes nothing. */
  plan(request: ThinningRequest): Promise<ThinningPlan> {
    return this.#init.whileIndexed(() => this.#plan(request));
  }

  /** Marks what goes, durably when it resolves. Its content is not freed before `freeFromMs`. */
  mark(request: ThinningRequest, freeFromMs: number): Promise<MarkedPlan> {
    const { alone, indexer, log } = this.#init;
    return alone(async () => {
      await indexer.settle();
      const plan = await this.#plan(request);
      const { folder } = request;
      const rules = retentionText(request.rules);
      const time = this.#time();
      const ids = plan.versions.map(({ versionId }) => versionId);
      const entries = thinnedEntries(ids, { folder, ...time, freeFromMs, rules });
      log.stage(entries);
      await indexer.settle();
      const isMarked = entries.length > 0;
      const markedAt = isMarked ? indexer.disclosed.position - entries.length + 1 : undefined;
      return { ...plan, markedAt, marks: entries.length };
    });
  }

  /** Keeps again what waits; durable when it resolves. Tells how many versions that are. */
  withdraw(folder: FolderId): Promise<number> {
    const { alone, indexer, log } = this.#init;
    return alone(async () => {
      await indexer.settle();
      const waiting = this.#marksOf(folder).filter(([, { state }]) => state === 'waiting');
      const positions = waiting.map(([position]) => position);
      const entries = settledEntries(positions, { ...this.#time(), outcome: 'withdrawn' });
      log.stage(entries);
      await indexer.settle();
      return versionsOf(waiting);
    });
  }

  /** Freeing what was marked and may be freed. */
  compaction(): ArchiveCompaction {
    return new ArchiveCompaction({ ...this.#init, time: () => this.#time() });
  }

  counts(folder: FolderId): ThinnedCount {
    const marks = this.#marksOf(folder).filter(([, { versions }]) => versions > 0);
    const waiting = marks.filter(([, { state }]) => state === 'waiting');
    const freed = marks.filter(([, { state }]) => state === 'freed');
    const isAny = waiting.length > 0;
    return {
      waiting: versionsOf(waiting),
      freed: versionsOf(freed),
      markedAtMs: isAny ? Math.max(...waiting.map(([, { atMs }]) => atMs)) : undefined,
      freeFromMs: isAny ? Math.min(...waiting.map(([, mark]) => mark.freeFromMs)) : undefined,
      waitingMarks: waiting.map(([position, { atMs, freeFromMs }]) => {
        return { position, atMs, freeFromMs };
      }),
    };
  }

  #marksOf(folder: FolderId): (readonly [number, ThinMark])[] {
    return [...this.#init.index.marks].filter(([, mark]) => mark.folder === folder);
  }

  #time(): EntryTime {
    const { clock, bootId, clockSynchronised } = this.#init;
    return {
      atMs: Math.max(0, Math.floor(clock.now())),
      bootId: hexFrom(bootId),
      clockSynchronised: clockSynchronised(),
    };
  }

  async #plan(request: ThinningRequest): Promise<ThinningPlan> {
    const plan = await this.#versions(request);
    const going = new Set(plan.versions.map(({ versionId }) => versionId));
    const isGoing = ({ entry }: ClaimingEntry) =>
      entry.folder === request.folder && going.has(entry.versionId);
    const claims = async (entries: readonly ClaimingEntry[]) => {
      const marks = await markOfEntries(this.#init.index, entries);
      return entries.map((one, at): BlockClaim => {
        if (isGoing(one)) return 'gone';
        return marks[at] === undefined ? 'kept' : 'neither';
      });
    };
    const head = this.#init.indexer.disclosed;
    const { bytes } = await deadBlocks({ ...this.#init, head, claims, sparesLists: false });
    return { ...plan, freedBytes: bytes };
  }

  async #versions(request: ThinningRequest): Promise<VersionsToThin> {
    const { index, read, hash } = this.#init;
    const times = await this.#times();
    const thinned = async (ids: readonly VersionId[]) => {
      const states = await index.thinStates(request.folder, ids);
      return states.map((state) => state !== undefined);
    };
    return planThinning({ ...request, index, read, hash, times, thinned });
  }

  async #times(): Promise<ReceiveTimes> {
    return new ReceiveTimes(await this.#init.index.sureTimes());
  }
}

function versionsOf(marks: readonly (readonly [number, ThinMark])[]): number {
  return marks.reduce((sum, [, { versions }]) => sum + versions, 0);
}
