import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Packages are resolved from source, so that a unit test needs no build before it. */
const alias = [
  { find: /^@holdfast\/([a-z0-9-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'packages',
          include: ['packages/*/test/**/*.test.ts'],
          globalSetup: ['test/build-workers.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'architecture',
          include: ['test/architecture.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: ['test/end-to-end/build-once.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A test mostly waits for its nodes; on two cores one worker would leave them idle.
          maxWorkers: 3,
          // Real processes by themselves, after everything that only computes.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
