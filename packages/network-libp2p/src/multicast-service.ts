/**
 * One run of @libp2p/mdns: it asks the local network who is there, answers those who ask, and hands
 * on what it hears. Both tell this device's id and private IPv4 addresses to everyone in reach.
 */
import type { EventEmitter } from 'node:events';
import type { PeerDiscovery, Startable } from '@libp2p/interface';
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns';
import { multicastIntervalMs } from './network-limits.js';

export interface MulticastService {
  /** Resolves when it listens; rejects when it cannot. `onPeer` is given what anyone claims. */
  start(onPeer: (device: string, addresses: readonly string[]) => void): Promise<void>;
  stop(): Promise<void>;
}

/** The class that `mdns` makes, of which it tells only the half. */
type Service = PeerDiscovery & Startable & { readonly mdns?: EventEmitter };

export function createMulticastService(components: MulticastDNSComponents): MulticastService {
  const service = mdns({ interval: multicastIntervalMs })(components) as Service;
  return {
    async start(onPeer) {
      service.addEventListener('peer', ({ detail }) => {
        onPeer(
          detail.id.toString(),
          detail.multiaddrs.map((address) => address.toString()),
        );
      });
      const started = service.start();
      await bound(service.mdns);
      await started;
    },
    stop: async () => service.stop(),
  };
}

/** Waited for, because multicast-dns, when ended before it is bound, leaves a timer behind. */
async function bound(socket: EventEmitter | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket?.once('ready', resolve);
    socket?.once('error', reject);
  });
}
