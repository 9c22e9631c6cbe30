/**
 * Worlds that nobody has seen before: each run of the tests takes other seeds, and prints the number
 * that they begin with. `SIMULATION_SEED=NUMBER` takes the same ones again; one world that failed is
 * replayed by the command that its failure shows. The seeds that never change: world.test.ts.
 */
import { randomInt } from 'node:crypto';
import { runSeed } from '@holdfast/simulation';
import { afterAll, describe, expect, test } from 'vitest';

const kinds = ['', 'fold-', 'old-', 'lost-', 'modes-', 'ignore-', 'mass-'];
/** No further world of a kind begins then: all of them together take about 40 s on idle cores. */
const budgetMs = 5_000;
const maxWorlds = 200;

const given = process.env.SIMULATION_SEED;
const base = given === undefined ? randomInt(1_000, 1_000_000_000) : Number(given);
const commandFor = (seed: string) => `npm run simulate -- --seed ${seed}`;

describe(`worlds from SIMULATION_SEED=${base} on`, () => {
  let worlds = 0;

  test('the seed given is a number', () => {
    expect(Number.isSafeInteger(base)).toBe(true);
  });

  test.each(kinds)('every promise holds in worlds whose seed begins with "%s"', async (kind) => {
    const startedMs = performance.now();
    for (let number = 0; number < maxWorlds; number += 1) {
      const seed = `${kind}${base + number}`;
      await expect(runSeed(seed), commandFor(seed)).resolves.toMatchObject({ seed });
      worlds += 1;
      if (performance.now() - startedMs > budgetMs) break;
    }
  });

  afterAll(() => {
    process.stdout.write(`simulation: ${worlds} new worlds, SIMULATION_SEED=${base}\n`);
  });
});
