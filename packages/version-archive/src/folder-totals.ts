/** What the index remembers of a folder as a whole. */
import { ByteReader, ByteWriter } from '@holdfast/model';
import type { RecordKind } from './current-row.js';

export interface FolderTotals {
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** The log's head after the folder's last entry. */
  readonly head: string;
  /** Different versions, whether they became current or not. */
  readonly versions: number;
  /** Paths that show a file or a symlink now. */
  readonly files: number;
  /** Paths that showed a file or a symlink and show nothing now. */
  readonly deletedFiles: number;
}

/** What a path shows: its kind, and the last kind before a deletion. */
export interface PathState {
  readonly kind: RecordKind;
  readonly lastKind: RecordKind;
}

export function encodeFolderTotals(totals: FolderTotals): Uint8Array {
  const writer = new ByteWriter().u64(totals.firstPosition).u64(totals.lastPosition);
  writer.hex(totals.head).u64(totals.versions).u64(totals.files).u64(totals.deletedFiles);
  return writer.bytes();
}

export function decodeFolderTotals(bytes: Uint8Array): FolderTotals {
  const reader = new ByteReader(bytes);
  return {
    firstPosition: reader.u64(),
    lastPosition: reader.u64(),
    head: reader.hex(32),
    versions: reader.u64(),
    files: reader.u64(),
    deletedFiles: reader.u64(),
  };
}

/** The state of a path in which a version of `kind` became current. */
export function pathStateAfter(before: PathState | undefined, kind: RecordKind): PathState {
  if (kind !== 'tombstone') return { kind, lastKind: kind };
  return { kind, lastKind: before?.lastKind ?? 'tombstone' };
}

/** The totals after a path went from one state to another. */
export function movePath(
  totals: FolderTotals,
  before: PathState | undefined,
  after: PathState,
): FolderTotals {
  const files = totals.files + showsFile(after) - showsFile(before);
  const deletedFiles = totals.deletedFiles + deletedFile(after) - deletedFile(before);
  return { ...totals, files, deletedFiles };
}

function isFileLike(kind: RecordKind): boolean {
  return kind === 'file' || kind === 'symlink';
}

function showsFile(state: PathState | undefined): number {
  return state !== undefined && isFileLike(state.kind) ? 1 : 0;
}

function deletedFile(state: PathState | undefined): number {
  return state?.kind === 'tombstone' && isFileLike(state.lastKind) ? 1 : 0;
}
