/**
 * What of libp2p we use: TCP, Noise and yamux, behind a door of ours; no identify, ping, relay, discovery
 * or routing service. libp2p's dial queue tries one address after the other: a service of ours dials
 * at our request.
 * libp2p changes the object it is given, so each node gets one of its own.
 */
import { noise } from '@chainsafe/libp2p-noise';
import type {
  Connection,
  ConnectionGater,
  ConnectionProtector,
  PrivateKey,
} from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { yamux } from '@libp2p/yamux';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { Libp2pOptions } from 'libp2p';
import { joiningWrites } from './joined-writes.js';
import { muteLibp2p } from './mute-libp2p.js';
import * as limits from './network-limits.js';
import { noiseCipher } from './noise-cipher.js';
import type { SilenceWatch } from './silence-watch.js';

interface NodeOptions {
  readonly privateKey: PrivateKey;
  readonly listen: readonly string[];
  readonly connectionGater: ConnectionGater;
  readonly connectionProtector: ConnectionProtector;
  readonly silence: SilenceWatch;
}

/** What we add to libp2p. */
export type OwnServices = {
  /** Dials exactly this address, beside whatever else is being dialled. */
  readonly dialler: { dial(address: Multiaddr, signal: AbortSignal): Promise<Connection> };
};

export function libp2pOptions(node: NodeOptions): Libp2pOptions<OwnServices> {
  const socket = {
    keepAlive: true,
    keepAliveInitialDelay: limits.keepAliveMs,
    noDelay: true,
    highWaterMark: limits.socketBufferBytes,
  };
  return {
    start: false,
    logger: muteLibp2p,
    privateKey: node.privateKey,
    addresses: { listen: [...node.listen] },
    services: {
      dialler: ({ transportManager }) => ({
        dial: (address, signal) => transportManager.dial(address, { signal }),
      }),
    },
    transports: [
      tcp({
        dialOpts: socket,
        listenOpts: socket,
        inboundSocketInactivityTimeout: limits.silenceLimitMs,
        outboundSocketInactivityTimeout: limits.silenceLimitMs,
        maxConnections: limits.maxConnections + limits.maxUnfinishedConnections,
      }),
    ],
    connectionEncrypters: [
      (components) => joiningWrites(noise({ crypto: noiseCipher })(components)),
    ],
    streamMuxers: [() => node.silence.watching(yamux(muxerOptions())())],
    connectionGater: node.connectionGater,
    connectionProtector: () => node.connectionProtector,
    connectionMonitor: { enabled: false },
    connectionManager: {
      maxConnections: limits.maxConnections,
      maxIncomingPendingConnections: limits.maxUnfinishedConnections,
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
