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
  sameOnDisk,
  type Version,
} from '@holdfast/model';
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
/** Histories of single paths that are asked for at once: each takes one of a few channels. */
const pathsAtOnce = 4;

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
  const steps = await Promise.all(batch.map((shown) => stepFor(init, shown)));
  for (const step of steps) {
    if (step === undefined) continue;
    if ('reason' in step) plan.left.push(step);
    else plan.steps.push(step);
  }
}

async function stepFor(
  init: UndoPlanInit,
  shown: CheckedEntry,
): Promise<UndoStep | UndoPlan['left'][number] | undefined> {
  const { version: current, entry } = shown;
  const found = await formerOf(init, current);
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
  { record }: Version,
): Promise<CheckedEntry | undefined> {
  const { source, folder, check } = init;
  const asked = { type: 'log' as const, path: record.path, limit: pageEntries };
  for await (const { entry } of allEntries(source, folder, asked)) {
    const checked = check(entry);
    if (!entry.becameCurrent || isUndone(checked, init)) continue;
    return checked.version.record.kind === 'tombstone' ? undefined : checked;
  }
  return undefined;
}

/** Undefined where nothing has to be done. */
function effectOf(current: Version, former: Version | undefined): UndoEffect | undefined {
  const isGone = current.record.kind === 'tombstone';
  if (former === undefined) return isGone ? undefined : 'removed';
  if (isGone) return 'returned';
  return sameOnDisk(current.record, former.record) ? undefined : 'replaced';
}
