/**
 * What is to come back and nobody has: what a rejection is to undo, where its author lost it and nobody
 * else ever got it; and what a person reverts to, where each of several devices counted on the others.
 * It is given up where every member is connected and says so, for a while; what is on this disk stays
 * then. Kept in memory only: after a restart all are asked again.
 */
import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  withoutRejection,
} from '@holdfast/folder-index';
import type { FolderId, FolderPath } from '@holdfast/model';
import type { Clock, Logger } from '@holdfast/platform';
import type { PlannedPath } from './placer.js';
import { keptAgain } from './plan-withheld.js';

/** A device that has just started may not know yet what it has. */
const patienceMs = 10 * 60_000;
const maxPaths = 10_000;

export class HopelessReturns {
  readonly #init: HopelessReturnsInit;
  readonly #sinceMs = new Map<FolderPath, number>();

  constructor(init: HopelessReturnsInit) {
    this.#init = init;
  }

  /** Somebody was asked for what has to come back; `isGone`: nobody connected has it. */
  note({ entry, action }: PlannedPath, isGone: boolean): void {
    const { path } = entry;
    const { local } = action;
    const isReturn = local?.guard?.state === 'rejected' || local?.local.withheld === 'reverting';
    const isHopeless = isGone && isReturn;
    if (!isHopeless || this.#init.isEverybodyHere?.() !== true) this.#sinceMs.delete(path);
    else if (!this.#sinceMs.has(path) && this.#sinceMs.size < maxPaths) {
      this.#sinceMs.set(path, this.#init.clock.monotonic());
    }
  }

  /** Gives up what was waited for long enough; resolves when that is durable. */
  async settle(): Promise<void> {
    const nowMs = this.#init.clock.monotonic();
    const due = [...this.#sinceMs].filter(([, sinceMs]) => nowMs - sinceMs >= patienceMs);
    if (due.length === 0) return;
    const paths = due.map(([path]) => path);
    await this.#init.index.update(paths, givenUp, { sync: true });
    for (const path of paths) this.#sinceMs.delete(path);
    const { folder, logger } = this.#init;
    logger.warn('what was rejected or reverted stays: nobody has what was there before', {
      folder,
      paths: paths.length,
    });
  }
}

function givenUp(entry: PathEntry): PathEntry {
  const isRejected = localCurrent(entry)?.guard?.state === 'rejected';
  return isRejected ? withoutRejection(entry) : keptAgain(entry);
}

export interface HopelessReturnsInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly logger: Logger;
  /** Whether every member of the folder is connected; undefined where nobody can tell. */
  readonly isEverybodyHere?: () => boolean;
}
