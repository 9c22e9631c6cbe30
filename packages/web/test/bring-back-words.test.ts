/** Bringing something back: what is asked for each way, and what is said before, meanwhile and afterwards. */
import { describe, expect, test } from 'vitest';
import {
  previewWords,
  progressWords,
  type Restored,
  restoreRequest,
  resultWords,
} from '../src/bring-back-words.js';

const wanted = { path: 'abcd/report.txt', at: '2026-03-01T12:00:00Z' };
const some: Restored = {
  restored: 3,
  skipped: 0,
  kept: 0,
  bytes: 2_048,
  to: '/home/ada/Photos-restored',
  failed: [],
};

describe('what is asked', () => {
  test('never writes over anything, unless that was chosen', () => {
    expect(restoreRequest(wanted, 'beside', undefined, true)).toEqual({ ...wanted, dryRun: true });
    expect(restoreRequest(wanted, 'elsewhere', '/out', false)).toEqual({
      ...wanted,
      to: '/out',
      dryRun: false,
    });
    expect(restoreRequest(wanted, 'missing', '/ignored', false)).toEqual({
      ...wanted,
      overwrite: 'never',
      dryRun: false,
    });
    expect(restoreRequest(wanted, 'over', undefined, false)).toMatchObject({
      overwrite: 'if-changed',
    });
  });

  test('goes to the place that the preview named', () => {
    expect(restoreRequest(wanted, 'beside', some.to, false)).toMatchObject({ to: some.to });
  });
});

describe('what is said', () => {
  test('before: how much, where to, and what becomes of what is there', () => {
    expect(previewWords(some, 'beside')).toBe(
      '3 files, 2.0 kB, would be written to /home/ada/Photos-restored. Nothing else is touched.',
    );
    expect(previewWords(some, 'over')).toContain('What they replace is kept aside');
    expect(previewWords(some, 'missing')).toContain('where there is nothing of that name now');
    const none = { ...some, restored: 0, bytes: 0, skipped: 2 };
    expect(previewWords(none, 'missing')).toBe(
      'Nothing would be written. 2 files would be left as they are.',
    );
    const failed = [{ path: 'a', reason: 'thinned' }];
    expect(previewWords({ ...some, failed }, 'beside')).toContain('1 file cannot come back.');
  });

  test('afterwards: what came back, and that it was verified only where all of it did', () => {
    expect(resultWords(some)).toBe(
      '3 files, 2.0 kB, brought back to /home/ada/Photos-restored. Every byte was verified.',
    );
    const failed = [{ path: 'a', reason: 'thinned' }];
    const part = resultWords({ ...some, kept: 1, skipped: 1, failed });
    expect(part).toContain('1 file did not come back:');
    expect(part).not.toContain('verified');
  });

  test('meanwhile: how far it is, and how long it takes still', () => {
    const far = { to: '/x', files: 30, bytes: 4_000_000, bytesPerSecond: 1_000_000 };
    const counted = { ...far, totalFiles: 120, totalBytes: 16_000_000, secondsLeft: 12 };
    expect(progressWords(counted)).toEqual({
      amount: '30 of 120 files, 4.0 MB',
      pace: '1.0 MB/s, about 10 seconds left',
      share: 0.25,
    });
    const uncounted = { ...far, totalFiles: null, totalBytes: null, secondsLeft: null };
    expect(progressWords(uncounted)).toMatchObject({
      amount: '30 files, 4.0 MB',
      share: undefined,
    });
    const empty = { ...counted, bytes: 0, totalBytes: 0 };
    expect(progressWords(empty).share).toBe(0.25);
    expect(progressWords(undefined).share).toBeUndefined();
  });
});
