/**
 * Keeps paired devices connected: dials those that are not, with growing pauses and jitter, and
 * soon after something changed. Owns what is heard of them on the local network, which anybody can
 * claim: it is tried beside the known addresses, never instead, and at a bounded rate.
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
import { dialOrder, freshOf, type HeardAddress, hear } from './device-addresses.js';

/** A paired device and the addresses that are kept for it. */
export interface DialledDevice {
  readonly id: DeviceId;
  readonly staticAddresses: readonly string[];
  readonly learnedAddresses: readonly string[];
}

export interface ConnectionKeeperInit {
  readonly network: Pick<Network, 'dial'>;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly devices: () => readonly DialledDevice[];
  readonly isConnected: (device: DeviceId) => boolean;
}

const firstPauseMs = 500;
/** Who is about to dial this device has so much time before it is dialled from here, too. */
const theirTurnMs = 2_000;
const longestPauseMs = 60_000;
/** Between the beginnings of two dials, if the second one is because of what was heard. */
export const newsPauseMs = 5_000;
/** Long enough that the last of all addresses has its turn. */
const dialTimeoutMs = 30_000;

interface Attempt {
  timer: Timer | undefined;
  /** When the timer fires; what is heard may bring it forward. */
  dueAtMs: number;
  pauseMs: number;
  dialling: boolean;
  dialledAtMs: number;
  /** Something was heard since the last dial began. */
  hasNews: boolean;
  heard: readonly HeardAddress[];
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

  /**
   * A device was paired that dials this one at once, where it just was: only if it does not come is
   * it dialled from here. Of two connections that meet, one would be closed in the middle of its work.
   */
  expected(device: DeviceId): void {
    if (this.#stopped) return;
    const attempt = this.#attempt(device);
    attempt.pauseMs = firstPauseMs;
    this.#schedule(device, attempt, theirTurnMs);
  }

  /**
   * A connection ended: try soon, with jitter so that both sides do not always meet. Where the two
   * never understood each other (`spoke` is false), the pauses go on growing.
   */
  lost(device: DeviceId, spoke = true): void {
    if (this.#stopped) return;
    const attempt = this.#attempt(device);
    if (spoke) attempt.pauseMs = firstPauseMs;
    this.#schedule(device, attempt, attempt.pauseMs * randomFraction(this.#init.random));
    if (!spoke) attempt.pauseMs = Math.min(attempt.pauseMs * 2, longestPauseMs);
  }

  /** Somebody on the local network says where a device is. News about a paired one lead to a dial. */
  heard(device: DeviceId, addresses: readonly string[]): void {
    if (this.#stopped || this.#known(device) === undefined) return;
    const attempt = this.#attempt(device);
    const { heard, isNews } = hear(attempt.heard, addresses, this.#nowMs());
    attempt.heard = heard;
    if (!isNews || this.#init.isConnected(device)) return;
    attempt.hasNews = true;
    this.#hasten(device, attempt);
  }

  /** Whether somebody says so at the moment. */
  isHeard(device: DeviceId): boolean {
    return freshOf(this.#attempts.get(device)?.heard ?? [], this.#nowMs()).length > 0;
  }

  #known(device: DeviceId): DialledDevice | undefined {
    return this.#init.devices().find((one) => one.id === device);
  }

  #nowMs(): number {
    return this.#init.clock.monotonic();
  }

  #attempt(device: DeviceId): Attempt {
    const known = this.#attempts.get(device);
    if (known !== undefined) return known;
    const attempt: Attempt = {
      timer: undefined,
      dueAtMs: Number.POSITIVE_INFINITY,
      pauseMs: firstPauseMs,
      dialling: false,
      dialledAtMs: Number.NEGATIVE_INFINITY,
      hasNews: false,
      heard: [],
    };
    this.#attempts.set(device, attempt);
    return attempt;
  }

  #schedule(device: DeviceId, attempt: Attempt, delayMs: number): void {
    if (attempt.dialling) return;
    attempt.timer?.cancel();
    attempt.dueAtMs = this.#nowMs() + delayMs;
    attempt.timer = this.#init.clock.setTimer(delayMs, () => void this.#dial(device, attempt));
  }

  /** Brings the next dial forward, as far as the pause between two allows. */
  #hasten(device: DeviceId, attempt: Attempt): void {
    const atMs = Math.max(this.#nowMs(), attempt.dialledAtMs + newsPauseMs);
    if (atMs < attempt.dueAtMs) this.#schedule(device, attempt, atMs - this.#nowMs());
  }

  async #dial(device: DeviceId, attempt: Attempt): Promise<void> {
    attempt.dueAtMs = Number.POSITIVE_INFINITY;
    if (this.#stopped || attempt.dialling || this.#init.isConnected(device)) return;
    const known = this.#known(device);
    if (known === undefined) return;
    const heardAddresses = freshOf(attempt.heard, this.#nowMs()).map((one) => one.address);
    const addresses = dialOrder({ ...known, heardAddresses });
    attempt.hasNews = false;
    if (addresses.length > 0) {
      attempt.dialling = true;
      attempt.dialledAtMs = this.#nowMs();
      await this.#dialOnce(device, addresses);
      attempt.dialling = false;
    }
    if (this.#stopped || this.#init.isConnected(device)) return;
    const jitter = 0.75 + randomFraction(this.#init.random) / 2;
    this.#schedule(device, attempt, attempt.pauseMs * jitter);
    attempt.pauseMs = Math.min(attempt.pauseMs * 2, longestPauseMs);
    if (attempt.hasNews) this.#hasten(device, attempt);
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
