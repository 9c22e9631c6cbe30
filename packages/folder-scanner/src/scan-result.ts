/** What a scan is asked, and what it says of itself: while it runs, and at its end. */
import type { FolderPath } from '@holdfast/model';

export interface WholeScan {
  /** Looked at as well, though they may lie below what is no directory. */
  readonly paths?: readonly FolderPath[];
  readonly signal?: AbortSignal;
}

/** How far a scan is: counters only, nothing about single files. */
export interface ScanProgress {
  /** Regular files that were looked at. */
  readonly files: number;
  /** Content that was read, chunked and hashed. */
  readonly hashedBytes: number;
}

export interface ScanResult {
  readonly examined: number;
  readonly changed: number;
  /** Paths that must be examined again soon: unstable, or changed within the clock's grain. */
  readonly again: readonly FolderPath[];
  /** Large files that changed a moment ago: read as soon as their times can be believed. */
  readonly young: readonly FolderPath[];
  /** What appeared a moment ago: what becomes of it at once may raise no event. */
  readonly fresh: readonly FolderPath[];
  /** Directories that the index did not know: what lies in them may not be watched yet. */
  readonly newDirectories: number;
  /** So much is gone that it is believed only after everything was looked at. */
  readonly mustLookAtAll: boolean;
  /** Files under our own reserved prefix: being written now, or left over from a crash. */
  readonly temporaries: readonly FolderPath[];
}
