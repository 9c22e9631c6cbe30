/**
 * What one folder's index knows of itself and of the other devices: where its own numbers stand,
 * how far each peer's index was taken over, what each archive's receipt said, and running counts.
 * It is written with every batch, so it is never older or newer than the rows.
 */

import {
  bytesFromHex,
  type DeviceId,
  type EpochId,
  type Hash,
  hexFrom,
  isEightByteId,
  type StoreId,
  type VersionId,
} from '@holdfast/model';
import { AppError, byteStringFrom, bytesOf } from '@holdfast/platform';
import type { Acknowledgement, EpochChange, Renumbering } from './renumbering.js';

/** A point in a device's index. */
export interface IndexPosition {
  readonly epoch: EpochId;
  readonly sequence: number;
  /** Rolling BLAKE3 over the version ids published up to here, 64 hexadecimal digits. */
  readonly hash: string;
}

export interface ArchiveReceipt {
  readonly storeId: StoreId;
  readonly generation: number;
  /** A position of this device's own index. */
  readonly position: IndexPosition;
  readonly exceptions: readonly VersionId[];
  readonly logPosition: number;
  readonly logHead: string;
  /** Milliseconds since the Unix epoch, by this device's clock. */
  readonly receivedAtMs: number;
}

export interface PeerState {
  /** How far this device's copy of the peer's index reaches, durably. */
  readonly seen?: IndexPosition;
  readonly receipt?: ArchiveReceipt;
  /** That the peer knew this device's own numbers. */
  readonly acknowledged?: Acknowledgement;
}

export interface IndexCounts {
  readonly files: number;
  readonly bytes: number;
  readonly needFiles: number;
  readonly needBytes: number;
  readonly held: number;
  readonly queued: number;
  /** Content of what is queued; what lies in the store already is counted too. */
  readonly queuedBytes: number;
  /** Versions that this device's own user replaced before any archive had them. */
  readonly overwrittenUncovered: number;
  /** Paths that show a change which this device keeps to itself, as the mirror of an archive does. */
  readonly localChanges: number;
}

export interface IndexState {
  readonly epoch: EpochId;
  readonly sequence: number;
  readonly hash: string;
  readonly devices: readonly DeviceId[];
  readonly peers: Readonly<Record<string, PeerState>>;
  readonly counts: IndexCounts;
  /** The store whose content the rows of an archive stand for; absent for a tree. */
  readonly boundTo?: string;
  /** Present while own numbers are in doubt. */
  readonly renumbering?: Renumbering;
  /** Epochs that this index had before, the newest last. */
  readonly formerEpochs?: readonly EpochId[];
  readonly epochChanges?: readonly EpochChange[];
}

const noCounts: IndexCounts = {
  files: 0,
  bytes: 0,
  needFiles: 0,
  needBytes: 0,
  held: 0,
  queued: 0,
  queuedBytes: 0,
  overwrittenUncovered: 0,
  localChanges: 0,
};

export const initialHash = '0'.repeat(64);

export function newIndexState(epoch: EpochId, boundTo: string | undefined): IndexState {
  const counts = noCounts;
  const state = { epoch, sequence: 0, hash: initialHash, devices: [], peers: {}, counts };
  return boundTo === undefined ? state : { ...state, boundTo };
}

export function encodeIndexState(state: IndexState): Uint8Array {
  return bytesOf(JSON.stringify(state));
}

/** Throws AppError `index_damaged` on anything but a state that was stored. */
export function decodeIndexState(bytes: Uint8Array): IndexState {
  try {
    const state = JSON.parse(byteStringFrom(bytes)) as IndexState;
    if (!isEightByteId(state.epoch) || !Number.isSafeInteger(state.sequence)) {
      throw new TypeError('not an index state');
    }
    // Counts that came later are zero in a state from before them.
    return { ...state, counts: { ...noCounts, ...state.counts } };
  } catch (cause) {
    throw new AppError('index_damaged', 'The index of this folder is damaged.', {
      hint: 'Nothing was changed. Remove the folder here and add it again: its files stay.',
      cause,
    });
  }
}

/** The rolling hash after one more published version. */
export function rollHash(previous: string, id: VersionId, hash: Hash): string {
  return hexFrom(hash(Buffer.concat([bytesFromHex(previous), bytesFromHex(id)])));
}

/** Two positions name the same point. */
export function samePosition(left: IndexPosition | undefined, right: IndexPosition): boolean {
  return (
    left?.epoch === right.epoch && left.sequence === right.sequence && left.hash === right.hash
  );
}
