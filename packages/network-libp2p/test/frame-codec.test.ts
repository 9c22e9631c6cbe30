import { maxFrameBytes } from '@holdfast/platform';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameBatcher } from '../src/frame-batcher.js';
import { FrameParser } from '../src/frame-parser.js';
import { frameOverheadBytes } from '../src/network-limits.js';

const everything = Number.POSITIVE_INFINITY;

/** The bytes cut at the given lengths, over and over. */
function* cut(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  let offset = 0;
  for (let turn = 0; offset < bytes.length; turn++) {
    const length = lengths[turn % lengths.length] as number;
    yield bytes.subarray(offset, offset + length);
    offset += length;
  }
}

function header(lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, lengthBytes);
  return bytes;
}

describe('frames on a byte stream', () => {
  test('come out as they went in, however they were batched and cut', () => {
    const frame = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat(70_000).map((length) => new Uint8Array(length + 1).fill(length)),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 30 }),
        fc.integer({ min: 5, max: 40_000 }),
        cuts,
        (frames, batchBytes, lengths) => {
          const batcher = new FrameBatcher(batchBytes);
          for (const one of frames) batcher.add([one], one.length);
          const batches: Uint8Array[] = [];
          for (let batch = batcher.next(); batch !== undefined; batch = batcher.next()) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(batchBytes);
            batches.push(batch.subarray());
          }
          expect(batcher.queuedBytes).toBe(0);
          const parser = new FrameParser();
          const received: Uint8Array[] = [];
          for (const chunk of cut(Buffer.concat(batches), lengths)) {
            parser.push(chunk);
            received.push(...parser.takeFrames(everything));
          }
          expect(received.map((one) => one.length)).toEqual(frames.map((one) => one.length));
          expect(Buffer.compare(Buffer.concat(received), Buffer.concat(frames))).toBe(0);
          expect(parser.isBetweenFrames).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('small frames share a batch', () => {
    const batcher = new FrameBatcher(1000);
    for (let count = 0; count < 20; count++) batcher.add([new Uint8Array(10)], 10);
    expect(batcher.next()?.byteLength).toBe(20 * 14);
    expect(batcher.next()).toBeUndefined();
  });

  test('the parser stops at its budget and goes on from there', () => {
    const parser = new FrameParser();
    const count = 1000;
    for (let index = 0; index < count; index++) {
      parser.push(header(1));
      parser.push(Uint8Array.of(index & 0xff));
    }
    const first = parser.takeFrames(10 * (frameOverheadBytes + 1));
    expect(first).toHaveLength(10);
    expect(parser.isBetweenFrames).toBe(false);
    const rest = parser.takeFrames(everything);
    expect([...first, ...rest].map((frame) => frame[0])).toEqual(
      Array.from({ length: count }, (_, index) => index & 0xff),
    );
  });

  test('a small frame does not share memory with the chunk it came in', () => {
    const parser = new FrameParser();
    const chunk = Buffer.concat([header(3), Uint8Array.of(1, 2, 3), header(9)]);
    parser.push(chunk);
    const [frame] = parser.takeFrames(everything);
    chunk.fill(0);
    expect(frame).toEqual(Uint8Array.of(1, 2, 3));
  });

  test.each([0, maxFrameBytes + 1, 0xffff_ffff])(
    'a length of %d is refused as soon as it is read',
    (length) => {
      const parser = new FrameParser();
      parser.push(header(length));
      expect(() => parser.takeFrames(everything)).toThrow(
        expect.objectContaining({ code: 'frame_invalid' }),
      );
    },
  );
});
