import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));

/** Packages are resolved from source, so that a unit test needs no build before it. */
const alias = [
  { find: /^@holdfast\/([a-z0-9-]+)$/, replacement: `${root}packages/$1/src/index.ts` },
  {
    find: /^@holdfast\/([a-z0-9-]+)\/([a-z0-9-]+)$/,
    replacement: `${root}packages/$1/src/$2.ts`,
  },
];

/** Of tests with real processes; decision 0032. Each that is used is named at the end of a CI run. */
export const secondTries = 1;

/** Left to itself, Vitest keeps one processor free: on two cores, half of them. */
const maxWorkers = availableParallelism();

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'packages',
          include: ['packages/*/test/**/*.test.ts'],
          globalSetup: ['test/build-workers.ts'],
          // Nothing waits for it to pass; under load a property or a simulated world takes long.
          testTimeout: 180_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
          maxWorkers,
        },
      },
      {
        test: {
          name: 'architecture',
          include: ['test/architecture.test.ts'],
          testTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: ['test/end-to-end/build-once.ts'],
          // Room for several waits, each as long as patience.ts allows.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // A test mostly waits for its nodes; on two cores one worker would leave them idle.
          maxWorkers: 3,
          retry: secondTries,
          // Real processes by themselves, after everything that only computes.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
