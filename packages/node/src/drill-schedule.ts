/**
 * Drills that nobody asked for: each folder with files here once a week, when an archive answers and
 * nothing else goes on in it. What fails is tried again an hour later.
 */
import type { DeviceId } from '@holdfast/model';
import { AppError, type Clock, errorMessage, type Logger } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { DrillRequest } from './archive-care.js';
import { Pause } from './pause.js';
import type { ProofLedger } from './proof-ledger.js';

export interface DrillScheduleInit {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly proofs: Pick<ProofLedger, 'latest'>;
  readonly localDevice: DeviceId;
  readonly folders: () => Iterable<FolderEngine>;
  readonly drill: (request: DrillRequest) => Promise<unknown>;
}

const intervalMs = 7 * 24 * 60 * 60_000;
const lookMs = 60 * 60_000;
const filesPerDrill = 50;
/** It is not the time yet: no archive answers, or nothing is archived. */
const notYet: ReadonlySet<string> = new Set(['no_archive', 'nothing_archived', 'connection_lost']);

export class DrillSchedule {
  readonly #init: DrillScheduleInit;
  readonly #pause: Pause;
  #loop: Promise<void> | undefined;
  #stopped = false;

  constructor(init: DrillScheduleInit) {
    this.#init = init;
    this.#pause = new Pause(init.clock);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pause.end();
    await this.#loop;
  }

  async #run(): Promise<void> {
    await this.#pause.for(lookMs);
    while (!this.#stopped) {
      for (const folder of [...this.#init.folders()]) {
        if (!this.#stopped) await this.#drillIfDue(folder);
      }
      await this.#pause.for(lookMs);
    }
  }

  async #drillIfDue(folder: FolderEngine): Promise<void> {
    const { clock, proofs, localDevice, drill, logger } = this.#init;
    const { id, tree, paused } = folder.config;
    if (tree === undefined || paused || folder.stopReason !== '') return;
    try {
      const last = proofs.latest(id, 'drilled', localDevice);
      const sinceMs = last === undefined ? intervalMs : clock.now() - last.atMs;
      // A clock that went backward makes it due.
      if (sinceMs >= 0 && sinceMs < intervalMs) return;
      await drill({ folder: id, files: filesPerDrill });
    } catch (error) {
      if (error instanceof AppError && notYet.has(error.code)) return;
      logger.warn('a drill failed', { folder: id, reason: errorMessage(error) });
    }
  }
}
