/**
 * Decides which inbound connections may go on: before the handshake by a quota for each address,
 * after authentication by what was shown at the door and by asking the handlers. Owns the count of
 * pending connections, of connections by device, and the one place for a pairing connection.
 */

import type { Admission, Logger } from '@holdfast/platform';
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface';
import type { Door } from './door.js';
import { maxConnectionsPerDevice, maxPendingPerAddress } from './network-limits.js';

export class AcceptGate implements ConnectionGater {
  readonly #admit: (device: string) => Admission;
  readonly #door: Pick<Door, 'proofOf'>;
  readonly #logger: Logger;
  readonly #pendingByAddress = new CountByKey();
  readonly #openByDevice = new CountByKey();
  readonly #releases = new WeakMap<MultiaddrConnection, () => void>();
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
    if (this.#pendingByAddress.get(address) >= maxPendingPerAddress) {
      this.#logger.warn('connection refused: too many unfinished ones from one address', {
        address,
      });
      return true;
    }
    const release = once(this.#pendingByAddress.hold(address));
    this.#releases.set(connection, release);
    connection.addEventListener('close', release, { once: true });
    return false;
  }

  denyInboundEncryptedConnection(peer: PeerId, connection: MultiaddrConnection): boolean {
    const device = peer.toString();
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
    const release = once(this.#openByDevice.hold(device));
    connection.addEventListener('close', release, { once: true });
    return false;
  }

  denyInboundUpgradedConnection(_peer: PeerId, connection: MultiaddrConnection): boolean {
    this.#releases.get(connection)?.();
    return false;
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

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/** The address without its port. */
function hostOf(connection: MultiaddrConnection): string {
  const [host] = connection.remoteAddr.getComponents();
  return host?.value ?? '';
}
