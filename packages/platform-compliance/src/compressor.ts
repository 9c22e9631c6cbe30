/**
 * The suite that every `Compressor` passes, alone and with what another one made: whatever it is
 * given, it gives the content, or says that the bytes are at fault.
 */
import { type Compressor, maxCompressorBytes } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { thrownCode } from './thrown-code.js';

/** `other` made or opens what this one did not. */
export function describeCompressor(name: string, compressor: Compressor, other: Compressor): void {
  describe(`${name} as a Compressor`, () => {
    testContents(compressor, other);
    testRefusals(compressor);
  });
}

const line = 'a line that comes again, and again, with a number: ';
const text = Buffer.from(line);

function contents(): (readonly [string, Uint8Array])[] {
  const noise = new Uint8Array(maxCompressorBytes);
  let state = 7;
  for (let at = 0; at < noise.length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    noise[at] = state;
  }
  const lines = Array.from({ length: 15_000 }, (_, at) => `${line}${at * 7919}\n`).join('');
  return [
    ['one byte', Buffer.from('x')],
    ['a short text', text],
    ['the largest text', Buffer.from(lines).subarray(0, maxCompressorBytes)],
    ['the largest run of zeros', new Uint8Array(maxCompressorBytes)],
    ['noise', noise.subarray(0, 70_001)],
    ['the most noise', noise],
    ['a view with an offset', noise.subarray(12_345, 23_456)],
  ];
}

function testContents(compressor: Compressor, other: Compressor): void {
  describe.each(contents())('%s', (_, plain) => {
    test('comes back', () => {
      const frame = compressor.compress(plain);
      expect(Buffer.compare(compressor.decompress(frame, plain.length), plain)).toBe(0);
    });

    test('comes back through another implementation, both ways', () => {
      const ours = compressor.compress(plain);
      expect(Buffer.compare(other.decompress(ours, plain.length), plain)).toBe(0);
      const theirs = other.compress(plain);
      expect(Buffer.compare(compressor.decompress(theirs, plain.length), plain)).toBe(0);
    });
  });

  test('a frame says how long its content is', () => {
    // RFC 8878, section 3.1.1.1: a single segment, or a content size field of some bytes.
    for (const [, plain] of contents()) {
      const descriptor = compressor.compress(plain)[4] ?? 0;
      expect(descriptor & 0xe0).not.toBe(0);
    }
  });

  test('what was given before is not changed by what comes after', () => {
    const frame = compressor.compress(text);
    const plain = compressor.decompress(frame, text.length);
    const kept = Buffer.from(frame);
    compressor.compress(Buffer.from('something else'));
    compressor.decompress(other.compress(new Uint8Array(500)), 500);
    expect(Buffer.compare(frame, kept)).toBe(0);
    expect(Buffer.compare(plain, text)).toBe(0);
  });
}

function testRefusals(compressor: Compressor): void {
  const frame = compressor.compress(text);
  const decompressing = (bytes: Uint8Array, plainBytes = text.length) =>
    thrownCode(() => compressor.decompress(bytes, plainBytes));

  test('a frame of another length than was said is refused', () => {
    for (const said of [1, text.length - 1, text.length + 1, maxCompressorBytes]) {
      expect(decompressing(frame, said)).toBe('compressed_malformed');
    }
  });

  test('a frame that is cut anywhere is refused, and one that is damaged never passes for more', () => {
    for (let length = 0; length < frame.length; length += 1) {
      expect(decompressing(frame.subarray(0, length))).toBe('compressed_malformed');
    }
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const changed = Uint8Array.from(frame);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(['compressed_malformed', 'nothing thrown']).toContain(decompressing(changed));
    }
    expect(decompressing(frame)).toBe('nothing thrown');
  });

  test('what is no frame is refused', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(100), Buffer.from('no zstd at all')]) {
      expect(decompressing(bytes)).toBe('compressed_malformed');
    }
    expect(decompressing(new Uint8Array(3 * maxCompressorBytes))).toBe('compressed_malformed');
  });

  test('a frame that holds more than was said is refused without giving it room', () => {
    const bomb = compressor.compress(new Uint8Array(maxCompressorBytes));
    expect(bomb.length).toBeLessThan(1_000);
    for (let count = 0; count < 200; count += 1) {
      expect(decompressing(bomb, 100)).toBe('compressed_malformed');
    }
  });

  test('goes on working after what it refused', () => {
    decompressing(new Uint8Array(100));
    expect(Buffer.compare(compressor.decompress(frame, text.length), text)).toBe(0);
  });
}
