/**
 * Finds paired devices on the local network. Owns the service that announces and hears, and makes a
 * new one whenever the machine's interfaces changed: a socket keeps to the interfaces that it joined.
 * It runs only while this device can be dialled from elsewhere: one that listens on loopback alone
 * keeps out of the network. What it hears a paired device said, but anybody may repeat it later.
 */
import { networkInterfaces } from 'node:os';
import {
  type Clock,
  errorMessage,
  type Logger,
  maxDiscoveredAddresses,
  type Timer,
} from '@holdfast/platform';
import { isLoopback } from './listen-addresses.js';
import type { MulticastService } from './multicast-service.js';
import { interfaceCheckMs } from './network-limits.js';
import { type InterfaceAddress, onLinkAddresses } from './on-link-addresses.js';

export interface LanDiscoveryInit {
  /** A new service, not started. */
  readonly create: () => MulticastService;
  /** Where this device can be dialled now. */
  readonly addresses: () => readonly string[];
  readonly interfaces: () => readonly InterfaceAddress[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onFound: (device: string, addresses: readonly string[]) => void;
  /** The machine's addresses are others than a moment ago. */
  readonly onInterfacesChanged: () => void;
}

/** The machine's IPv4 addresses, loopback apart. */
export function externalInterfaces(): InterfaceAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((one) => one.family === 'IPv4' && !one.internal);
}

export class LanDiscovery {
  readonly #init: LanDiscoveryInit;
  #service: MulticastService | undefined;
  #seen = '';
  #timer: Timer | undefined;
  #stopped = false;
  /** Starting and stopping of services, one after the other. */
  #changing: Promise<void> = Promise.resolve();

  constructor(init: LanDiscoveryInit) {
    this.#init = init;
  }

  start(): void {
    this.#seen = this.#fingerprint();
    this.#renew();
    this.#watch();
  }

  /** Idempotent; nothing is told afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#renew();
    await this.#changing;
  }

  #watch(): void {
    this.#timer = this.#init.clock.setTimer(interfaceCheckMs, () => {
      const fingerprint = this.#fingerprintNow();
      if (fingerprint !== this.#seen) {
        this.#seen = fingerprint;
        this.#init.logger.info('the interfaces of this machine changed', { now: fingerprint });
        this.#renew();
        this.#init.onInterfacesChanged();
      }
      this.#watch();
    });
  }

  /** The one seen last where the machine cannot tell: a process may have no handle left for it. */
  #fingerprintNow(): string {
    try {
      return this.#fingerprint();
    } catch (error) {
      const reason = errorMessage(error);
      this.#init.logger.debug('the interfaces of this machine cannot be looked at', { reason });
      return this.#seen;
    }
  }

  #fingerprint(): string {
    const addresses = this.#init.interfaces().map((one) => `${one.address}/${one.netmask}`);
    return addresses.sort().join(' ');
  }

  #renew(): void {
    this.#changing = this.#changing
      .then(() => this.#replace())
      .catch((error: unknown) => {
        const reason = errorMessage(error);
        this.#init.logger.warn('the local network cannot be searched', { reason });
      });
  }

  async #replace(): Promise<void> {
    const old = this.#service;
    this.#service = undefined;
    await old?.stop();
    if (this.#stopped || !this.#init.addresses().some((one) => !isLoopback(one))) return;
    const service = this.#init.create();
    this.#service = service;
    await service.start((device, claimed) => {
      if (this.#service === service && !this.#stopped) this.#hear(device, claimed);
    });
  }

  #hear(device: string, claimed: readonly string[]): void {
    const fitting = onLinkAddresses(claimed, this.#init.interfaces(), maxDiscoveredAddresses);
    if (fitting.length > 0) this.#init.onFound(device, fitting);
  }
}
