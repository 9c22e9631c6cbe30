/**
 * The native watcher of Linux: one inotify(7) watch for each directory, by node's own `fs.watch`, and
 * nothing in memory for a file. Names are bytes. A directory that appears is watched before it is
 * listed, so that nothing in it stays untold. The kernel drops events once its queue is full, and node
 * passes over its notice of that: so many events at once that it may have been full are an overflow.
 */
import { type FSWatcher, readFileSync, watch as watchDirectory } from 'node:fs';
import { lstat } from 'node:fs/promises';
import {
  byteStringFrom,
  bytesOf,
  errorMessage,
  type FilePath,
  type FileWatcher,
  fileErrorCode,
  joinPath,
  textOf,
  type WatchEvent,
  type WatchOptions,
  type WatchSubscription,
} from '@holdfast/platform';
import { passOver } from './pass-over.js';
import { namesIn } from './survey-tree.js';
import { isSkipped, maxPathsPerEvent } from './watch-events.js';
import { watchFailed } from './watch-unavailable.js';

const tooFewWatches = 'On Linux, fs.inotify.max_user_watches may be too low.';
/** The kernel's own default for its queue. */
const usualQueueLength = 16_384;
/** Directories that are listed at once, and entries that are looked at at once. */
const atOnce = 16;
const looksAtOnce = 64;

export class InotifyFileWatcher implements FileWatcher {
  readonly tellsAllOfNewDirectories = true;
  readonly #trees = new Set<WatchedTree>();
  readonly #queueLength: number;
  /** Events since the event loop last went on: all of a process come through one queue. */
  #burst = 0;

  constructor(queueLength = kernelQueueLength()) {
    this.#queueLength = queueLength;
  }

  async watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: WatchOptions = {},
  ): Promise<WatchSubscription> {
    const tree = new WatchedTree(root, listener, options, () => this.#count());
    this.#trees.add(tree);
    const stop = async () => {
      this.#trees.delete(tree);
      tree.close();
    };
    try {
      await tree.begin();
    } catch (cause) {
      await stop();
      throw watchFailed(root, cause, tooFewWatches);
    }
    return { stop };
  }

  #count(): void {
    this.#burst += 1;
    if (this.#burst > 1) return;
    setImmediate(() => {
      // Not every event of the queue comes here: some are about directories that are gone.
      const mayHaveLost = this.#burst * 2 >= this.#queueLength;
      this.#burst = 0;
      for (const tree of mayHaveLost ? this.#trees : []) void tree.beginAnew();
    });
  }
}

/** Owns the watches of one tree. Invariant: where a directory is watched, those above it are. */
class WatchedTree {
  readonly #root: FilePath;
  readonly #listener: (event: WatchEvent) => void;
  readonly #options: WatchOptions;
  readonly #onEvent: () => void;
  readonly #watches = new Map<FilePath, FSWatcher>();
  /** Directories that may not be read: they are tried again when their permissions change. */
  readonly #refused = new Set<FilePath>();
  #changed = new Set<FilePath>();
  #below = new Set<FilePath>();
  /** Where something came or went: what stands there now may be a directory. */
  #moved = new Set<FilePath>();
  #isTelling = false;
  #isFollowing = false;
  #lostEvents = false;
  #closed = false;

  constructor(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: WatchOptions,
    onEvent: () => void,
  ) {
    this.#root = root;
    this.#listener = listener;
    this.#options = options;
    this.#onEvent = onEvent;
  }

  /** Resolves when every directory is watched; rejects where the root cannot be. */
  async begin(): Promise<void> {
    this.#isFollowing = true;
    try {
      await this.#watchAll();
    } finally {
      this.#isFollowing = false;
    }
    void this.#follow();
  }

  /** Events were lost: what is watched may have moved, and what is new may not be watched. */
  async beginAnew(): Promise<void> {
    this.#lostEvents = true;
    await this.#follow();
  }

  close(): void {
    this.#closed = true;
    for (const watch of this.#watches.values()) watch.close();
    this.#watches.clear();
  }

  #watch(directory: FilePath): void {
    const path = Buffer.from(bytesOf(directory));
    const watch = watchDirectory(path, { encoding: 'buffer', persistent: false });
    watch.on('change', (type, name) => this.#happened(directory, type, name));
    watch.on('error', () => void this.beginAnew());
    this.#watches.get(directory)?.close();
    this.#watches.set(directory, watch);
    this.#refused.delete(directory);
  }

  /** Whether it is watched now; one that is gone, or may not be read, is not. Throws on other failures. */
  #watchIfPossible(directory: FilePath): boolean {
    try {
      this.#watch(directory);
      return true;
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === 'EACCES' || code === 'EPERM') this.#refused.add(directory);
      else if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
      return false;
    }
  }

  async #watchAll(): Promise<void> {
    this.#watch(this.#root);
    await this.#watchBelow(this.#root);
  }

  async #watchBelow(top: FilePath): Promise<void> {
    const waiting = [top];
    while (waiting.length > 0 && !this.#closed) {
      const directories = waiting.splice(-atOnce);
      const listings = await Promise.all(directories.map((one) => passOver(namesIn(one), [])));
      if (this.#closed) return;
      for (const [at, directory] of directories.entries()) {
        for (const entry of listings[at] ?? []) {
          if (!entry.isDirectory()) continue;
          const path = joinPath(directory, byteStringFrom(entry.name));
          if (isSkipped(this.#root, path, this.#options)) continue;
          if (this.#watchIfPossible(path)) waiting.push(path);
        }
      }
    }
  }

  #happened(directory: FilePath, type: string, name: Buffer | string | null): void {
    if (this.#closed) return;
    this.#onEvent();
    if (typeof name === 'string' || name === null) this.#below.add(directory);
    else {
      const path = joinPath(directory, byteStringFrom(name));
      if (isSkipped(this.#root, path, this.#options)) return;
      this.#changed.add(path);
      if (type === 'rename' || this.#refused.has(path)) this.#moved.add(path);
    }
    this.#tellSoon();
  }

  /** What one turn of the event loop brings is told at once. */
  #tellSoon(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => {
      this.#isTelling = false;
      if (this.#closed) return;
      this.#tell();
      if (this.#moved.size > 0) void this.#follow();
    });
  }

  #tell(): void {
    const [paths, below] = [[...this.#changed], [...this.#below]];
    this.#changed = new Set();
    this.#below = new Set();
    if (paths.length > maxPathsPerEvent) this.#listener({ type: 'overflow' });
    else if (below.length > 0) this.#listener({ type: 'changed', paths, below });
    else if (paths.length > 0) this.#listener({ type: 'changed', paths });
  }

  /** One at a time: what comes in the meantime is looked at once more, after its last event. */
  async #follow(): Promise<void> {
    if (this.#isFollowing) return;
    this.#isFollowing = true;
    try {
      while (!this.#closed && (this.#lostEvents || this.#moved.size > 0)) {
        if (this.#lostEvents) await this.#watchAllAnew();
        else await this.#watchMoved();
      }
    } catch (error) {
      this.#end(error);
    } finally {
      this.#isFollowing = false;
    }
  }

  async #watchAllAnew(): Promise<void> {
    this.#lostEvents = false;
    this.#moved.clear();
    this.#forget(this.#root);
    await this.#watchAll();
    if (!this.#closed) this.#listener({ type: 'overflow' });
  }

  async #watchMoved(): Promise<void> {
    const paths = [...this.#moved].slice(0, looksAtOnce);
    for (const path of paths) this.#moved.delete(path);
    const stats = await Promise.all(
      paths.map((path) => passOver(lstat(Buffer.from(bytesOf(path))), undefined)),
    );
    for (const [at, path] of paths.entries()) {
      if (this.#closed) return;
      this.#forget(path);
      if (stats[at]?.isDirectory() !== true || !this.#watchIfPossible(path)) continue;
      await this.#watchBelow(path);
      this.#below.add(path);
      this.#tellSoon();
    }
  }

  /** What was watched at a path and below it is somewhere else by now, or gone. */
  #forget(path: FilePath): void {
    if (!this.#watches.has(path)) return;
    for (const [directory, watch] of this.#watches) {
      if (directory !== path && !directory.startsWith(`${path}/`)) continue;
      watch.close();
      this.#watches.delete(directory);
    }
  }

  #end(error: unknown): void {
    if (this.#closed) return;
    this.close();
    const why = `${textOf(this.#root)} is not watched any more: ${errorMessage(error)}.`;
    this.#listener({ type: 'ended', reason: `${why} ${tooFewWatches}` });
  }
}

/** What is read once, where it can be (proc(5)). */
function kernelQueueLength(): number {
  try {
    const length = Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'));
    return length > 0 ? length : usualQueueLength;
  } catch (error) {
    if (fileErrorCode(error) === undefined) throw error;
    return usualQueueLength;
  }
}
