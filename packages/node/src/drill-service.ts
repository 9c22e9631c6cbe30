/**
 * Proves that a restore works: brings files of a folder back from an archive alone, into a scratch
 * directory of the node's own, and compares them with the live ones. Owns that directory. The folder
 * itself is only read.
 */
import { displayPath } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  Mutex,
  type RandomSource,
} from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { DrillRequest, DrillResult, FolderDrill } from './archive-care.js';
import { clearScratchJob, compareFilesJob } from './drill-jobs.js';
import { type DrillFile, sampleFiles } from './drill-sample.js';
import type { HistorySource } from './history-source.js';
import type { RestoreService } from './restore-service.js';

export interface DrillServiceInit {
  readonly scratch: FilePath;
  readonly fileSystem: FileSystem;
  readonly runner: BulkRunner;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly folders: () => Iterable<FolderEngine>;
  readonly choose: (folder: string) => FolderEngine;
  /** Throws `no_archive` where no archive of the folder answers now. */
  readonly sourceOf: (folder: FolderEngine) => HistorySource;
  readonly restore: Pick<RestoreService<FolderEngine>, 'restoreVersions'>;
  readonly onDrilled: (folder: FolderEngine, drill: FolderDrill) => Promise<void>;
}

interface BroughtBack {
  readonly files: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Paths that did not come back, with the reason. */
  readonly failed: ReadonlyMap<string, string>;
}

const maxFiles = 100_000;
const filesPerBatch = 64;

export class DrillService {
  readonly #init: DrillServiceInit;
  readonly #drilling = new Mutex();

  constructor(init: DrillServiceInit) {
    this.#init = init;
  }

  /** One folder, or every folder with files here of which an archive answers. */
  async drill({ folder, files }: DrillRequest): Promise<DrillResult> {
    if (!Number.isInteger(files) || files < 1 || files > maxFiles) {
      throw new AppError('usage', `A drill restores 1 to ${maxFiles} files.`, {
        hint: 'For example: --files 100',
      });
    }
    const chosen = folder === undefined ? this.#drillable() : [this.#init.choose(folder)];
    const drills: FolderDrill[] = [];
    for (const one of chosen) {
      drills.push(await this.#drilling.run(() => this.#drillFolder(one, files)));
    }
    return {
      files: sum(drills, (drill) => drill.files),
      bytes: sum(drills, (drill) => drill.bytes),
      mismatched: sum(drills, (drill) => drill.mismatched),
      seconds: sum(drills, (drill) => drill.seconds),
      fullRestoreSeconds: sum(drills, (drill) => drill.fullRestoreSeconds),
      folders: drills,
    };
  }

  #drillable(): FolderEngine[] {
    const withFiles = [...this.#init.folders()].filter(({ tree }) => tree !== undefined);
    const answered = withFiles.filter((folder) => {
      try {
        return this.#init.sourceOf(folder) !== undefined;
      } catch (error) {
        if (error instanceof AppError && error.code === 'no_archive') return false;
        throw error;
      }
    });
    if (answered.length > 0) return answered;
    throw new AppError('no_archive', 'No archive of a folder with files here is connected.', {
      kind: 'retry',
      hint: 'A drill runs on the device that has the files, while an archive answers.',
    });
  }

  async #drillFolder(folder: FolderEngine, count: number): Promise<FolderDrill> {
    const { config, treeIndex } = folder;
    if (config.tree === undefined) {
      throw new AppError('usage', `${config.label} has no files on this device.`, {
        hint: 'Run the drill on a device that has them.',
      });
    }
    const source = this.#init.sourceOf(folder);
    const { some, large } = await sampleFiles(folder, count, this.#init.random);
    const sample = [...large, ...some];
    if (sample.length === 0) throw nothingToDrill(config.label);
    const { clock, runner, scratch } = this.#init;
    await runner.run(clearScratchJob, { directory: scratch });
    try {
      const ofLarge = await this.#bringBack(folder, source, large);
      const ofSome = await this.#bringBack(folder, source, some);
      const failed = new Map([...ofLarge.failed, ...ofSome.failed]);
      const drill = await this.#compare(config.tree.root, sample, failed);
      const seconds = ofLarge.seconds + ofSome.seconds;
      const result: FolderDrill = {
        folder: config.id,
        label: config.label,
        store: source.storeId,
        time: new Date(clock.now()).toISOString(),
        files: sample.length,
        bytes: bytesOf(sample),
        ...drill,
        seconds: rounded(seconds),
        fullRestoreSeconds: rounded(
          Math.max(seconds, allSeconds(treeIndex.counts, ofLarge, ofSome)),
        ),
      };
      await this.#init.onDrilled(folder, result);
      return result;
    } finally {
      await runner.run(clearScratchJob, { directory: scratch });
    }
  }

  async #bringBack(
    folder: FolderEngine,
    source: HistorySource,
    sample: readonly DrillFile[],
  ): Promise<BroughtBack> {
    const { scratch, fileSystem, restore, clock } = this.#init;
    const beganMs = clock.monotonic();
    ensureDirectory(fileSystem, scratch, 0o700);
    const query = { source, folder, inside: '' as const, at: { type: 'head' as const } };
    const versions = sample.map(({ version }) => version);
    const { failed } = await restore.restoreVersions(query, versions, scratch);
    return {
      files: sample.length,
      bytes: bytesOf(sample),
      seconds: (clock.monotonic() - beganMs) / 1000,
      failed: new Map(failed.map(({ path, reason }) => [path, reason])),
    };
  }

  async #compare(
    live: FilePath,
    sample: readonly DrillFile[],
    failed: ReadonlyMap<string, string>,
  ) {
    const problems: { path: string; reason: string }[] = [];
    let changed = 0;
    for (let from = 0; from < sample.length; from += filesPerBatch) {
      const group = sample
        .slice(from, from + filesPerBatch)
        .filter(({ path }) => !failed.has(displayPath(path)));
      const files = group.map(({ path, disk }) => ({ path, disk }));
      const input = { restored: this.#init.scratch, live, files };
      const compared = await this.#init.runner.run(compareFilesJob, input);
      for (const [at, { path }] of group.entries()) {
        const state = compared[at];
        if (state === 'changed') changed += 1;
        else if (state === 'different') problems.push({ path: displayPath(path), reason: rotHere });
        else if (state !== 'same')
          problems.push({ path: displayPath(path), reason: unreadableHere });
      }
    }
    for (const [path, reason] of failed) problems.push({ path, reason });
    return { mismatched: problems.length, changed, problems };
  }
}

const rotHere =
  'the file here has other bytes than its archived version, though its size and time are the same: restore it from the archive';
const unreadableHere = 'the file here cannot be read';

function bytesOf(sample: readonly DrillFile[]): number {
  return sum(sample, ({ version }) => version.record.sizeBytes);
}

/** What files cost by their number and what bytes cost: rather too long than too short. */
export function allSeconds(
  all: { readonly files: number; readonly bytes: number },
  large: Pick<BroughtBack, 'bytes' | 'seconds'>,
  some: Pick<BroughtBack, 'files' | 'seconds'>,
): number {
  const byFiles = some.files === 0 ? 0 : (some.seconds / some.files) * all.files;
  const byBytes = large.bytes === 0 ? 0 : (large.seconds / large.bytes) * all.bytes;
  return byFiles + byBytes;
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function nothingToDrill(label: string): AppError {
  return new AppError('nothing_archived', `No file of ${label} is archived yet.`, {
    kind: 'retry',
    hint: 'Wait with: holdfast wait --archived',
  });
}
