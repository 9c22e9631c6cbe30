/**
 * The network seam of one simulated node, on the world's fabric. Owns the node's connections and
 * applies its admission: members may use every protocol, a pairing device one pairing channel.
 */
import {
  type Admission,
  AppError,
  type FrameChannel,
  type Network,
  type NetworkHandlers,
  type PeerConnection,
} from '@holdfast/platform';
import { type KillSwitch, never } from './kill-switch.js';
import type { MemoryNetworkFabric } from './memory-network-fabric.js';
import type { ConnectionOwner, MemoryPeerConnection } from './memory-peer-connection.js';

interface Started {
  readonly handlers: NetworkHandlers;
  readonly members: readonly string[];
  readonly pairing: string;
}

function dialFailed(device: string): AppError {
  return new AppError('dial_failed', `No address answers as device ${device}.`, {
    hint: 'Check that the device is on and reachable; it is tried again by itself.',
    kind: 'retry',
  });
}

export class MemoryNetwork implements Network, ConnectionOwner {
  readonly localDevice: string;
  readonly address: string;
  readonly killSwitch: KillSwitch;
  readonly #fabric: MemoryNetworkFabric;
  readonly #connections = new Set<MemoryPeerConnection>();
  #started: Started | undefined;

  constructor(
    fabric: MemoryNetworkFabric,
    identity: { readonly device: string; readonly address: string },
    killSwitch: KillSwitch,
  ) {
    this.#fabric = fabric;
    this.localDevice = identity.device;
    this.address = identity.address;
    this.killSwitch = killSwitch;
    killSwitch.onKill(() => {
      this.#fabric.unlisten(this);
      for (const connection of this.#connections) connection.leaveBehind();
    });
  }

  get connections(): readonly MemoryPeerConnection[] {
    return [...this.#connections];
  }

  async start(
    handlers: NetworkHandlers,
    protocols: { readonly members: readonly string[]; readonly pairing: string },
  ): Promise<void> {
    if (this.killSwitch.killed) return never();
    this.#fabric.listen(this);
    this.#started = { handlers, ...protocols };
  }

  async stop(): Promise<void> {
    if (this.killSwitch.killed) return never();
    this.#fabric.unlisten(this);
    this.#started = undefined;
    await Promise.all(this.connections.map((connection) => connection.close()));
  }

  addresses(): readonly string[] {
    return this.#started === undefined ? [] : [this.address];
  }

  async dial(
    device: string,
    addresses: readonly string[],
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<PeerConnection> {
    if (this.killSwitch.killed) return never();
    for (const address of addresses) {
      options.signal?.throwIfAborted();
      const connection = await this.#attempt(device, address, options.signal);
      if (connection !== undefined) return connection;
    }
    throw dialFailed(device);
  }

  /** What this node says of a device that has authenticated itself. */
  admit(device: string): Admission {
    return this.#started?.handlers.admit(device) ?? 'refuse';
  }

  /** What is said of a device on the local network; only members are of interest. */
  discovered(device: string, addresses: readonly string[]): void {
    if (this.killSwitch.killed || this.admit(device) !== 'member') return;
    this.#started?.handlers.onDiscovered?.(device, addresses);
  }

  /** Takes over a new connection; false where the device is refused, and then it is not kept. */
  adopt(connection: MemoryPeerConnection, beforeHandlers: () => void): boolean {
    const admission = this.admit(connection.remoteDevice);
    // Whom we dial is the caller's decision; who dials us must be admitted.
    if (admission === 'refuse' && connection.direction === 'inbound') return false;
    this.#connections.add(connection);
    beforeHandlers();
    if (admission === 'member') this.#started?.handlers.onConnection(connection);
    return true;
  }

  admitsChannel(connection: MemoryPeerConnection, protocol: string): boolean {
    if (this.#started === undefined) return false;
    const { handlers, members, pairing } = this.#started;
    const admission = handlers.admit(connection.remoteDevice);
    if (admission === 'refuse') return false;
    if (protocol === pairing) return connection.channelCount(pairing) === 0;
    return admission === 'member' && members.includes(protocol);
  }

  onChannel(connection: MemoryPeerConnection, channel: FrameChannel): void {
    this.#started?.handlers.onChannel(connection, channel);
  }

  onEnded(connection: MemoryPeerConnection): void {
    this.#connections.delete(connection);
  }

  /** One address; undefined where it does not answer as the device. A late answer is closed. */
  #attempt(
    device: string,
    address: string,
    signal: AbortSignal | undefined,
  ): Promise<MemoryPeerConnection | undefined> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.#fabric.connect(this, device, address, (connection) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(connection);
      });
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }
}
