/** Entries on their way to a segment: split into batches, and packed into one buffer. */
import { frameBytes, writeFrame } from './segment-format.js';

/** In order, each batch within `limitBytes` as packed, or a single entry that is larger. */
export function splitIntoBatches(
  payloads: readonly Uint8Array[],
  limitBytes: number,
): (readonly Uint8Array[])[] {
  const batches: Uint8Array[][] = [];
  let batchBytes = Number.POSITIVE_INFINITY;
  for (const payload of payloads) {
    const bytes = frameBytes + payload.length;
    if (batchBytes + bytes > limitBytes) {
      batches.push([]);
      batchBytes = 0;
    }
    batches.at(-1)?.push(payload);
    batchBytes += bytes;
  }
  return batches;
}

export function packedBytes(payloads: readonly Uint8Array[]): number {
  return payloads.reduce((sum, payload) => sum + frameBytes + payload.length, 0);
}

/** Frames and payloads back to back, for `offset` of a file; the checksums are not yet written. */
export function packFrames(payloads: readonly Uint8Array[], offset: number): ArrayBuffer {
  const bytes = new ArrayBuffer(packedBytes(payloads));
  const frames = Buffer.from(bytes);
  let at = 0;
  for (const payload of payloads) {
    writeFrame(frames, at, offset + at, payload.length);
    frames.set(payload, at + frameBytes);
    at += frameBytes + payload.length;
  }
  return bytes;
}
