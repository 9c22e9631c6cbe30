/**
 * Questions to an archive's history and their answers, as values. Positions count the entries of
 * one store's history log, from 1; they mean something only together with the store's id.
 */
import type { FolderPath } from './folder-path.js';
import type { DeviceId, StoreId, VersionId } from './ids.js';

export type HistoryMoment =
  | { readonly type: 'head' }
  /** The state after the last entry received at or before it, in milliseconds since the Unix epoch. */
  | { readonly type: 'time'; readonly atMs: number }
  | { readonly type: 'position'; readonly position: number };

export type HistoryQuery =
  /** Only resolves the moment: the page has no entries. */
  | { readonly type: 'moment'; readonly at: HistoryMoment }
  /** Every version of one path, newest first. */
  | {
      readonly type: 'log';
      readonly path: FolderPath;
      readonly cursor?: Uint8Array;
      readonly limit: number;
    }
  /** What one path was at the moment (a tombstone included): at most one entry. */
  | { readonly type: 'entry'; readonly path: FolderPath; readonly at: HistoryMoment }
  /** What the directory showed at the moment; with `deleted`, tombstones too. */
  | {
      readonly type: 'list';
      readonly directory: FolderPath | '';
      readonly at: HistoryMoment;
      readonly recursive: boolean;
      readonly deleted: boolean;
      readonly cursor?: Uint8Array;
      readonly limit: number;
    }
  /**
   * The head of the log's hash chain after the entry at a position: the page's `head`, absent where it
   * cannot be said. The page's `position` is that of the last entry.
   */
  | { readonly type: 'chain'; readonly position: number }
  /**
   * The first entry of each version that the log got behind a position, in any order; for who wants to
   * have all of them. The page's `position` is that of the last entry: there the next question begins.
   */
  | {
      readonly type: 'versions';
      readonly since: number;
      readonly cursor?: Uint8Array;
      readonly limit: number;
    }
  /** One version by its id, or by a prefix of at least eight digits. */
  | { readonly type: 'version'; readonly path: FolderPath; readonly prefix: string };

/** One line of the history log, as far as a question about a folder is concerned. */
export interface HistoryEntry {
  readonly position: number;
  readonly versionId: VersionId;
  /** The canonical record, verbatim. */
  readonly recordBytes: Uint8Array;
  readonly receivedAtMs: number;
  /** Whether the archive's clock was known to be synchronised then. */
  readonly clockSynchronised: boolean;
  /** Whether the version became what the folder shows when it was received. */
  readonly becameCurrent: boolean;
  /** Whether the archive's user let its content go: it cannot be read any more. */
  readonly thinned: boolean;
  /** The authenticated device that it came from. */
  readonly sender: DeviceId;
}

export interface HistoryPage {
  readonly storeId: StoreId;
  readonly generation: number;
  /** The position that the moment resolved to; 0 before the folder's first entry. */
  readonly position: number;
  readonly entries: readonly HistoryEntry[];
  /** 64 hexadecimal digits; only in an answer about the chain. */
  readonly head?: string;
  /** Where to go on; absent at the end. Opaque, at most 8 KiB. */
  readonly next?: Uint8Array;
}

/** More entries than this are never put into one page. */
export const maxHistoryPageEntries = 1000;
