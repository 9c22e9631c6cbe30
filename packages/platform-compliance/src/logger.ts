/**
 * The suite that every `Logger` passes that keeps what it is told. `kept` gives level and message of
 * each line so far; the logger under test keeps all levels from `info` on.
 */
import type { Logger } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

export interface KeptLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface LoggerUnderTest {
  readonly logger: Logger;
  kept(): Promise<readonly KeptLine[]>;
  dispose(): Promise<void>;
}

export function describeLogger(name: string, setup: () => LoggerUnderTest): void {
  describe(`${name} as a Logger`, () => {
    let under: LoggerUnderTest;
    beforeEach(() => {
      under = setup();
    });
    afterEach(() => under.dispose());

    test('keeps lines in order with level, message and fields, and leaves out what is below', async () => {
      under.logger.debug('too much', { of: 'it' });
      under.logger.info('one', { folder: 'photos', files: 3 });
      under.logger.warn('two');
      under.logger.error('three', { reason: 'why' });
      expect(await under.kept()).toMatchObject([
        { level: 'info', message: 'one', fields: { folder: 'photos', files: 3 } },
        { level: 'warn', message: 'two' },
        { level: 'error', message: 'three', fields: { reason: 'why' } },
      ]);
    });

    test('a message of several lines, or with any character, stays one entry', async () => {
      under.logger.info('first\nsecond\u2028 "quoted" \u0000 \ud800', { 'a\nb': 'c\nd' });
      under.logger.info('next');
      expect((await under.kept()).map(({ message }) => message)).toEqual([
        expect.stringContaining('first\nsecond'),
        'next',
      ]);
    });

    test('no field makes it throw', async () => {
      const circular: Record<string, unknown> = {};
      circular.self = circular;
      const stubborn = {
        toJSON() {
          throw new Error('not me');
        },
      };
      under.logger.info('circular', { circular });
      under.logger.info('big', { big: 12n, nothing: undefined, call: () => 1 });
      under.logger.info('stubborn', { stubborn });
      under.logger.info('last');
      expect((await under.kept()).map(({ message }) => message)).toEqual([
        'circular',
        'big',
        'stubborn',
        'last',
      ]);
    });
  });
}
