/** The suite that every `RandomSource` passes. */
import { type RandomSource, randomFraction } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';

export function describeRandomSource(name: string, create: () => RandomSource): void {
  describe(`${name} as a RandomSource`, () => {
    test.each([0, 1, 3, 16, 33, 100_000])('gives %i bytes when asked for as many', (length) => {
      const bytes = create().bytes(length);
      expect(bytes).toBeInstanceOf(Uint8Array);
      expect(bytes).toHaveLength(length);
    });

    test('gives others each time, which belong to the caller', () => {
      const random = create();
      const first = random.bytes(32);
      const copy = Uint8Array.from(first);
      const second = random.bytes(32);
      second.fill(0);
      expect(first).toEqual(copy);
      expect(random.bytes(32)).not.toEqual(first);
    });

    test('every byte value comes about as often as any other', () => {
      const counts = Array.from({ length: 256 }, () => 0);
      for (const byte of create().bytes(256 * 1_000)) counts[byte]! += 1;
      // A thousand each, with a deviation of about 32: ten of them never happen by chance.
      expect(Math.min(...counts)).toBeGreaterThan(680);
      expect(Math.max(...counts)).toBeLessThan(1_320);
    });

    test('fractions lie from 0 to 1, on both sides of the middle', () => {
      const random = create();
      const fractions = Array.from({ length: 1_000 }, () => randomFraction(random));
      expect(Math.min(...fractions)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...fractions)).toBeLessThan(1);
      const low = fractions.filter((fraction) => fraction < 0.5).length;
      expect(low).toBeGreaterThan(300);
      expect(low).toBeLessThan(700);
    });
  });
}
