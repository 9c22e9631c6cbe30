/**
 * When the whole status is asked for: as soon as somebody wants it, but not again within the pause
 * that they allow, and never twice at once. What is wanted meanwhile comes right afterwards.
 */
import type { PageClock } from './page-clock.js';

export class PacedRefresh {
  readonly #clock: PageClock;
  readonly #perform: () => Promise<void>;
  #cancel: () => void = () => undefined;
  #dueAtMs = Number.POSITIVE_INFINITY;
  #endedAtMs = 0;
  #running = false;
  #again = false;

  /** `perform` handles its own failures. */
  constructor(clock: PageClock, perform: () => Promise<void>) {
    this.#clock = clock;
    this.#perform = perform;
  }

  /** Within `waitMs`, and no sooner than `pauseMs` after the last one ended. */
  want(waitMs: number, pauseMs: number): void {
    const nowMs = this.#clock.now();
    const atMs = Math.max(nowMs + waitMs, this.#endedAtMs + pauseMs);
    if (atMs >= this.#dueAtMs) return;
    this.#cancel();
    this.#dueAtMs = atMs;
    this.#cancel = this.#clock.after(atMs - nowMs, () => {
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    await this.#perform();
    this.#running = false;
    this.#endedAtMs = this.#clock.now();
    if (!this.#again) return;
    this.#again = false;
    this.want(0, 0);
  }
}
