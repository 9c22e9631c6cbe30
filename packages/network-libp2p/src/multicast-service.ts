/**
 * One run of announcing and hearing on the local network: a socket at the group of multicast DNS, on
 * every interface. It is bound to the group, so it takes nothing from the machine's own responder
 * that is meant for that one alone. Owns the socket and the time of the next announcement.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  type Clock,
  errorMessage,
  type Logger,
  type RandomSource,
  type Timer,
} from '@holdfast/platform';
import { announcements, heardIn } from './announcement.js';
import { HearingBudget } from './hearing-budget.js';
import { announcementIn, mdnsGroup, mdnsPort, mdnsRecord, mdnsTimeToLive } from './mdns-record.js';
import {
  firstAnnouncementPauseMs,
  longestAnnouncementPauseMs,
  maxAnnouncedDevices,
  messageCostInKeys,
} from './network-limits.js';
import { type InterfaceAddress, onLinkAddresses } from './on-link-addresses.js';
import type { SharedKeys } from './shared-keys.js';

export interface MulticastService {
  /** Resolves when it listens; rejects when it cannot. `onPeer` is given what paired devices said. */
  start(onPeer: (device: string, addresses: readonly string[]) => void): Promise<void>;
  stop(): Promise<void>;
}

export interface MulticastServiceInit {
  readonly keys: SharedKeys;
  /** The paired devices: nobody else is announced to, or heard. */
  readonly members: () => Iterable<string>;
  /** Where this device can be dialled now. */
  readonly addresses: () => readonly string[];
  readonly interfaces: () => readonly InterfaceAddress[];
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
}

export function createMulticastService(init: MulticastServiceInit): MulticastService {
  return new AnnouncingService(init);
}

class AnnouncingService implements MulticastService {
  readonly #init: MulticastServiceInit;
  readonly #socket: Socket = createSocket({ type: 'udp4', reuseAddr: true });
  #onPeer: (device: string, addresses: readonly string[]) => void = () => undefined;
  #pauseMs = firstAnnouncementPauseMs;
  #timer: Timer | undefined;
  #stopped = false;
  readonly #budget = new HearingBudget();

  constructor(init: MulticastServiceInit) {
    this.#init = init;
  }

  async start(onPeer: (device: string, addresses: readonly string[]) => void): Promise<void> {
    this.#onPeer = onPeer;
    this.#socket.bind({ port: mdnsPort, address: mdnsGroup });
    await once(this.#socket, 'listening');
    this.#socket.on('error', (error) =>
      this.#note('the socket for the local network failed', error),
    );
    this.#socket.on('message', (message) => this.#hear(message));
    this.#socket.setMulticastTTL(mdnsTimeToLive);
    for (const { address } of this.#init.interfaces()) {
      try {
        this.#socket.addMembership(mdnsGroup, address);
      } catch (error) {
        this.#note('one interface cannot be listened on', error);
      }
    }
    void this.#announceAndWait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  async #announceAndWait(): Promise<void> {
    try {
      for (const one of this.#init.interfaces()) await this.#announceOn(one);
    } catch (error) {
      // A process without a free handle cannot even list them; it can again later.
      this.#note('the interfaces cannot be looked at', error);
    }
    if (this.#stopped) return;
    this.#timer = this.#init.clock.setTimer(this.#pauseMs, () => void this.#announceAndWait());
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestAnnouncementPauseMs);
  }

  /** Each network is told the addresses in it, and no others. */
  async #announceOn(one: InterfaceAddress): Promise<void> {
    const addresses = onLinkAddresses(this.#init.addresses(), [one], Number.POSITIVE_INFINITY);
    if (addresses.length === 0) return;
    try {
      const keys = this.#keysOf('announcing').map(([, key]) => key);
      for (const announcement of announcements(keys, addresses, this.#init.random)) {
        if (this.#stopped) return;
        // The interface is the socket's, not the message's: one is sent before the next is made.
        this.#socket.setMulticastInterface(one.address);
        await this.#send(mdnsRecord(announcement));
      }
    } catch (error) {
      this.#note('an announcement could not be sent', error);
    }
  }

  #send(message: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(message, mdnsPort, mdnsGroup, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  #hear(message: Uint8Array): void {
    const announcement = announcementIn(message);
    const nowMs = this.#init.clock.monotonic();
    if (announcement === undefined || !this.#budget.take(messageCostInKeys, nowMs)) return;
    try {
      const keys = this.#keysOf('hearing');
      if (!this.#budget.take(keys.length, nowMs)) return;
      for (const { device, addresses } of heardIn(announcement, keys)) {
        this.#onPeer(device, addresses);
      }
    } catch (error) {
      this.#note('an announcement could not be judged', error);
    }
  }

  #keysOf(direction: 'announcing' | 'hearing'): [device: string, key: Uint8Array][] {
    const keys: [string, Uint8Array][] = [];
    for (const device of this.#init.members()) {
      const key = this.#init.keys.withDevice(device)?.[direction];
      if (key !== undefined) keys.push([device, key]);
      if (keys.length === maxAnnouncedDevices) break;
    }
    return keys;
  }

  #note(what: string, error: unknown): void {
    if (!this.#stopped) this.#init.logger.debug(what, { reason: errorMessage(error) });
  }
}
