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
  type MassChange,
  type MassChangeAnswer,
  type StoreId,
  type VersionId,
} from '@holdfast/model';
import { addRow, byteStringFrom, bytesOf, emptyTally, type RowTally } from '@holdfast/platform';
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

/** The end of an archive's history log as this device saw it: the log must go on leading through it. */
export interface LogWitness {
  readonly storeId: StoreId;
  readonly position: number;
  /** The head of the chain there, 64 hexadecimal digits. */
  readonly head: string;
  /** The log was found not to lead through it any more. */
  readonly isContradicted?: true;
}

export interface PeerState {
  /** How far this device's copy of the peer's index reaches, durably. */
  readonly seen?: IndexPosition;
  readonly receipt?: ArchiveReceipt;
  readonly witness?: LogWitness;
  /** That the peer knew this device's own numbers. */
  readonly acknowledged?: Acknowledgement;
}

/** What becomes known of a peer; undefined forgets it. */
export type PeerChange = { readonly [Key in keyof PeerState]?: PeerState[Key] | undefined };

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
  /** Conflict copies that the folder shows. */
  readonly conflicts: number;
  /** Versions that wait for a person's answer to a mass change. */
  readonly guarded: number;
}

/** A question about a mass change, as this index knows it. */
export interface KnownMassChange extends MassChange {
  /** The answer that was carried out here; only of this device's own questions. */
  readonly settled?: MassChangeAnswer;
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
  /** After a loss, changes of this disk are withheld of which nobody knows whether they are newer. */
  readonly undecided?: true;
  /** Epochs that this index had before, the newest last. */
  readonly formerEpochs?: readonly EpochId[];
  readonly epochChanges?: readonly EpochChange[];
  /** A count of the index's other keys and a sum over them; absent in a state from before it. */
  readonly tally?: RowTally;
  /** Questions about mass changes, of this device and of others. */
  readonly massChanges?: readonly KnownMassChange[];
  /** Names the patterns that every entry was judged by; absent while some may not have been. */
  readonly judgedBy?: string | undefined;
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
  conflicts: 0,
  guarded: 0,
};

export const initialHash = '0'.repeat(64);

export function newIndexState(epoch: EpochId, boundTo: string | undefined): IndexState {
  const counts = noCounts;
  const own = { epoch, sequence: 0, hash: initialHash };
  const state: IndexState = { ...own, devices: [], peers: {}, counts, tally: emptyTally };
  return boundTo === undefined ? state : { ...state, boundTo };
}

const checkMark = '#';

/** JSON, and behind it a sum over it: a database may alter a value without a word. */
export function encodeIndexState(state: IndexState): Uint8Array {
  const json = JSON.stringify(state);
  return bytesOf(json + checkMark + checkOf(json));
}

/** Undefined for anything but a state that was stored. */
export function decodeIndexState(bytes: Uint8Array): IndexState | undefined {
  const text = byteStringFrom(bytes);
  const end = text.lastIndexOf('}') + 1;
  const [json, check] = [text.slice(0, end), text.slice(end)];
  // A state from before there were sums ends with its JSON.
  if (check !== '' && check !== checkMark + checkOf(json)) return undefined;
  try {
    const state = JSON.parse(json) as IndexState;
    if (!isEightByteId(state.epoch) || !Number.isSafeInteger(state.sequence)) return undefined;
    // Counts that came later are zero in a state from before them.
    return { ...state, counts: { ...noCounts, ...state.counts } };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checkOf(json: string): string {
  return addRow(emptyTally, new Uint8Array(0), bytesOf(json)).sum.toString(16);
}

/** The rolling hash after one more published version. */
export function rollHash(previous: string, id: VersionId, hash: Hash): string {
  return hexFrom(hash(Buffer.concat([bytesFromHex(previous), bytesFromHex(id)])));
}

export function withPeerChanges(
  peers: IndexState['peers'],
  changes: Readonly<Record<string, PeerChange>>,
): IndexState['peers'] {
  const changed = Object.entries(changes).map(([device, change]) => {
    const known = Object.entries({ ...peers[device], ...change });
    return [device, Object.fromEntries(known.filter(([, value]) => value !== undefined))] as const;
  });
  return { ...peers, ...Object.fromEntries(changed) };
}

/** Two positions name the same point. */
export function samePosition(left: IndexPosition | undefined, right: IndexPosition): boolean {
  return (
    left?.epoch === right.epoch && left.sequence === right.sequence && left.hash === right.hash
  );
}
