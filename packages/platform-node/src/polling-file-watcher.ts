/**
 * A watcher that looks again and again, on chokidar, for places where no event tells of a change:
 * network and FUSE mounts, platforms without a native watcher. It costs a stat for each entry and
 * round, and memory for each entry, so it takes on trees up to a bound only and says `ended` for
 * others. It opens no file. Names that text cannot tell end it too: a scan sees them.
 */
import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import {
  byteStringFrom,
  byteStringFromText,
  type Clock,
  type FilePath,
  type FileWatcher,
  joinPath,
  textOf,
  type WatchEvent,
  type WatchOptions,
  type WatchSubscription,
} from '@holdfast/platform';
import { type FSWatcher, watch as watchFiles } from 'chokidar';
import { passOver } from './pass-over.js';
import { isTellable, namesIn, surveyTree, type TreeSurvey } from './survey-tree.js';
import { systemClock } from './system-clock.js';
import { changeEvent, isSkipped } from './watch-events.js';
import { watchFailed } from './watch-unavailable.js';

export interface PollingOptions {
  /** Rounds of a quick tree begin this far apart. */
  readonly minIntervalMs: number;
  /** A tree so slow that rounds would have to be further apart is not polled. */
  readonly maxIntervalMs: number;
  /** Larger trees are not polled. Five thousand entries took 80 MB, ten thousand 120. */
  readonly maxEntries: number;
}

export const pollingDefaults: PollingOptions = {
  minIntervalMs: 2_000,
  maxIntervalMs: 30_000,
  maxEntries: 5_000,
};

/** A round shall keep a thread busy for no more than this part of the time. */
const roundsFitInInterval = 4;

/** What `fs.watchFile` said, which chokidar hands on. */
interface StatChange {
  readonly curr: Stats;
}

export class PollingFileWatcher implements FileWatcher {
  readonly #options: PollingOptions;
  readonly #clock: Clock;

  constructor(options: Partial<PollingOptions> = {}, clock: Clock = systemClock) {
    this.#options = { ...pollingDefaults, ...options };
    this.#clock = clock;
  }

  async watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: WatchOptions = {},
  ): Promise<WatchSubscription> {
    const survey = await this.#survey(root, options);
    if (survey.type !== 'whole') {
      listener({ type: 'ended', reason: reasonOf(survey, this.#options) });
      return { stop: async () => undefined };
    }
    const { minIntervalMs, maxEntries } = this.#options;
    const polled = new PolledTree(root, listener, options, {
      clock: this.#clock,
      intervalMs: Math.max(minIntervalMs, Math.ceil(survey.elapsedMs * roundsFitInInterval)),
      entries: survey.entries,
      maxEntries,
    });
    await polled.ready;
    return polled;
  }

  async #survey(root: FilePath, options: WatchOptions): Promise<TreeSurvey> {
    if (!isTellable(root)) return { type: 'untellable', path: root };
    const { maxEntries, maxIntervalMs } = this.#options;
    const limits = { maxEntries, maxMs: maxIntervalMs / roundsFitInInterval };
    const skips = (path: FilePath) => isSkipped(root, path, options);
    try {
      return await surveyTree(root, limits, skips, this.#clock);
    } catch (cause) {
      throw watchFailed(root, cause);
    }
  }
}

interface PolledTreeInit {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly entries: number;
  readonly maxEntries: number;
}

/** One tree that is polled; it ends by itself when it outgrows what can be polled. */
class PolledTree implements WatchSubscription {
  readonly ready: Promise<void>;
  readonly #root: FilePath;
  readonly #listener: (event: WatchEvent) => void;
  readonly #options: WatchOptions;
  readonly #watcher: FSWatcher;
  readonly #init: PolledTreeInit;
  readonly #young = new Set<string>();
  readonly #youngDirectories = new Set<string>();
  #entries: number;
  #ended = false;
  #closing: Promise<void> | undefined;

  constructor(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: WatchOptions,
    init: PolledTreeInit,
  ) {
    this.#root = root;
    this.#listener = listener;
    this.#options = options;
    this.#init = init;
    this.#entries = init.entries;
    this.#watcher = watchFiles(textOf(root), {
      usePolling: true,
      interval: init.intervalMs,
      binaryInterval: init.intervalMs,
      followSymlinks: false,
      ignoreInitial: true,
      ignorePermissionErrors: true,
      atomic: false,
      ignored: (path) => isSkipped(root, hintOf(path), options),
    });
    this.ready = this.#listen();
  }

  stop(): Promise<void> {
    this.#ended = true;
    this.#closing ??= this.#watcher.close();
    return this.#closing;
  }

  /** Resolves when every entry is polled, or it is known that some will not be. */
  async #listen(): Promise<void> {
    const begun = new Promise<void>((resolve) => {
      this.#watcher.on('ready', resolve);
      this.#watcher.on('error', (error) => {
        this.#failed(error);
        resolve();
      });
    });
    this.#watcher.on('all', (event, path) => this.#changed(event, path));
    // A stat that differs in anything, of a directory too; `all` passes over older times.
    this.#watcher.on('raw', (_event, path, details) => this.#differs(path, details as StatChange));
    await begun;
    // Calls are taken in turn: the first look at every entry has begun when this one is answered.
    await passOver<unknown>(lstat(textOf(this.#root)), undefined);
  }

  #changed(event: string, path: string): void {
    this.#tell([{ path }]);
    if (event === 'unlink' || event === 'unlinkDir') this.#entries -= 1;
    if (event !== 'add' && event !== 'addDir') return;
    this.#entries += 1;
    if (this.#entries > this.#init.maxEntries)
      this.#end(reasonOf({ type: 'too-large' }, this.#init));
    else this.#tellAgain(path, event === 'addDir');
  }

  /**
   * The library reads a new entry first and takes its stat to compare with later: what happens in
   * between it never tells. One round later both are done.
   */
  #tellAgain(path: string, isDirectory: boolean): void {
    this.#young.add(path);
    if (isDirectory) this.#youngDirectories.add(path);
    if (this.#young.size > 1) return;
    this.#init.clock.setTimer(this.#init.intervalMs, () => {
      const paths = [...this.#young].map(hintOf);
      const below = [...this.#youngDirectories].map(hintOf);
      this.#young.clear();
      this.#youngDirectories.clear();
      if (!this.#ended) this.#listener({ type: 'changed', paths, below });
    });
  }

  #differs(path: string, details: StatChange): void {
    this.#tell([{ path }]);
    if (!details.curr.isDirectory()) return;
    const directory = hintOf(path);
    // Not every entry that came or went has an event of its own: a broken symlink has none.
    if (!this.#ended) this.#listener({ type: 'changed', paths: [], below: [directory] });
    void this.#lookForUntellable(directory);
  }

  async #lookForUntellable(directory: FilePath): Promise<void> {
    const entries = await passOver(namesIn(directory), []);
    const path = entries
      .map(({ name }) => joinPath(directory, byteStringFrom(name)))
      .find((entry) => !isTellable(entry));
    if (path !== undefined) this.#end(reasonOf({ type: 'untellable', path }, this.#init));
  }

  #tell(events: readonly { readonly path: string }[]): void {
    if (this.#ended) return;
    const event = changeEvent(this.#root, this.#options, events);
    if (event !== undefined) this.#listener(event);
  }

  #failed(cause: unknown): void {
    if (this.#ended) return;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    this.#listener({ type: 'error', error });
    this.#end(`Watching failed (${error.message}).`);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    void this.stop();
    this.#listener({ type: 'ended', reason });
  }
}

function hintOf(path: string): FilePath {
  return byteStringFromText(path) as FilePath;
}

function reasonOf(
  survey: Exclude<TreeSurvey, { type: 'whole' }>,
  { maxEntries }: { readonly maxEntries: number },
): string {
  if (survey.type === 'too-large') {
    return `There are more than ${maxEntries} entries, too many to look at each every few seconds.`;
  }
  if (survey.type === 'too-slow') return 'It takes too long to look at every entry.';
  return `The name ${textOf(survey.path)} is not UTF-8, and cannot be watched by itself.`;
}
