/**
 * Undoing what one device changed since a moment: plans from history, says what it would do, and puts
 * it back as new versions. Nothing is erased: what it replaces is held, and in history.
 */
import { localCurrent } from '@holdfast/folder-index';
import { observeContext } from '@holdfast/folder-scanner';
import { type DeviceId, displayPath, type Version } from '@holdfast/model';
import { AppError, textOf } from '@holdfast/platform';
import type { FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import { chooseDevice } from './choose-device.js';
import type { HistoryService } from './history-service.js';
import { noFiles } from './mode-change.js';
import { removePlaced } from './remove-placed.js';
import { RestoreFigures } from './restore-figures.js';
import { RestoreRun, type RestoreSeams } from './restore-run.js';
import { restoreTrouble } from './restore-target.js';
import type { UndoneFolder, UndoRequest, UndoResult } from './undo-control.js';
import { UndoInPlace } from './undo-in-place.js';
import { planUndo, type UndoPlan, type UndoStep } from './undo-plan.js';

export interface UndoServiceInit extends RestoreSeams {
  readonly engine: SyncEngine;
  readonly history: HistoryService<FolderEngine>;
  readonly localDevice: DeviceId;
  /** This device and all that are paired with it. */
  readonly devices: () => readonly { readonly id: string; readonly name: string }[];
}

interface PlannedFolder {
  readonly folder: FolderEngine;
  readonly query: ReturnType<HistoryService<FolderEngine>['resolve']>;
  readonly since: number;
  readonly plan: UndoPlan;
}

const maxListed = 1_000;

export class UndoService {
  readonly #init: UndoServiceInit;

  constructor(init: UndoServiceInit) {
    this.#init = init;
  }

  async undo(request: UndoRequest): Promise<UndoResult> {
    const device = chooseDevice(request.device, this.#init.devices());
    const planned: PlannedFolder[] = [];
    for (const folder of this.#folders(request)) {
      planned.push(await this.#plan(folder, device.id as DeviceId, request));
    }
    const isAny = planned.some(({ plan }) => plan.steps.length > 0);
    if (isAny && !request.dryRun && !request.confirmed) throw unconfirmed(device.name, planned);
    if (!request.dryRun) for (const one of planned) await this.#carryOut(one);
    return {
      device: device.name,
      deviceId: device.id,
      connected: this.#init.engine.isConnected(device.id as DeviceId),
      dryRun: request.dryRun,
      folders: planned.map(undoneFolder),
    };
  }

  #folders(request: UndoRequest): FolderEngine[] {
    const { engine, history } = this.#init;
    if (request.folder === undefined) {
      const undoable = [...engine.folders.values()].filter(isUndoable);
      if (undoable.length === 0) throw nothingUndoable('No folder can be undone from here.');
      return undoable;
    }
    const { folder, inside } = history.resolve({ path: request.folder });
    if (inside === '' && isUndoable(folder)) return [folder];
    if (folder.modes === undefined) throw noFiles(folder.config.label);
    throw nothingUndoable(`"${request.folder}" cannot be undone from here.`);
  }

  async #plan(
    folder: FolderEngine,
    device: DeviceId,
    { since: text, storeId }: UndoRequest,
  ): Promise<PlannedFolder> {
    // What is compared with history is what lies on the disk now.
    await folder.tree?.rescan();
    const { history } = this.#init;
    const query = await history.resolveReaching({ path: folder.config.id, at: text, storeId });
    const since = await positionOf(query);
    const { source } = query;
    const check = history.check.bind(history);
    const plan = await planUndo({ source, folder: folder.config.id, device, since, check });
    return { folder, query, since, plan: await this.#asShownHere(folder, plan) };
  }

  /** Only what this device shows, too: what changed since, or has not come yet, is left. */
  async #asShownHere({ treeIndex }: FolderEngine, plan: UndoPlan): Promise<UndoPlan> {
    const entries = await treeIndex.entries(plan.steps.map(({ current }) => current.record.path));
    const steps: UndoStep[] = [];
    const left = [...plan.left];
    for (const [at, step] of plan.steps.entries()) {
      const entry = entries[at];
      const shown = entry === undefined ? undefined : localCurrent(entry)?.version.id;
      if (shown === step.current.id) steps.push(step);
      else left.push({ path: pathOf(step), reason: 'this device shows another version of it' });
    }
    return { steps, left };
  }

  async #carryOut({ folder, query, plan }: PlannedFolder): Promise<void> {
    const { steps, left } = plan;
    const root = folder.config.tree?.root;
    if (root === undefined || steps.length === 0) return;
    const { clock, hash, history, localDevice } = this.#init;
    const context = observeContext(localDevice, folder.treeIndex, hash);
    const inPlace = new UndoInPlace(folder, clock, context);
    const figures = new RestoreFigures(clock, folder.config.label, textOf(root));
    const formers = steps.flatMap(({ former }) => former ?? []).sort(byDepth);
    const path = folder.config.id;
    const run = new RestoreRun({
      ...this.#init,
      history,
      query: { ...query, inside: '' },
      request: { path, overwrite: 'always', dryRun: false },
      root,
      inPlace,
      figures,
      resumes: false,
      only: formers,
    });
    await run.run().catch((error: unknown) => {
      throw restoreTrouble(error, root);
    });
    left.push(...figures.account.failed);
    const gone = steps.flatMap(({ former, current }) => (former === undefined ? [current] : []));
    const deepestFirst = gone.sort((one, other) => byDepth(other, one));
    left.push(...(await removePlaced({ ...this.#init, root, inPlace }, deepestFirst)));
    folder.noteChanged();
  }
}

function nothingUndoable(message: string): AppError {
  return new AppError('usage', message, {
    hint: 'Undo a whole folder on a device that keeps it as files and sends what is changed there.',
  });
}

/** Where it has files of its own, and what is changed in it is sent. */
function isUndoable({ tree, mirror, config }: FolderEngine): boolean {
  return tree !== undefined && mirror === undefined && config.mode !== 'receive-only';
}

/** What a history that begins later does not know, it would take for made since. */
async function positionOf({ source, at, folder }: PlannedFolder['query']): Promise<number> {
  try {
    return (await source.query({ type: 'moment', at })).position;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'time_unknown') throw error;
    const { label } = folder.config;
    const message = `The history of "${label}" begins after that moment: what was there before is not known.`;
    throw new AppError('time_unknown', message, {
      hint: 'Nothing was changed. Give a later moment, or connect an archive that is older.',
      cause: error,
    });
  }
}

function byDepth(one: Version, other: Version): number {
  return one.record.path.split('/').length - other.record.path.split('/').length;
}

function pathOf({ current }: UndoStep): string {
  return displayPath(current.record.path);
}

function undoneFolder({ folder, query, since, plan }: PlannedFolder): UndoneFolder {
  const left = new Set(plan.left.map(({ path }) => path));
  const done = plan.steps.filter((step) => !left.has(pathOf(step)));
  const count = (effect: UndoStep['effect']) => done.filter((one) => one.effect === effect).length;
  const { id, label } = folder.config;
  return {
    id,
    label,
    store: query.source.storeId,
    since: `${query.source.storeId}#${since}`,
    replaced: count('replaced'),
    removed: count('removed'),
    returned: count('returned'),
    broughtByOthers: done.filter(({ broughtByOther }) => broughtByOther).length,
    changes: done.slice(0, maxListed).map((step) => ({ path: pathOf(step), effect: step.effect })),
    left: plan.left.slice(0, maxListed),
  };
}

function unconfirmed(device: string, planned: readonly PlannedFolder[]): AppError {
  const parts = planned.map(undoneFolder).map(({ label, replaced, removed, returned }) => {
    return `in "${label}" ${replaced} replaced, ${removed} removed, ${returned} returned`;
  });
  return new AppError(
    'needs_confirmation',
    `What "${device}" changed would be undone: ${parts.join('; ')}.`,
    { hint: 'Nothing was changed. See what with --dry-run; if it is meant, add --yes.' },
  );
}
