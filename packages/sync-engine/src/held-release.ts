/**
 * When set-aside content is looked at: once for any number of receipts that arrive meanwhile, and
 * again when the first of it has waited long enough, when the folder is not stopped any more, and
 * after a failure. Owns the one timer for that.
 */
import type { Clock, Timer } from '@holdfast/platform';

export interface HeldReleaseInit {
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly hasHeld: () => boolean;
  /** Not while the folder is stopped. */
  readonly mayRelease: () => boolean;
  /** Lets go of what may go; gives when to look again, in milliseconds, undefined where no need is. */
  readonly release: () => Promise<number | undefined>;
  readonly onError: (error: unknown) => void;
}

/** Content that was set aside one after the other is let go together. */
const leastWaitMs = 500;
const stoppedAgainMs = 10_000;
/** A look reads everything that is covered: not often from a disk that fails. */
export const failedAgainMs = 5 * 60_000;

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
    if (this.#isStopped || !this.#init.hasHeld()) return;
    if (!this.#init.mayRelease()) {
      this.#lookAgain(stoppedAgainMs);
      return;
    }
    if (this.#isReleasing) {
      this.#isAskedAgain = true;
      return;
    }
    this.#isReleasing = true;
    this.#isAskedAgain = false;
    this.#init
      .release()
      .then((againMs) => this.#lookAgain(againMs))
      .catch((error: unknown) => {
        this.#init.onError(error);
        this.#lookAgain(failedAgainMs);
      })
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
