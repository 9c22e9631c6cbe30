/**
 * What an undo of a device does to each path: what the folder shows is the device's and younger than
 * the moment, so the newest version that is not comes back. What others changed on top stays. Asks
 * history, changes nothing.
 */
import {
  conflictNameOf,
  type DeviceId,
  displayPath,
  type FolderId,
  type HistoryPage,
  sameOnDisk,
  type Version,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { CheckedEntry } from './history-entry.js';
import { allEntries, type HistorySource } from './history-source.js';
import type { UndoEffect } from './undo-control.js';

export interface UndoStep {
  readonly effect: UndoEffect;
  /** What the folder shows. */
  readonly current: Version;
  /** What comes back; undefined where nothing was there. */
  readonly former: Version | undefined;
  readonly broughtByOther: boolean;
}

export interface UndoPlan {
  readonly steps: UndoStep[];
  readonly left: { path: string; reason: string }[];
}

export interface UndoPlanInit {
  readonly source: HistorySource;
  readonly folder: FolderId;
  readonly device: DeviceId;
  /** Everything up to this position stays. */
  readonly since: number;
  readonly check: (entry: CheckedEntry['entry']) => CheckedEntry;
}

const pageEntries = 1_000;
/**
 * Histories of single paths that are asked for at once: over a slow link that is what takes long. All
 * answers are held, and a record may take 64 KiB.
 */
const pathsAtOnce = 250;
/** What was there before is seldom further back; then the next pages are asked for. */
const entriesAtFirst = 4;

export async function planUndo(init: UndoPlanInit): Promise<UndoPlan> {
  const plan: UndoPlan = { steps: [], left: [] };
  let batch: CheckedEntry[] = [];
  for await (const shown of shownNow(init)) {
    if (!isUndone(shown, init)) continue;
    if (conflictNameOf(shown.version.record.path) !== undefined) {
      plan.left.push({
        path: displayPath(shown.version.record.path),
        reason: 'it is a conflict copy',
      });
      continue;
    }
    batch.push(shown);
    if (batch.length < pathsAtOnce) continue;
    await addSteps(init, batch, plan);
    batch = [];
  }
  await addSteps(init, batch, plan);
  return plan;
}

async function* shownNow({ source, folder, check }: UndoPlanInit): AsyncGenerator<CheckedEntry> {
  const asked = {
    type: 'list' as const,
    directory: '' as const,
    at: { type: 'head' as const },
    recursive: true,
    deleted: true,
    limit: pageEntries,
  };
  for await (const { entry } of allEntries(source, folder, asked)) yield check(entry);
}

function isUndone({ entry, version }: CheckedEntry, { device, since }: UndoPlanInit): boolean {
  return entry.position > since && version.record.author === device;
}

async function addSteps(
  init: UndoPlanInit,
  batch: readonly CheckedEntry[],
  plan: UndoPlan,
): Promise<void> {
  const queries = batch.map(({ version }) => logOf(version, entriesAtFirst));
  const pages = await init.source.queryAll(queries);
  for (const [at, shown] of batch.entries()) {
    const step = await stepFor(init, shown, pages[at]);
    if (step === undefined) continue;
    if ('reason' in step) plan.left.push(step);
    else plan.steps.push(step);
  }
}

async function stepFor(
  init: UndoPlanInit,
  shown: CheckedEntry,
  page: HistoryPage | undefined,
): Promise<UndoStep | UndoPlan['left'][number] | undefined> {
  const { version: current, entry } = shown;
  const found = await formerOf(init, current, page);
  const former = found?.version;
  const broughtByOther = entry.sender !== init.device;
  const effect = effectOf(current, former);
  if (effect === undefined) return undefined;
  if (found?.entry.thinned !== true) return { effect, current, former, broughtByOther };
  return { path: displayPath(current.record.path), reason: 'what was there before was thinned' };
}

/** The newest version that the folder showed and that is not to be undone; a deletion is none. */
async function formerOf(
  init: UndoPlanInit,
  current: Version,
  page: HistoryPage | undefined,
): Promise<CheckedEntry | undefined> {
  const { source, folder, check } = init;
  const asked = logOf(current, pageEntries);
  for await (const { entry } of allEntries(source, folder, asked, page)) {
    const checked = check(entry);
    if (checked.version.record.path !== current.record.path) throw ofAnotherPath();
    if (!entry.becameCurrent || isUndone(checked, init)) continue;
    return checked.version.record.kind === 'tombstone' ? undefined : checked;
  }
  return undefined;
}

function ofAnotherPath(): AppError {
  return new AppError('history_damaged', 'The archive sent the history of another path.', {
    hint: 'Nothing was changed. Ask another archive with --store-id.',
  });
}

/** Undefined where nothing has to be done. */
function effectOf(current: Version, former: Version | undefined): UndoEffect | undefined {
  const isGone = current.record.kind === 'tombstone';
  if (former === undefined) return isGone ? undefined : 'removed';
  if (isGone) return 'returned';
  return sameOnDisk(current.record, former.record) ? undefined : 'replaced';
}

function logOf({ record }: Version, limit: number) {
  return { type: 'log' as const, path: record.path, limit };
}
