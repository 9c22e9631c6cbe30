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
import { AppError } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { ThinningPlan, VersionArchive } from '@holdfast/version-archive';
import { noStore } from './archive-status.js';
import type { ThinRequest, ThinResult } from './thin-control.js';

export interface ThinServiceInit {
  /** Throws where the store cannot be opened; undefined where there is none. */
  readonly archive: () => VersionArchive | undefined;
  /** Throws `folder_unknown` or `ambiguous`. */
  readonly choose: (folder: string) => FolderEngine;
}

const maxListed = 1_000;

export class ThinService {
  readonly #init: ThinServiceInit;

  constructor(init: ThinServiceInit) {
    this.#init = init;
  }

  async thin(request: ThinRequest): Promise<ThinResult> {
    const rules = rulesOf(request.keep);
    const folder = this.#init.choose(request.folder);
    const archive = this.#init.archive();
    if (archive === undefined || !folder.config.archive) throw noStore();
    const { id } = folder.config;
    const needed = (_: FolderId, paths: readonly FolderPath[]) => neededVersions(folder, paths);
    const plan = await archive.thinning.plan({ folder: id, rules, needed });
    return thinResult(folder, archive, rules, plan);
  }
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
    changes: versions.slice(0, maxListed).map((one) => ({
      path: displayPath(one.path),
      version: one.versionId,
      time: new Date(one.receivedAtMs).toISOString(),
      size: one.contentBytes,
    })),
  };
}
