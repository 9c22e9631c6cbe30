/**
 * What a change of one path's entry means for the keys beside it and for the running counts: pure,
 * from the entry before and after. The index turns the answer into writes.
 */
import {
  conflictNameOf,
  contentBytesOf,
  type FolderPath,
  isCopyable,
  type VersionId,
} from '@holdfast/model';
import { guardedRows, offerOf } from './guard-mark.js';
import {
  type LocalRow,
  localCurrent,
  type PathEntry,
  rowOf,
  type VersionRow,
} from './path-entry.js';

/** What a path still lacks here, by the policy of the folder's role; undefined: nothing. */
export interface Need {
  readonly bytes: number;
}

export interface IndexPolicy {
  needOf(entry: PathEntry): Need | undefined;
  /** Whether the path shows a change that this device keeps to itself; absent where there is none. */
  isLocalChange?(entry: PathEntry): boolean;
  /** Whether every version that a peer offers is to be archived. */
  readonly queuesOffers: boolean;
}

export interface RowKey {
  readonly id: VersionId;
  readonly sequence: number;
  readonly side: boolean;
}

export interface CountChange {
  files: number;
  bytes: number;
  needFiles: number;
  needBytes: number;
  held: number;
  guarded: number;
}

/** The local rows of an entry, by version. */
function localRows(entry: PathEntry): LocalRow[] {
  return entry.rows.filter((row): row is LocalRow => row.local !== undefined);
}

/**
 * Whether anything changes of what this device shows, keeps or offers: not where only members told
 * something. Parts of an entry that stay are the same values in the next.
 */
export function changesLocalRows(before: PathEntry, after: PathEntry): boolean {
  if (before.ignored !== after.ignored) return true;
  const old = localRows(before);
  const now = localRows(after);
  return (
    old.length !== now.length ||
    now.some((row, at) => {
      const was = old[at];
      return (
        was?.version !== row.version ||
        was.local !== row.local ||
        was.checked !== row.checked ||
        was.guard !== row.guard
      );
    })
  );
}

/** Local rows that must get a sequence: new ones and those that are offered as something else now. */
export function unnumberedRows(before: PathEntry, after: PathEntry): LocalRow[] {
  const known = new Map(localRows(before).map((row) => [row.version.id, row.local]));
  return localRows(after).filter((row) => {
    const old = known.get(row.version.id);
    if (old === undefined || old.state !== row.local.state || row.local.sequence === 0) return true;
    const was = offerOf(rowOf(before, row.version.id) ?? row, old);
    const is = offerOf(row, row.local);
    return was.state !== is.state || was.checked !== is.checked;
  });
}

/** Keys of local rows as they stood. */
export function localKeys(entry: PathEntry): RowKey[] {
  return localRows(entry).map(({ version, local }) => ({
    id: version.id,
    sequence: local.sequence,
    side: local.state === 'side',
  }));
}

/** What a device offers and this archive has not taken yet, by the device's sequence. */
export interface QueuedOffer {
  readonly path: FolderPath;
  readonly id: VersionId;
  readonly sequence: number;
}

/** Offers of peers that an archive has not yet taken: (device, sequence) with the version. */
export function pendingOffers(entry: PathEntry) {
  return entry.rows
    .filter((row) => !row.archived)
    .flatMap(({ version: { id, record }, peers }) =>
      peers.map((peer) => ({ peer, id, bytes: contentBytesOf(record) })),
    );
}

/** How the running counts move from one entry to the next. */
export function countChange(
  before: PathEntry,
  after: PathEntry,
  needBefore: Need | undefined,
  needAfter: Need | undefined,
): CountChange {
  return {
    files: fileCount(after) - fileCount(before),
    bytes: fileBytes(after) - fileBytes(before),
    needFiles: (needAfter ? 1 : 0) - (needBefore ? 1 : 0),
    needBytes: (needAfter?.bytes ?? 0) - (needBefore?.bytes ?? 0),
    held: sideCount(after) - sideCount(before),
    guarded: guardedRows(after) - guardedRows(before),
  };
}

/** Whether the folder shows a conflict copy at the path. */
export function isConflictCopy(entry: PathEntry): boolean {
  const row = localCurrent(entry);
  if (row === undefined || entry.ignored || !isCopyable(row.version.record)) return false;
  return conflictNameOf(entry.path) !== undefined;
}

/** What is passed over is no part of what the folder shows. */
function fileCount(entry: PathEntry): number {
  if (entry.ignored) return 0;
  return localCurrent(entry)?.version.record.kind === 'file' ? 1 : 0;
}

function fileBytes(entry: PathEntry): number {
  const row: VersionRow | undefined = localCurrent(entry);
  return row === undefined || entry.ignored ? 0 : contentBytesOf(row.version.record);
}

function sideCount(entry: PathEntry): number {
  return localRows(entry).filter((row) => row.local.state === 'side').length;
}
