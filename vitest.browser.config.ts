import { defineConfig } from 'vitest/config';

/** Apart from the others: these tests need a browser. */
export default defineConfig({
  test: {
    name: 'browser',
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/end-to-end/build-once.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
