/**
 * The real watcher, on the operating system's events through @parcel/watcher. Its paths are
 * JavaScript strings, so a name that is not UTF-8 cannot be told: the directory above it is
 * reported instead. Two losses pass unseen on Linux, and only a scan makes up for them: an
 * overflow of the kernel's queue, and what happens below a new directory before it is watched.
 */
import {
  AppError,
  byteStringFromText,
  errorMessage,
  type FilePath,
  type FileWatcher,
  joinPath,
  parentPath,
  textOf,
  type WatchEvent,
  type WatchSubscription,
} from '@holdfast/platform';
import parcelWatcher from '@parcel/watcher';

/** More changes at once than this are an overflow: scanning everything is cheaper. */
const maxPathsPerEvent = 10_000;

/** What a decoder puts where bytes were no UTF-8. */
const replacementCharacter = '\ufffd';

export class ParcelFileWatcher implements FileWatcher {
  async watch(
    root: FilePath,
    listener: (event: WatchEvent) => void,
    options: { readonly skipNames?: readonly string[] } = {},
  ): Promise<WatchSubscription> {
    const skipped = (options.skipNames ?? []).map((name) => joinPath(root, name));
    let stopped = false;
    const onEvents = (error: Error | null, events: readonly { readonly path: string }[]) => {
      if (stopped) return;
      const event = error === null ? changeEvent(root, skipped, events) : failureEvent(error);
      if (event !== undefined) listener(event);
    };
    const ignore = (options.skipNames ?? []).filter(isPlainName);
    const subscription = await subscribe(root, onEvents, ignore);
    let stopping: Promise<void> | undefined;
    return {
      stop() {
        stopped = true;
        stopping ??= subscription.unsubscribe();
        return stopping;
      },
    };
  }
}

async function subscribe(
  root: FilePath,
  onEvents: parcelWatcher.SubscribeCallback,
  ignore: string[],
): Promise<parcelWatcher.AsyncSubscription> {
  const nativeRoot = textOf(root);
  if (byteStringFromText(nativeRoot) !== root) {
    throw new AppError('watch_unavailable', `${nativeRoot} cannot be watched: no UTF-8 name.`, {
      hint: 'The folder is still scanned at intervals.',
    });
  }
  try {
    return await parcelWatcher.subscribe(nativeRoot, onEvents, { ignore });
  } catch (error) {
    throw new AppError(
      'watch_unavailable',
      `${nativeRoot} cannot be watched: ${errorMessage(error)}.`,
      {
        hint: 'The folder is still scanned at intervals. On Linux, fs.inotify.max_user_watches may be too low.',
        kind: 'retry',
        cause: error,
      },
    );
  }
}

/** Names with a special meaning to the library's patterns, and non-ASCII ones, are left to our own filter. */
function isPlainName(name: string): boolean {
  return /^[\w.-]+$/.test(name);
}

function changeEvent(
  root: FilePath,
  skipped: readonly FilePath[],
  events: readonly { readonly path: string }[],
): WatchEvent | undefined {
  if (events.length > maxPathsPerEvent) return { type: 'overflow' };
  const paths = new Set<FilePath>();
  for (const { path } of events) {
    const hint = filePathOf(root, path);
    if (!skipped.some((skip) => hint === skip || hint.startsWith(`${skip}/`))) paths.add(hint);
  }
  return paths.size === 0 ? undefined : { type: 'changed', paths: [...paths] };
}

/** The path itself, or the nearest directory above it whose name is told in full. */
function filePathOf(root: FilePath, nativePath: string): FilePath {
  const broken = nativePath.indexOf(replacementCharacter);
  if (broken < 0) return byteStringFromText(nativePath) as FilePath;
  const known = parentPath(byteStringFromText(`${nativePath.slice(0, broken)}x`) as FilePath);
  return known.length < root.length ? root : known;
}

/** FSEvents and ReadDirectoryChangesW say in words that they lost events. */
function failureEvent(error: Error): WatchEvent {
  return /dropped|overflow|re-scanned|lost/i.test(error.message)
    ? { type: 'overflow' }
    : { type: 'error', error };
}
