/** What a block store is made of, and what it says of itself. */
import type { Hash, StoreId } from '@holdfast/model';
import type {
  BulkRunner,
  Clock,
  FilePath,
  KeyValueStore,
  Logger,
  RandomSource,
} from '@holdfast/platform';
import type { SegmentDamage } from './segment-types.js';

export interface BlockStoreInit {
  readonly runner: BulkRunner;
  readonly directory: FilePath;
  readonly keyValueStore: KeyValueStore;
  /** The index owns every key that begins with it. */
  readonly keyPrefix: Uint8Array;
  readonly storeId: StoreId;
  readonly generation: number;
  readonly hash: Hash;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Makes the nonces of segments. Leave it out only where no stranger's bytes are stored. */
  readonly random?: RandomSource;
  readonly maxSegmentBytes?: number;
  /**
   * Nothing is written but the index, in a key-value store that nothing else is done with. It is made,
   * or gone on with, when it is first needed, by the frames of the segments alone: every block is
   * verified when it is read.
   */
  readonly readOnly?: boolean;
  readonly sealAfterMs?: number;
  readonly onDamage?: (damage: SegmentDamage) => void;
}

export interface BlockStoreStats {
  readonly blocks: number;
  readonly plainBytes: number;
  /** Envelopes of the blocks that the index names. */
  readonly storedBytes: number;
  readonly segments: number;
  /** Size of all segment files. */
  readonly segmentBytes: number;
}
