/** Lets one loop sleep until there is something to do; a wake that comes while it works is kept. */
import type { Clock, Timer } from '@holdfast/platform';

export class WakeSignal {
  readonly #clock: Clock;
  #woken = false;
  #resolve: (() => void) | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wake(): void {
    this.#woken = true;
    this.#timer?.cancel();
    this.#resolve?.();
  }

  /** Wakes later, unless something else does first. */
  wakeAfter(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.setTimer(delayMs, () => this.wake());
  }

  async wait(): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#resolve = undefined;
    this.#woken = false;
  }
}
