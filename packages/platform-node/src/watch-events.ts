/** What the native watcher says, as events of the seam. */
import { byteStringFromText, type FilePath, parentPath, type WatchEvent } from '@holdfast/platform';

/** More changes at once than this are an overflow: scanning everything is cheaper. */
export const maxPathsPerEvent = 10_000;

/** What a decoder puts where bytes were no UTF-8. */
const replacementCharacter = '\ufffd';

/** Undefined where everything is below a skipped path. */
export function changeEvent(
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
export function failureEvent(error: Error): WatchEvent {
  return /dropped|overflow|re-scanned|lost/i.test(error.message)
    ? { type: 'overflow' }
    : { type: 'error', error };
}
