/** Of a long list, what is in sight is there, and not much else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowAfterKey, visibleRows } from '../src/visible-rows.js';

test('every row in sight is there, and few others', () => {
  const pixels = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(
      pixels,
      fc.integer({ min: 1, max: 4_000 }),
      fc.nat(20_000),
      (scroll, height, count) => {
        const rowPixels = 64;
        const scrollPixels = Math.min(scroll, Math.max(0, count * rowPixels - height));
        const view = { scrollPixels, heightPixels: height, rowPixels, count };
        const { from, to } = visibleRows(view);
        expect(from).toBeLessThanOrEqual(Math.floor(scrollPixels / rowPixels));
        const lastInSight = Math.ceil((scrollPixels + height) / rowPixels);
        expect(to).toBeGreaterThanOrEqual(Math.min(count, lastInSight));
        expect(to - from).toBeLessThanOrEqual(height / rowPixels + 20);
      },
    ),
  );
});

test('keys lead through the rows and stop at both ends', () => {
  expect(rowAfterKey('ArrowDown', 3, 10, 5)).toBe(4);
  expect(rowAfterKey('ArrowUp', 0, 10, 5)).toBe(0);
  expect(rowAfterKey('PageDown', 7, 10, 5)).toBe(9);
  expect(rowAfterKey('Home', 7, 10, 5)).toBe(0);
  expect(rowAfterKey('End', 7, 10, 5)).toBe(9);
  expect(rowAfterKey('Enter', 7, 10, 5)).toBeUndefined();
});
