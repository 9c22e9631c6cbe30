/**
 * Cuts what waits to be sent into batches for the transport, which is slow on small ones: frames
 * travel together as far as they fit, a long one in several batches. Long pieces are never copied,
 * small ones are joined. Owns the frames not yet handed out; their order is the order of `add`.
 */
import { Uint8ArrayList } from 'uint8arraylist';
import { frameHeaderBytes } from './frame-parser.js';

/** Pieces that were sent are let go of in runs of at least this many: one by one would be quadratic. */
const releaseRun = 256;
/** Encrypting a piece by itself costs about as much as copying this much. */
const joinBelowBytes = 8 * 1024;

export class FrameBatcher {
  readonly #batchBytes: number;
  #pieces: Uint8Array[] = [];
  /** The piece at hand, and how much of it went out. */
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

  /** One frame, in as many parts as it was made in, of `lengthBytes` together. */
  add(parts: readonly Uint8Array[], lengthBytes: number): void {
    this.#pieces.push(headerOf(lengthBytes), ...parts);
    this.#queuedBytes += frameHeaderBytes + lengthBytes;
  }

  clear(): void {
    this.#pieces = [];
    this.#index = 0;
    this.#sentBytes = 0;
    this.#queuedBytes = 0;
  }

  /** The next batch of at most `batchBytes`, or undefined when nothing waits. */
  next(): Uint8ArrayList | undefined {
    if (this.#queuedBytes === 0) return undefined;
    const batch = new Uint8ArrayList();
    let small: Uint8Array[] = [];
    let bytes = 0;
    while (bytes < this.#batchBytes && this.#index < this.#pieces.length) {
      const piece = this.#take(this.#batchBytes - bytes);
      bytes += piece.length;
      if (piece.length < joinBelowBytes) {
        small.push(piece);
        continue;
      }
      if (small.length > 0) batch.append(joined(small));
      small = [];
      batch.append(piece);
    }
    if (small.length > 0) batch.append(joined(small));
    this.#queuedBytes -= bytes;
    this.#release();
    return batch;
  }

  #take(atMostBytes: number): Uint8Array {
    const piece = this.#pieces[this.#index] as Uint8Array;
    const end = Math.min(piece.length, this.#sentBytes + atMostBytes);
    const taken = piece.subarray(this.#sentBytes, end);
    this.#sentBytes = end;
    if (end === piece.length) {
      this.#sentBytes = 0;
      this.#index += 1;
    }
    return taken;
  }

  #release(): void {
    if (this.#index < this.#pieces.length && this.#index < releaseRun) return;
    this.#pieces.splice(0, this.#index);
    this.#index = 0;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}

function headerOf(lengthBytes: number): Uint8Array {
  const header = Buffer.allocUnsafe(frameHeaderBytes);
  header.writeUInt32BE(lengthBytes);
  return header;
}
