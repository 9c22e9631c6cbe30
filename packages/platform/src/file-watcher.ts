/** A hint that something changed. The scan is the truth: events may be late, doubled or lost. */
import type { FilePath } from './file-path.js';

export type WatchEvent =
  | {
      readonly type: 'changed';
      readonly paths: readonly FilePath[];
      /** Directories in which something changed whose name cannot be told: examine all in them. */
      readonly below?: readonly FilePath[];
    }
  /** Events were lost: scan everything. */
  | { readonly type: 'overflow' }
  | { readonly type: 'error'; readonly error: Error }
  /** This tree is not watched, or not any more: scan it at intervals. A sentence for a person. */
  | { readonly type: 'ended'; readonly reason: string };

export interface WatchSubscription {
  /** Idempotent; no event is delivered after it resolves. */
  stop(): Promise<void>;
}

export interface WatchOptions {
  /** Names at the top of the tree that are passed over, with everything below them. */
  readonly skipNames?: readonly string[];
  /** Anywhere in the tree, names that begin so are passed over, with everything below them. */
  readonly skipPrefix?: string;
}

export interface FileWatcher {
  /**
   * Watches `root` and everything below it. What changes after it resolved is reported. Throws
   * `watch_unavailable`.
   */
  watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options?: WatchOptions,
  ): Promise<WatchSubscription>;
}

/** What a machine has to watch with. */
export interface FileWatchers {
  /** On events of the operating system; undefined where there is none for this platform. */
  readonly native: FileWatcher | undefined;
  /** Why there is no native one: a sentence for a person, or empty. */
  readonly nativeProblem: string;
  /** Looks again and again: it sees what raises no event here, and costs more. */
  readonly polling: FileWatcher;
}
