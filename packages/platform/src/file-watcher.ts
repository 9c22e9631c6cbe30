/** A hint that something changed. The scan is the truth: events may be late, doubled or lost. */
import type { FilePath } from './file-path.js';

export type WatchEvent =
  | { readonly type: 'changed'; readonly paths: readonly FilePath[] }
  /** Events were lost: scan everything. */
  | { readonly type: 'overflow' }
  | { readonly type: 'error'; readonly error: Error };

export interface WatchSubscription {
  /** Idempotent; no event is delivered after it resolves. */
  stop(): Promise<void>;
}

export interface FileWatcher {
  /** Watches `root` and everything below it, except below the names in `skipNames` at its top. */
  watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options?: { readonly skipNames?: readonly string[] },
  ): Promise<WatchSubscription>;
}
