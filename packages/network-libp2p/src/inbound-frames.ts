/**
 * The receiving half of a channel: parses what arrives and pauses the stream before it overflows,
 * because libp2p resets a stream whose read buffer is full. Owns the frames nobody took yet, about
 * `readAheadBytes` of them, and the bytes behind them that are not cut into frames yet.
 */
import { assert } from '@holdfast/platform';
import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import { FrameParser } from './frame-parser.js';
import { frameOverheadBytes, readAheadBytes } from './network-limits.js';
import { notePassed } from './young-buffers.js';

/** Frames that were taken are let go of in runs of this many: each by itself would be quadratic. */
const releaseRun = 64;

export class InboundFrames implements AsyncIterableIterator<Uint8Array> {
  readonly #stream: Stream;
  readonly #onInvalid: (error: Error) => void;
  #parser = new FrameParser();
  #frames: Uint8Array[] = [];
  #taken = 0;
  #costBytes = 0;
  #iterated = false;
  #discarding = false;
  #resuming = false;
  #failure: Error | undefined;
  /** Set when no more bytes will come, as the other side intended: the error if a frame was cut. */
  #cutOff: Error | undefined;
  #waiting: (() => void)[] = [];

  /** `onInvalid` is told when what arrived cannot be parsed. */
  constructor(stream: Stream, onInvalid: (error: Error) => void) {
    this.#stream = stream;
    this.#onInvalid = onInvalid;
    stream.addEventListener('message', (event) => this.#receive(event.data));
  }

  iterate(): AsyncIterable<Uint8Array> {
    assert(!this.#iterated, 'the frames of a channel are iterated once');
    this.#iterated = true;
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The other side has finished; what arrived is still delivered, then `cutOff` if a frame was. */
  finish(cutOff: Error): void {
    this.#cutOff = cutOff;
    this.#wake();
  }

  /** The channel broke: nothing that waits is delivered any more. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    this.#drop();
    this.#wake();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#taken < this.#frames.length) return { done: false, value: this.#take() };
      if (this.#discarding) return { done: true, value: undefined };
      if (this.#cutOff !== undefined) {
        if (this.#parser.isBetweenFrames) return { done: true, value: undefined };
        throw this.#cutOff;
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The reader left its loop: what still arrives is dropped, our direction stays open. */
  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#discarding = true;
    this.#drop();
    this.#resumeWhenLow();
    this.#wake();
    return { done: true, value: undefined };
  }

  #take(): Uint8Array {
    const frame = this.#frames[this.#taken++] as Uint8Array;
    this.#costBytes -= frame.length + frameOverheadBytes;
    if (this.#taken === this.#frames.length || this.#taken >= releaseRun) {
      this.#frames.splice(0, this.#taken);
      this.#taken = 0;
    }
    if (this.#costBytes < readAheadBytes / 2) {
      this.#parse();
      this.#resumeWhenLow();
    }
    return frame;
  }

  #receive(data: StreamMessageEvent['data']): void {
    notePassed(data.byteLength);
    if (this.#discarding || this.#failure !== undefined) return;
    if (data instanceof Uint8Array) this.#parser.push(data);
    else for (const chunk of data) this.#parser.push(chunk);
    this.#parse();
    this.#pauseWhenFull();
    this.#wake();
  }

  #parse(): void {
    try {
      for (const frame of this.#parser.takeFrames(readAheadBytes - this.#costBytes)) {
        this.#frames.push(frame);
        this.#costBytes += frame.length + frameOverheadBytes;
      }
    } catch (error) {
      this.#onInvalid(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #pauseWhenFull(): void {
    // Inside resume() the stream would go on granting window after a pause: it is done afterwards.
    if (this.#resuming || this.#costBytes < readAheadBytes) return;
    if (this.#stream.readStatus === 'readable') this.#stream.pause();
  }

  #resumeWhenLow(): void {
    if (this.#stream.readStatus !== 'paused' || this.#costBytes >= readAheadBytes / 2) return;
    this.#resuming = true;
    try {
      this.#stream.resume();
    } catch (error) {
      // The bytes came out first; only the notice to a connection that is gone can fail.
      if (this.#cutOff === undefined)
        this.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#resuming = false;
    }
    this.#pauseWhenFull();
  }

  #drop(): void {
    this.#frames = [];
    this.#taken = 0;
    this.#costBytes = 0;
    this.#parser = new FrameParser();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
