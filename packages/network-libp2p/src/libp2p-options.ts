/**
 * What of libp2p we use: TCP, Noise and yamux; no identify, ping, discovery, relay or routing
 * service. libp2p changes the object it is given, so each node gets one of its own.
 */
import { noise } from '@chainsafe/libp2p-noise';
import type { ConnectionGater, PrivateKey } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import type { Clock } from '@holdfast/platform';
import type { Libp2pOptions } from 'libp2p';
import * as limits from './network-limits.js';
import { watchingSilence } from './silence-watch.js';

interface NodeOptions {
  readonly privateKey: PrivateKey;
  readonly listen: readonly string[];
  readonly connectionGater: ConnectionGater;
  readonly clock: Clock;
}

export function libp2pOptions(node: NodeOptions): Libp2pOptions {
  const socket = { keepAlive: true, keepAliveInitialDelay: limits.keepAliveMs, noDelay: true };
  return {
    start: false,
    privateKey: node.privateKey,
    addresses: { listen: [...node.listen] },
    transports: [
      tcp({
        dialOpts: socket,
        listenOpts: socket,
        inboundSocketInactivityTimeout: limits.silenceLimitMs,
        outboundSocketInactivityTimeout: limits.silenceLimitMs,
        maxConnections: limits.maxConnections + limits.maxPendingConnections,
      }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [() => watchingSilence(yamux(muxerOptions())(), node.clock)],
    connectionGater: node.connectionGater,
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: limits.maxConnections,
      maxIncomingPendingConnections: limits.maxPendingConnections,
      inboundConnectionThreshold: limits.maxConnectionsPerSecond,
      inboundUpgradeTimeout: limits.upgradeTimeoutMs,
      inboundStreamProtocolNegotiationTimeout: limits.openChannelTimeoutMs,
      outboundStreamProtocolNegotiationTimeout: limits.openChannelTimeoutMs,
      dialTimeout: limits.dialTimeoutMs,
      addressDialTimeout: limits.dialTimeoutMs,
      maxPeerAddrsToDial: limits.maxDialAddresses,
      connectionCloseTimeout: limits.closeTimeoutMs,
      reconnectRetries: 0,
      resolvers: {},
    },
  };
}

/** The initial window stays the protocol's: a raised one mismatches peers without notice. */
function muxerOptions() {
  return {
    enableKeepAlive: true,
    keepAliveInterval: limits.keepAliveMs,
    maxInboundStreams: limits.maxInboundChannels,
    maxOutboundStreams: limits.maxInboundChannels,
    streamOptions: {
      maxStreamWindowSize: limits.maxStreamWindowBytes,
      maxReadBufferLength: limits.streamReadBufferBytes,
    },
  };
}
