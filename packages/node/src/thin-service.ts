/**
 * Thinning what this device archives, as its user says: by rules, first said, then done. Owns nothing;
 * what devices show, hold or want is asked of the folder's indexes each time.
 */
import type { FolderIndex, PathEntry } from '@holdfast/folder-index';
import {
  displayPath,
  type FolderId,
  type FolderPath,
  parseRetention,
  type RetentionRules,
  retentionText,
  type VersionId,
} from '@holdfast/model';
import { AppError, type Clock } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { ThinningPlan, VersionArchive } from '@holdfast/version-archive';
import { noStore } from './archive-status.js';
import { PlausibleClock } from './plausible-clock.js';
import type { ThinRequest, ThinResult, UnthinResult } from './thin-control.js';

export interface ThinServiceInit {
  /** Throws where the store cannot be opened; undefined where there is none. */
  readonly archive: () => VersionArchive | undefined;
  /** Throws `folder_unknown` or `ambiguous`. */
  readonly choose: (folder: string) => FolderEngine;
  readonly clock: Clock;
  readonly clockSynchronised: () => boolean;
  readonly onThinned: (what: ThinnedFolder) => void;
}

/** What is told of a thinning. */
export interface ThinnedFolder {
  readonly folder: FolderId;
  readonly versions: number;
  readonly freedBytes: number;
}

const maxListed = 1_000;
const defaultDelayMs = 7 * 24 * 60 * 60_000;

export class ThinService {
  readonly #init: ThinServiceInit;
  readonly #clock: PlausibleClock;

  constructor(init: ThinServiceInit) {
    this.#init = init;
    this.#clock = new PlausibleClock(init);
  }

  async thin({ apply, delayMs = defaultDelayMs, ...request }: ThinRequest): Promise<ThinResult> {
    const rules = rulesOf(request.keep);
    const { folder, archive } = this.#archived(request.folder);
    const { id, label } = folder.config;
    const needed = (_: FolderId, paths: readonly FolderPath[]) => neededVersions(folder, paths);
    const wanted = { folder: id, rules, needed };
    if (!apply) return thinResult(folder, archive, rules, await archive.thinning.plan(wanted));
    await this.#clock.check(archive);
    if (folder.massChanges.open().length > 0) throw massChangeOpen(label);
    const freeFromMs = Math.floor(this.#init.clock.now()) + delayMs;
    const plan = await archive.thinning.mark(wanted, freeFromMs);
    const versions = plan.versions.length;
    this.#init.onThinned({ folder: id, versions, freedBytes: plan.freedBytes });
    return thinResult(folder, archive, rules, plan, freeFromMs);
  }

  async withdraw(text: string): Promise<UnthinResult> {
    const { folder, archive } = this.#archived(text);
    const { id, label } = folder.config;
    const versions = await archive.thinning.withdraw(id);
    return { id, label, store: archive.storeId, versions };
  }

  #archived(text: string): { folder: FolderEngine; archive: VersionArchive } {
    const folder = this.#init.choose(text);
    const archive = this.#init.archive();
    if (archive === undefined || !folder.config.archive) throw noStore();
    return { folder, archive };
  }
}

function massChangeOpen(label: string): AppError {
  return new AppError('mass_change_open', `A mass change of "${label}" waits for an answer.`, {
    hint: 'Nothing was thinned: what it replaced may have to come back. Answer it with: holdfast folder confirm, or folder reject',
  });
}

function rulesOf(keep: string): RetentionRules {
  const rules = parseRetention(keep);
  if (rules !== undefined) return rules;
  throw new AppError('usage', `"${keep}" does not say what to keep.`, {
    hint: 'For example: --keep all=3d,hourly=24,daily=30,weekly=52,monthly=always',
  });
}

/** Of the paths: what any device shows or keeps beside, and what a rejection would put back. */
async function neededVersions(
  { index, mirror }: FolderEngine,
  paths: readonly FolderPath[],
): Promise<ReadonlySet<VersionId>> {
  const indexes: readonly FolderIndex[] = mirror === undefined ? [index] : [index, mirror.index];
  const needed = new Set<VersionId>();
  for (const one of indexes) {
    for (const entry of await one.entries(paths)) {
      for (const id of versionsNamedBy(entry)) needed.add(id);
    }
  }
  return needed;
}

function versionsNamedBy({ rows }: PathEntry): VersionId[] {
  return rows.flatMap(({ version, guard }) =>
    [version, guard?.former, guard?.restoring].flatMap((named) => named?.id ?? []),
  );
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
