/**
 * Carries observations of one scan to the index in batches: reads what changed in worker threads,
 * then commits. Absences are committed last, and only after the root was found in order again.
 */
import { type FolderIndex, localCurrent, type PathEntry } from '@holdfast/folder-index';
import type { FolderPath } from '@holdfast/model';
import { type BulkRunner, type FilePath, Mutex } from '@holdfast/platform';
import type { ChangeGuard } from './change-guard.js';
import type { ListBlockStore } from './list-block-store.js';
import { MovedDirectories } from './moved-directories.js';
import {
  basisHolds,
  type Observation,
  type ObservationBasis,
  type ObserveContext,
  observe,
  replacedVersion,
} from './observe.js';
import { largeFileBytes, readLargeFile } from './read-large-file.js';
import { type ReadAnswer, readFilesJob } from './scan-jobs.js';
import type { ScanProblems } from './scan-problems.js';
import type { ScanProgress, ScanResult } from './scan-result.js';

export interface PendingObservation {
  readonly path: FolderPath;
  readonly basis: ObservationBasis;
}

interface ReadyObservation extends PendingObservation {
  readonly observation: Observation;
}

export interface ObservationWriterInit {
  readonly root: FilePath;
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly listBlocks: ListBlockStore;
  readonly context: ObserveContext;
  readonly problems: ScanProblems;
  readonly isCovered: (version: string, sequence: number) => boolean;
  /** Throws where absences must not be believed: the root is not what it was. */
  readonly confirmRoot: () => Promise<void>;
  /** Whether a remote version is being put in place there at this moment. */
  readonly isBeingPlaced: (path: FolderPath) => boolean;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Asked before content that was here is said to be gone. */
  readonly guard?: ChangeGuard | undefined;
  readonly nowMs?: () => number;
  /** Whether everything is looked at: only then is what is nowhere really gone. */
  readonly isComplete: boolean;
}

const filesPerRead = 256;
const bytesPerRead = 64 * 1024 * 1024;
const observationsPerCommit = 1_000;
/** Absences wait in memory until the end of the scan; beyond this they are committed on the way. */
const maxWaitingAbsences = 100_000;
/** Longer than watchers merge what happens at one path. */
const freshMs = 1_000;

export class ObservationWriter {
  examined = 0;
  examinedFiles = 0;
  newDirectories = 0;
  readonly temporaries: FolderPath[] = [];
  readonly moved: MovedDirectories;
  /** Ignored directories that were examined for what they hold. */
  readonly kept = new Set<FolderPath>();
  readonly #init: ObservationWriterInit;
  readonly #again: FolderPath[] = [];
  readonly #young: FolderPath[] = [];
  readonly #fresh: FolderPath[] = [];
  readonly #absences: ReadyObservation[] = [];
  #ready: ReadyObservation[] = [];
  #toRead: PendingObservation[] = [];
  #toReadBytes = 0;
  readonly #toReadLast: PendingObservation[] = [];
  #changed = 0;
  #hashedBytes = 0;
  readonly #reading = new Set<Promise<void>>();
  readonly #committing = new Mutex();
  #failure: unknown;
  #mustLookAtAll = false;

  constructor(init: ObservationWriterInit) {
    this.#init = init;
    this.moved = new MovedDirectories(init.index);
  }

  get progress(): ScanProgress {
    return { files: this.examinedFiles, hashedBytes: this.#hashedBytes };
  }

  /** Takes what the disk showed without reading content. */
  async observe(ready: ReadyObservation): Promise<void> {
    if (ready.observation.type === 'absent' || ready.observation.type === 'unseen') {
      this.#absences.push(ready);
      if (this.#absences.length >= maxWaitingAbsences) await this.#commitAbsences();
      return;
    }
    this.#ready.push(ready);
    if (this.#ready.length >= observationsPerCommit) await this.#commitReady();
  }

  /** Reads a file or symlink; waits while all workers are busy. */
  async read(pending: PendingObservation, sizeBytes: number): Promise<void> {
    if (sizeBytes >= largeFileBytes) {
      await this.#start(() => this.#readLarge(pending));
      return;
    }
    this.#toRead.push(pending);
    this.#toReadBytes += sizeBytes;
    if (this.#toRead.length < filesPerRead && this.#toReadBytes < bytesPerRead) return;
    await this.#startRead();
  }

  /**
   * Reads what stands where a directory was, after the absence of what the directory held: no later
   * scan would come across rows below a path that is no directory.
   */
  readLast(pending: PendingObservation): void {
    this.#toReadLast.push(pending);
  }

  /** Commits everything. */
  async finish(): Promise<ScanResult> {
    if (this.#toRead.length > 0) await this.#startRead();
    await this.#finishReading();
    await this.#commitReady();
    await this.#commitAbsences();
    await this.#startReadingLast();
    if (this.#toRead.length > 0) await this.#startRead();
    await this.#finishReading();
    await this.#init.guard?.scanned();
    const { examined, newDirectories, temporaries } = this;
    return {
      examined,
      newDirectories,
      temporaries,
      changed: this.#changed,
      again: this.#again,
      young: this.#young,
      fresh: this.#fresh,
      mustLookAtAll: this.#mustLookAtAll,
    };
  }

  /** Where the index still shows something below, because its absence was not believed, it is early. */
  async #startReadingLast(): Promise<void> {
    for (const pending of this.#toReadLast.splice(0)) {
      if (await this.#showsBelow(pending.path)) this.#again.push(pending.path);
      else await this.read(pending, 0);
    }
  }

  async #showsBelow(directory: FolderPath): Promise<boolean> {
    for await (const entry of this.#init.index.below(directory)) {
      if (!entry.ignored && localCurrent(entry)?.local.disk !== undefined) return true;
    }
    return false;
  }

  async #finishReading(): Promise<void> {
    await Promise.all(this.#reading);
    this.#throwFailure();
  }

  async #commitAbsences(): Promise<void> {
    if (this.#absences.length === 0) return;
    await this.#init.confirmRoot();
    // Children before their directories, as the deletions will be applied.
    const absences = this.#absences.splice(0).sort((a, b) => (a.path < b.path ? 1 : -1));
    await this.#committing.run(async () => {
      if (!(await this.#foresee(absences))) {
        this.#mustLookAtAll = true;
        return;
      }
      for (let at = 0; at < absences.length; at += observationsPerCommit) {
        await this.#write(absences.slice(at, at + observationsPerCommit));
      }
    });
  }

  async #startRead(): Promise<void> {
    const batch = this.#toRead;
    this.#toRead = [];
    this.#toReadBytes = 0;
    await this.#start(() => this.#readBatch(batch));
  }

  async #start(read: () => Promise<void>): Promise<void> {
    while (this.#reading.size >= this.#init.runner.parallelism) await Promise.race(this.#reading);
    this.#throwFailure();
    // Directories are published before what they hold.
    await this.#commitReady();
    const reading: Promise<void> = read()
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #readBatch(batch: readonly PendingObservation[]): Promise<void> {
    const answers = await this.#init.runner.run(readFilesJob, {
      root: this.#init.root,
      paths: batch.map((pending) => pending.path),
    });
    await this.#take(batch, answers);
  }

  async #readLarge(pending: PendingObservation): Promise<void> {
    const { root, runner } = this.#init;
    await this.#take([pending], [await readLargeFile(runner, { root, path: pending.path })]);
  }

  async #take(batch: readonly PendingObservation[], answers: readonly ReadAnswer[]): Promise<void> {
    const ready: ReadyObservation[] = [];
    for (const [place, pending] of batch.entries()) {
      const answer = answers[place];
      if (answer === undefined) continue;
      const observation = await this.#observationOf(pending.path, answer);
      if (observation !== undefined) ready.push({ ...pending, observation });
    }
    this.#init.onProgress?.(this.progress);
    await this.#commit(ready);
  }

  async #observationOf(path: FolderPath, answer: ReadAnswer): Promise<Observation | undefined> {
    switch (answer.type) {
      case 'file':
        this.#init.problems.resolve(path);
        this.#hashedBytes += answer.stat.sizeBytes;
        await this.#init.listBlocks.put(answer.listBlocks);
        if (answer.racy) this.#again.push(path);
        return answer;
      case 'symlink':
        return answer;
      case 'unstable':
        this.#init.problems.add(path, 'changes while it is read');
        this.#again.push(path);
        return undefined;
      case 'failed':
        this.#init.problems.add(path, answer.code);
        return undefined;
      case 'young':
        this.#init.problems.suspect(path, 'changes while it is read');
        this.#young.push(path);
        return undefined;
      case 'absent':
        // It went between the listing and the reading: the next look decides.
        this.#again.push(path);
        return undefined;
    }
  }

  async #commitReady(): Promise<void> {
    const ready = this.#ready;
    this.#ready = [];
    await this.#commit(ready);
  }

  /** Asks the guard about changes of what was here; whether they may be believed. */
  async #foresee(ready: readonly ReadyObservation[]): Promise<boolean> {
    const { guard, index, context, isComplete, isBeingPlaced } = this.#init;
    // What is being placed is not this user's doing, and is not committed either.
    const known = ready.filter(
      ({ basis, path, observation }) =>
        basis.version !== undefined && !isBeingPlaced(path) && isUsersDoing(observation),
    );
    if (guard?.mayAsk(known.length) !== true) return true;
    const entries = await index.entries(known.map((one) => one.path));
    const changes = known.flatMap(({ observation, basis }, at) => {
      const before = entries[at];
      if (before === undefined || !basisHolds(before, basis)) return [];
      return [{ before, after: observe(before, observation, context) }];
    });
    return guard.foresee(changes, isComplete);
  }

  /** One after the other: what is foreseen of a batch must know of the one before. */
  async #commit(ready: readonly ReadyObservation[]): Promise<void> {
    if (ready.length === 0) return;
    await this.#committing.run(async () => {
      await this.#foresee(ready);
      await this.#write(ready);
    });
  }

  async #write(ready: readonly ReadyObservation[]): Promise<void> {
    const byPath = new Map(ready.map((one) => [one.path, one]));
    let overwrittenUncovered = 0;
    let changed = 0;
    const change = (entry: PathEntry): PathEntry => {
      const one = byPath.get(entry.path);
      if (one === undefined) return entry;
      if (this.#init.isBeingPlaced(entry.path) || !basisHolds(entry, one.basis)) {
        // Something newer was said of the path meanwhile: the disk is looked at once more.
        this.#again.push(entry.path);
        return entry;
      }
      const seen = observe(entry, one.observation, this.#init.context);
      const guard = isUsersDoing(one.observation) ? this.#init.guard : undefined;
      const after = guard?.judge(entry, seen) ?? seen;
      const replaced = replacedVersion(entry, after);
      if (localCurrent(after)?.version.id !== one.basis.version) {
        changed += 1;
        if (this.#isFresh(one.observation)) this.#fresh.push(entry.path);
      }
      if (replaced !== undefined && replaced.version.record.kind === 'file') {
        const { isCovered } = this.#init;
        if (!isCovered(replaced.version.id, replaced.local.sequence)) overwrittenUncovered += 1;
      }
      return after;
    };
    const paths = [...byPath.keys()];
    await this.#init.index.update(paths, change, {
      sync: false,
      countOverwritten: () => overwrittenUncovered,
    });
    await this.#init.guard?.committed();
    this.#changed += changed;
  }

  #isFresh(observation: Observation): boolean {
    const nowMs = this.#init.nowMs?.();
    if (nowMs === undefined || !('stat' in observation)) return false;
    return nowMs - Number(observation.stat.ctimeNs / 1_000_000n) < freshMs;
  }
}

/** What was passed over, and is gone, takes nothing from anybody: it loses against any content. */
function isUsersDoing({ type }: Observation): boolean {
  return type !== 'unseen';
}
