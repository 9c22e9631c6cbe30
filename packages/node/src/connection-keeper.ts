/**
 * Keeps paired devices connected: dials those that are not, with growing pauses and jitter, and
 * soon after something changed.
 */
import type { DeviceId } from '@holdfast/model';
import {
  type Clock,
  errorMessage,
  type Logger,
  type Network,
  type RandomSource,
  randomFraction,
  type Timer,
} from '@holdfast/platform';

export interface ConnectionKeeperInit {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly devices: () => readonly {
    readonly id: DeviceId;
    readonly addresses: readonly string[];
  }[];
  readonly isConnected: (device: DeviceId) => boolean;
}

const firstPauseMs = 500;
const longestPauseMs = 60_000;
const dialTimeoutMs = 10_000;

interface Attempt {
  timer: Timer | undefined;
  pauseMs: number;
  dialling: boolean;
}

export class ConnectionKeeper {
  readonly #init: ConnectionKeeperInit;
  readonly #attempts = new Map<DeviceId, Attempt>();
  #stopped = true;

  constructor(init: ConnectionKeeperInit) {
    this.#init = init;
  }

  start(): void {
    this.#stopped = false;
    this.nudge();
  }

  stop(): void {
    this.#stopped = true;
    for (const attempt of this.#attempts.values()) attempt.timer?.cancel();
    this.#attempts.clear();
  }

  /** Dials every device that is not connected, now: something changed. */
  nudge(): void {
    if (this.#stopped) return;
    const known = new Set(this.#init.devices().map((device) => device.id));
    for (const [device, attempt] of this.#attempts) {
      if (known.has(device)) continue;
      attempt.timer?.cancel();
      this.#attempts.delete(device);
    }
    for (const device of known) {
      const attempt = this.#attempt(device);
      attempt.pauseMs = firstPauseMs;
      this.#schedule(device, attempt, 0);
    }
  }

  /** A connection ended: try soon, with jitter so that both sides do not always meet. */
  lost(device: DeviceId): void {
    if (this.#stopped) return;
    const attempt = this.#attempt(device);
    attempt.pauseMs = firstPauseMs;
    this.#schedule(device, attempt, firstPauseMs * randomFraction(this.#init.random));
  }

  #attempt(device: DeviceId): Attempt {
    const known = this.#attempts.get(device);
    if (known !== undefined) return known;
    const attempt: Attempt = { timer: undefined, pauseMs: firstPauseMs, dialling: false };
    this.#attempts.set(device, attempt);
    return attempt;
  }

  #schedule(device: DeviceId, attempt: Attempt, delayMs: number): void {
    if (attempt.dialling) return;
    attempt.timer?.cancel();
    attempt.timer = this.#init.clock.setTimer(delayMs, () => void this.#dial(device, attempt));
  }

  async #dial(device: DeviceId, attempt: Attempt): Promise<void> {
    if (this.#stopped || attempt.dialling || this.#init.isConnected(device)) return;
    const known = this.#init.devices().find((one) => one.id === device);
    if (known === undefined) return;
    if (known.addresses.length > 0) {
      attempt.dialling = true;
      await this.#dialOnce(device, known.addresses);
      attempt.dialling = false;
    }
    if (this.#stopped || this.#init.isConnected(device)) return;
    const jitter = 0.75 + randomFraction(this.#init.random) / 2;
    this.#schedule(device, attempt, attempt.pauseMs * jitter);
    attempt.pauseMs = Math.min(attempt.pauseMs * 2, longestPauseMs);
  }

  async #dialOnce(device: DeviceId, addresses: readonly string[]): Promise<void> {
    const { network, clock, logger } = this.#init;
    const timeout = new AbortController();
    const timer = clock.setTimer(dialTimeoutMs, () => timeout.abort());
    try {
      await network.dial(device, addresses, { signal: timeout.signal });
    } catch (error) {
      logger.debug('dial failed', { device, reason: errorMessage(error) });
    } finally {
      timer.cancel();
    }
  }
}
