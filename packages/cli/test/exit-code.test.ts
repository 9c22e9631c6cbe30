import { expect, test } from 'vitest';
import { exitCodeOf } from '../src/exit-code.js';
import { restoreExitCode } from '../src/verbs/restore.js';

test('each kind of error has its exit code', () => {
  const expected: [string, number][] = [
    ['already_initialised', 1],
    ['wait_timeout', 1],
    ['no_archive', 1],
    ['target_has_files', 1],
    ['anything_else', 1],
    ['usage', 2],
    ['ambiguous', 2],
    ['label_taken', 2],
    ['time_invalid', 2],
    ['path_invalid', 2],
    ['folder_exists', 2],
    ['node_not_running', 4],
    ['needs_confirmation', 5],
    ['folder_unknown', 6],
    ['device_unknown', 6],
    ['path_unknown', 6],
    ['version_unknown', 6],
    ['time_unknown', 6],
    ['position_unknown', 6],
    ['interrupted', 130],
  ];
  expect(expected.map(([code]) => [code, exitCodeOf(code)])).toEqual(expected);
});

test('a restore is done, done in part, or failed', () => {
  const result = {
    restored: 2,
    skipped: 0,
    kept: 0,
    bytes: 1,
    to: '/x',
    dryRun: false,
    store: 's',
  };
  const failed = [{ path: 'a', reason: 'rotten' }];
  expect(restoreExitCode({ ...result, failed: [] }, undefined)).toBe(0);
  expect(restoreExitCode({ ...result, skipped: 1, failed: [] }, 'if-changed')).toBe(0);
  expect(restoreExitCode({ ...result, skipped: 1, failed: [] }, 'never')).toBe(3);
  expect(restoreExitCode({ ...result, failed }, 'always')).toBe(3);
  expect(restoreExitCode({ ...result, restored: 0, failed }, 'always')).toBe(1);
  expect(restoreExitCode({ ...result, skipped: 1, failed, dryRun: true }, 'never')).toBe(0);
});
