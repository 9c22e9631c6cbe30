/**
 * Joins frames into buffers for the transport, which is slow on small ones: several small frames
 * travel in one buffer, a long one in several. Owns the frames not yet handed out; their order is
 * the order of `add`.
 */
import { frameHeaderBytes } from './frame-parser.js';

/** Sent frames are let go of in runs of at least this many, or when none waits. */
const releaseRun = 64;

export class FrameBatcher {
  readonly #batchBytes: number;
  #frames: Uint8Array[] = [];
  /** The frame at hand, and how much of header and payload went out. */
  #index = 0;
  #sentBytes = 0;
  #queuedBytes = 0;

  constructor(batchBytes: number) {
    this.#batchBytes = batchBytes;
  }

  /** Bytes that wait, headers included. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  add(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#queuedBytes += frameHeaderBytes + frame.length;
  }

  clear(): void {
    this.#frames = [];
    this.#index = 0;
    this.#sentBytes = 0;
    this.#queuedBytes = 0;
  }

  /** The next buffer of at most `batchBytes`, or undefined when nothing waits. */
  next(): Uint8Array | undefined {
    if (this.#queuedBytes === 0) return undefined;
    const batch = this.#middleOfFrame() ?? this.#join();
    this.#queuedBytes -= batch.length;
    // In runs: letting go of each frame by itself would be quadratic.
    if (this.#index === this.#frames.length || this.#index >= releaseRun) {
      this.#frames.splice(0, this.#index);
      this.#index = 0;
    }
    return batch;
  }

  /** A whole batch from inside one frame needs no copy. */
  #middleOfFrame(): Uint8Array | undefined {
    const frame = this.#frames[this.#index] as Uint8Array;
    const start = this.#sentBytes - frameHeaderBytes;
    if (start < 0 || frame.length - start < this.#batchBytes) return undefined;
    const batch = frame.subarray(start, start + this.#batchBytes);
    this.#advance(frame, this.#batchBytes);
    return batch;
  }

  /** Ends after the header of a long frame, so that what follows needs no copy. */
  #join(): Uint8Array {
    const parts: Uint8Array[] = [];
    let joined = 0;
    while (joined < this.#batchBytes && this.#index < this.#frames.length) {
      const frame = this.#frames[this.#index] as Uint8Array;
      if (this.#sentBytes === 0) {
        // A header is never split: where it does not fit, the batch ends before it.
        if (this.#batchBytes - joined < frameHeaderBytes) break;
        parts.push(headerOf(frame));
        joined += frameHeaderBytes;
        this.#advance(frame, frameHeaderBytes);
        if (frame.length >= this.#batchBytes) break;
      }
      const start = this.#sentBytes - frameHeaderBytes;
      const count = Math.min(frame.length - start, this.#batchBytes - joined);
      parts.push(frame.subarray(start, start + count));
      joined += count;
      this.#advance(frame, count);
    }
    return parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts, joined);
  }

  #advance(frame: Uint8Array, byteCount: number): void {
    this.#sentBytes += byteCount;
    if (this.#sentBytes < frameHeaderBytes + frame.length) return;
    this.#sentBytes = 0;
    this.#index++;
  }
}

function headerOf(frame: Uint8Array): Uint8Array {
  const header = Buffer.allocUnsafe(frameHeaderBytes);
  header.writeUInt32BE(frame.length);
  return header;
}
