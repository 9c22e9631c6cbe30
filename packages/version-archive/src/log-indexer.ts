/**
 * Keeps the index up to the log. Invariant: `disclosed` is the last entry that is durable in both
 * copies and indexed; nothing after it is told to anyone.
 */
import type { Logger } from '@holdfast/platform';
import { type ChainPoint, chainStart, type LoggedEntry } from './follow-chain.js';
import type { HistoryIndex } from './history-index.js';
import type { HistoryLog } from './history-log.js';

export class LogIndexer {
  readonly #log: HistoryLog;
  readonly #index: HistoryIndex;
  readonly #logger: Logger;
  readonly #onDoubt: () => Promise<void>;
  #disclosed: ChainPoint = chainStart;
  /** Durable in the log, not yet in the index. */
  #unindexed: LoggedEntry[] = [];
  #needsRecovery = true;

  /** `onDoubt` runs before an index that does not fit the log is emptied. */
  constructor(
    log: HistoryLog,
    index: HistoryIndex,
    logger: Logger,
    onDoubt: () => Promise<void> = async () => {},
  ) {
    this.#log = log;
    this.#index = index;
    this.#logger = logger;
    this.#onDoubt = onDoubt;
  }

  get disclosed(): ChainPoint {
    return this.#disclosed;
  }

  /** Makes what is staged durable and indexes it; also what an earlier call could not finish. */
  async settle(): Promise<void> {
    if (this.#needsRecovery) await this.recover();
    this.#unindexed.push(...(await this.#log.settle()));
    await this.#index.apply(this.#unindexed);
    this.#unindexed = [];
    this.#disclosed = this.#log.point;
  }

  /** Goes on from where the index ends, if the log confirms it; otherwise from the beginning. */
  async recover(): Promise<void> {
    const { checkpoint } = this.#index;
    const inDoubt =
      checkpoint === undefined ||
      this.#log.lacksSegments ||
      !(await this.#log.confirms(checkpoint));
    if (inDoubt) {
      if (checkpoint !== undefined) {
        this.#logger.warn('the whole history log is verified and indexed anew', {
          position: checkpoint.position,
        });
      }
      await this.#onDoubt();
      await this.#index.clear();
    }
    const from = inDoubt ? undefined : checkpoint;
    for await (const entries of this.#log.recover(from)) await this.#index.apply(entries);
    this.#needsRecovery = false;
    this.#disclosed = this.#log.point;
  }

  /** Empties the index and makes it from the log. */
  async rebuild(): Promise<void> {
    this.#needsRecovery = true;
    await this.#index.clear();
    await this.recover();
  }
}
