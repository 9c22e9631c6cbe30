/**
 * Time that surely has passed: what this node was there for, and at most a day of each time that it was
 * not. A clock that is set forward, while the node runs or before it starts, brings no more than that.
 * It runs late, never early: a node that ends without a word forgets what it saw since the last note.
 */
import type { Clock } from '@holdfast/platform';

/** Where it stood, and what the clock said. */
export interface ObservedMoment {
  readonly observedMs: number;
  readonly wallMs: number;
}

/** Of one absence no more than this counts: nobody else saw how long it was. */
const maxAbsenceMs = 24 * 60 * 60_000;

export class ObservedTime {
  readonly #clock: Clock;
  #beganMs: number;
  #beforeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beganMs = clock.monotonic();
  }

  /** Goes on from where it was noted to stand. */
  resume({ observedMs, wallMs }: ObservedMoment): void {
    const awayMs = Math.max(0, this.#clock.now() - wallMs);
    this.#beforeMs = observedMs + Math.min(awayMs, maxAbsenceMs);
    this.#beganMs = this.#clock.monotonic();
  }

  get nowMs(): number {
    return this.#beforeMs + this.#clock.monotonic() - this.#beganMs;
  }

  /** To be noted, and resumed after a restart. */
  get moment(): ObservedMoment {
    return {
      observedMs: Math.floor(this.nowMs),
      wallMs: Math.max(0, Math.floor(this.#clock.now())),
    };
  }
}
