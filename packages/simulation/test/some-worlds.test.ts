/**
 * Some worlds of each kind, beside the named ones of world.test.ts. `SIMULATION_SEED=NUMBER` takes
 * others, `SIMULATION_WORLDS` says how many of each kind; one that failed is replayed by the command
 * that its failure shows.
 */
import { runSeed } from '@holdfast/simulation';
import { expect, test } from 'vitest';

const kinds = ['', 'fold-', 'old-', 'lost-', 'modes-', 'ignore-', 'mass-', 'rot-'];
const base = Number(process.env.SIMULATION_SEED ?? 4_000);
const worlds = Number(process.env.SIMULATION_WORLDS ?? 2);
const commandFor = (seed: string) => `npm run simulate -- --seed ${seed}`;

const seeds = kinds.flatMap((kind) =>
  Array.from({ length: worlds }, (_, at) => `${kind}${base + at}`),
);

test.each(seeds)('every promise holds in the world %s', async (seed) => {
  await expect(runSeed(seed), commandFor(seed)).resolves.toMatchObject({ seed });
});
