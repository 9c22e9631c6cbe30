/** Somebody made of the libp2p packages alone, with what they do by default. */
import { noise } from '@chainsafe/libp2p-noise';
// For what Node 20 lacks and libp2p needs.
import '@holdfast/network-libp2p';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p';

export function createPlainNode(options: Libp2pOptions = {}): Promise<Libp2p> {
  return createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    ...options,
  });
}

/** Whether such a node gets a connection at the address, be its identity named in it or not. */
export async function connects(address: string): Promise<boolean> {
  const node = await createPlainNode();
  try {
    await node.dial(multiaddr(address));
    return true;
  } catch {
    return false;
  } finally {
    await node.stop();
  }
}
