import { defineConfig } from 'vitest/config';
import { secondTries } from './vitest.config.js';

/** Apart from the others: these tests need a browser. */
export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/end-to-end/build-once.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    retry: secondTries,
  },
});
