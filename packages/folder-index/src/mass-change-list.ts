/** The questions about mass changes that one index knows: kept in its state, changed durably. */
import type { IndexState, KnownMassChange } from './index-state.js';

const none: readonly KnownMassChange[] = [];

export class MassChangeList {
  readonly #state: () => IndexState;
  readonly #change: (change: (state: IndexState) => IndexState) => Promise<void>;

  constructor(
    state: () => IndexState,
    change: (change: (state: IndexState) => IndexState) => Promise<void>,
  ) {
    this.#state = state;
    this.#change = change;
  }

  all(): readonly KnownMassChange[] {
    return this.#state().massChanges ?? none;
  }

  /** Durable when it resolves; returns whether anything changed. Unchanged lists cost nothing. */
  async change(
    change: (known: readonly KnownMassChange[]) => readonly KnownMassChange[],
  ): Promise<boolean> {
    if (change(this.all()) === this.all()) return false;
    const before = this.all();
    await this.#change((state) => ({ ...state, massChanges: change(state.massChanges ?? none) }));
    return this.all() !== before;
  }
}
