/**
 * A `FrameChannel` on one libp2p stream. Invariant: the channel ends normally only when the other
 * side closed its direction between two frames; every other end is an error for reader and sender.
 */

import { AppError, type FrameChannel, frameLength } from '@holdfast/platform';
import type { Stream, StreamCloseEvent } from '@libp2p/interface';
import { frameLengthError } from './frame-parser.js';
import { InboundFrames } from './inbound-frames.js';
import { OutboundFrames } from './outbound-frames.js';
import { renewHalfWindows } from './window-updates.js';

export class Libp2pFrameChannel implements FrameChannel {
  readonly protocol: string;
  readonly #stream: Stream;
  readonly #outbound: OutboundFrames;
  readonly #inbound: InboundFrames;
  #remoteFinished: boolean;
  #closing: Promise<void> | undefined;
  readonly #streamClosed: Promise<void>;

  constructor(stream: Stream) {
    this.protocol = stream.protocol;
    this.#stream = stream;
    this.#remoteFinished = stream.status === 'open' && stream.remoteWriteStatus === 'closed';
    renewHalfWindows(stream);
    this.#outbound = new OutboundFrames(stream, (error) => this.abort(error));
    this.#inbound = new InboundFrames(stream, (error) => this.abort(error));
    stream.addEventListener('remoteCloseWrite', () => {
      this.#remoteFinished = true;
      this.#finishReading();
    });
    stream.addEventListener('end', () => this.#finishReading());
    this.#streamClosed = new Promise((resolve) => {
      stream.addEventListener('close', (event) => {
        this.#onStreamClosed(event);
        resolve();
      });
    });
    if (stream.status !== 'open') this.#break(closedError(undefined));
    else this.#finishReading();
  }

  async send(...parts: readonly Uint8Array[]): Promise<void> {
    if (this.#closing !== undefined) throw closedError(undefined);
    const lengthBytes = frameLength(parts);
    const invalid = frameLengthError(lengthBytes);
    if (invalid !== undefined) {
      this.abort(invalid);
      throw invalid;
    }
    await this.#outbound.send(parts, lengthBytes);
  }

  frames(): AsyncIterable<Uint8Array> {
    return this.#inbound.iterate();
  }

  close(): Promise<void> {
    this.#closing ??= this.#finishSending();
    return this.#closing;
  }

  abort(reason: Error): void {
    this.#break(reason);
    this.#stream.abort(reason);
  }

  async #finishSending(): Promise<void> {
    try {
      await this.#outbound.drained();
      // A stream that breaks while it closes may never settle its close().
      await Promise.race([this.#stream.close(), this.#streamClosed]);
      this.#outbound.end(closedError(undefined));
    } catch (error) {
      // Closing what ended before has nothing left to do; the reader learns why it ended.
      this.#outbound.end(closedError(error));
    }
  }

  /** Called when the other side finished, and again when the last bytes came out of the stream. */
  #finishReading(): void {
    if (!this.#remoteFinished || this.#stream.readBufferLength > 0) return;
    this.#inbound.finish(closedError(new Error('the last frame was cut off')));
  }

  #onStreamClosed(event: StreamCloseEvent): void {
    const error = closedError(event.error);
    this.#outbound.end(error);
    if (!this.#remoteFinished) this.#inbound.fail(error);
  }

  #break(reason: Error): void {
    const ended = isChannelClosed(reason) ? reason : closedError(reason);
    this.#outbound.end(ended);
    this.#inbound.fail(reason);
  }
}

function isChannelClosed(error: Error): boolean {
  return error instanceof AppError && error.code === 'channel_closed';
}

function closedError(cause: unknown): AppError {
  return new AppError(
    'channel_closed',
    'The channel to the other device has ended. What it did not confirm is sent again later.',
    { kind: 'retry', ...(cause === undefined ? {} : { cause }) },
  );
}
