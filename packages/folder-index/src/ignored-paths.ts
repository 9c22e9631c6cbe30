/**
 * Which paths an index passes over. Each entry says so itself, so that what it needs is a function of
 * the entry alone; when the patterns change, `FolderIndex.ignore` judges the entries anew.
 */
import type { FolderPath } from '@holdfast/model';
import type { FolderIndex } from './folder-index.js';
import { judged, type PathEntry } from './path-entry.js';
import { pathPages } from './path-pages.js';

/** What a folder's patterns say. */
export interface IgnoredPaths {
  /** Equal for patterns that say the same. */
  readonly fingerprint: string;
  isIgnored(path: FolderPath): boolean;
}

/** Marks every entry as the patterns say; writes only those that are marked otherwise. */
export async function judgeAgain(
  index: Pick<FolderIndex, 'below' | 'update'>,
  ignores: IgnoredPaths,
): Promise<void> {
  const judge = (entry: PathEntry) => judged(entry, ignores.isIgnored(entry.path));
  const pathOf = (entry: PathEntry) => (judge(entry) === entry ? undefined : entry.path);
  for await (const paths of pathPages(index.below(''), pathOf)) {
    await index.update(paths, judge, { sync: false });
  }
}
