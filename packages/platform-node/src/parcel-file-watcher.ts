/**
 * The real watcher, on the operating system's events through @parcel/watcher. Its paths are
 * JavaScript strings, so a name that is not UTF-8 cannot be told: the directory above it is
 * reported instead. Two losses pass unseen on Linux, and only a scan makes up for them: an
 * overflow of the kernel's queue, and what happens below a new directory before it is watched.
 */
import {
  errorMessage,
  type FilePath,
  type FileWatcher,
  textOf,
  type WatchEvent,
  type WatchOptions,
  type WatchSubscription,
} from '@holdfast/platform';
import type parcelWatcher from '@parcel/watcher';
import { isTellable } from './survey-tree.js';
import { changeEvent, failureEvent } from './watch-events.js';
import { nameNotTellable, watchFailed } from './watch-unavailable.js';

/** The library; it is loaded by `openFileWatchers`, as not every platform has a build of it. */
export type ParcelWatcher = Pick<typeof parcelWatcher, 'subscribe'>;

export class ParcelFileWatcher implements FileWatcher {
  readonly #library: ParcelWatcher;

  constructor(library: ParcelWatcher) {
    this.#library = library;
  }

  async watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: WatchOptions = {},
  ): Promise<WatchSubscription> {
    let stopped = false;
    const onEvents = (error: Error | null, events: readonly { readonly path: string }[]) => {
      if (stopped) return;
      const event = error === null ? changeEvent(root, options, events) : failureEvent(error);
      if (event !== undefined) listener(event);
    };
    const ignore = (options.skipNames ?? []).filter(isPlainName);
    const subscription = await subscribe(this.#library, root, onEvents, ignore);
    let stopping: Promise<void> | undefined;
    return {
      stop() {
        stopped = true;
        stopping ??= subscription.unsubscribe().catch(endedBefore);
        return stopping;
      },
    };
  }
}

/**
 * The kernel ends the watch of a directory that is deleted (inotify(7), IN_IGNORED). Until the
 * library hears of it, it asks for that end once more, and is told that there is no such watch.
 */
function endedBefore(error: unknown): void {
  const isGone = /Unable to remove watcher: Invalid argument/.test(errorMessage(error));
  if (!isGone) throw error;
}

async function subscribe(
  library: ParcelWatcher,
  root: FilePath,
  onEvents: parcelWatcher.SubscribeCallback,
  ignore: string[],
): Promise<parcelWatcher.AsyncSubscription> {
  if (!isTellable(root)) throw nameNotTellable(root);
  try {
    return await library.subscribe(textOf(root), onEvents, { ignore });
  } catch (cause) {
    throw watchFailed(root, cause, 'On Linux, fs.inotify.max_user_watches may be too low.');
  }
}

/** Names with a special meaning to the library's patterns, and non-ASCII ones, are left to our own filter. */
function isPlainName(name: string): boolean {
  return /^[\w.-]+$/.test(name);
}
