import { expect, test } from 'vitest';
import { allSeconds } from '../src/drill-service.js';

test('what everything would take: so much for each file, and so much for each byte', () => {
  const all = { files: 3_000, bytes: 400e6 };
  const some = { files: 90, seconds: 0.45 };
  expect(allSeconds(all, { bytes: 64e6, seconds: 0.8 }, some)).toBeCloseTo(15 + 5);
  expect(allSeconds(all, { bytes: 0, seconds: 0 }, some)).toBeCloseTo(15);
  expect(allSeconds(all, { bytes: 64e6, seconds: 0.8 }, { files: 0, seconds: 0 })).toBeCloseTo(5);
});
