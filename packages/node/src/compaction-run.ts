/** One run of freeing what was thinned, and what is told of it. What fails later keeps what was done. */
import type { FolderId, FolderPath } from '@holdfast/model';
import { AppError, type Clock, errorSentences } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import {
  nothingFreed,
  type VersionArchive,
  type WaitingMark,
  withStep,
} from '@holdfast/version-archive';
import { neededVersions, obstacleOf } from './needed-versions.js';
import type { CompactResult } from './thin-control.js';
import type { ThinningRecord } from './thinning-record.js';

export interface CompactionRunInit {
  readonly archive: VersionArchive;
  readonly clock: Clock;
  /** All that are kept here; those without history, too. */
  readonly folders: readonly FolderEngine[];
  readonly nameOf: (device: string) => string;
  readonly record: Pick<ThinningRecord, 'leftMs' | 'freeFromMs'>;
}

/** Whatever is less is no more than how two clocks differ. */
const toleranceMs = 60_000;
const clockAloneSentence =
  'By the clock the delay is over, but this node was there for less of it, and of each time that it was off a day counts at most: a clock that was set wrong frees nothing. Leave it running, then run it again.';

export class CompactionRun {
  readonly #init: CompactionRunInit;
  readonly #archived: readonly FolderEngine[];
  readonly #notes: string[] = [];
  #done = nothingFreed;

  constructor(init: CompactionRunInit) {
    this.#init = init;
    this.#archived = init.folders.filter(({ config }) => config.archive);
  }

  async run(signal: AbortSignal | undefined): Promise<CompactResult> {
    const { clock, archive, record } = this.#init;
    const beganMs = clock.monotonic();
    const ended = await this.#free(signal);
    if (this.#isDueByClockAlone()) this.#notes.push(clockAloneSentence);
    const leftBytes = ended ? 0 : await archive.thinning.compaction().leftBytes();
    const counts = this.#archived.map(({ config }) => archive.thinning.counts(config.id));
    const from = this.#archived.flatMap(({ config }) => {
      return record.freeFromMs(archive, config.id) ?? [];
    });
    return {
      store: archive.storeId,
      ...this.#done,
      leftBytes,
      waiting: counts.reduce((sum, { waiting }) => sum + waiting, 0),
      freeFrom: from.length === 0 ? null : new Date(Math.min(...from)).toISOString(),
      notes: this.#notes,
      ended,
      seconds: Math.round(clock.monotonic() - beganMs) / 1000,
    };
  }

  /** Whether it ended early. Throws where nothing at all was done. */
  async #free(signal: AbortSignal | undefined): Promise<boolean> {
    const { archive, clock, record } = this.#init;
    const byId = new Map(this.#freeable().map((folder) => [folder.config.id, folder]));
    const needed = async (id: FolderId, paths: readonly FolderPath[]) => {
      const folder = byId.get(id);
      return folder === undefined ? new Set<never>() : neededVersions(folder, paths);
    };
    const hasPassed = (mark: WaitingMark) => record.leftMs(archive.storeId, mark) === 0;
    const wanted = { nowMs: clock.now(), folders: new Set(byId.keys()), needed, hasPassed };
    try {
      for await (const step of archive.thinning.compaction().run(wanted)) {
        this.#done = withStep(this.#done, step);
        if (signal?.aborted === true) return true;
      }
      return false;
    } catch (error) {
      if (this.#done.segments === 0 || !(error instanceof AppError)) throw error;
      this.#notes.push(errorSentences(error));
      return true;
    }
  }

  /** The clock was set forward, or the node was off for long: nobody can tell the two apart. */
  #isDueByClockAlone(): boolean {
    const { archive, clock, record } = this.#init;
    const nowMs = clock.now();
    return this.#archived.some(({ config }) =>
      archive.thinning
        .counts(config.id)
        .waitingMarks.some(
          (mark) => mark.freeFromMs <= nowMs && record.leftMs(archive.storeId, mark) > toleranceMs,
        ),
    );
  }

  /** Of the others it is not known what is needed: what was marked of them waits. */
  #freeable(): FolderEngine[] {
    const { archive, nameOf } = this.#init;
    return this.#archived.filter((folder) => {
      const obstacle = obstacleOf(folder, nameOf);
      if (obstacle === undefined) return true;
      const { waiting } = archive.thinning.counts(folder.config.id);
      if (waiting > 0) this.#notes.push(errorSentences(obstacle));
      return false;
    });
  }
}
