/**
 * One append-only stream of segment files in one directory: block segments, or one copy of the
 * history log. Owns the directory. Invariant: bytes that a `sync()` vouched for are never written
 * again; a sealed segment is never appended to; nothing is ever truncated. Bytes: FORMAT.md.
 */
import type { StoreId } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  type FilePath,
  type Logger,
} from '@holdfast/platform';

export type SegmentStreamName = 'blocks' | 'log';

export interface SegmentStreamInit {
  readonly runner: BulkRunner;
  /** Created where it is missing. Other files in it are left alone. */
  readonly directory: FilePath;
  readonly streamName: SegmentStreamName;
  readonly storeId: StoreId;
  readonly generation: number;
  readonly maxSegmentBytes: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** A segment older than this is sealed at the next append or sync. */
  readonly sealAfterMs?: number;
  /** `blocks`: every payload is a block payload and is verified before it is written. */
  readonly payloads?: 'opaque' | 'blocks';
  /** Told of each entry that could not be read back; once for each time it is met. */
  readonly onDamage?: (damage: SegmentDamage) => void;
}

/** `missing`: the segment's file cannot be opened. `damaged`: it is there, the bytes are not right. */
export interface SegmentDamage {
  readonly type: 'missing' | 'damaged' | 'header';
  readonly segment: number;
  readonly offset: number;
  readonly lengthBytes: number;
}

export interface EntryLocation {
  /** From 1. */
  readonly segment: number;
  /** Where the entry's frame begins in its file. */
  readonly offset: number;
  /** Of the payload, without its frame. */
  readonly lengthBytes: number;
}

export interface SegmentEntry {
  readonly location: EntryLocation;
  readonly payload: Uint8Array;
}

export interface SegmentRecovery {
  /** Segments that were found unsealed and are sealed now. */
  readonly sealed: number;
  /** Bytes after the last valid entry of those; kept and ignored. */
  readonly tornBytes: number;
  /** Numbers of segments that are absent, or are not the ones that their successors name. */
  readonly missingSegments: readonly number[];
}

export interface ScanOptions {
  /** Only the first bytes of each payload. */
  readonly prefixBytes?: number;
}

export declare class SegmentStream {
  /** Recovers: rejects with `store_format_unknown` or `store_id_mismatch`, the data untouched. */
  static open(init: SegmentStreamInit): Promise<SegmentStream>;
  readonly recovered: SegmentRecovery;
  /**
   * Written in order, not yet durable. Rejects with `store_write_failed`: then everything appended
   * since the last sync that resolved is absent, and the caller appends it again. A batch of at most
   * `maxAppendBytes` goes into one segment with one write. One logical writer.
   */
  append(payloads: readonly Uint8Array[]): Promise<EntryLocation[]>;
  /** Durable, names included. Rejects with `store_write_failed` as `append` does. */
  sync(): Promise<void>;
  /** Undefined where the entry is damaged or missing (see `onDamage`); never rejects for rot. */
  read(locations: readonly EntryLocation[]): Promise<(Uint8Array | undefined)[]>;
  /** Every durable valid entry in order, in batches; damaged ones are passed over (see `onDamage`). */
  scan(
    from?: { readonly segment: number; readonly offset: number },
    options?: ScanOptions,
  ): AsyncGenerator<SegmentEntry[]>;
  /** Whether the entry lies in a present segment, within what is durable. */
  holds(location: EntryLocation): boolean;
  /** The end of what is durable: the first place where a later entry can begin. */
  durableEnd(): { readonly segment: number; readonly offset: number };
  stats(): { readonly segments: number; readonly bytes: number };
  /** Syncs and seals; idempotent. Other methods reject with `store_closed` afterwards. */
  close(): Promise<void>;
}

export type { AppError };
