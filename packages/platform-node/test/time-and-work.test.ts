/** The real clock, randomness, worker pool and log keep the contracts of their seams. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeBulkRunner,
  describeClock,
  describeLogger,
  describeRandomSource,
} from '@holdfast/platform-compliance';
import { createLogger, cryptoRandom, systemClock, WorkerPool } from '@holdfast/platform-node';
import { createTemporaryDirectory } from './temporary-directory.js';

/** A pending timer of the clock does not keep the process alive, so that something else has to. */
describeClock('systemClock', () => ({
  clock: systemClock,
  advance: (ms) =>
    new Promise((resolve) => {
      const until = systemClock.monotonic() + ms;
      const look = () => (systemClock.monotonic() < until ? setTimeout(look, 1) : resolve());
      look();
    }),
}));

describeRandomSource('cryptoRandom', () => cryptoRandom);

const workerUrl = new URL('./fixtures/compliance-worker.mjs', import.meta.url);
describeBulkRunner('WorkerPool', () => new WorkerPool({ workerUrl, size: 1 }));

describeLogger('the log file', () => {
  const { path, dispose } = createTemporaryDirectory();
  const destination = join(path, 'log');
  const logger = createLogger({ destination, level: 'info' });
  return {
    logger,
    async kept() {
      await logger.flush();
      const lines = readFileSync(destination, 'utf8').trimEnd().split('\n');
      return lines.map((line) => {
        const { level, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
        return { level: String(level), message: String(message), fields };
      });
    },
    dispose,
  };
});
