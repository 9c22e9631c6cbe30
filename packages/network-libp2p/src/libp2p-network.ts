/**
 * The `Network` seam on libp2p. Owns the libp2p node and its connections; who may connect and what
 * they may open is asked of the handlers at each step.
 */
import './promise-with-resolvers.js';
import {
  type Admission,
  AppError,
  assert,
  type Clock,
  errorMessage,
  type Logger,
  type Network,
  type NetworkHandlers,
  type PeerConnection,
  type RandomSource,
} from '@holdfast/platform';
import type { Connection, Libp2p, Listener, Stream } from '@libp2p/interface';
import { createLibp2p } from 'libp2p';
import { AcceptGate } from './accept-gate.js';
import { AddressRace, type Dial } from './address-race.js';
import { type DeviceIdentity, privateKeyFrom } from './device-identity.js';
import { Door } from './door.js';
import { externalInterfaces, LanDiscovery } from './lan-discovery.js';
import { libp2pOptions, type OwnServices } from './libp2p-options.js';
import { Libp2pPeerConnection } from './libp2p-peer-connection.js';
import { listenError, reachableAddresses } from './listen-addresses.js';
import { createMulticastService } from './multicast-service.js';
import { maxChannelsPerProtocol, pairingLifetimeMs } from './network-limits.js';
import { SharedKeys } from './shared-keys.js';
import { SilenceWatch } from './silence-watch.js';

export interface Libp2pNetworkInit {
  readonly identity: DeviceIdentity;
  /** Multiaddrs such as /ip4/0.0.0.0/tcp/22600; port 0 takes a free one. */
  readonly listen: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Whether to look for devices on the local network and to be seen there. */
  readonly discovery: boolean;
}

/** What stands before whoever connects. */
interface Doors {
  readonly keys: SharedKeys;
  readonly door: Door;
  readonly gate: AcceptGate;
}

interface Protocols {
  readonly members: readonly string[];
  readonly pairing: string;
}

export function createLibp2pNetwork(init: Libp2pNetworkInit): Network {
  return new Libp2pNetwork(init);
}

class Libp2pNetwork implements Network {
  readonly localDevice: string;
  readonly #init: Libp2pNetworkInit;
  readonly #connections = new Map<string, Libp2pPeerConnection>();
  readonly #listeners = new Set<Listener>();
  #handlers: NetworkHandlers | undefined;
  #node: Libp2p<OwnServices> | undefined;
  #doors: Doors | undefined;
  readonly #silence: SilenceWatch;
  #discovery: LanDiscovery | undefined;
  readonly #dialling = new AbortController();
  #stopping: Promise<void> | undefined;

  constructor(init: Libp2pNetworkInit) {
    this.localDevice = init.identity.device;
    this.#init = init;
    this.#silence = new SilenceWatch(init.clock, init.logger);
  }

  async start(handlers: NetworkHandlers, protocols: Protocols): Promise<void> {
    assert(this.#handlers === undefined, 'a network starts once');
    this.#handlers = handlers;
    try {
      const node = await this.#createNode(handlers, protocols);
      await node.start();
      if (this.#stopping === undefined) this.#began(node, handlers);
      else await node.stop();
    } catch (error) {
      // A start that failed may be tried again, when the address is free.
      this.#handlers = undefined;
      throw listenError(error, this.#init.listen);
    }
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  addresses(): readonly string[] {
    return reachableAddresses(this.#listeners);
  }

  async dial(
    device: string,
    addresses: readonly string[],
    options: { readonly signal?: AbortSignal; readonly inviteKey?: Uint8Array } = {},
  ): Promise<PeerConnection> {
    const node = this.#node;
    if (node === undefined || this.#stopping !== undefined) {
      throw new AppError('dial_failed', 'The network is not running on this device.', {
        kind: 'retry',
      });
    }
    const { clock } = this.#init;
    const dial = this.#dialler(node, options.inviteKey);
    const race = new AddressRace({ device, addresses, dial, clock });
    const signals = [this.#dialling.signal, options.signal].filter((one) => one !== undefined);
    const connection = await race.run(AbortSignal.any(signals));
    const peer = this.#peerConnection(connection);
    if (this.#stopping !== undefined) peer.abort(new Error('the network is stopping'));
    else if (this.#admission(connection) === 'member') {
      this.#requireHandlers().onConnection(peer);
    } else if (options.inviteKey === undefined) {
      // Nobody would own it: whoever closes the connections of a removed device did so before.
      peer.abort(new Error('the device is not admitted any more'));
      throw new AppError('dial_failed', 'The device was removed while it was dialled.', {
        kind: 'permanent',
      });
    }
    return peer;
  }

  #began(node: Libp2p<OwnServices>, handlers: NetworkHandlers): void {
    this.#node = node;
    if (!this.#init.discovery) return;
    const { clock, random, logger } = this.#init;
    this.#discovery = new LanDiscovery({
      create: () =>
        createMulticastService({
          keys: this.#requireDoors().keys,
          members: () => handlers.members(),
          addresses: () => this.addresses(),
          interfaces: externalInterfaces,
          clock,
          random,
          logger,
        }),
      addresses: () => this.addresses(),
      interfaces: externalInterfaces,
      clock,
      logger,
      onFound: (device, addresses) => {
        if (handlers.admit(device) === 'member') handlers.onDiscovered?.(device, addresses);
      },
      onInterfacesChanged: () => this.#silence.probe(),
    });
    this.#discovery.start();
  }

  async #stop(): Promise<void> {
    const node = this.#node;
    this.#node = undefined;
    this.#dialling.abort(new Error('the network is stopping'));
    await this.#discovery?.stop();
    await Promise.all([...this.#connections.values()].map((connection) => connection.close()));
    await node?.stop();
  }

  async #createNode(handlers: NetworkHandlers, protocols: Protocols): Promise<Libp2p<OwnServices>> {
    const { identity, listen, random, logger } = this.#init;
    const keys = new SharedKeys(identity);
    const door = new Door({ keys, guests: handlers, random, logger });
    const gate = new AcceptGate({ admit: (device) => handlers.admit(device), door, logger });
    this.#doors = { keys, door, gate };
    const node = await createLibp2p(
      libp2pOptions({
        privateKey: privateKeyFrom(identity.privateKeyBytes),
        listen,
        connectionGater: gate,
        connectionProtector: door,
        silence: this.#silence,
      }),
    );
    node.addEventListener('connection:open', (event) => this.#onOpen(event.detail));
    node.addEventListener('transport:listening', (event) => this.#listeners.add(event.detail));
    node.addEventListener('transport:close', (event) => this.#listeners.delete(event.detail));
    for (const protocol of protocols.members) await this.#handle(node, protocol, 'member');
    await this.#handle(node, protocols.pairing, 'pairing');
    return node;
  }

  async #handle(
    node: Libp2p<OwnServices>,
    protocol: string,
    openTo: 'member' | 'pairing',
  ): Promise<void> {
    await node.handle(protocol, (stream, on) => this.#onStream(stream, on, openTo), {
      maxInboundStreams: maxChannelsPerProtocol,
      maxOutboundStreams: maxChannelsPerProtocol,
    });
  }

  #onOpen(connection: Connection): void {
    const peer = this.#peerConnection(connection);
    if (this.#stopping !== undefined) {
      peer.abort(new Error('the network is stopping'));
      return;
    }
    // Whom we dial is the caller's decision, and of several addresses only one wins: see `dial`.
    if (connection.direction === 'outbound') return;
    const admission = this.#admission(connection);
    if (admission === 'member') this.#requireHandlers().onConnection(peer);
    else if (admission === 'refuse') peer.abort(new Error('the device is not admitted any more'));
    else this.#limitPairing(peer);
  }

  /** A stranger must not hold the one place for pairing for ever. */
  #limitPairing(peer: Libp2pPeerConnection): void {
    const timer = this.#init.clock.setTimer(pairingLifetimeMs, () =>
      peer.abort(new Error('the pairing took too long')),
    );
    void peer.closed.then(() => timer.cancel());
  }

  #onStream(stream: Stream, connection: Connection, openTo: 'member' | 'pairing'): void {
    const peer = this.#peerConnection(connection);
    const admission = this.#admission(connection);
    const allowed = admission === 'member' || (admission === 'pairing' && openTo === 'pairing');
    if (!allowed || this.#stopping !== undefined) {
      stream.abort(new Error('the protocol is not open to this device'));
      return;
    }
    const channel = peer.adopt(stream);
    try {
      this.#requireHandlers().onChannel(peer, channel);
    } catch (error) {
      this.#init.logger.error('a channel handler failed', { error: errorMessage(error) });
      channel.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** One object for one connection, whoever meets it first. */
  #peerConnection(connection: Connection): Libp2pPeerConnection {
    const known = this.#connections.get(connection.id);
    if (known !== undefined) return known;
    const peer = new Libp2pPeerConnection(connection, this.#init.clock);
    this.#connections.set(connection.id, peer);
    void peer.closed.then(() => this.#connections.delete(connection.id));
    return peer;
  }

  #dialler(node: Libp2p<OwnServices>, inviteKey: Uint8Array | undefined): Dial {
    return (address, signal) => {
      if (inviteKey !== undefined) this.#requireDoors().door.showAt(address, inviteKey);
      return node.services.dialler.dial(address, signal);
    };
  }

  #admission(connection: Connection): Admission {
    return this.#requireDoors().gate.admission(connection.remotePeer.toString(), connection);
  }

  #requireDoors(): Doors {
    assert(this.#doors !== undefined, 'the network is started');
    return this.#doors;
  }

  #requireHandlers(): NetworkHandlers {
    assert(this.#handlers !== undefined, 'the network is started');
    return this.#handlers;
  }
}
