/** Tells whoever waits that something changed; each wait sees the next change after it began. */
import type { Clock } from '@holdfast/platform';

export class ChangeSignal {
  #waiting: (() => void)[] = [];

  changed(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  /** As `next`, or when that time is over. */
  async nextWithin(waitMs: number, clock: Clock): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(waitMs, resolve);
      void this.next().then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}
