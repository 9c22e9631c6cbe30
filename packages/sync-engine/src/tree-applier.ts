/**
 * Bringing remote versions into the tree: asks the planner for each needed path, fetches content,
 * places it, and only then says so in the index. Creations go before deletions; directories come
 * before what they hold and go after it.
 */

import type { PathEntry } from '@holdfast/folder-index';
import { displayPath, type FolderPath } from '@holdfast/model';
import { errorMessage, fileErrorCode } from '@holdfast/platform';
import type { DeviceTrouble } from '@holdfast/sync-protocol';
import { AskedLately } from './asked-lately.js';
import type { BlockSupplier } from './block-client.js';
import { ContentFetcher, type FetchedFiles, type FileToFetch } from './content-fetcher.js';
import { isOfContent, troubleOfCode } from './device-trouble.js';
import { DirectoryReviver } from './directory-reviver.js';
import { FileMover } from './file-mover.js';
import { HopelessReturns } from './hopeless-returns.js';
import { IgnoredInTheWay, ignoredParents } from './ignored-in-the-way.js';
import { LargeVersions } from './large-versions.js';
import { LocalTwins } from './local-twins.js';
import { lacksDirectory, OrphanedPaths, orphansOf } from './orphaned-paths.js';
import { directoryMissing, isGone, isNotGiven } from './place-item.js';
import { type PlaceOutcome, Placer, type PlannedPath } from './placer.js';
import { type FileBatch, filesPerBatch, isLarge, SourceChoice } from './source-choice.js';
import type { TreeApplierInit } from './tree-applier-init.js';
import { unsettledChildren } from './unsettled-children.js';
import { WakeSignal } from './wake-signal.js';
import { WorkLimit } from './work-limit.js';

export interface ApplyProblem {
  readonly path: string;
  readonly reason: string;
}

const pathsPerPage = 1_000;
const batchesAtOnce = 3;
const retryDelayMs = 5_000;
/** Passes without success that follow each other at once, as somebody else may give what lacked. */
const othersAtOnce = 4;
const maxProblems = 100;
/** What waits for the rest of what a member has to tell is looked at this often. */
const waitStepMs = 200;

export class TreeApplier {
  readonly #init: TreeApplierInit;
  readonly #signal: WakeSignal;
  readonly #fetcher: ContentFetcher;
  readonly #large: LargeVersions;
  readonly #placer: Placer;
  readonly #sources: SourceChoice;
  readonly #twins: LocalTwins;
  readonly #mover: FileMover;
  readonly #reviver: DirectoryReviver;
  readonly #ignored: IgnoredInTheWay;
  readonly #hopeless: HopelessReturns;
  /** What the last whole pass could not bring in; `#failures` is what the present one could not. */
  #problems: ReadonlyMap<FolderPath, string> = new Map();
  readonly #failures = new Map<FolderPath, string>();
  readonly #asked: AskedLately;
  readonly #orphans: OrphanedPaths;
  /** Whether the present pass left something that another device may give. */
  #mayTryOther = false;
  #stopped = false;
  #working = false;
  #loop: Promise<void> | undefined;
  /** Content that lies in temporary files and is not in place yet. */
  stagedBytes = 0;

  constructor(init: TreeApplierInit) {
    this.#init = init;
    this.#signal = new WakeSignal(init.clock);
    this.#fetcher = new ContentFetcher(init);
    this.#sources = new SourceChoice(init);
    this.#twins = new LocalTwins(init);
    this.#large = new LargeVersions(init, this.#twins, this.#sources);
    this.#placer = new Placer(init);
    this.#mover = new FileMover(init, this.#twins, this.#placer.claims);
    this.#asked = new AskedLately(init.clock);
    this.#orphans = new OrphanedPaths(init.clock);
    this.#reviver = new DirectoryReviver(init);
    this.#ignored = new IgnoredInTheWay(init);
    this.#hopeless = new HopelessReturns(init);
  }

  /** Whether a pass is under way. */
  get isWorking(): boolean {
    return this.#working;
  }

  isPlacing(path: FolderPath): boolean {
    return this.#placer.claims.has(path);
  }

  /** What could not be brought in at the last pass. */
  problems(): ApplyProblem[] {
    return [...this.#problems].map(([path, reason]) => ({ path: displayPath(path), reason }));
  }

  /** What the last pass met on this disk that keeps everything new out, for other devices. */
  get trouble(): DeviceTrouble | undefined {
    if (this.#init.index.counts.needFiles === 0) return undefined;
    for (const reason of this.#problems.values()) {
      const trouble = troubleOfCode(reason);
      if (trouble !== undefined) return trouble;
    }
    return undefined;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  wake(): void {
    this.#signal.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signal.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#signal.wait();
      if (this.#stopped) return;
      if (this.#init.index.counts.needFiles === 0 && !this.#init.held.isDue) continue;
      if (this.#mover.waits()) {
        this.#signal.wakeAfter(waitStepMs);
        continue;
      }
      this.#working = true;
      try {
        if (await this.#init.mayApply()) await this.#applyAll();
      } catch (error) {
        this.#init.logger.warn('applying stopped for now', {
          folder: this.#init.folder,
          reason: errorMessage(error),
        });
        this.#signal.wakeAfter(retryDelayMs);
      } finally {
        this.#working = false;
        this.#init.onApplied();
      }
    }
  }

  /** Nothing is placed while what lies aside is compared with the index. */
  async #applyAll(): Promise<void> {
    await this.#init.held.settle();
    if (this.#init.index.counts.needFiles > 0) await this.#passes();
    await this.#init.held.settle();
  }

  /** Passes follow each other as long as they bring something in. */
  async #passes(): Promise<void> {
    let others = 0;
    for (;;) {
      const before = this.#init.index.counts.needFiles;
      this.#failures.clear();
      this.#mayTryOther = false;
      await this.#pass();
      this.#problems = new Map(this.#failures);
      const after = this.#init.index.counts.needFiles;
      if (after === 0 || this.#stopped) return;
      if (after >= before) {
        others += 1;
        if (this.#mayTryOther && others <= othersAtOnce) continue;
        // What is left waits for a person, not for time.
        if (!this.#mayPlace) return;
        this.#signal.wakeAfter(retryDelayMs);
        return;
      }
    }
  }

  async #pass(): Promise<void> {
    const deletions: FolderPath[] = [];
    let after: FolderPath | undefined;
    for (;;) {
      const paths = await this.#init.index.neededPaths(pathsPerPage, after);
      after = paths.at(-1);
      if (after === undefined || this.#stopped) break;
      const planned = this.#plan(await this.#init.index.entries(paths));
      for (const one of planned) {
        if (one.action.type === 'apply' && one.action.target.record.kind === 'tombstone') {
          deletions.push(one.entry.path);
        }
      }
      const creations = planned.filter((one) => one.action.target.record.kind !== 'tombstone');
      await this.#init.guard?.foreseePlaced(creations);
      await this.#create((await this.#init.guard?.admit(creations)) ?? creations);
      await this.#adoptDeletions(planned);
    }
    await this.#delete(deletions);
    await this.#hopeless.settle();
    await this.#init.guard?.passed();
  }

  #plan(entries: readonly PathEntry[]): PlannedPath[] {
    return entries.flatMap((entry) => {
      const action = this.#init.plan(entry);
      const isHere = action.type === 'adopt' && !action.touch;
      return action.type === 'none' || !(isHere || this.#mayPlace) ? [] : [{ entry, action }];
    });
  }

  get #mayPlace(): boolean {
    return this.#init.mayPlace?.() ?? true;
  }

  /** Deletions that this disk shows already. */
  async #adoptDeletions(planned: readonly PlannedPath[]): Promise<void> {
    const done = planned.filter(
      ({ action }) => action.type === 'adopt' && action.target.record.kind === 'tombstone',
    );
    await this.#placer.adopt(done);
  }

  async #create(planned: readonly PlannedPath[]): Promise<void> {
    await this.#placer.adopt(
      planned.filter(({ action }) => action.type === 'adopt' && !action.touch),
    );
    const others = await this.#withSettledChildren(
      planned.filter(({ action }) => action.type === 'apply' || action.touch),
    );
    const files = others.filter(
      ({ action }) => action.type === 'apply' && action.target.record.kind === 'file',
    );
    const rest = others.filter((one) => !files.includes(one));
    const { index, plan, rules } = this.#init;
    // One that is there already is published by the scan that finds what it holds.
    if (!rules().isEmpty)
      await this.#placer.place(await ignoredParents(index, others, plan), undefined);
    await this.#settle(await this.#placer.place(rest, undefined));
    await this.#createFiles(files);
  }

  async #createFiles(planned: readonly PlannedPath[]): Promise<void> {
    const limit = new WorkLimit(batchesAtOnce);
    const orphan = (one: PlannedPath) => this.#fail(one.entry.path, 'no connected device has it');
    const mayGoOn = () => !this.#stopped && this.#mayPlace;
    const others = await this.#mover.bring(planned, limit, mayGoOn);
    const lacking = await this.#createFromHere(others, limit);
    for (const batch of this.#sources.batches(lacking, orphan)) {
      if (this.#stopped || !this.#mayPlace) break;
      await limit.run(() => this.#createBatch(batch));
    }
    await limit.finish();
  }

  /** What lies on this disk under another name is not asked for; returns what does not. */
  async #createFromHere(planned: readonly PlannedPath[], limit: WorkLimit): Promise<PlannedPath[]> {
    const copied = new Set<PlannedPath>();
    for (const batch of await this.#twins.findSmall(planned)) {
      if (this.#stopped || !this.#mayPlace) break;
      await limit.run(async () => {
        const staged = await this.#twins.copy(batch);
        for (const one of staged) copied.add(one);
        await this.#settle(await this.#placer.place(staged, 'staged'));
      });
    }
    await limit.finish();
    return planned.filter((one) => !copied.has(one));
  }

  async #createBatch(batch: FileBatch): Promise<void> {
    const { client, files } = batch;
    const planned = files.map((one) => one.planned);
    let stagedBytes = 0;
    const onStaged = (bytes: number) => {
      stagedBytes += bytes;
      this.stagedBytes += bytes;
    };
    try {
      const fetched = await this.#fetch(batch, onStaged);
      const outcome = await this.#placer.place(planned, fetched);
      const reasons = new Map(outcome.failed.map(({ path, reason }) => [path, reason]));
      for (const { planned: one, file } of files) {
        const reason = reasons.get(one.entry.path);
        if (reason === undefined || !isNotGiven(reason)) this.#hopeless.note(one, false);
        else this.#notGiven(client, one, file, isGone(reason));
      }
      await this.#settle(outcome);
    } catch (error) {
      if (!isOfContent(error)) throw error;
      if (lacksDirectory(error)) {
        for (const one of planned) this.#hopeless.note(one, false);
        return await this.#settle(orphansOf(planned));
      }
      const reason = fileErrorCode(error) ?? errorMessage(error);
      for (const { planned: one, file } of files) {
        this.#notGiven(client, one, file, reason === 'content_unavailable');
        if (!isNotGiven(reason)) this.#hopeless.note(one, false);
        this.#fail(one.entry.path, reason);
      }
    } finally {
      this.stagedBytes -= stagedBytes;
    }
  }

  #notGiven(client: BlockSupplier, planned: PlannedPath, file: FileToFetch, isAway: boolean): void {
    this.#sources.failed(client, file, isAway);
    this.#mayTryOther ||= this.#sources.mayTryOther(planned);
    this.#hopeless.note(planned, this.#sources.isGoneEverywhere(planned));
  }

  async #fetch(
    { client, files: batch, sources }: FileBatch,
    onStaged: (bytes: number) => void,
  ): Promise<FetchedFiles | 'staged'> {
    const [first] = batch;
    if (first !== undefined && isLarge(first.file)) {
      await this.#large.fetch(sources, first.file, (bytes) => {
        onStaged(bytes);
        this.#init.onApplied();
      });
      return 'staged';
    }
    const files = batch.map((one) => one.file);
    return this.#fetcher.fetchSmall(client, files);
  }

  async #delete(paths: FolderPath[]): Promise<void> {
    // What lies deeper goes first: a longer path below a directory sorts after it.
    paths.sort((a, b) => (a < b ? 1 : -1));
    await this.#foreseeDeletions(paths);
    for (let at = 0; at < paths.length; at += filesPerBatch) {
      if (this.#stopped) return;
      const batch = paths.slice(at, at + filesPerBatch);
      const planned = this.#plan(await this.#init.index.entries(batch)).filter(
        ({ action }) => action.type === 'apply' && action.target.record.kind === 'tombstone',
      );
      const admitted = (await this.#init.guard?.admit(planned)) ?? planned;
      const settled = await this.#withSettledChildren(admitted);
      await this.#settle(await this.#placer.place(settled, undefined));
    }
  }

  /** All together: a batch alone may be too few to ask about. */
  async #foreseeDeletions(paths: readonly FolderPath[]): Promise<void> {
    const { guard, index } = this.#init;
    if (guard === undefined || !guard.mayAskAbout(paths.length)) return;
    const planned: PlannedPath[] = [];
    for (let at = 0; at < paths.length; at += pathsPerPage) {
      planned.push(...this.#plan(await index.entries(paths.slice(at, at + pathsPerPage))));
    }
    await guard.foreseePlaced(planned);
  }

  /** Without the directories that the index believes to hold something, until the disk was asked. */
  async #withSettledChildren(planned: readonly PlannedPath[]): Promise<readonly PlannedPath[]> {
    const { index, plan } = this.#init;
    const unsettled = await unsettledChildren(index, planned, plan);
    const waiting = new Set<FolderPath>();
    for (const [path, children] of unsettled) {
      const asked = this.#asked.others(children);
      if (asked.length === 0) continue;
      waiting.add(path);
      this.#fail(path, 'what it holds here is looked at first');
      this.#init.onSurprise(asked, []);
    }
    return planned.filter(({ entry }) => !waiting.has(entry.path));
  }

  async #settle(outcome: PlaceOutcome): Promise<void> {
    for (const { path, reason } of outcome.failed) this.#fail(path, reason);
    const orphans = outcome.failed.filter(({ reason }) => reason === directoryMissing);
    await this.#bringParents(orphans.map(({ path }) => path));
    const occupied: FolderPath[] = [];
    for (const path of outcome.notEmpty) {
      const wayOut = await this.#ignored.settle(path);
      if (wayOut === 'cleared') this.#signal.wake();
      if (wayOut === 'blocked') this.#fail(path, 'ignored files keep the directory from going');
      if (wayOut !== 'other') continue;
      this.#fail(path, 'the directory is not empty here');
      if (!(await this.#reviver.revive(path))) occupied.push(path);
    }
    const changed = this.#asked.others(outcome.changed);
    const below = this.#asked.others(occupied);
    if (changed.length > 0 || below.length > 0) this.#init.onSurprise(changed, below);
    if (outcome.placed > 0) this.#init.onApplied();
  }

  /** What comes to life again brings its directories with it; it is placed itself at the next pass. */
  async #bringParents(paths: readonly FolderPath[]): Promise<void> {
    for (const path of this.#orphans.due(paths)) {
      if (this.#init.context.withholds === true) await this.#reviver.takeBackDeletions(path);
      if (this.#init.waitsForArchive === true) continue;
      const { make, look } = await this.#reviver.missingParents(path);
      const asked = this.#asked.others(look);
      if (asked.length > 0) this.#init.onSurprise(asked, []);
      if (make.length > 0) await this.#placer.place(make, undefined);
    }
  }

  #fail(path: FolderPath, reason: string): void {
    if (this.#failures.size < maxProblems) this.#failures.set(path, reason);
  }
}
