/**
 * The network between the nodes of one world. Owns who listens where, the condition of each link
 * (latency, partition, stall) and the connections on it. All delays go through the world's event heap.
 */
import { AppError } from '@holdfast/platform';
import { KillSwitch } from './kill-switch.js';
import { type DialRequest, MemoryLink } from './memory-link.js';
import { MemoryNetwork } from './memory-network.js';
import type { MemoryPeerConnection } from './memory-peer-connection.js';
import type { LinkMessage } from './message-lane.js';
import { SeededRandom } from './seeded-random.js';
import type { Schedule } from './virtual-world-clock.js';

export interface Latency {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface MemoryNetworkFabricOptions {
  readonly schedule: Schedule;
  readonly random?: SeededRandom;
  readonly latency?: Latency;
  /** How long a dial waits on a link that carries nothing. */
  readonly dialTimeoutMs?: number;
  /** All nodes are on one local network: who begins to listen is heard by the others, and hears them. */
  readonly discovery?: boolean;
  /** Told of every message when it arrives. */
  readonly onMessage?: (from: string, to: string, message: LinkMessage) => void;
}

interface LinkCondition {
  latency: Latency;
  /** Nothing arrives and no dial succeeds; what is under way waits. */
  stalled: boolean;
  links: MemoryLink[];
}

export class MemoryNetworkFabric {
  readonly #schedule: Schedule;
  readonly #random: SeededRandom;
  readonly #latency: Latency;
  readonly #dialTimeoutMs: number;
  readonly #discovery: boolean;
  readonly #onMessage: NonNullable<MemoryNetworkFabricOptions['onMessage']>;
  readonly #addresses = new Map<string, string>();
  readonly #listening = new Map<string, MemoryNetwork>();
  readonly #conditions = new Map<string, LinkCondition>();

  constructor(options: MemoryNetworkFabricOptions) {
    this.#schedule = options.schedule;
    this.#random = options.random ?? new SeededRandom('network');
    this.#latency = options.latency ?? { minMs: 1, maxMs: 5 };
    this.#dialTimeoutMs = options.dialTimeoutMs ?? 5000;
    this.#discovery = options.discovery ?? false;
    this.#onMessage = options.onMessage ?? (() => undefined);
  }

  /** The network of one incarnation of a device; the device keeps its address for good. */
  createNetwork(device: string, killSwitch = new KillSwitch()): MemoryNetwork {
    return new MemoryNetwork(this, { device, address: this.addressOf(device) }, killSwitch);
  }

  addressOf(device: string): string {
    const known = this.#addresses.get(device);
    if (known !== undefined) return known;
    const address = `/memory/${this.#addresses.size + 1}`;
    this.#addresses.set(device, address);
    return address;
  }

  setLatency(left: string, right: string, latency: Latency): void {
    this.#condition(left, right).latency = latency;
  }

  /**
   * Nothing passes between the two until `heal`. `reset`: connections end on both sides at once;
   * `stall`: what is under way waits, and nobody is told.
   */
  partition(left: string, right: string, existing: 'reset' | 'stall'): void {
    this.#condition(left, right).stalled = true;
    if (existing === 'reset') this.reset(left, right);
  }

  /** Ends a partition or stall; what waited arrives, and the two hear each other again. */
  heal(left: string, right: string): void {
    resume(this.#condition(left, right));
    const [one, other] = [left, right].map((device) => this.#listening.get(this.addressOf(device)));
    if (one !== undefined && other !== undefined) this.#introduce(one, other);
  }

  healAll(): void {
    for (const condition of this.#conditions.values()) resume(condition);
    const listening = [...this.#listening.values()];
    listening.forEach((one, at) => {
      for (const other of listening.slice(at + 1)) this.#introduce(one, other);
    });
  }

  /** Breaks every connection between the two, on both sides, without delivering what is under way. */
  reset(left: string, right: string): void {
    const condition = this.#condition(left, right);
    const links = condition.links;
    condition.links = [];
    for (const link of links) link.breakOff();
  }

  listen(network: MemoryNetwork): void {
    const holder = this.#listening.get(network.address);
    if (holder !== undefined && holder !== network) {
      throw new AppError('address_in_use', `${network.address} is taken by another program.`, {
        hint: 'Stop the other one, or choose another address.',
      });
    }
    this.#listening.set(network.address, network);
    for (const other of this.#listening.values()) {
      if (other !== network) this.#introduce(network, other);
    }
  }

  unlisten(network: MemoryNetwork): void {
    if (this.#listening.get(network.address) === network) this.#listening.delete(network.address);
  }

  /** Dials one address and answers once, with undefined for a failure; gives what cancels it. */
  connect(
    from: MemoryNetwork,
    device: string,
    address: string,
    answer: (connection: MemoryPeerConnection | undefined) => void,
  ): () => void {
    let cancelled = false;
    const dial: DialRequest = { from, isCancelled: () => cancelled, answer };
    const failLater = (delayMs: number) => {
      this.#schedule(delayMs, () => {
        if (!cancelled && !from.killSwitch.killed) answer(undefined);
      });
    };
    const condition = this.#condition(from.localDevice, device);
    this.#schedule(this.#delayMs(condition), () => {
      if (from.killSwitch.killed || cancelled) return;
      const target = this.#listening.get(address);
      if (condition.stalled) failLater(this.#dialTimeoutMs);
      else if (target === undefined || target === from || target.localDevice !== device) {
        failLater(this.#delayMs(condition));
      } else if (!this.#join(dial, target, condition)) failLater(this.#delayMs(condition));
    });
    return () => {
      cancelled = true;
    };
  }

  /** Makes both ends of a connection; false where the dialled device refuses. */
  #join(dial: DialRequest, target: MemoryNetwork, condition: LinkCondition): boolean {
    const link = new MemoryLink(dial, target, {
      schedule: this.#schedule,
      delayMs: () => this.#delayMs(condition),
      isStalled: () => condition.stalled,
      onMessage: this.#onMessage,
    });
    condition.links = condition.links.filter((other) => !other.isOver);
    condition.links.push(link);
    if (!link.offer(target)) {
      condition.links.pop();
      return false;
    }
    this.#schedule(this.#dialTimeoutMs, () => {
      if (!link.isAnswered) link.breakOff();
    });
    return true;
  }

  #introduce(one: MemoryNetwork, other: MemoryNetwork): void {
    if (!this.#discovery) return;
    this.#announce(one, other);
    this.#announce(other, one);
  }

  /** One announcement: who is parted from the speaker does not hear it. */
  #announce(speaker: MemoryNetwork, listener: MemoryNetwork): void {
    const condition = this.#condition(speaker.localDevice, listener.localDevice);
    this.#schedule(this.#delayMs(condition), () => {
      if (condition.stalled || this.#listening.get(speaker.address) !== speaker) return;
      listener.discovered(speaker.localDevice, speaker.addresses());
    });
  }

  #condition(left: string, right: string): LinkCondition {
    const pair = JSON.stringify(left < right ? [left, right] : [right, left]);
    const known = this.#conditions.get(pair);
    if (known !== undefined) return known;
    const condition: LinkCondition = { latency: this.#latency, stalled: false, links: [] };
    this.#conditions.set(pair, condition);
    return condition;
  }

  #delayMs({ latency }: LinkCondition): number {
    return latency.minMs + this.#random.fraction() * (latency.maxMs - latency.minMs);
  }
}

function resume(condition: LinkCondition): void {
  condition.stalled = false;
  for (const link of condition.links) link.resume();
}
