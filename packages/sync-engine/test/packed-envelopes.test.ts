/** Handing envelopes to a worker: what may be transferred, and what has to be copied. */
import { describe, expect, test } from 'vitest';
import { packEnvelopes } from '../src/packed-envelopes.js';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function read(packed: ReturnType<typeof packEnvelopes>): string[] {
  return packed.places.map(({ buffer, from, to }) =>
    text(packed.buffers[buffer]?.subarray(from, to) ?? new Uint8Array(0)),
  );
}

describe('packing envelopes', () => {
  test('two envelopes of one frame go with its memory, without a copy', () => {
    const frame = new Uint8Array(Buffer.from('--one-two'));
    const packed = packEnvelopes([
      { envelope: frame.subarray(2, 5), memory: frame.buffer },
      { envelope: frame.subarray(6, 9), memory: frame.buffer },
    ]);
    expect(read(packed)).toEqual(['one', 'two']);
    expect(packed.transfer.filter((memory) => memory === frame.buffer)).toHaveLength(1);
  });

  test('what lies in memory that others use is copied, and its memory stays', () => {
    const shared = new Uint8Array(Buffer.from('mine yours'));
    const frame = new Uint8Array(Buffer.from('own'));
    const packed = packEnvelopes([
      { envelope: shared.subarray(0, 4) },
      { envelope: frame, memory: frame.buffer },
      { envelope: shared.subarray(5, 10) },
    ]);
    expect(read(packed)).toEqual(['mine', 'own', 'yours']);
    expect(packed.transfer).not.toContain(shared.buffer);
    const given = structuredClone(packed.buffers, { transfer: packed.transfer });
    expect(packed.places.map((place) => given[place.buffer]?.byteLength)).toEqual([9, 3, 9]);
    expect(text(shared)).toBe('mine yours');
  });

  test('nothing is nothing', () => {
    expect(packEnvelopes([]).places).toEqual([]);
  });
});
