/** Waiting that can be ended: for work that goes on in the background and has time. */
import type { Clock, Timer } from '@holdfast/platform';

/** A timer of the system holds at most 24 days; a machine that slept wakes up in time. */
const maxTimerMs = 60 * 60_000;

export class Pause {
  readonly #clock: Clock;
  #timer: Timer | undefined;
  #wake: () => void = () => undefined;
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after that time, or when the waiting is over for good. */
  async for(waitMs: number): Promise<void> {
    const untilMs = this.#clock.monotonic() + waitMs;
    while (!this.#ended) {
      const leftMs = untilMs - this.#clock.monotonic();
      if (leftMs <= 0) return;
      await this.#sleep(Math.min(leftMs, maxTimerMs));
    }
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#wake();
  }

  #sleep(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#clock.setTimer(waitMs, resolve);
    });
  }
}
