/**
 * The numbers of one index: what peers confirmed of them, whether a peer contradicts them, and the
 * new epoch that then begins. Owns the state's fields about that; decides by `renumbering.ts`.
 */
import { type DeviceId, type EpochId, hexFrom } from '@holdfast/model';
import type { RandomSource } from '@holdfast/platform';
import { type IndexPosition, type IndexState, initialHash } from './index-state.js';
import {
  certainUpTo,
  contradicts,
  type EpochChange,
  type Renumbering,
  withEpochChange,
  withNewEpoch,
} from './renumbering.js';

export interface NumberedIndex {
  readonly random: RandomSource;
  state(): IndexState;
  /** Changes the state alone, one change at a time; durable when it resolves. */
  change(change: (state: IndexState) => IndexState | Promise<IndexState>): Promise<void>;
  /** The rolling hash at a sequence where a batch ended. */
  hashAt(sequence: number): Promise<string | undefined>;
}

export class OwnNumbers {
  readonly #index: NumberedIndex;
  /** How far each peer confirmed this index since it was opened. */
  readonly #confirmed = new Map<DeviceId, number>();

  constructor(index: NumberedIndex) {
    this.#index = index;
  }

  /** As far as others may know: while numbers are in doubt, not beyond the certain ones. */
  published(): IndexPosition {
    const { renumbering, epoch, sequence, hash } = this.#index.state();
    return renumbering?.certain ?? { epoch, sequence, hash };
  }

  /** What is left to do since numbers went backward. */
  get renumbering(): Renumbering | undefined {
    return this.#index.state().renumbering;
  }

  /** When this index began a new epoch, the newest last. */
  get epochChanges(): readonly EpochChange[] {
    return this.#index.state().epochChanges ?? [];
  }

  /** Whether this device once stood at the position: the test of what a peer remembers of it. */
  async remembers(position: IndexPosition): Promise<boolean> {
    const { epoch, sequence, hash } = this.#index.state();
    if (position.epoch !== epoch) return false;
    if (position.sequence === 0) return true;
    const isLast = position.sequence === sequence;
    const known = isLast ? hash : await this.#index.hashAt(position.sequence);
    return known === position.hash;
  }

  /** Whether what a peer remembers of this index shows that its numbers went backward. */
  async isContradictedBy(device: DeviceId, seen: IndexPosition | undefined): Promise<boolean> {
    const isRemembered = seen !== undefined && (await this.remembers(seen));
    return contradicts(this.#index.state(), device, seen, isRemembered);
  }

  /** The peer knows this index up to there. */
  async noteConfirmed(device: DeviceId, seen: IndexPosition): Promise<void> {
    const { epoch, peers } = this.#index.state();
    if (seen.epoch !== epoch || seen.sequence <= (this.#confirmed.get(device) ?? -1)) return;
    if (!(await this.remembers(seen))) return;
    this.#confirmed.set(device, seen.sequence);
    const known = peers[device]?.acknowledged;
    if (known?.epoch === epoch && known.openedAt === undefined) return;
    await this.#index.change((state) => {
      const peer = { ...state.peers[device], acknowledged: { epoch } };
      return state.epoch === epoch
        ? { ...state, peers: { ...state.peers, [device]: peer } }
        : state;
    });
  }

  /**
   * Numbers went backward, as a peer shows: the index goes on under a new epoch. `ownVersions`:
   * whether rows may carry numbers of this device; those of an archive do not.
   */
  beginEpoch(witness: DeviceId, atMs: number, ownVersions: boolean): Promise<void> {
    return this.#index.change(async (state) => {
      const wanted = ownVersions
        ? certainUpTo(state, witness, this.#confirmed.get(witness))
        : state.sequence;
      const hash = await this.#index.hashAt(wanted);
      this.#confirmed.clear();
      return withNewEpoch(
        state,
        { witness, atMs },
        {
          epoch: newEpoch(this.#index.random),
          certain: hash === undefined ? 0 : wanted,
          certainHash: hash ?? initialHash,
        },
      );
    });
  }

  /** The index was lost, and begun anew by this opening; noted for people. */
  noteLoss(atMs: number): Promise<void> {
    return this.#index.change((state) => withEpochChange(state, { atMs }));
  }

  /** Every own row beyond the certain ones was stamped anew. */
  noteRestamped(): Promise<void> {
    return this.#index.change((state) => {
      const { renumbering } = state;
      if (renumbering === undefined) return state;
      return { ...state, renumbering: { ...renumbering, restamped: true } };
    });
  }

  /** Whether changes that are withheld wait for a person to say which side is newer. */
  get isUndecided(): boolean {
    return this.#index.state().undecided === true;
  }

  async noteUndecided(): Promise<void> {
    if (this.isUndecided) return;
    await this.#index.change((state) => ({ ...state, undecided: true }));
  }

  async noteDecided(): Promise<void> {
    if (!this.isUndecided) return;
    await this.#index.change((state) => {
      const { undecided: _, ...decided } = state;
      return decided;
    });
  }

  /** Nothing is in doubt any more: all of it may be published. */
  endRenumbering(): Promise<void> {
    return this.#index.change((state) => {
      const { renumbering: _, ...settled } = state;
      return settled;
    });
  }
}

export function newEpoch(random: RandomSource): EpochId {
  return hexFrom(random.bytes(8)) as EpochId;
}
