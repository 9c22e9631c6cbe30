import { defineConfig } from 'vitest/config';

/** Apart from the others: these tests need a second runtime, which they install. */
export default defineConfig({
  test: {
    name: 'runtimes',
    include: ['test/runtimes/**/*.test.ts'],
    globalSetup: ['test/end-to-end/build-once.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
