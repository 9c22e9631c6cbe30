/**
 * When set-aside content is looked at: once for any number of receipts that arrive meanwhile, and
 * again when the first of it has waited long enough. Owns the one timer for that.
 */
import type { Clock, Timer } from '@holdfast/platform';

export interface HeldReleaseInit {
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly mayRelease: () => boolean;
  /** Lets go of what may go; gives when to look again, in milliseconds, undefined where no need is. */
  readonly release: () => Promise<number | undefined>;
  readonly onError: (error: unknown) => void;
}

/** Content that was set aside one after the other is let go together. */
const leastWaitMs = 500;

export class HeldRelease {
  readonly #init: HeldReleaseInit;
  #timer: Timer | undefined;
  #isReleasing = false;
  #isAskedAgain = false;
  #isStopped = false;

  constructor(init: HeldReleaseInit) {
    this.#init = init;
  }

  /** More may be covered than before. */
  wake(): void {
    if (this.#isStopped || !this.#init.mayRelease()) return;
    if (this.#isReleasing) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isReleasing = true;
    this.#isAskedAgain = false;
    this.#init
      .release()
      .then((againMs) => this.#lookAgain(againMs))
      .catch(this.#init.onError)
      .finally(() => {
        this.#isReleasing = false;
        if (this.#isAskedAgain) this.wake();
      });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #lookAgain(againMs: number | undefined): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (againMs === undefined || this.#isStopped) return;
    const { clock } = this.#init;
    this.#timer = clock.setTimer(Math.max(againMs, leastWaitMs), () => this.wake());
  }
}
