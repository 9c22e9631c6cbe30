/**
 * Decides which inbound connections may go on: before the handshake by how many wait, in all and
 * from each address; after authentication by what was shown at the door and by asking the handlers.
 * Owns the list of pending connections, the count of those of each device, and the one place for a
 * pairing connection.
 */

import type { Admission, Logger } from '@holdfast/platform';
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface';
import type { Door } from './door.js';
import {
  maxConnectionsPerDevice,
  maxPendingConnections,
  maxPendingPerAddress,
} from './network-limits.js';

export class AcceptGate implements ConnectionGater {
  readonly #admit: (device: string) => Admission;
  readonly #door: Pick<Door, 'proofOf'>;
  readonly #logger: Logger;
  /** The connections that have not finished their handshake, the oldest first, and from where. */
  readonly #pending = new Map<MultiaddrConnection, string>();
  readonly #openByDevice = new CountByKey();
  #pairing: MultiaddrConnection | undefined;

  constructor(init: {
    readonly admit: (device: string) => Admission;
    readonly door: Pick<Door, 'proofOf'>;
    readonly logger: Logger;
  }) {
    this.#admit = init.admit;
    this.#door = init.door;
    this.#logger = init.logger;
  }

  /**
   * What an authenticated device may do on this connection, in either direction. It must be the one
   * whose key opened the door; who came by an invite may pair and nothing else, whoever it is.
   */
  admission(device: string, connection: Pick<MultiaddrConnection, 'timeline'>): Admission {
    const proof = this.#door.proofOf(connection);
    const admission = this.#admit(device);
    if (proof === undefined || admission === 'refuse') return 'refuse';
    if (proof.by === 'invite') return 'pairing';
    return admission === 'member' && proof.device === device ? 'member' : 'refuse';
  }

  denyInboundConnection(connection: MultiaddrConnection): boolean {
    const address = hostOf(connection);
    if (!this.#makeRoom(address)) {
      this.#logger.warn('connection refused: too many unfinished ones', { address });
      return true;
    }
    this.#pending.set(connection, address);
    connection.addEventListener('close', () => this.#pending.delete(connection), { once: true });
    return false;
  }

  denyInboundEncryptedConnection(peer: PeerId, connection: MultiaddrConnection): boolean {
    const device = peer.toString();
    // What came behind the handshake's last message may have ended it: nobody would say so later.
    if (connection.status !== 'open') return true;
    const admission = this.admission(device, connection);
    if (admission === 'refuse') {
      this.#logger.info('connection refused: the device is not known here', { device });
      return true;
    }
    if (this.#openByDevice.get(device) >= maxConnectionsPerDevice) {
      this.#logger.warn('connection refused: too many from one device', { device });
      return true;
    }
    if (admission === 'pairing' && !this.#reservePairing(connection)) {
      this.#logger.warn('connection refused: another device is pairing already', { device });
      return true;
    }
    const release = this.#openByDevice.hold(device);
    connection.addEventListener('close', release, { once: true });
    return false;
  }

  denyInboundUpgradedConnection(_peer: PeerId, connection: MultiaddrConnection): boolean {
    this.#pending.delete(connection);
    return false;
  }

  /**
   * Where all places are taken, the oldest connection that has shown nothing at the door loses its
   * own: whoever fills the places fills them against themselves, for others show a tag at once.
   */
  #makeRoom(address: string): boolean {
    const fromThere = [...this.#pending].filter(([, one]) => one === address);
    const isFull = this.#pending.size >= maxPendingConnections;
    if (fromThere.length < maxPendingPerAddress && !isFull) return true;
    const rivals = fromThere.length < maxPendingPerAddress ? [...this.#pending] : fromThere;
    const silent = rivals.filter(([connection]) => this.#door.proofOf(connection) === undefined);
    const countFrom = (host: string) => silent.filter(([, one]) => one === host).length;
    // Of those with the most connections, the oldest: sorting keeps the order of what is equal.
    const [first] = silent.toSorted(([, a], [, b]) => countFrom(b) - countFrom(a));
    if (first === undefined) return false;
    const [connection, host] = first;
    this.#logger.warn('connection ended: too many unfinished ones', { address: host });
    connection.abort(new Error('others need its place'));
    return true;
  }

  #reservePairing(connection: MultiaddrConnection): boolean {
    if (this.#pairing !== undefined) return false;
    this.#pairing = connection;
    const release = () => {
      if (this.#pairing === connection) this.#pairing = undefined;
    };
    connection.addEventListener('close', release, { once: true });
    return true;
  }
}

/** How many hold each key; a key that nobody holds takes no memory. */
class CountByKey {
  readonly #counts = new Map<string, number>();

  get(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Counts one more; the result, called once, counts it down again. */
  hold(key: string): () => void {
    this.#counts.set(key, this.get(key) + 1);
    return () => {
      const rest = this.get(key) - 1;
      if (rest > 0) this.#counts.set(key, rest);
      else this.#counts.delete(key);
    };
  }
}

/** The address without its port. */
function hostOf(connection: MultiaddrConnection): string {
  const [host] = connection.remoteAddr.getComponents();
  return host?.value ?? '';
}
