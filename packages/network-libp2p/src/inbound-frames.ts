/**
 * The receiving half of a channel: parses what arrives and pauses the stream before it overflows,
 * because libp2p resets a stream whose read buffer is full. Owns the frames nobody took yet, about
 * `readAheadBytes` of them.
 */
import type { Stream, StreamMessageEvent } from '@libp2p/interface';
import { assert } from '@holdfast/platform';
import { FrameParser } from './frame-parser.js';
import { readAheadBytes } from './network-limits.js';

export class InboundFrames implements AsyncIterableIterator<Uint8Array> {
  readonly #stream: Stream;
  readonly #onInvalid: (error: Error) => void;
  readonly #parser = new FrameParser();
  #frames: Uint8Array[] = [];
  #taken = 0;
  #queuedBytes = 0;
  #iterated = false;
  #discarding = false;
  #resuming = false;
  /** The other side finished properly: what is queued is still delivered. */
  #complete = false;
  #failure: Error | undefined;
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

  /** Whether everything that arrived made whole frames. */
  get isBetweenFrames(): boolean {
    return this.#parser.isBetweenFrames;
  }

  /** No more will arrive, as the other side intended. */
  complete(): void {
    this.#complete = true;
    this.#wake();
  }

  /** Nothing queued is delivered any more; ignored once the frames are complete. */
  fail(error: Error): void {
    if (this.#complete || this.#failure !== undefined) return;
    this.#failure = error;
    this.#frames = [];
    this.#taken = 0;
    this.#queuedBytes = 0;
    this.#wake();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#taken < this.#frames.length) return { done: false, value: this.#take() };
      if (this.#complete || this.#discarding) return { done: true, value: undefined };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The reader left its loop: what still arrives is dropped, our direction stays open. */
  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#discarding = true;
    this.#frames = [];
    this.#taken = 0;
    this.#queuedBytes = 0;
    this.#resumeWhenLow();
    this.#wake();
    return { done: true, value: undefined };
  }

  #take(): Uint8Array {
    const frame = this.#frames[this.#taken++] as Uint8Array;
    this.#queuedBytes -= frame.length;
    // In runs: shifting each frame would be quadratic where many small ones wait.
    if (this.#taken === this.#frames.length || this.#taken >= 64) {
      this.#frames.splice(0, this.#taken);
      this.#taken = 0;
    }
    this.#resumeWhenLow();
    return frame;
  }

  #receive(data: StreamMessageEvent['data']): void {
    if (this.#discarding || this.#failure !== undefined) return;
    try {
      if (data instanceof Uint8Array) this.#parser.push(data);
      else for (const chunk of data) this.#parser.push(chunk);
      for (const frame of this.#parser.takeFrames()) {
        this.#frames.push(frame);
        this.#queuedBytes += frame.length;
      }
    } catch (error) {
      this.#onInvalid(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    this.#pauseWhenFull();
    this.#wake();
  }

  #pauseWhenFull(): void {
    // Inside resume() the stream would go on granting window after a pause: it is done afterwards.
    if (this.#resuming || this.#queuedBytes < readAheadBytes) return;
    if (this.#stream.readStatus === 'readable') this.#stream.pause();
  }

  #resumeWhenLow(): void {
    if (this.#stream.readStatus !== 'paused' || this.#queuedBytes >= readAheadBytes / 2) return;
    this.#resuming = true;
    try {
      this.#stream.resume();
    } catch (error) {
      // The data came out first; only the notice to a connection that is gone can fail.
      this.fail(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#resuming = false;
    }
    this.#pauseWhenFull();
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
