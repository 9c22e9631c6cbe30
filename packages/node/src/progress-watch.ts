/**
 * Tells of changes in folders at a pace that people can read: at most a few times a second while
 * something happens, and not at all while nothing does. No timer runs for a folder at rest.
 */
import type { FolderId } from '@holdfast/model';
import type { Clock, Timer } from '@holdfast/platform';
import { type FolderEngine, folderNeed } from '@holdfast/sync-engine';
import {
  type Amount,
  ProgressMeter,
  type ProgressReading,
  withoutEnded,
} from './folder-progress.js';
import type { FolderProgress } from './node-control.js';

export interface ProgressWatchInit {
  readonly clock: Clock;
  readonly folder: (id: FolderId) => FolderEngine | undefined;
  /** Something changed that may need a look at the whole status. */
  readonly onChange: (folder: FolderId, live: LiveFolder) => void;
  /** Only the figures did. */
  readonly onProgress: (folder: FolderId, live: LiveFolder) => void;
}

/** The part of a folder's status that costs nothing to know. */
export interface LiveFolder {
  readonly files: number;
  readonly bytes: number;
  readonly needFiles: number;
  readonly needBytes: number;
  readonly heldFiles: number;
  readonly progress: FolderProgress | null;
}

/** Changes are gathered for this long: what is over sooner is told once, with its result. */
const gatherMs = 300;
/** What has stood still for this long has no speed, and is looked at no more often than this. */
const patienceMs = 5_000;

interface WatchedFolder {
  readonly meter: ProgressMeter;
  timer: Timer | undefined;
  reading: ProgressReading | undefined;
  /** The next look is far off: a change does not wait for it. */
  isSlow: boolean;
  changed: boolean;
  changedAtMs: number;
  told: string;
  progress: FolderProgress | null;
}

export class ProgressWatch {
  readonly #init: ProgressWatchInit;
  readonly #folders = new Map<FolderId, WatchedFolder>();
  #stopped = false;

  constructor(init: ProgressWatchInit) {
    this.#init = init;
  }

  /** Figures as of the last look, without what is over by now; null where nothing moves. */
  progressOf(id: FolderId): FolderProgress | null {
    const progress = this.#folders.get(id)?.progress ?? null;
    const folder = this.#init.folder(id);
    if (progress === null || folder === undefined) return null;
    return withoutEnded(progress, readingOf(folder, this.#init.clock.monotonic()));
  }

  changed(id: FolderId): void {
    if (this.#stopped) return;
    const watched = this.#folders.get(id) ?? newlyWatched();
    this.#folders.set(id, watched);
    watched.changed = true;
    watched.changedAtMs = this.#init.clock.monotonic();
    if (watched.isSlow) {
      watched.timer?.cancel();
      watched.timer = undefined;
      watched.isSlow = false;
    }
    this.#lookSoon(id, watched, gatherMs);
  }

  removed(id: FolderId): void {
    this.#folders.get(id)?.timer?.cancel();
    this.#folders.delete(id);
  }

  stop(): void {
    this.#stopped = true;
    for (const id of [...this.#folders.keys()]) this.removed(id);
  }

  #lookSoon(id: FolderId, watched: WatchedFolder, delayMs: number): void {
    watched.timer ??= this.#init.clock.setTimer(delayMs, () => {
      watched.timer = undefined;
      this.#look(id, watched);
    });
  }

  #look(id: FolderId, watched: WatchedFolder): void {
    const folder = this.#init.folder(id);
    if (folder === undefined) return;
    const nowMs = this.#init.clock.monotonic();
    const reading = readingOf(folder, nowMs);
    if (hasMoved(watched.reading, reading)) watched.changedAtMs = nowMs;
    watched.reading = reading;
    const standsStill = nowMs - watched.changedAtMs >= patienceMs;
    const progress = watched.meter.update(reading);
    watched.progress = standsStill ? watched.meter.rest() : progress;
    const live = liveFolder(folder, watched.progress);
    const text = JSON.stringify(live);
    if (watched.changed) this.#init.onChange(id, live);
    else if (text !== watched.told) this.#init.onProgress(id, live);
    watched.changed = false;
    watched.told = text;
    if (watched.progress === null) return;
    watched.isSlow = standsStill;
    this.#lookSoon(id, watched, standsStill ? patienceMs : gatherMs);
  }
}

function newlyWatched(): WatchedFolder {
  return {
    meter: new ProgressMeter(),
    timer: undefined,
    reading: undefined,
    isSlow: false,
    changed: false,
    changedAtMs: 0,
    told: '',
    progress: null,
  };
}

/** Members may fetch, and workers hash, without a change in the folder itself. */
function hasMoved(last: ProgressReading | undefined, now: ProgressReading): boolean {
  if (last === undefined) return false;
  return (
    last.scan?.hashedBytes !== now.scan?.hashedBytes ||
    last.need?.bytes !== now.need?.bytes ||
    total(last.receivedBytes) !== total(now.receivedBytes) ||
    total(last.servedBytes) !== total(now.servedBytes)
  );
}

function total(bytes: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const one of bytes.values()) sum += one;
  return sum;
}

function liveFolder(folder: FolderEngine, progress: FolderProgress | null): LiveFolder {
  const { files, bytes, needFiles, needBytes, held } = folder.treeIndex.counts;
  const { queued, queuedBytes } = folder.index.counts;
  return {
    files,
    bytes,
    needFiles: needFiles + queued,
    needBytes: needBytes + queuedBytes,
    heldFiles: held,
    progress,
  };
}

/** Counters only: cheap at any moment. */
function readingOf(folder: FolderEngine, atMs: number): ProgressReading {
  const { config, tree, links, stopReason } = folder;
  const need = folderNeed(folder);
  const moves = need.files > 0 && links.size > 0 && !config.paused && stopReason === '';
  const receivedBytes = new Map<string, number>();
  const servedBytes = new Map<string, number>();
  const lacking = new Map<string, Amount>();
  for (const [device, { session, servedBytes: served, progress }] of links) {
    receivedBytes.set(device, session.blocks.receivedBytes(config.id));
    servedBytes.set(device, served);
    lacking.set(device, { files: progress?.needFiles ?? 0, bytes: progress?.needBytes ?? 0 });
  }
  return {
    atMs,
    scan: config.paused || stopReason !== '' ? undefined : tree?.scanProgress,
    need: moves ? need : undefined,
    receivedBytes,
    servedBytes,
    lacking,
  };
}
