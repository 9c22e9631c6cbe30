/**
 * One end of a frame channel. Owns the frames that arrived and were not read, and the senders that
 * wait for room. Bound: the other side holds at most the window and one frame unread per awaited
 * send.
 */
import { AppError, type FrameChannel, maxFrameBytes } from '@holdfast/platform';
import { type KillSwitch, never } from './kill-switch.js';
import type { LinkMessage } from './message-lane.js';

/** Bytes that may be sent and not yet read before `send` waits. */
export const channelWindowBytes = 1024 * 1024;

export interface ChannelPort {
  readonly id: string;
  readonly killSwitch: KillSwitch;
  send(message: LinkMessage): void;
  /** The channel has ended in both directions. */
  onEnded(): void;
}

interface Waiter {
  resolve(): void;
  reject(error: Error): void;
}

function channelClosed(cause?: Error): AppError {
  return new AppError('channel_closed', 'The channel to the other device has ended.', {
    hint: 'Nothing is lost. It is opened again when the device is reached again.',
    kind: 'retry',
    ...(cause === undefined ? {} : { cause }),
  });
}

export class MemoryFrameChannel implements FrameChannel {
  readonly protocol: string;
  readonly #port: ChannelPort;
  readonly #unread: Uint8Array[] = [];
  readonly #senders: Waiter[] = [];
  #reader: (() => void) | undefined;
  #unreadByOtherBytes = 0;
  #sendingEnded = false;
  #receivingEnded = false;
  #readerLeft = false;
  #iterated = false;
  #broken: Error | undefined;

  constructor(protocol: string, port: ChannelPort) {
    this.protocol = protocol;
    this.#port = port;
  }

  async send(...parts: readonly Uint8Array[]): Promise<void> {
    const frame = new Uint8Array(Buffer.concat(parts));
    if (this.#port.killSwitch.killed) return never();
    if (this.#broken !== undefined || this.#sendingEnded) throw channelClosed(this.#broken);
    if (frame.length === 0 || frame.length > maxFrameBytes) {
      const error = new AppError('frame_invalid', `A frame of ${frame.length} bytes is not sent.`, {
        kind: 'permanent',
      });
      this.abort(error);
      throw error;
    }
    this.#unreadByOtherBytes += frame.length;
    const { id: channel } = this.#port;
    this.#port.send({ type: 'frame', channel, bytes: frame });
    if (this.#unreadByOtherBytes <= channelWindowBytes) return;
    await new Promise<void>((resolve, reject) => {
      this.#senders.push({ resolve, reject });
    });
  }

  async *frames(): AsyncGenerator<Uint8Array> {
    if (this.#iterated) throw new Error('the frames of a channel can be read only once');
    this.#iterated = true;
    try {
      while (true) {
        if (this.#broken !== undefined) throw this.#broken;
        const frame = this.#unread.shift();
        if (frame !== undefined) {
          this.#giveCredit(frame.length);
          yield frame;
        } else if (this.#receivingEnded) return;
        else {
          await new Promise<void>((resolve) => {
            this.#reader = resolve;
          });
        }
      }
    } finally {
      this.#discardUnread();
    }
  }

  async close(): Promise<void> {
    if (this.#port.killSwitch.killed) return never();
    if (this.#sendingEnded || this.#broken !== undefined) return;
    this.#sendingEnded = true;
    this.#port.send({ type: 'end', channel: this.#port.id });
    if (this.#receivingEnded) this.#port.onEnded();
  }

  abort(reason: Error): void {
    if (this.#broken !== undefined || this.#port.killSwitch.killed) return;
    this.#port.send({ type: 'abort', channel: this.#port.id });
    this.breakOff(reason);
  }

  /** Takes one message of the other end. */
  receive(message: LinkMessage): void {
    if (this.#broken !== undefined) return;
    if (message.type === 'frame') {
      if (this.#readerLeft) this.#giveCredit(message.bytes.length);
      else this.#unread.push(message.bytes);
    } else if (message.type === 'credit') {
      this.#unreadByOtherBytes -= message.lengthBytes;
      if (this.#unreadByOtherBytes <= channelWindowBytes) {
        for (const sender of this.#senders.splice(0)) sender.resolve();
      }
    } else if (message.type === 'end') {
      this.#receivingEnded = true;
      if (this.#sendingEnded) this.#port.onEnded();
    } else if (message.type === 'abort') {
      this.breakOff(channelClosed());
    }
    this.#wakeReader();
  }

  /** The channel broke. What arrived whole, up to a proper end, can still be read. */
  breakOff(reason: Error): void {
    if (this.#broken !== undefined) return;
    const endedBefore = this.#sendingEnded && this.#receivingEnded;
    if (!endedBefore) {
      this.#broken = reason;
      this.#unread.length = 0;
    }
    for (const sender of this.#senders.splice(0)) sender.reject(channelClosed(reason));
    this.#wakeReader();
    this.#port.onEnded();
  }

  #giveCredit(lengthBytes: number): void {
    if (this.#broken !== undefined) return;
    this.#port.send({ type: 'credit', channel: this.#port.id, lengthBytes });
  }

  #discardUnread(): void {
    this.#readerLeft = true;
    for (const frame of this.#unread.splice(0)) this.#giveCredit(frame.length);
  }

  #wakeReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.();
  }
}
