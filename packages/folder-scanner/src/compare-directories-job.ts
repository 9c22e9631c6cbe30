/**
 * Directories of the disk beside what the index says of them, in a worker thread. What is as it was,
 * directories apart, is only counted: in a tree that nobody touched, that is nearly everything.
 */
import { readShownState, type StoredChild, unpackChildren } from '@holdfast/folder-index';
import type { FolderPath } from '@holdfast/model';
import type { BulkJob, FilePath } from '@holdfast/platform';
import { ParentChecker } from './confinement.js';
import { isAsShown } from './observe.js';
import {
  type DirectoryListing,
  type ListedEntry,
  listConfined,
  type PathFailure,
} from './scan-jobs.js';

export interface CompareDirectoriesInput {
  readonly root: FilePath;
  readonly directories: readonly KnownDirectory[];
}

export interface KnownDirectory {
  readonly path: FolderPath | '';
  /** Its stored children, packed. */
  readonly known: Uint8Array<ArrayBuffer>;
  /** Nothing is only counted. */
  readonly listsAll: boolean;
}

export interface ComparedEntry extends ListedEntry {
  /** Where its entry lies in `known`; undefined where the index has none. */
  readonly at: number | undefined;
}

export interface ComparedDirectory {
  readonly type: 'compared';
  /** Given back where there is more to say; empty where there is not. */
  readonly known: Uint8Array<ArrayBuffer>;
  readonly unchanged: { readonly files: number; readonly others: number };
  /** Every other entry, by name. */
  readonly entries: readonly ComparedEntry[];
  /** Where the entries of names that are not there lie in `known`. */
  readonly gone: readonly number[];
  readonly failed: readonly PathFailure[];
}

export type DirectoryComparison = ComparedDirectory | Exclude<DirectoryListing, { type: 'listed' }>;

/** One answer for each directory, in order. */
export const compareDirectoriesJob: BulkJob<CompareDirectoriesInput, DirectoryComparison[]> = {
  name: 'scan-compare-directories',
  perform({ root, directories }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return directories.map((directory) => {
      const listing = listConfined(parents, root, directory.path, fileSystem);
      return listing.type === 'listed' ? compareOne(listing, directory) : listing;
    });
  },
  transfer: (comparisons) =>
    comparisons.flatMap((one) =>
      one.type === 'compared' && one.known.length > 0 ? [one.known.buffer] : [],
    ),
};

/** Both are in byte order of their names: one goes along beside the other. */
function compareOne(
  { entries: listed, failed }: Extract<DirectoryListing, { type: 'listed' }>,
  { known, listsAll }: KnownDirectory,
): ComparedDirectory {
  const unread = new Set(failed.map(({ name }) => name));
  const unchanged = { files: 0, others: 0 };
  const entries: ComparedEntry[] = [];
  const gone: number[] = [];
  let next = 0;
  const take = (until: string | undefined) => {
    for (; next < listed.length; next += 1) {
      const entry = listed[next] as ListedEntry;
      if (until !== undefined && entry.name >= until) return;
      entries.push({ ...entry, at: undefined });
    }
  };
  for (const child of unpackChildren(known)) {
    take(child.name);
    const entry = listed[next];
    if (entry?.name !== child.name) {
      if (!unread.has(child.name)) gone.push(child.at);
      continue;
    }
    next += 1;
    if (listsAll || !isSettled(child, entry)) entries.push({ ...entry, at: child.at });
    else if (entry.stat.kind === 'file') unchanged.files += 1;
    else unchanged.others += 1;
  }
  take(undefined);
  const isNeeded = gone.length > 0 || entries.some(({ at }) => at !== undefined);
  const back = isNeeded ? known : new Uint8Array(0);
  return { type: 'compared', known: back, unchanged, entries, gone, failed };
}

function isSettled({ entry }: StoredChild, { stat }: ListedEntry): boolean {
  if (stat.kind === 'directory') return false;
  const shown = readShownState(entry);
  return shown !== undefined && isAsShown(shown, stat);
}
