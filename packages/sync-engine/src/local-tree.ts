/**
 * The tree of one folder on this device: watching, scanning, applying, and keeping what is set
 * aside. The folder engine owns it and tells it when there is something to do.
 */
import { localCurrent } from '@holdfast/folder-index';
import { FolderScanner, type ScanProgress } from '@holdfast/folder-scanner';
import { type FolderPath, ownDirectoryName, temporaryPrefix } from '@holdfast/model';
import {
  AppError,
  errorMessage,
  randomFraction,
  type Timer,
  type WatchEvent,
} from '@holdfast/platform';
import type { DeviceTrouble } from '@holdfast/sync-protocol';
import { stopHint, stopSentences, troubleOf } from './device-trouble.js';
import type { WatchChoice } from './folder-config.js';
import { FolderIgnore } from './folder-ignore.js';
import { HeldKeeper } from './held-keeper.js';
import { HeldReconciler, type VersionSearch } from './held-reconciler.js';
import { HeldRelease } from './held-release.js';
import type { FolderTreeInit } from './local-tree-init.js';
import { PathClaims } from './path-claims.js';
import { ScanQueue, type ScanRequest } from './scan-queue.js';
import { nativePace, pollingPace, SecondLooks } from './second-looks.js';
import { StagedFiles } from './staged-files.js';
import { TreeApplier } from './tree-applier.js';
import { TreeWatch, type WatchState } from './tree-watch.js';

const noProgress: ScanProgress = { files: 0, hashedBytes: 0 };
/** Whatever the watcher missed is found by then. */
const rescanIntervalMs = 10 * 60_000;
/** Where nothing watches, a tree is looked through this often, and for at most a tenth of the time. */
const unwatchedIntervalMs = 60_000;
const scansFitInInterval = 10;
const stoppedRetryMs = 10_000;
/** Events of one burst are taken together. */
const eventDelayMs = 10;
/** Longer than the grain of a file system's clock. */
const youngDelayMs = 60;
/** A tree is watched anew so long after new directories were met, and for at most a tenth of the time. */
const watchAgainDelayMs = 2_000;

export class LocalTree {
  /** For those who change the tree beside the applying of remote changes. */
  readonly claims = new PathClaims();
  readonly heldKeeper: HeldKeeper;
  readonly #init: FolderTreeInit;
  readonly #queue: ScanQueue;
  readonly #scanner: FolderScanner;
  readonly #applier: TreeApplier;
  readonly #staged: StagedFiles;
  readonly #heldRelease: HeldRelease;
  readonly #held: HeldReconciler;
  readonly #watch: TreeWatch;
  readonly #ignore: FolderIgnore;
  readonly #looks: SecondLooks;
  #rescan: Timer | undefined;
  #scanTookMs = 0;
  #retry: Timer | undefined;
  #watchAgainTimer: Timer | undefined;
  #watchedAtMs = 0;
  #stopReason = '';
  /** What a look at single paths missed, and may be below what is no directory: a walk does not come by. */
  #missed: readonly FolderPath[] = [];
  #stopError: unknown;
  #scannedOnce = false;
  #isLooking = false;
  #scanProgress: ScanProgress = noProgress;
  #knownFiles = 0;
  #stopped = false;

  constructor(init: FolderTreeInit) {
    this.#init = init;
    const { root, marker } = init.tree;
    const rules = () => this.#ignore.rules;
    this.#ignore = new FolderIgnore({ ...init, root, onLookAgain: (ms) => this.#rescanIn(ms) });
    this.#scanner = new FolderScanner({
      ...init,
      root,
      marker,
      rules,
      isCovered: (id, sequence) => init.coverage().covers(id as never, sequence),
      isBeingPlaced: (path) => this.claims.has(path) || this.#applier.isPlacing(path),
      nowMs: () => init.clock.now(),
      onProgress: (progress) => {
        this.#scanProgress = progress;
        init.onChange();
      },
    });
    this.#queue = new ScanQueue(init.clock, (request) => this.#scan(request));
    const look = (paths: readonly FolderPath[]) =>
      this.#queue.request({ all: false, paths, below: [] });
    this.#looks = new SecondLooks({
      clock: init.clock,
      pace: () => this.#lookPace,
      look,
      onUnnoticed: (paths) => void this.#considerWatch(paths),
    });
    const { claims } = this;
    const onDue = () => this.#applier.wake();
    this.#held = new HeldReconciler({ ...init, root, claims, onDue, onCopied: look });
    this.#staged = new StagedFiles({ ...init, root });
    this.#applier = new TreeApplier({
      ...init,
      root,
      held: this.#held,
      appearances: this.#looks,
      onStaging: (target) => this.#staged.note(target),
      rules,
      mayApply: () => this.#mayApply(),
      onSurprise: (paths, below) => this.#queue.request({ all: false, paths, below }),
      onApplied: init.onChange,
    });
    this.#watch = new TreeWatch({
      ...init,
      root,
      choice: init.tree.watch,
      options: { skipNames: [ownDirectoryName], skipPrefix: temporaryPrefix },
      onEvent: (event) => this.#onEvent(event),
      onRenewed: () => this.#watchRenewed(),
    });
    this.heldKeeper = new HeldKeeper({ ...init, root, onCopied: look });
    this.#heldRelease = new HeldRelease({
      ...init,
      hasHeld: () => init.index.counts.held > 0,
      mayRelease: () => this.#stopReason === '',
      release: () => this.heldKeeper.release(init.coverage()),
      onError: (error) => this.#warn('letting go of held content failed', error),
    });
  }

  /** Why the tree is not touched; empty while all is in order. */
  get stopReason(): string {
    return this.#stopReason;
  }

  /** The first scan is done, and nothing waits to be examined. */
  get isSettled(): boolean {
    return this.#scannedOnce && this.#queue.isIdle && !this.#applier.isWorking;
  }

  /** How changes are noticed here. */
  get watchState(): WatchState {
    return this.#watch.state;
  }

  get isScanning(): boolean {
    return !this.#queue.isIdle;
  }

  /** Whether the disk is being compared with the index. */
  get isLooking(): boolean {
    return this.#isLooking;
  }

  get hasScanned(): boolean {
    return this.#scannedOnce;
  }

  /** How far the scan is that runs, and of how many files of the last time; absent while none does. */
  get scanProgress(): (ScanProgress & { readonly knownFiles: number }) | undefined {
    if (this.#queue.isIdle) return undefined;
    return { ...this.#scanProgress, knownFiles: this.#knownFiles };
  }

  get problems() {
    const unapplied = this.#init.index.counts.needFiles > 0 ? this.#applier.problems() : [];
    return [...this.#scanner.problems.list(), ...unapplied];
  }

  /** Entries that are passed over, with the reason: no fault, and never waited for. */
  get leftOut() {
    return this.#scanner.leftOut.list();
  }

  /** Why nothing new is taken, for other devices. */
  get trouble(): DeviceTrouble | undefined {
    return troubleOf(this.#stopError) ?? this.#applier.trouble;
  }

  get unreadable(): number {
    return this.#scanner.problems.count;
  }

  /** Content that was fetched and is not in place yet. */
  get stagedBytes(): number {
    return this.#applier.stagedBytes;
  }

  async start(): Promise<void> {
    this.#applier.start();
    await this.#watch.start();
    this.#watchChanged();
  }

  /** A person chose how changes are to be noticed. */
  chooseWatch(choice: WatchChoice): void {
    this.#watch.choose(choice);
  }

  wake(): void {
    this.#applier.wake();
  }

  /** Somebody changed what scans go by. */
  lookAgain(): void {
    this.#queue.request({ all: true, paths: [], below: [] });
  }

  /** Lets go of what is covered by now. */
  releaseHeld(): void {
    this.#heldRelease.wake();
  }

  /** Resolves when everything was compared with the index. Throws where the folder is stopped. */
  async rescan(): Promise<void> {
    await this.#queue.requestAndWait({ all: true, paths: [], below: [] });
    if (this.#stopReason === '') return;
    throw new AppError('folder_stopped', this.#stopReason, {
      hint: stopHint(this.#stopError),
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#heldRelease.stop();
    this.#held.stop();
    this.#looks.stop();
    this.#retry?.cancel();
    this.#rescan?.cancel();
    this.#watchAgainTimer?.cancel();
    await this.#watch.stop();
    await this.#queue.stop();
    await this.#applier.stop();
  }

  async #scan(request: ScanRequest): Promise<void> {
    if (this.#stopped || this.#init.isPaused()) return;
    this.#isLooking = true;
    try {
      await this.#scanner.checkRoot();
      const hasNewRules = await this.#ignore.refresh(() => this.#scanner.scanUnreachable());
      const first = request.all || !this.#scannedOnce || hasNewRules;
      const beganMs = this.#init.clock.monotonic();
      if (first) await this.#watch.noteFileSystem();
      this.#scanProgress = noProgress;
      this.#knownFiles = first ? this.#init.index.counts.files : 0;
      if (!this.#scannedOnce) await this.#held.begin();
      const result = first
        ? await this.#scanner.scanAll({ paths: this.#missed })
        : await this.#scanner.scanPaths(request.paths, request.below);
      await this.#clearStaged(result.temporaries, request.below);
      this.#scannedOnce = true;
      if (first) this.#held.setDue();
      if (first) this.#scanTookMs = this.#init.clock.monotonic() - beganMs;
      // What is mounted there now is not what was watched before.
      if (this.#stopReason !== '') this.#watch.renew();
      this.#setStopReason('');
      this.#stopError = undefined;
      this.#missed = result.mustLookAtAll ? request.paths : [];
      if (result.mustLookAtAll) this.#queue.request({ all: true, paths: [], below: [] });
      if (result.young.length > 0) {
        this.#queue.requestSoon({ all: false, paths: result.young, below: [] }, youngDelayMs);
      }
      if (result.again.length > 0) {
        this.#queue.requestLater({ all: false, paths: result.again, below: [] });
      }
      this.#looks.found(result.fresh);
      if (!first && result.newDirectories > 0) this.#watchAgain();
      if (result.changed > 0) this.#init.onChange();
      this.#applier.wake();
    } catch (error) {
      this.#stopError = error;
      this.#setStopReason(stopSentences(error));
      this.#rescanIn(stoppedRetryMs);
    } finally {
      this.#isLooking = false;
      this.#init.onChange();
    }
  }

  #rescanIn(delayMs: number): void {
    this.#retry?.cancel();
    this.#retry = this.#init.clock.setTimer(delayMs, () => {
      this.#queue.request({ all: true, paths: [], below: [] });
    });
  }

  /** After a loss of the index: what lies aside is held again, as far as somebody knows what it is. */
  async reclaimHeld(search: VersionSearch): Promise<void> {
    await this.#scanner.checkRoot();
    await this.#held.reclaim(search);
  }

  /** At the start all that were found; later those in directories that have to go, and what nobody wants now. */
  async #clearStaged(found: readonly FolderPath[], below: readonly FolderPath[]): Promise<void> {
    if (!this.#scannedOnce) return this.#staged.clear(found);
    if (this.#applier.isWorking) return;
    const inWay = found.filter((path) => below.some((above) => path.startsWith(`${above}/`)));
    await this.#staged.clear(inWay);
  }

  #setStopReason(reason: string): void {
    if (reason !== '' && reason !== this.#stopReason) {
      this.#init.logger.warn('folder stopped', { folder: this.#init.folder, reason });
    }
    this.#stopReason = reason;
  }

  /** Nothing is applied before the disk was compared with the index. */
  async #mayApply(): Promise<boolean> {
    if (this.#init.isPaused() || !this.#init.mayApply()) return false;
    if (!this.#scannedOnce || this.#stopReason !== '') return false;
    try {
      await this.#scanner.checkRoot();
      if (await this.#ignore.isCurrent()) return true;
      this.#queue.request({ all: true, paths: [], below: [] });
      return false;
    } catch (error) {
      this.#setStopReason(errorMessage(error));
      this.#queue.request({ all: true, paths: [], below: [] });
      return false;
    }
  }

  get #lookPace() {
    const { method } = this.#watch.state;
    if (method === 'scans') return undefined;
    return method === 'native' ? nativePace : pollingPace;
  }

  /** What was placed, is there, and raised no event lies in a directory that is not watched. */
  async #considerWatch(unnoticed: readonly FolderPath[]): Promise<void> {
    try {
      const entries = await this.#init.index.entries(unnoticed);
      const isThere = entries.some((entry) => localCurrent(entry)?.local.disk !== undefined);
      if (isThere && !this.#stopped) this.#watchAgain();
    } catch (error) {
      this.#warn('whether all is watched is not known', error);
    }
  }

  /** Directories that were filled before they were watched are watched by subscribing anew. */
  #watchAgain(): void {
    if (this.#watch.state.method !== 'native') return;
    const sinceMs = this.#init.clock.monotonic() - this.#watchedAtMs;
    const restMs = this.#scanTookMs * scansFitInInterval - sinceMs;
    this.#watchAgainTimer ??= this.#init.clock.setTimer(Math.max(watchAgainDelayMs, restMs), () => {
      this.#watchAgainTimer = undefined;
      if (!this.#stopped) this.#watch.renew();
    });
  }

  #watchRenewed(): void {
    this.#watchedAtMs = this.#init.clock.monotonic();
    this.#looks.renewed();
    this.#watchChanged();
  }

  #watchChanged(): void {
    if (this.#stopped) return;
    this.#queue.request({ all: true, paths: [], below: [] });
    this.#scheduleRescan();
    this.#init.onChange();
  }

  #onEvent(event: WatchEvent): void {
    if (this.#stopped) return;
    if (event.type === 'changed') {
      const hints = this.#ignore.insideOf(event.paths);
      const below = this.#ignore.insideOf(event.below ?? []);
      const all = hints.all || below.all;
      this.#looks.named(hints.paths, below.all ? [''] : below.paths);
      if (!all && hints.paths.length === 0 && below.paths.length === 0) return;
      this.#queue.requestSoon({ all, paths: hints.paths, below: below.paths }, eventDelayMs);
    } else {
      if (event.type === 'error') this.#warn('watching failed', event.error);
      this.#watchChanged();
    }
  }

  #scheduleRescan(): void {
    const jitter = 0.75 + randomFraction(this.#init.random) / 2;
    const intervalMs =
      this.#watch.state.method === 'scans'
        ? Math.max(unwatchedIntervalMs, this.#scanTookMs * scansFitInInterval)
        : rescanIntervalMs;
    this.#rescan?.cancel();
    this.#rescan = this.#init.clock.setTimer(intervalMs * jitter, () => {
      if (this.#stopped) return;
      this.#queue.request({ all: true, paths: [], below: [] });
      this.#scheduleRescan();
    });
  }

  #warn(what: string, error: unknown): void {
    this.#init.logger.warn(what, { folder: this.#init.folder, reason: errorMessage(error) });
  }
}
