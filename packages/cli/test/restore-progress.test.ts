import type { RestoreProgress } from '@holdfast/node';
import { expect, test } from 'vitest';
import { restoreLine } from '../src/restore-progress.js';

const progress: RestoreProgress = {
  path: 'Photos',
  to: '/out',
  files: 1_200,
  bytes: 4_500_000,
  totalFiles: null,
  totalBytes: null,
  bytesPerSecond: 2_000_000,
  secondsLeft: null,
};

test('a restore says what came back, and how long it takes once that is known', () => {
  expect(restoreLine(progress)).toBe('Restoring: 1,200 files, 4.5 MB, 2.0 MB/s');
  const known = { ...progress, totalFiles: 2_400, totalBytes: 9_000_000, secondsLeft: 240 };
  expect(restoreLine(known)).toBe(
    'Restoring: 1,200 of 2,400 files, 4.5 MB of 9.0 MB, 2.0 MB/s, 4 minutes left',
  );
});
