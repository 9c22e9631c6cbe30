/**
 * Decides which inbound connections may go on: before the handshake by a quota for each address,
 * after authentication by asking the handlers. Owns the count of pending connections, of
 * connections by device, and the one place for a pairing connection.
 */
import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface';
import type { Admission, Logger } from '@holdfast/platform';
import { maxConnectionsPerDevice, maxPendingPerAddress } from './network-limits.js';

export class AcceptGate implements ConnectionGater {
  readonly #admit: (device: string) => Admission;
  readonly #logger: Logger;
  readonly #pendingByAddress = new CountByKey();
  readonly #openByDevice = new CountByKey();
  readonly #releases = new WeakMap<MultiaddrConnection, () => void>();
  #pairing: MultiaddrConnection | undefined;

  constructor(admit: (device: string) => Admission, logger: Logger) {
    this.#admit = admit;
    this.#logger = logger;
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
    const admission = this.#admit(device);
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
