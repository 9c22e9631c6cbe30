/** One run of freeing what was thinned, and what is told of it. What fails later keeps what was done. */
import type { FolderId, FolderPath } from '@holdfast/model';
import { AppError, type Clock, errorSentences } from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import { nothingFreed, type VersionArchive, withStep } from '@holdfast/version-archive';
import { neededVersions, obstacleOf } from './needed-versions.js';
import type { CompactResult } from './thin-control.js';

export interface CompactionRunInit {
  readonly archive: VersionArchive;
  readonly clock: Clock;
  /** All that are kept here; those without history, too. */
  readonly folders: readonly FolderEngine[];
  readonly nameOf: (device: string) => string;
}

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
    const { clock, archive } = this.#init;
    const beganMs = clock.monotonic();
    const ended = await this.#free(signal);
    const leftBytes = ended ? 0 : await archive.thinning.compaction().leftBytes();
    const counts = this.#archived.map(({ config }) => archive.thinning.counts(config.id));
    const from = counts.flatMap(({ freeFromMs }) => freeFromMs ?? []);
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
    const { archive, clock } = this.#init;
    const byId = new Map(this.#freeable().map((folder) => [folder.config.id, folder]));
    const needed = async (id: FolderId, paths: readonly FolderPath[]) => {
      const folder = byId.get(id);
      return folder === undefined ? new Set<never>() : neededVersions(folder, paths);
    };
    const wanted = { nowMs: clock.now(), folders: new Set(byId.keys()), needed };
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
