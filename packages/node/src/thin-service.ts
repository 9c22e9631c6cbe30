/**
 * Thinning what this device archives, as its user says: by rules, first said, then done. Owns nothing;
 * what devices show, hold or want is asked of the folder's indexes each time.
 */
import {
  displayPath,
  type FolderId,
  type FolderPath,
  parseRetention,
  type RetentionRules,
  retentionText,
} from '@holdfast/model';
import { AppError, type Clock } from '@holdfast/platform';
import { askMembersAnew, type FolderEngine } from '@holdfast/sync-engine';
import type { ThinningPlan, VersionArchive } from '@holdfast/version-archive';
import { noStore } from './archive-status.js';
import type { ChangeSignal } from './change-signal.js';
import { CompactionRun } from './compaction-run.js';
import { neededVersions, obstacleOf } from './needed-versions.js';
import { PlausibleClock } from './plausible-clock.js';
import type { CompactResult, ThinRequest, ThinResult, UnthinResult } from './thin-control.js';
import type { ThinningRecord } from './thinning-record.js';

export interface ThinServiceInit {
  /** Throws where the store cannot be opened; undefined where there is none. */
  readonly archive: () => VersionArchive | undefined;
  /** Throws `folder_unknown` or `ambiguous`. */
  readonly choose: (folder: string) => FolderEngine;
  readonly clock: Clock;
  readonly clockSynchronised: () => boolean;
  readonly record: ThinningRecord;
  readonly changes: Pick<ChangeSignal, 'nextWithin'>;
  readonly nameOf: (device: string) => string;
  readonly folders: () => Iterable<FolderEngine>;
  readonly onThinned: (what: ThinnedFolder) => void;
  /** Versions are kept again whose content nobody missed while they were not. */
  readonly onWithdrawn: () => void;
  readonly onCompacted: (result: CompactResult) => void;
}

/** What is told of a thinning. */
export interface ThinnedFolder {
  readonly folder: FolderId;
  readonly versions: number;
  readonly freedBytes: number;
}

const maxListed = 1_000;
/** Connections are made again within a few seconds. */
const patienceMs = 15_000;
const lookAgainMs = 500;
const defaultDelayMs = 7 * 24 * 60 * 60_000;

export class ThinService {
  readonly #init: ThinServiceInit;
  readonly #clock: PlausibleClock;
  #isCompacting = false;
  /** When members were last asked what they keep. */
  #askedAtMs = Number.NEGATIVE_INFINITY;

  constructor(init: ThinServiceInit) {
    this.#init = init;
    this.#clock = new PlausibleClock(init);
  }

  async thin({ apply, delayMs = defaultDelayMs, ...request }: ThinRequest): Promise<ThinResult> {
    const rules = rulesOf(request.keep);
    const { folder, archive } = this.#archived(request.folder);
    const { id } = folder.config;
    const needed = (_: FolderId, paths: readonly FolderPath[]) => neededVersions(folder, paths);
    const wanted = { folder: id, rules, needed };
    if (!apply) return thinResult(folder, archive, rules, await archive.thinning.plan(wanted));
    await this.#clock.check(archive);
    const obstacle = await this.#obstacleOf(folder);
    if (obstacle !== undefined) throw obstacle;
    const freeFromMs = Math.floor(this.#init.clock.now()) + delayMs;
    const plan = await archive.thinning.mark(wanted, freeFromMs);
    const versions = plan.versions.length;
    if (plan.markedAt !== undefined) {
      const { markedAt, marks, freedBytes } = plan;
      await this.#init.record.noteMarked(archive.storeId, markedAt, marks, freedBytes);
      await this.askMembers(folder, archive);
    }
    this.#init.onThinned({ folder: id, versions, freedBytes: plan.freedBytes });
    return thinResult(folder, archive, rules, plan, freeFromMs);
  }

  async withdraw(text: string): Promise<UnthinResult> {
    const { folder, archive } = this.#archived(text);
    const { id, label } = folder.config;
    const versions = await archive.thinning.withdraw(id);
    if (versions > 0) this.#init.onWithdrawn();
    return { id, label, store: archive.storeId, versions };
  }

  async compact({ signal }: { readonly signal?: AbortSignal | undefined }): Promise<CompactResult> {
    const { archive: keptArchive, clock, folders, nameOf, onCompacted, record } = this.#init;
    const archive = keptArchive();
    if (archive === undefined) throw noStore();
    await this.#clock.check(archive);
    if (this.#isCompacting) throw compactRunning();
    this.#isCompacting = true;
    try {
      for (const folder of folders())
        if (folder.config.archive) await this.#settle(folder, archive);
      const kept = [...folders()];
      await record.noteTime(
        archive,
        kept.map(({ config }) => config.id),
      );
      const run = new CompactionRun({ archive, clock, folders: kept, nameOf, record });
      const result = await run.run(signal);
      if (result.segments > 0) {
        await record.noteFreed(archive.storeId, result.freedBytes);
      }
      onCompacted(result);
      return result;
    } finally {
      this.#isCompacting = false;
    }
  }

  /**
   * Everybody is asked what they keep once something was marked, as no archive may count for what it
   * let go; also where a crash or a loss of the database came between.
   */
  async askMembers(folder: FolderEngine, archive: VersionArchive): Promise<void> {
    const { record, clock } = this.#init;
    const { id } = folder.config;
    if (!record.mustAsk(archive, id)) return;
    this.#askedAtMs = clock.monotonic();
    await askMembersAnew(folder);
    await record.noteAsked(archive, id);
  }

  async #settle(folder: FolderEngine, archive: VersionArchive): Promise<void> {
    await this.askMembers(folder, archive);
    await this.#obstacleOf(folder);
  }

  /** Who was just asked answers in a moment. */
  async #obstacleOf(folder: FolderEngine): Promise<AppError | undefined> {
    const { nameOf, clock, changes } = this.#init;
    for (;;) {
      const obstacle = obstacleOf(folder, nameOf);
      const leftMs = this.#askedAtMs + patienceMs - clock.monotonic();
      if (obstacle?.kind !== 'retry' || leftMs <= 0) return obstacle;
      await changes.nextWithin(Math.min(leftMs, lookAgainMs), clock);
    }
  }

  #archived(text: string): { folder: FolderEngine; archive: VersionArchive } {
    const folder = this.#init.choose(text);
    const archive = this.#init.archive();
    if (archive === undefined || !folder.config.archive) throw noStore();
    return { folder, archive };
  }
}

function compactRunning(): AppError {
  return new AppError('compact_running', 'The store is being compacted already.', {
    kind: 'retry',
    hint: 'Wait for that run to end, then ask again.',
  });
}

function rulesOf(keep: string): RetentionRules {
  const rules = parseRetention(keep);
  if (rules !== undefined) return rules;
  throw new AppError('usage', `"${keep}" does not say what to keep.`, {
    hint: 'For example: --keep all=3d,hourly=24,daily=30,weekly=52,monthly=always',
  });
}

function thinResult(
  { config }: FolderEngine,
  { storeId }: VersionArchive,
  rules: RetentionRules,
  plan: ThinningPlan,
  freeFromMs?: number,
): ThinResult {
  const { versions, files, contentBytes, freedBytes, kept, isMore } = plan;
  return {
    id: config.id,
    label: config.label,
    store: storeId,
    keep: retentionText(rules),
    versions: versions.length,
    files,
    bytes: contentBytes,
    freedBytes,
    kept,
    more: isMore,
    applied: freeFromMs !== undefined,
    freeFrom:
      freeFromMs === undefined || versions.length === 0 ? null : new Date(freeFromMs).toISOString(),
    changes: versions.slice(0, maxListed).map((one) => ({
      path: displayPath(one.path),
      version: one.versionId,
      time: new Date(one.receivedAtMs).toISOString(),
      size: one.contentBytes,
    })),
  };
}
