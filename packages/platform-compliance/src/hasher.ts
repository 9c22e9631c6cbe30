/** The suite that every `Hasher` passes: the official vectors, in one call and in pieces. */
import type { Hasher } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { blake3Vectors } from './blake3-vectors.js';

export function describeHasher(name: string, hasher: Hasher): void {
  describe(`${name} as a Hasher`, () => {
    describe.each(blake3Vectors)('the official vector of %i bytes', (inputLength, digest) => {
      const input = Uint8Array.from({ length: inputLength }, (_, index) => index % 251);

      test('comes out of one call', () => {
        expect(hexOf(hasher.blake3(input))).toBe(digest);
      });

      test('comes out of a part of a larger buffer', () => {
        const larger = new Uint8Array(inputLength + 7).fill(0xee);
        larger.set(input, 3);
        expect(hexOf(hasher.blake3(larger.subarray(3, 3 + inputLength)))).toBe(digest);
      });

      test('comes out of uneven pieces', () => {
        const hash = hasher.create();
        let start = 0;
        for (let size = 1; start < inputLength; size = size * 2 + 1) {
          hash.update(input.subarray(start, start + size));
          start += size;
        }
        expect(hexOf(hash.digest())).toBe(digest);
      });
    });

    test('hashes what is longer than a block, whole and in pieces', () => {
      const input = Uint8Array.from({ length: 3_000_001 }, (_, index) => index % 251);
      const hash = hasher.create();
      for (let from = 0; from < input.length; from += 777_777) {
        hash.update(input.subarray(from, from + 777_777));
      }
      expect(hexOf(hasher.blake3(input))).toBe(ofThreeMillion);
      expect(hexOf(hash.digest())).toBe(ofThreeMillion);
    });

    test('keeps hashes that are made at once apart', () => {
      const [first, second] = [hasher.create(), hasher.create()];
      first.update(Buffer.from('one'));
      second.update(Buffer.from('two'));
      first.update(Buffer.from('three'));
      expect(hexOf(first.digest())).toBe(hexOf(hasher.blake3(Buffer.from('onethree'))));
      expect(hexOf(second.digest())).toBe(hexOf(hasher.blake3(Buffer.from('two'))));
    });

    test('gives digests that later ones leave alone', () => {
      const digest = hasher.blake3(Buffer.from('kept'));
      const before = hexOf(digest);
      for (let count = 0; count < 100; count += 1) hasher.blake3(Buffer.from(`other ${count}`));
      expect(hexOf(digest)).toBe(before);
      expect(digest).toHaveLength(32);
    });
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** What the native build and the WebAssembly agree on; no official vector is as long. */
const ofThreeMillion = 'a1ead512edfce7caaecf9c124bb4da104432bfd8ca640e62ab376f1d72a51428';
