/**
 * From the disk to the index. A full scan walks the tree beside the index; hints examine single
 * paths. The index is read before the disk, and an observation counts only if the index still says
 * what it said then, so a scan and the applying of remote changes need no lock between them.
 */
import {
  type FolderIndex,
  type LocalRow,
  localCurrent,
  type PathEntry,
  peerCurrents,
} from '@holdfast/folder-index';
import {
  childPath,
  displayPath,
  type FolderPath,
  isReservedName,
  nameOf,
  parentOf,
  refusalOfPath,
  temporaryPrefix,
} from '@holdfast/model';
import type { BulkRunner, FilePath, FileStat } from '@holdfast/platform';
import type { ChangeGuard } from './change-guard.js';
import {
  type ComparedDirectory,
  compareDirectoriesJob,
  type DirectoryComparison,
} from './compare-directories-job.js';
import { leadsOutside } from './confinement.js';
import { checkRootJob, type FolderMarker, folderStopped } from './folder-marker.js';
import { IgnoreRules } from './ignore-rules.js';
import { ignoredContentOf } from './ignored-content.js';
import type { ListBlockStore } from './list-block-store.js';
import { type FormerContent, movedObservation } from './moved-directories.js';
import { ObservationWriter, type PendingObservation } from './observation-writer.js';
import { basisOf, isUnchanged, type ObserveContext } from './observe.js';
import { statPathsJob } from './scan-jobs.js';
import { ScanProblems } from './scan-problems.js';
import type { ScanProgress, ScanResult, WholeScan } from './scan-result.js';
import { unreachablePaths } from './unreachable-paths.js';

export interface FolderScannerInit {
  readonly root: FilePath;
  readonly marker: FolderMarker;
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly listBlocks: ListBlockStore;
  readonly context: ObserveContext;
  /** Called when versions that no archive covers were replaced by the user's own change. */
  readonly isCovered: (version: string, sequence: number) => boolean;
  /** Whether a remote version is being put in place there at this moment. */
  readonly isBeingPlaced: (path: FolderPath) => boolean;
  /** Now and then while the disk is compared with the index. */
  readonly onProgress?: (progress: ScanProgress) => void;
  /** What is passed over; nothing, unless told otherwise. They change only between two scans. */
  readonly rules?: () => IgnoreRules;
  readonly guard?: ChangeGuard | undefined;
  /** The wall clock, to tell what appeared a moment ago; nothing did, unless it is given. */
  readonly nowMs?: () => number;
}

const directoriesPerJob = 16;
const pathsPerJob = 1_000;

export class FolderScanner {
  readonly #init: FolderScannerInit;
  readonly problems = new ScanProblems();
  /** What others show and this disk does not get; nothing of this device's user is missing. */
  readonly leftOut = new ScanProblems();
  #deviceNumber: bigint | undefined;

  constructor(init: FolderScannerInit) {
    this.#init = init;
  }

  /** Throws `folder_stopped` where the root is not what it was: nothing may be concluded then. */
  async checkRoot(): Promise<void> {
    const { root, marker, runner } = this.#init;
    const check = await runner.run(checkRootJob, {
      root,
      marker,
      deviceNumber: this.#deviceNumber,
    });
    if (check.type === 'stopped') throw folderStopped(check.reason);
    this.#deviceNumber = check.deviceNumber;
  }

  /** Compares the whole tree with the index, and `paths`, which may lie below what is no directory. */
  async scanAll({ paths = [], signal }: WholeScan = {}): Promise<ScanResult> {
    this.problems.clear();
    this.leftOut.clear();
    await this.checkRoot();
    const writer = this.#writer(true);
    await this.#walk([''], writer, signal);
    await this.#examinePaths(await this.#wanted(paths), writer);
    return writer.finish();
  }

  /**
   * Examines single paths that may have changed, with what is new or gone below them, and everything
   * in the directories `below`.
   */
  async scanPaths(
    paths: readonly FolderPath[],
    below: readonly FolderPath[],
    signal?: AbortSignal,
  ): Promise<ScanResult> {
    await this.checkRoot();
    const writer = this.#writer(false);
    const { fresh } = await this.#examinePaths(await this.#wanted(paths), writer);
    writer.newDirectories += fresh.length;
    const walked = below.filter((path) => !this.#isPassedOver(path));
    await this.#walk([...fresh, ...walked], writer, signal);
    return writer.finish();
  }

  /**
   * Examines what was passed over until now where no walk comes across it. Returns whether the disk
   * could say of all of it what is there.
   */
  async scanUnreachable(): Promise<boolean> {
    const writer = this.#writer(true);
    let failures = 0;
    for await (const paths of unreachablePaths(this.#init.index)) {
      failures += (await this.#examinePaths(paths, writer)).failures;
    }
    await writer.finish();
    return failures === 0;
  }

  /** Returns which of them are directories whose content has to be looked at. */
  async #examinePaths(
    paths: readonly FolderPath[],
    writer: ObservationWriter,
  ): Promise<{ readonly fresh: FolderPath[]; readonly failures: number }> {
    const { root, runner, index } = this.#init;
    const fresh: FolderPath[] = [];
    let failures = 0;
    for (let at = 0; at < paths.length; at += pathsPerJob) {
      const batch = paths.slice(at, at + pathsPerJob);
      const entries = await index.entries(batch);
      const answers = await runner.run(statPathsJob, { root, paths: batch });
      for (const [place, entry] of entries.entries()) {
        const answer = answers[place];
        if (answer === undefined) continue;
        if (answer.type === 'failed') {
          failures += 1;
          this.problems.add(entry.path, answer.code);
        } else if (answer.type === 'absent') {
          await this.#examineAbsent(entry, writer);
          await this.#compareAgain(entry, writer);
        } else if (await this.#examineFound(entry, answer.stat, writer)) fresh.push(entry.path);
      }
    }
    return { fresh, failures };
  }

  async #wanted(paths: readonly FolderPath[]): Promise<FolderPath[]> {
    const looked = [...new Set(paths)].filter(
      (path) => this.#isSyncable(path) && !this.#isPassedOver(path),
    );
    const syncable = looked.filter((path) => !this.#rules.isIgnored(path));
    return [...(await this.#unknownDirectoriesAbove(syncable)), ...looked];
  }

  get #rules(): IgnoreRules {
    return this.#init.rules?.() ?? IgnoreRules.none;
  }

  /** Ignored, with everything that may lie below. */
  #isPassedOver(path: FolderPath): boolean {
    return this.#rules.isIgnored(path) && !this.#rules.mayHoldSynced(path);
  }

  /** Returns whether it is a directory whose content has to be looked at. */
  async #examineFound(
    entry: PathEntry,
    stat: FileStat,
    writer: ObservationWriter,
  ): Promise<boolean> {
    if (this.#rules.isIgnored(entry.path)) return stat.kind === 'directory';
    await this.#examineIgnoredAbove(entry.path, writer);
    return this.#examine(entry, stat, writer);
  }

  /** A directory that is ignored itself belongs to the folder where it holds what is not. */
  async #examineIgnoredAbove(path: FolderPath, writer: ObservationWriter): Promise<void> {
    const directory = parentOf(path);
    if (directory === '' || writer.kept.has(directory)) return;
    await this.#examineIgnoredAbove(directory, writer);
    if (!this.#rules.isIgnored(directory)) return;
    writer.kept.add(directory);
    const { root, runner, index } = this.#init;
    const [answer] = await runner.run(statPathsJob, { root, paths: [directory] });
    if (answer?.type !== 'found') return;
    await this.#examine(await index.entry(directory), answer.stat, writer);
  }

  /**
   * Nothing is published before the directory that holds it, whose own event may be late or lost:
   * others could not place it, and a walk of this disk would not come across it again.
   */
  async #unknownDirectoriesAbove(paths: readonly FolderPath[]): Promise<FolderPath[]> {
    const given = new Set(paths);
    const above = new Set<FolderPath>();
    for (const path of paths) {
      let parent = parentOf(path);
      while (parent !== '' && !above.has(parent)) {
        if (!given.has(parent)) above.add(parent);
        parent = parentOf(parent);
      }
    }
    const published = [...above].filter((path) => !this.#rules.isIgnored(path)).sort();
    const entries = await this.#init.index.entries(published);
    return entries
      .filter((entry) => localCurrent(entry)?.version.record.kind !== 'directory')
      .map((entry) => entry.path);
  }

  #writer(isComplete: boolean): ObservationWriter {
    // The root is looked at again before an absence is believed.
    const confirmRoot = () => this.checkRoot();
    const { problems } = this;
    return new ObservationWriter({ ...this.#init, problems, confirmRoot, isComplete });
  }

  async #walk(
    start: readonly (FolderPath | '')[],
    writer: ObservationWriter,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const waiting: (FolderPath | '')[] = [...start];
    while (waiting.length > 0) {
      signal?.throwIfAborted();
      const batch = waiting.splice(Math.max(0, waiting.length - directoriesPerJob));
      const compared = await this.#compare(batch);
      for (const [place, directory] of batch.entries()) {
        const comparison = compared[place];
        if (comparison === undefined) continue;
        const former = await writer.moved.contentOf(directory);
        if (comparison.type === 'failed') this.problems.add(directory, comparison.code);
        else if (comparison.type === 'compared') {
          const found = await this.#examineCompared(directory, comparison, former, writer);
          for (const subdirectory of found) waiting.push(subdirectory);
        }
      }
      this.#init.onProgress?.(writer.progress);
    }
  }

  /** The index is read before the disk; what is as it was is compared in the worker, and only counted. */
  async #compare(directories: readonly (FolderPath | '')[]): Promise<DirectoryComparison[]> {
    const { index, root, runner } = this.#init;
    const given = await Promise.all(
      directories.map(async (path) => {
        const known = await index.storedChildren.packed(path);
        return { path, known, listsAll: this.#rules.isIgnored(path as FolderPath) };
      }),
    );
    const buffers = given.filter(({ known }) => known.length > 0).map(({ known }) => known.buffer);
    return runner.run(compareDirectoriesJob, { root, directories: given }, buffers);
  }

  /** Returns the directories in it that must be walked. */
  async #examineCompared(
    directory: FolderPath | '',
    { known, unchanged, entries, gone, failed }: ComparedDirectory,
    former: FormerContent | undefined,
    writer: ObservationWriter,
  ): Promise<FolderPath[]> {
    const { index } = this.#init;
    const entryAt = (at: number) => index.storedChildren.entryAt(directory, known, at);
    const subdirectories: FolderPath[] = [];
    this.leftOut.resolveIn(directory);
    for (const { name, code } of failed) this.problems.add(childPath(directory, name), code);
    writer.examined += unchanged.files + unchanged.others;
    writer.examinedFiles += unchanged.files;
    for (const { name, stat, at } of entries) {
      const entry = at === undefined ? { path: childPath(directory, name), rows: [] } : entryAt(at);
      const found = await this.#examineListed(directory, entry, stat, former?.get(name), writer);
      if (found !== undefined) subdirectories.push(found);
    }
    for (const at of gone) await this.#examineAbsent(entryAt(at), writer);
    return subdirectories;
  }

  /** Returns the path where it is a directory that must be walked. */
  async #examineListed(
    directory: FolderPath | '',
    entry: PathEntry,
    stat: FileStat,
    former: LocalRow | undefined,
    writer: ObservationWriter,
  ): Promise<FolderPath | undefined> {
    const { path } = entry;
    if (!this.#isSyncable(path)) {
      if (nameOf(path).startsWith(temporaryPrefix)) writer.temporaries.push(path);
      return undefined;
    }
    const isDirectory = stat.kind === 'directory';
    if (this.#rules.isIgnored(path)) {
      return isDirectory && this.#rules.mayHoldSynced(path) ? path : undefined;
    }
    if (this.#rules.isIgnored(directory as FolderPath))
      await this.#examineIgnoredAbove(path, writer);
    await this.#examine(entry, stat, writer, former);
    return isDirectory ? path : undefined;
  }

  /** Returns whether it is a directory that the index did not know as one. */
  async #examine(
    entry: PathEntry,
    stat: FileStat,
    writer: ObservationWriter,
    former?: LocalRow,
  ): Promise<boolean> {
    writer.examined += 1;
    if (stat.kind === 'file') writer.examinedFiles += 1;
    this.leftOut.resolve(entry.path);
    const row = localCurrent(entry);
    if (stat.kind === 'directory' && (await this.#staysForIgnored(entry))) return false;
    const replacesDirectory = row?.version.record.kind === 'directory' && stat.kind !== 'directory';
    if (replacesDirectory) await this.#examineBelow(entry.path, writer);
    if (stat.kind === 'other') {
      this.leftOut.add(entry.path, 'not a file, directory or symlink');
      await this.#observeAbsent(entry, writer);
      return false;
    }
    if (isUnchanged(row, stat)) return false;
    const pending: PendingObservation = { path: entry.path, basis: basisOf(entry) };
    if (stat.kind === 'directory') {
      await writer.moved.note(entry.path, stat, this.#deviceNumber);
      await writer.observe({ ...pending, observation: { type: 'directory', stat } });
      return row?.version.record.kind !== 'directory';
    }
    const moved = movedObservation(entry, stat, former, this.#deviceNumber);
    if (moved !== undefined) await writer.observe({ ...pending, observation: moved });
    else if (replacesDirectory) writer.readLast(pending);
    else await writer.read(pending, stat.sizeBytes);
    return false;
  }

  /** A directory that was deleted, and stays for what is ignored in it, is not published again. */
  async #staysForIgnored(entry: PathEntry): Promise<boolean> {
    const rules = this.#rules;
    if (rules.isEmpty || localCurrent(entry)?.version.record.kind !== 'tombstone') return false;
    return (await ignoredContentOf({ ...this.#init, rules }, entry.path)).type === 'ignored';
  }

  async #examineAbsent(entry: PathEntry, writer: ObservationWriter): Promise<void> {
    this.problems.resolve(entry.path);
    this.leftOut.resolve(entry.path);
    if (localCurrent(entry)?.version.record.kind === 'directory') {
      await this.#examineBelow(entry.path, writer);
    }
    if (!this.#rules.isIgnored(entry.path)) await this.#observeAbsent(entry, writer);
  }

  /** What others show may have been placed here, and deleted, since the index was read. */
  async #compareAgain(entry: PathEntry, writer: ObservationWriter): Promise<void> {
    if (peerCurrents(entry).length === 0 || localCurrent(entry)?.local.disk !== undefined) return;
    const observation = { type: 'absent' } as const;
    await writer.observe({ path: entry.path, basis: basisOf(entry), observation });
  }

  async #examineBelow(directory: FolderPath, writer: ObservationWriter): Promise<void> {
    for await (const entry of this.#init.index.below(directory)) {
      if (this.#rules.isIgnored(entry.path)) continue;
      await this.#observeAbsent(entry, writer);
    }
  }

  async #observeAbsent(entry: PathEntry, writer: ObservationWriter): Promise<void> {
    const row = localCurrent(entry);
    if (row === undefined || row.version.record.kind === 'tombstone') return;
    const { record } = row.version;
    const isUnseen = row.local.disk === undefined;
    if (isUnseen && record.kind === 'symlink' && leadsOutside(entry.path, record.target)) {
      this.leftOut.add(entry.path, 'the symlink leads outside the folder');
      return;
    }
    await writer.observe({
      path: entry.path,
      basis: basisOf(entry),
      observation: { type: isUnseen ? 'unseen' : 'absent' },
    });
  }

  /** The node's own names are passed over; names that no record can carry are listed. */
  #isSyncable(path: FolderPath): boolean {
    const refusal = refusalOfPath(path);
    if (refusal === undefined) return true;
    if (!isReservedName(nameOf(path), parentOf(path) === '') && refusal !== 'reserved') {
      this.problems.add(path, `${refusal}: ${displayPath(path)}`);
    }
    return false;
  }
}
