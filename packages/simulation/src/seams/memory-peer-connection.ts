/**
 * One end of a connection between two simulated devices. Owns its channels. Every message leaves
 * through one lane, as over one socket; nothing leaves or arrives once the node has ended.
 */
import { AppError, type FrameChannel, type PeerConnection } from '@holdfast/platform';
import { type KillSwitch, never } from './kill-switch.js';
import { MemoryFrameChannel } from './memory-frame-channel.js';
import type { LinkMessage, MessageLane } from './message-lane.js';

export interface ConnectionOwner {
  readonly killSwitch: KillSwitch;
  /** Whether the other device may open a channel for this protocol now. */
  admitsChannel(connection: MemoryPeerConnection, protocol: string): boolean;
  onChannel(connection: MemoryPeerConnection, channel: FrameChannel): void;
  onEnded(connection: MemoryPeerConnection): void;
}

interface Opening {
  readonly protocol: string;
  resolve(channel: FrameChannel): void;
  reject(error: unknown): void;
}

export interface ConnectionDetails {
  readonly remoteDevice: string;
  readonly direction: 'inbound' | 'outbound';
  readonly remoteAddress: string;
}

function connectionClosed(): AppError {
  return new AppError('connection_closed', 'The connection to the other device has ended.', {
    hint: 'Nothing is lost. The device is dialled again by itself.',
    kind: 'retry',
  });
}

export class MemoryPeerConnection implements PeerConnection {
  readonly remoteDevice: string;
  readonly direction: 'inbound' | 'outbound';
  readonly remoteAddress: string;
  readonly closed: Promise<void>;
  readonly #owner: ConnectionOwner;
  readonly #lane: MessageLane;
  readonly #channels = new Map<string, MemoryFrameChannel>();
  readonly #openings = new Map<string, Opening>();
  #openedCount = 0;
  #ended = false;
  #resolveClosed: () => void = () => undefined;
  /** Called with the first message, when the other side has accepted. */
  onEstablished: () => void = () => undefined;

  constructor(owner: ConnectionOwner, lane: MessageLane, details: ConnectionDetails) {
    this.#owner = owner;
    this.#lane = lane;
    this.remoteDevice = details.remoteDevice;
    this.direction = details.direction;
    this.remoteAddress = details.remoteAddress;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How many channels of that protocol are open. */
  channelCount(protocol: string): number {
    return [...this.#channels.values()].filter((channel) => channel.protocol === protocol).length;
  }

  async openChannel(
    protocol: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<FrameChannel> {
    if (this.#owner.killSwitch.killed) return never();
    if (this.#ended) throw connectionClosed();
    options.signal?.throwIfAborted();
    const id = `${this.direction}-${this.#openedCount++}`;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        if (!this.#openings.delete(id)) return;
        this.#send({ type: 'abort', channel: id });
        reject(options.signal?.reason);
      };
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const settled = () => options.signal?.removeEventListener('abort', onAbort);
      this.#openings.set(id, {
        protocol,
        resolve: (channel) => {
          settled();
          resolve(channel);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
      });
      this.#send({ type: 'open', channel: id, protocol });
    });
  }

  async close(): Promise<void> {
    if (this.#owner.killSwitch.killed) return never();
    this.end();
  }

  /** Says goodbye and ends; idempotent. */
  end(): void {
    if (this.#ended) return;
    this.#send({ type: 'close' });
    this.breakOff();
  }

  announceEstablished(): void {
    this.#send({ type: 'established' });
  }

  /** The process died; its operating system closes the socket. */
  leaveBehind(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#lane.send({ type: 'close' });
  }

  /** Ends this side at once, without a word to the other. */
  breakOff(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#owner.killSwitch.killed) return;
    for (const channel of this.#channels.values()) channel.breakOff(connectionClosed());
    this.#channels.clear();
    const openings = [...this.#openings.values()];
    this.#openings.clear();
    for (const opening of openings) opening.reject(connectionClosed());
    this.#resolveClosed();
    this.#owner.onEnded(this);
  }

  receive(message: LinkMessage): void {
    if (this.#owner.killSwitch.killed) this.leaveBehind();
    if (this.#ended) return;
    if (message.type === 'established') this.onEstablished();
    else if (message.type === 'close') this.breakOff();
    else if (message.type === 'open') this.#accept(message.channel, message.protocol);
    else if (message.type === 'accept') this.#opened(message.channel);
    else if (message.type === 'refuse') this.#refused(message.channel);
    else this.#channels.get(message.channel)?.receive(message);
  }

  #accept(id: string, protocol: string): void {
    if (!this.#owner.admitsChannel(this, protocol)) {
      this.#send({ type: 'refuse', channel: id });
      return;
    }
    this.#send({ type: 'accept', channel: id });
    this.#owner.onChannel(this, this.#addChannel(id, protocol));
  }

  #opened(id: string): void {
    const opening = this.#openings.get(id);
    if (opening === undefined) return;
    this.#openings.delete(id);
    opening.resolve(this.#addChannel(id, opening.protocol));
  }

  #refused(id: string): void {
    const opening = this.#openings.get(id);
    this.#openings.delete(id);
    opening?.reject(
      new AppError('protocol_unsupported', `The other device does not offer ${opening.protocol}.`, {
        hint: 'Check that both devices run the same major version and are paired.',
        kind: 'permanent',
      }),
    );
  }

  #addChannel(id: string, protocol: string): MemoryFrameChannel {
    const channel = new MemoryFrameChannel(protocol, {
      id,
      killSwitch: this.#owner.killSwitch,
      send: (message) => this.#send(message),
      onEnded: () => this.#channels.delete(id),
    });
    this.#channels.set(id, channel);
    return channel;
  }

  #send(message: LinkMessage): void {
    if (this.#ended || this.#owner.killSwitch.killed) return;
    this.#lane.send(message);
  }
}
