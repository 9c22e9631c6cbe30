/**
 * What a person can ask of history: plain data, as all of `NodeControl`. A running node answers it
 * from the archive that is nearest; a store alone answers it without a node.
 */

export interface HistoryVersion {
  /** The version id: it names the version for good. */
  readonly version: string;
  /** `STORE#1234`. */
  readonly position: string;
  /** When the archive received it. */
  readonly time: string;
  /** Name of the device that made it, or its id where unknown here. */
  readonly device: string;
  readonly deviceId: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'tombstone';
  readonly size: number;
  readonly mtime: string | null;
  readonly deleted: boolean;
  readonly blocks: number;
  /** Whether it was what the folder showed when it was received. */
  readonly current: boolean;
  /** Whether the archive's user let its content go: it cannot be brought back from there. */
  readonly thinned: boolean;
}

export interface LogResult {
  readonly store: string;
  readonly path: string;
  /** Newest first. */
  readonly versions: readonly HistoryVersion[];
}

export interface ListEntry {
  /** Relative to the folder's root. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly size: number;
  readonly mtime: string | null;
  readonly version: string;
  readonly deleted: boolean;
  /** Whether the archive's user let its content go. */
  readonly thinned: boolean;
  /** When the archive received this version. */
  readonly changed: string;
  /** Name of the device that made it, or its id where unknown here. */
  readonly device: string;
}

export interface ListResult {
  readonly store: string;
  /** `STORE#1234`: the position that the answer stands for. */
  readonly at: string;
  readonly entries: readonly ListEntry[];
}

/** `path` is `FOLDER` or `FOLDER/dir/file`; `at` is a TIME as the command line takes it. */
export interface HistoryQuery {
  readonly path: string;
  readonly at?: string | undefined;
  readonly version?: string | undefined;
  /** Prefers this store. */
  readonly storeId?: string | undefined;
}

export interface TimelineRequest {
  /** A folder, or anything in it. */
  readonly path: string;
  /** TIMEs; from the folder's first entry, and up to now, unless given. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly buckets: number;
  readonly storeId?: string | undefined;
}

/** Begins where the one before ended. */
export interface TimelineBucket {
  /** The last moment that belongs to it: as an `at` it shows the folder after all of it. */
  readonly to: string;
  /** What the archive's log took in meanwhile, its other folders included. */
  readonly entries: number;
}

export interface TimelineResult {
  readonly store: string;
  /** Where the first bucket begins. */
  readonly from: string;
  /** Of equal length; none where the folder has no history yet. */
  readonly buckets: readonly TimelineBucket[];
}

export type OverwritePolicy = 'never' | 'if-changed' | 'always';

export interface RestoreRequest extends HistoryQuery {
  /** Absolute native directory. Without it: beside the folder, or in place with `overwrite`. */
  readonly to?: string | undefined;
  readonly overwrite?: OverwritePolicy | undefined;
  readonly dryRun: boolean;
  /** Ends it between two batches; what came back stays. */
  readonly signal?: AbortSignal | undefined;
}

export interface RestoreResult {
  readonly restored: number;
  readonly skipped: number;
  /** Files that an interrupted restore had brought back, and that are whole. */
  readonly kept: number;
  readonly bytes: number;
  readonly to: string;
  readonly dryRun: boolean;
  readonly store: string;
  /** Paths that could not be restored, with the reason; a restore with any is done in part. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
}

/** How far a restore is; what was there already counts as done. */
export interface RestoreProgress {
  readonly path: string;
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
  /** Null until they are counted. */
  readonly totalFiles: number | null;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
  /** Null while nobody can say. */
  readonly secondsLeft: number | null;
}

export interface DiffRequest {
  /** `FOLDER/dir/file`. */
  readonly path: string;
  /** Versions as `log` names them; eight digits are enough. */
  readonly from: string;
  readonly to: string;
  readonly storeId?: string | undefined;
}

export interface DiffSide {
  readonly version: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'tombstone';
  readonly size: number;
  readonly mtime: string | null;
  readonly blocks: number;
  /** Octal, such as `644`; null where there are none. */
  readonly permissions: string | null;
}

/** Bytes of `to` that `from` does not have there. */
export interface DiffRange {
  readonly offset: number;
  readonly bytes: number;
}

export interface DiffResult {
  readonly store: string;
  readonly path: string;
  readonly from: DiffSide;
  readonly to: DiffSide;
  /** `same`: the content is. `text`: see `text`. `binary`: see `blocks`. */
  readonly type: 'same' | 'text' | 'binary';
  /** A unified diff; empty unless `type` is `text`. */
  readonly text: string;
  readonly addedLines: number;
  readonly removedLines: number;
  /** Why it is not shown as text; a sentence for a person, or empty. */
  readonly reason: string;
  readonly blocks: {
    /** Blocks that both have, wherever they lie. */
    readonly common: number;
    readonly onlyFrom: number;
    readonly onlyTo: number;
    readonly commonBytes: number;
    readonly onlyFromBytes: number;
    readonly onlyToBytes: number;
    /** The first parts of `to` that are made of blocks which `from` lacks. */
    readonly ranges: readonly DiffRange[];
  };
}

/** Codes: those of `NodeControl` for paths, versions, times and stores; `no_archive`. */
export interface HistoryControl {
  log(query: HistoryQuery): Promise<LogResult>;
  list(query: HistoryQuery & { readonly deleted: boolean }): Promise<ListResult>;
  /** When much changed, and when little. */
  timeline(request: TimelineRequest): Promise<TimelineResult>;
  /** The bytes of one file version, in order, verified. */
  cat(query: HistoryQuery): Promise<{
    readonly size: number;
    readonly version: string;
    readonly bytes: AsyncIterable<Uint8Array>;
  }>;
  /** What differs between two versions of one path. */
  diff(request: DiffRequest): Promise<DiffResult>;
  /**
   * Code `target_has_files` where `to` has files and there is no overwrite policy; with what an
   * interrupted restore of the same left in `to` it goes on. `interrupted` where the signal ends it.
   */
  restore(request: RestoreRequest): Promise<RestoreResult>;
  /** Restores that are on their way. */
  restores(): Promise<readonly RestoreProgress[]>;
}
