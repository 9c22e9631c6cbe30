/**
 * Whole worlds: production nodes, users and faults, from one seed each. A seed and the code decide a
 * world together: what a seed once found is pinned by a test of the package that was mended.
 */
import { randomInt } from 'node:crypto';
import { runSeed } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

describe('worlds', () => {
  test('the same seed twice gives the same trace', async () => {
    const first = await runSeed('5');
    expect(await runSeed('5')).toEqual(first);
  });

  test('other seeds give other traces', async () => {
    const hashes = new Set([(await runSeed('4')).hash, (await runSeed('6')).hash]);
    expect(hashes.size).toBe(2);
  });

  test('users, faults and the archive all did something', async () => {
    const { contents, historyEntries, virtualMs } = await runSeed('3');
    expect(contents).toBeGreaterThan(20);
    expect(historyEntries).toBeGreaterThan(20);
    expect(virtualMs).toBeGreaterThan(60_000);
  });

  test('ten fresh seeds keep every promise', async () => {
    const base = randomInt(2 ** 40);
    for (let number = 0; number < 10; number += 1) {
      const seed = String(base + number);
      // A failure names the seed, and with it the command that replays it.
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    }
  }, 240_000);

  test('an empty folder with a mirror counts as in sync', async () => {
    await expect(runSeed('old-1015')).resolves.toMatchObject({ seed: 'old-1015' });
  });

  test('worlds in which old copies of homes and disks are put back keep every promise too', async () => {
    const base = randomInt(2 ** 40);
    for (let number = 0; number < 6; number += 1) {
      const seed = `old-${base + number}`;
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    }
  }, 120_000);
});
