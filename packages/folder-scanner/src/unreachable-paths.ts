/**
 * What no walk of the disk comes across: rows below what is no directory in the index. What is passed
 * over is not looked at when its directory goes, so such rows are left when patterns change.
 */
import { type FolderIndex, localCurrent, type PathEntry, pathPages } from '@holdfast/folder-index';
import { type FolderPath, parentOf } from '@holdfast/model';

/** Paths that this device shows without having seen them on its disk, out of reach of a walk; in pages. */
export async function* unreachablePaths(
  index: Pick<FolderIndex, 'below' | 'entries'>,
): AsyncIterable<FolderPath[]> {
  const pathOf = (entry: PathEntry) => (isUnseen(entry) ? entry.path : undefined);
  for await (const paths of pathPages(index.below(''), pathOf)) {
    yield await withoutDirectory(index, paths);
  }
}

function isUnseen(entry: PathEntry): boolean {
  const row = localCurrent(entry);
  if (row === undefined || entry.ignored) return false;
  return row.local.disk === undefined && row.version.record.kind !== 'tombstone';
}

/** Those of the paths above which something is no directory. */
async function withoutDirectory(
  index: Pick<FolderIndex, 'entries'>,
  paths: readonly FolderPath[],
): Promise<FolderPath[]> {
  const above = [...new Set(paths.flatMap(directoriesAbove))];
  const entries = await index.entries(above);
  const missing = new Set(entries.filter((entry) => !isDirectory(entry)).map(({ path }) => path));
  return paths.filter((path) => directoriesAbove(path).some((directory) => missing.has(directory)));
}

function isDirectory(entry: PathEntry): boolean {
  return localCurrent(entry)?.version.record.kind === 'directory';
}

function directoriesAbove(path: FolderPath): FolderPath[] {
  const above: FolderPath[] = [];
  for (let directory = parentOf(path); directory !== ''; directory = parentOf(directory)) {
    above.push(directory);
  }
  return above;
}
