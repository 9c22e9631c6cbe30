/** Something to be done within a time: what is wanted sooner moves it nearer, what is wanted later changes nothing. */
import type { Clock, Timer } from '@holdfast/platform';

export class SoonestTimer {
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  readonly #act: () => void;
  #timer: Timer | undefined;
  #dueMs = 0;
  #stopped = false;

  constructor(clock: Pick<Clock, 'monotonic' | 'setTimer'>, act: () => void) {
    this.#clock = clock;
    this.#act = act;
  }

  within(delayMs: number): void {
    const dueMs = this.#clock.monotonic() + delayMs;
    if (this.#stopped || (this.#timer !== undefined && this.#dueMs <= dueMs)) return;
    this.#timer?.cancel();
    this.#dueMs = dueMs;
    this.#timer = this.#clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      this.#act();
    });
  }

  /** Nothing is done from now on. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }
}
