import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@holdfast/platform-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = createTemporaryDirectory();
});
afterEach(() => directory.dispose());

function linesOf(path: string): unknown[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

test('lines are JSON in a file that only its owner can read, whole after flush', async () => {
  const path = join(directory.path, 'log');
  const logger = createLogger({ destination: path, level: 'info' });
  logger.debug('left out');
  logger.info('scanned', { folder: 'photos', files: 3 });
  logger.error('failed', { error: new RangeError('too far') });
  await logger.flush();
  expect(linesOf(path)).toEqual([
    { level: 'info', time: expect.any(String), message: 'scanned', folder: 'photos', files: 3 },
    {
      level: 'error',
      time: expect.any(String),
      message: 'failed',
      error: expect.objectContaining({ type: 'RangeError', message: 'too far' }),
    },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a second logger appends to the first one’s lines', async () => {
  const path = join(directory.path, 'log');
  for (const message of ['one', 'two']) {
    const logger = createLogger({ destination: path, level: 'debug' });
    for (let count = 0; count < 500; count++) logger.debug(message);
    await logger.flush();
  }
  expect(linesOf(path)).toHaveLength(1_000);
});

test('a flush with nothing to write resolves', async () => {
  const path = join(directory.path, 'log');
  const logger = createLogger({ destination: path, level: 'warn' });
  logger.info('left out');
  await logger.flush();
  await logger.flush();
  expect(readFileSync(path, 'utf8')).toBe('');
});

test('a log file that cannot be opened is log_unwritable', () => {
  const destination = join(directory.path, 'missing', 'log');
  expect(() => createLogger({ destination, level: 'info' })).toThrow(
    expect.objectContaining({ code: 'log_unwritable' }),
  );
});

test.runIf(process.platform === 'linux')(
  'a full disk fails the flush and not the line',
  async () => {
    const logger = createLogger({ destination: '/dev/full', level: 'info' });
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    logger.info('nowhere to go');
    logger.info('nor this');
    await expect(logger.flush()).rejects.toMatchObject({ code: 'ENOSPC' });
    await vi.waitFor(() => expect(said).toHaveBeenCalled(), 60_000);
    said.mockRestore();
  },
);
