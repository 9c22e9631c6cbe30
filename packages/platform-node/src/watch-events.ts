/** What watchers say, as events of the seam. */
import {
  byteStringFromText,
  type FilePath,
  parentPath,
  type WatchEvent,
  type WatchOptions,
} from '@holdfast/platform';

/** More changes at once than this are an overflow: scanning everything is cheaper. */
export const maxPathsPerEvent = 10_000;

/** What a decoder puts where bytes were no UTF-8. */
const replacementCharacter = '\ufffd';

/** Whether the watcher of `root` passes over `path`. */
export function isSkipped(root: FilePath, path: FilePath, options: WatchOptions): boolean {
  if (!path.startsWith(`${root}/`)) return false;
  const names = path.slice(root.length + 1).split('/');
  if (names[0] !== undefined && options.skipNames?.includes(names[0])) return true;
  const prefix = options.skipPrefix ?? '';
  return prefix !== '' && names.some((name) => name.startsWith(prefix));
}

/** Undefined where everything is passed over. */
export function changeEvent(
  root: FilePath,
  options: WatchOptions,
  events: readonly { readonly path: string }[],
): WatchEvent | undefined {
  if (events.length > maxPathsPerEvent) return { type: 'overflow' };
  const paths = new Set<FilePath>();
  const below = new Set<FilePath>();
  for (const { path } of events) {
    const broken = path.indexOf(replacementCharacter);
    const hint =
      broken < 0 ? (byteStringFromText(path) as FilePath) : knownAbove(root, path, broken);
    if (isSkipped(root, hint, options)) continue;
    (broken < 0 ? paths : below).add(hint);
  }
  if (paths.size === 0 && below.size === 0) return undefined;
  const changed = { type: 'changed', paths: [...paths] } as const;
  return below.size === 0 ? changed : { ...changed, below: [...below] };
}

/** The nearest directory above a broken name whose own name is told in full. */
function knownAbove(root: FilePath, nativePath: string, broken: number): FilePath {
  const known = parentPath(byteStringFromText(`${nativePath.slice(0, broken)}x`) as FilePath);
  return known.length < root.length ? root : known;
}

/** FSEvents and ReadDirectoryChangesW say in words that they lost events. */
export function failureEvent(error: Error): WatchEvent {
  return /dropped|overflow|re-scanned|lost/i.test(error.message)
    ? { type: 'overflow' }
    : { type: 'error', error };
}
