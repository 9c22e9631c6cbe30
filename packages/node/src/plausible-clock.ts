/**
 * Whether the clock can be trusted with a delay that ends for good: it is synchronised, not behind what
 * the archive received, and nobody moved it while the node runs. Owns when the node began.
 */
import { AppError, type Clock } from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';

export interface PlausibleClockInit {
  readonly clock: Clock;
  readonly clockSynchronised: () => boolean;
}

/** Corrections smaller than this are what clocks are given all the time. */
const toleranceMs = 60 * 60_000;

export class PlausibleClock {
  readonly #init: PlausibleClockInit;
  /** Wall time less the time that only grows: it stays, unless somebody sets the clock. */
  readonly #offsetMs: number;

  constructor(init: PlausibleClockInit) {
    this.#init = init;
    this.#offsetMs = offsetOf(init.clock);
  }

  /** Throws `clock_implausible`. */
  async check({ thinning }: VersionArchive): Promise<void> {
    const { clock, clockSynchronised } = this.#init;
    const newestMs = (await thinning.newestReceivedMs()) ?? 0;
    if (!clockSynchronised()) throw implausible('it is not synchronised');
    if (clock.now() < newestMs) throw implausible('it is behind what the archive has received');
    if (Math.abs(offsetOf(clock) - this.#offsetMs) > toleranceMs) {
      throw implausible('it was set, or the machine slept, while this node ran');
    }
  }
}

function offsetOf(clock: Clock): number {
  return clock.now() - clock.monotonic();
}

function implausible(why: string): AppError {
  return new AppError('clock_implausible', `The clock of this device cannot be trusted: ${why}.`, {
    hint: 'Nothing was thinned or freed. Set the clock right, start the node again, then repeat the command.',
  });
}
