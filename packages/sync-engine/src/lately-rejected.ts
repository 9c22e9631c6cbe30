/**
 * Authors of whom so much was rejected just now that what still arrives belongs to it: a mass change
 * reaches a device in parts, and an answer is for all of it. Kept in memory only.
 */
import type { DeviceId } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';

/** A device without a guard goes on telling what it did, until it has heard of the rejection. */
const goesOnForMs = 60_000;

export class LatelyRejected {
  readonly #clock: Clock;
  readonly #saidMs = new Map<DeviceId, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(author: DeviceId): void {
    this.#saidMs.set(author, this.#clock.monotonic());
  }

  has(author: DeviceId): boolean {
    const saidMs = this.#saidMs.get(author);
    return saidMs !== undefined && this.#clock.monotonic() - saidMs <= goesOnForMs;
  }
}
