/**
 * A `PeerConnection` on one libp2p connection. Owns the channels opened on it, so that closing the
 * connection breaks them: libp2p itself would end them as if the other side had finished.
 */

import { AppError, type Clock, type FrameChannel, type PeerConnection } from '@holdfast/platform';
import type { Connection, Stream } from '@libp2p/interface';
import { withDeadline } from './deadline.js';
import { Libp2pFrameChannel } from './libp2p-frame-channel.js';
import { closeTimeoutMs, maxChannelsPerProtocol, openChannelTimeoutMs } from './network-limits.js';

export class Libp2pPeerConnection implements PeerConnection {
  readonly remoteDevice: string;
  readonly direction: 'inbound' | 'outbound';
  readonly remoteAddress: string;
  readonly closed: Promise<void>;
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #channels = new Set<Libp2pFrameChannel>();

  constructor(connection: Connection, clock: Clock) {
    this.remoteDevice = connection.remotePeer.toString();
    this.direction = connection.direction;
    this.remoteAddress = connection.remoteAddr.toString().replace(/\/p2p\/[^/]+$/, '');
    this.#connection = connection;
    this.#clock = clock;
    this.closed = new Promise((resolve) => {
      connection.addEventListener('close', () => resolve(), { once: true });
      if (connection.status !== 'open' && connection.status !== 'closing') resolve();
    });
  }

  async openChannel(
    protocol: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<FrameChannel> {
    try {
      const stream = await withDeadline(
        this.#clock,
        openChannelTimeoutMs,
        options.signal,
        (signal) =>
          this.#connection.newStream(protocol, {
            signal,
            maxOutboundStreams: maxChannelsPerProtocol,
          }),
      );
      // Where it has too many channels already, the other side resets the stream at once.
      if (stream.status !== 'open') throw new Error('the other device ended the channel');
      return this.adopt(stream);
    } catch (cause) {
      throw openError(protocol, cause);
    }
  }

  /** Makes a channel of a stream of this connection. */
  adopt(stream: Stream): Libp2pFrameChannel {
    const channel = new Libp2pFrameChannel(stream);
    this.#channels.add(channel);
    stream.addEventListener('close', () => this.#channels.delete(channel), { once: true });
    return channel;
  }

  async close(): Promise<void> {
    const reason = new AppError('channel_closed', 'The connection was closed on this device.', {
      kind: 'retry',
    });
    for (const channel of this.#channels) channel.abort(reason);
    // A connection that breaks while it closes does not settle its close() until the deadline.
    await Promise.race([this.#closeGracefully(), this.closed]);
    await this.closed;
  }

  async #closeGracefully(): Promise<void> {
    try {
      await withDeadline(this.#clock, closeTimeoutMs, undefined, (signal) =>
        this.#connection.close({ signal }),
      );
    } catch (error) {
      this.abort(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Ends the connection without another word. */
  abort(reason: Error): void {
    this.#connection.abort(reason);
  }
}

function openError(protocol: string, cause: unknown): AppError {
  if (cause instanceof Error && cause.name === 'UnsupportedProtocolError') {
    return new AppError(
      'protocol_unsupported',
      `The other device does not speak ${protocol}. Nothing was exchanged.`,
      { kind: 'permanent', hint: 'Update Holdfast on both devices.', cause },
    );
  }
  return new AppError(
    'channel_failed',
    `A channel for ${protocol} could not be opened. Nothing was exchanged.`,
    { kind: 'retry', cause },
  );
}
