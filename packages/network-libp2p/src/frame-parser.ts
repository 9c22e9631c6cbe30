/**
 * Cuts a byte stream into frames: four bytes of big-endian length, then as many bytes. Owns the
 * chunks that do not make a whole frame yet; copies each payload at most once.
 */
import { AppError, maxFrameBytes } from '@holdfast/platform';
import { frameOverheadBytes } from './network-limits.js';

export const frameHeaderBytes = 4;

/** A smaller payload is copied even where it lies in one chunk, so that it does not pin the chunk. */
const shareThresholdBytes = 16 * 1024;

/** What is wrong with a frame of this length, if anything. */
export function frameLengthError(lengthBytes: number): AppError | undefined {
  if (lengthBytes >= 1 && lengthBytes <= maxFrameBytes) return undefined;
  return new AppError(
    'frame_invalid',
    `A frame of ${lengthBytes} bytes was refused: 1 to ${maxFrameBytes} are allowed. The channel was closed.`,
    { kind: 'permanent', hint: 'Make sure that both devices run compatible versions.' },
  );
}

export class FrameParser {
  #chunks: Uint8Array[] = [];
  /** Bytes of the first chunk that were taken already. */
  #offset = 0;
  #bufferedBytes = 0;
  /** The length of the frame whose header was taken; undefined between frames. */
  #length: number | undefined;

  /** Whether the bytes so far end at a frame's end. */
  get isBetweenFrames(): boolean {
    return this.#bufferedBytes === 0 && this.#length === undefined;
  }

  /** The chunk must not be changed afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
  }

  /**
   * The next frames that are whole, until they cost `budgetBytes` (the last may exceed it): their
   * lengths and `frameOverheadBytes` each. Throws `frame_invalid`: then the parser is of no use.
   */
  takeFrames(budgetBytes: number): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let used = 0;
    let costBytes = 0;
    while (costBytes < budgetBytes) {
      if (this.#length === undefined) {
        if (this.#bufferedBytes < frameHeaderBytes) break;
        const [header, next] = this.#take(used, frameHeaderBytes);
        used = next;
        const length = new DataView(header.buffer, header.byteOffset, header.length).getUint32(0);
        const error = frameLengthError(length);
        if (error !== undefined) throw error;
        this.#length = length;
      }
      if (this.#bufferedBytes < this.#length) break;
      const [frame, next] = this.#take(used, this.#length);
      used = next;
      costBytes += frame.length + frameOverheadBytes;
      frames.push(frame);
      this.#length = undefined;
    }
    // One splice for the whole pass: shifting each chunk would be quadratic.
    if (used > 0) this.#chunks.splice(0, used);
    return frames;
  }

  /** `lengthBytes` from chunk `index` on, and the index of the chunk where the rest begins. */
  #take(index: number, lengthBytes: number): [bytes: Uint8Array, index: number] {
    this.#bufferedBytes -= lengthBytes;
    const first = this.#chunks[index] as Uint8Array;
    const end = this.#offset + lengthBytes;
    if (end <= first.length) {
      const start = this.#offset;
      const shared = lengthBytes >= shareThresholdBytes || lengthBytes === frameHeaderBytes;
      const bytes = shared
        ? first.subarray(start, end)
        : new Uint8Array(first.subarray(start, end));
      const finished = end === first.length;
      this.#offset = finished ? 0 : end;
      return [bytes, finished ? index + 1 : index];
    }
    return this.#gather(index, lengthBytes);
  }

  #gather(from: number, lengthBytes: number): [bytes: Uint8Array, index: number] {
    const bytes: Uint8Array = Buffer.allocUnsafeSlow(lengthBytes);
    let filled = 0;
    let index = from;
    while (filled < lengthBytes) {
      const chunk = this.#chunks[index] as Uint8Array;
      const end = Math.min(chunk.length, this.#offset + lengthBytes - filled);
      bytes.set(chunk.subarray(this.#offset, end), filled);
      filled += end - this.#offset;
      this.#offset = end === chunk.length ? 0 : end;
      if (end === chunk.length) index++;
    }
    return [bytes, index];
  }
}
