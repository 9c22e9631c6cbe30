/**
 * Authenticated, encrypted, ordered frames between devices. The seam lies above the transport, so
 * that the simulation can replace it: a `PeerConnection` is one link to one authenticated device,
 * a `FrameChannel` one ordered two-way stream of frames on it, opened for one protocol.
 *
 * Bounds: a frame holds 1 to `maxFrameBytes` bytes; a longer one ends the channel on both sides.
 */
export const maxFrameBytes = 2 * 1024 * 1024;

/** Of what is heard of a device at once, no more addresses are handed on. */
export const maxDiscoveredAddresses = 4;

/** What a device may do here: everything, pair and nothing else, or nothing at all. */
export type Admission = 'member' | 'pairing' | 'refuse';

/** How long the frame is that travels in these parts. */
export function frameLength(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

export interface FrameChannel {
  readonly protocol: string;
  /**
   * Sends one frame, in one part or several; resolves when the channel can take the next one
   * (back-pressure). Rejects with code `channel_closed` when the channel ended. The bytes must not be
   * changed afterwards.
   */
  send(...parts: readonly Uint8Array[]): Promise<void>;
  /** The frames of the other side, in order; ends when it closed, throws when the channel broke. Iterate once. */
  frames(): AsyncIterable<Uint8Array>;
  /** Ends our direction after what was sent; idempotent. */
  close(): Promise<void>;
  /** Ends both directions at once, without delivering what is queued. */
  abort(reason: Error): void;
}

export interface PeerConnection {
  /** The text form of the authenticated identity (a libp2p PeerId). */
  readonly remoteDevice: string;
  readonly direction: 'inbound' | 'outbound';
  /** The address at the other end, for people and for dialling again; '' where unknown. */
  readonly remoteAddress: string;
  /** Rejects with code `protocol_unsupported` where the other side does not speak it. */
  openChannel(protocol: string, options?: { readonly signal?: AbortSignal }): Promise<FrameChannel>;
  /** Resolves, never rejects, when the connection has ended for whatever reason. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
}

export interface NetworkHandlers {
  /** Asked after authentication and before anything else is said; also for each inbound channel. */
  admit(device: string): Admission;
  /**
   * Every device that `admit` calls a member now. Only they, and who shows an invite's key, are
   * answered at all: everyone else hears nothing before it has proven who it is.
   */
  members(): Iterable<string>;
  /** The keys of open invites: who shows one may pair on that connection, and nothing else. */
  inviteKeys(): Iterable<Uint8Array>;
  /** A connection with a device that `admit` calls a member, in either direction. */
  onConnection(connection: PeerConnection): void;
  /** A channel that the other side opened, for one of `protocols`; the handler owns it. */
  onChannel(connection: PeerConnection, channel: FrameChannel): void;
  /**
   * Somebody on the local network says that `device`, which `admit` calls a member, can be dialled
   * at these addresses: at most `maxDiscoveredAddresses`, and nothing but a claim until a dial has
   * authenticated the device there. Said again and again for as long as it is heard. Left out by
   * those who look for nobody.
   */
  onDiscovered?(device: string, addresses: readonly string[]): void;
}

export interface Network {
  /** The text form of this device's identity. */
  readonly localDevice: string;
  /**
   * Listens and begins to call the handlers. `memberProtocols` are open to members;
   * `pairingProtocol` also to a device whose admission is `pairing`.
   * Rejects with code `address_in_use` when a listen address is taken.
   */
  start(
    handlers: NetworkHandlers,
    protocols: { readonly members: readonly string[]; readonly pairing: string },
  ): Promise<void>;
  /** Closes every connection; idempotent. */
  stop(): Promise<void>;
  /** Where this device can be dialled now, without its identity; multiaddr text such as /ip4/192.168.1.7/tcp/22600. */
  addresses(): readonly string[];
  /**
   * Dials `device` at `addresses` and authenticates it: all are tried, the first ones first, until
   * one answers as that device. Rejects with code `dial_failed` when none does. The connection is
   * also given to `onConnection` when the device is a member. With `inviteKey`, 32 bytes that the
   * other device has among its own, it need not know this one, and the connection is for pairing only.
   */
  dial(
    device: string,
    addresses: readonly string[],
    options?: { readonly signal?: AbortSignal; readonly inviteKey?: Uint8Array },
  ): Promise<PeerConnection>;
}
