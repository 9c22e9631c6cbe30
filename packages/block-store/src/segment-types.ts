/** The values that go into and come out of a segment stream. */
import type { StoreId } from '@holdfast/model';
import type { BulkRunner, Clock, FilePath, Logger, RandomSource } from '@holdfast/platform';
import type { PayloadKind } from './segment-jobs.js';

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
  /** Makes the nonces of segments. Leave it out only where no stranger's bytes are stored. */
  readonly random?: RandomSource;
  /** Nothing is written, and nothing can be: for who only reads what somebody else keeps. */
  readonly readOnly?: boolean;
  /** A segment older than this is sealed at the next append or sync. */
  readonly sealAfterMs?: number;
  /** `blocks`: every payload is a block payload and is verified before it is written. */
  readonly payloads?: PayloadKind;
  /** Told of each entry that could not be read back; once for each time it is met. */
  readonly onDamage?: (damage: SegmentDamage) => void;
}

/**
 * `missing`: there is no such file. `unreadable`: the disk reports an error; another time it may
 * not. `damaged`: it was read, the bytes are not right.
 */
export interface SegmentDamage {
  readonly type: 'missing' | 'unreadable' | 'damaged' | 'header';
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
  /**
   * Entries are found by their frames alone, and not verified: whoever reads one later is given it
   * only if it is whole. Where a frame is not as it should be, the rest of its segment is walked.
   */
  readonly unverified?: boolean;
}
