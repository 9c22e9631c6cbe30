import { expect, test } from 'vitest';
import { secondsLeft } from '../src/restore-figures.js';

test('the time left goes by bytes, and by files where these are small', () => {
  expect(secondsLeft({ files: 1, bytes: 1e9 }, { files: 2, bytes: 3e9 }, 10)).toBe(20);
  expect(secondsLeft({ files: 500, bytes: 500 }, { files: 2_000, bytes: 2_000 }, 10)).toBe(30);
});

test('nobody can say before anything is done; where all is, nothing is left', () => {
  expect(secondsLeft({ files: 0, bytes: 0 }, { files: 2, bytes: 3 }, 10)).toBeNull();
  expect(secondsLeft({ files: 2, bytes: 3 }, { files: 2, bytes: 3 }, 10)).toBe(0);
});
