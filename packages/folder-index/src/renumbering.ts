/**
 * Whether this device's own numbers can be believed, and what happens when they cannot: a database
 * that lost writes, or a home or disk that was put back from an old copy, gives numbers out twice.
 * A peer that remembers more is the witness; then the index goes on under a new epoch, and tells
 * nobody what it numbered after the point that is certain until that was stamped anew.
 *
 * Invariant: no number up to `certainUpTo` was ever given out twice. See decision 0021.
 */
import type { DeviceId, EpochId } from '@holdfast/model';
import type { IndexPosition, IndexState, PeerState } from './index-state.js';

/** That a peer knew this index under one of its epochs. */
export interface Acknowledgement {
  readonly epoch: EpochId;
  /**
   * This index's sequence when it was first opened after the peer last confirmed it; absent while
   * the peer has confirmed it since. An old copy can only have been put back while the index was
   * closed, so what was numbered before is not in doubt where this peer says otherwise.
   */
  readonly openedAt?: number;
}

/** What is still to be done after numbers went backward, or after the index was lost. */
export interface Renumbering {
  /** The member that remembers more, or something else; absent where the index was lost. */
  readonly witness?: DeviceId;
  /** The epoch whose numbers beyond the certain ones may have been given out twice. */
  readonly from: EpochId;
  /** The last certain number, as a position of the new epoch. */
  readonly certain: IndexPosition;
  /** Members whose rows here are as they were before numbers went backward. */
  readonly unheard: readonly DeviceId[];
  /** Whether every own row beyond the certain ones carries the new actor. */
  readonly restamped: boolean;
  /** Present where the index was lost: it knows nothing of what this device showed before. */
  readonly lost?: true;
}

/** When this index began a new epoch, and why. */
export interface EpochChange {
  /** The member whose memory showed it; absent where the index was lost. */
  readonly witness?: DeviceId;
  /** Milliseconds since the Unix epoch, by this device's clock. */
  readonly atMs: number;
}

const keptFormerEpochs = 32;
const keptEpochChanges = 64;

/** The state of an index that was just opened: from here on, numbers may be others than before. */
export function reopened(state: IndexState): IndexState {
  const peers = Object.entries(state.peers).map(([device, peer]): [string, PeerState] => {
    const { acknowledged } = peer;
    if (acknowledged?.epoch !== state.epoch || acknowledged.openedAt !== undefined) {
      return [device, peer];
    }
    return [device, { ...peer, acknowledged: { ...acknowledged, openedAt: state.sequence } }];
  });
  return { ...state, peers: Object.fromEntries(peers) };
}

/** The state of an index that is begun in place of a lost one: it tells nobody anything yet. */
export function afterLoss(state: IndexState): IndexState {
  const { epoch, hash } = state;
  const certain = { epoch, sequence: 0, hash };
  const renumbering = { from: epoch, certain, unheard: [], restamped: true, lost: true } as const;
  return { ...state, renumbering };
}

/** The state that remembers when its epoch began, for people. */
export function withEpochChange(state: IndexState, change: EpochChange): IndexState {
  const epochChanges = [...(state.epochChanges ?? []), change].slice(-keptEpochChanges);
  return { ...state, epochChanges };
}

/** The state as it is read again while the index stays open: when it was opened is not forgotten. */
export function readAgain(stored: IndexState, before: IndexState): IndexState {
  const peers = Object.entries(stored.peers).map(([device, peer]): [string, PeerState] => {
    const known = before.peers[device as DeviceId]?.acknowledged;
    const isForgotten = known?.openedAt !== undefined && peer.acknowledged?.epoch === known.epoch;
    return [device, isForgotten ? { ...peer, acknowledged: known } : peer];
  });
  return { ...stored, peers: Object.fromEntries(peers) };
}

/**
 * Whether a peer's memory of this index shows that its numbers went backward. `isRemembered`: this
 * index once stood where the peer saw it, under the same epoch.
 */
export function contradicts(
  state: IndexState,
  device: DeviceId,
  seen: IndexPosition | undefined,
  isRemembered: boolean,
): boolean {
  if (seen === undefined) return false;
  if (seen.epoch === state.epoch) return !isRemembered;
  // It knew this epoch, and now it knows one that this index never had: a later one.
  const knewThis = state.peers[device]?.acknowledged?.epoch === state.epoch;
  return knewThis && !(state.formerEpochs ?? []).includes(seen.epoch);
}

/**
 * The last number that is certain although `witness` remembers another history. `confirmed`: how
 * far it confirmed this index since it was opened; undefined where it did not.
 */
export function certainUpTo(
  state: IndexState,
  witness: DeviceId,
  confirmed: number | undefined,
): number {
  const acknowledged = state.peers[witness]?.acknowledged;
  if (acknowledged?.epoch !== state.epoch) return 0;
  return acknowledged.openedAt ?? confirmed ?? 0;
}

/** The state under the new epoch. `certainHash`: the rolling hash at the last certain number. */
export function withNewEpoch(
  state: IndexState,
  change: EpochChange & { readonly witness: DeviceId },
  next: { readonly epoch: EpochId; readonly certain: number; readonly certainHash: string },
): IndexState {
  const { epoch, certain, certainHash } = next;
  const unheard = Object.entries(state.peers).flatMap(([device, { acknowledged }]) => {
    const openedAt = acknowledged?.epoch === state.epoch ? acknowledged.openedAt : undefined;
    return openedAt !== undefined && openedAt <= certain ? [device as DeviceId] : [];
  });
  const renumbering: Renumbering = {
    witness: change.witness,
    from: state.epoch,
    certain: { epoch, sequence: certain, hash: certainHash },
    unheard,
    restamped: false,
    ...(state.renumbering?.lost === undefined ? {} : { lost: true }),
  };
  const formerEpochs = [...(state.formerEpochs ?? []), state.epoch].slice(-keptFormerEpochs);
  return withEpochChange({ ...state, epoch, renumbering, formerEpochs }, change);
}
