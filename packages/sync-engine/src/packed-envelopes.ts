/**
 * Envelopes on their way to a worker thread. Frames that hold nothing else are handed over as they
 * arrived; only what lies in shared memory is copied.
 */
import type { BlockArrival } from './block-client.js';

/** Where an envelope lies: in which buffer, and from where to where in it. */
export interface EnvelopePlace {
  readonly buffer: number;
  readonly from: number;
  readonly to: number;
}

export interface PackedEnvelopes {
  readonly buffers: readonly Uint8Array[];
  /** One for each envelope, in order. */
  readonly places: readonly EnvelopePlace[];
  /** What may be transferred with the buffers: they are of no use here afterwards. */
  readonly transfer: ArrayBuffer[];
}

type Arrived = Pick<BlockArrival, 'envelope' | 'memory'>;

export const noEnvelopes: PackedEnvelopes = { buffers: [], places: [], transfer: [] };

export function packEnvelopes(arrived: readonly Arrived[]): PackedEnvelopes {
  const shared = arrived.filter((one) => one.memory === undefined);
  const copies = new Uint8Array(shared.reduce((sum, one) => sum + one.envelope.length, 0));
  const buffers: Uint8Array[] = [copies];
  const frames = new Map<ArrayBuffer, number>();
  let copied = 0;
  const places = arrived.map(({ envelope, memory }): EnvelopePlace => {
    if (memory === undefined) {
      const from = copied;
      copies.set(envelope, from);
      copied += envelope.length;
      return { buffer: 0, from, to: copied };
    }
    const buffer = frames.get(memory) ?? buffers.push(new Uint8Array(memory)) - 1;
    frames.set(memory, buffer);
    const from = envelope.byteOffset;
    return { buffer, from, to: from + envelope.length };
  });
  return { buffers, places, transfer: [copies.buffer, ...frames.keys()] };
}
