/**
 * Whole worlds: production nodes, users and faults, from one seed each. A seed and the code decide a
 * world together: what a seed once found is pinned by a test of the package that was mended.
 * Always the same seeds, so that a failure says something of the change that was made; others:
 * some-worlds.test.ts.
 */
import { runSeed } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const namesOf = (kind: string, count: number) =>
  Array.from({ length: count }, (_, number) => `${kind}-${number + 1}`);

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

  test.each(namesOf('any', 4))('the world of seed %s keeps every promise', async (seed) => {
    await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
  });

  test.each(['2', '6', '8', '10'])(
    'in the world of seed %s nothing lies aside that no held row lists',
    async (seed) => {
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    },
  );

  test('an empty folder with a mirror counts as in sync', async () => {
    await expect(runSeed('old-1015')).resolves.toMatchObject({ seed: 'old-1015' });
  });

  test('with ignore files that users write, break and remove keeps what is ignored as it is', async () => {
    await expect(runSeed('ignore-3')).resolves.toMatchObject({ seed: 'ignore-3' });
  });

  test.each(namesOf('old', 3))(
    'the world of seed %s, in which old copies of homes and disks are put back, keeps them too',
    async (seed) => {
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    },
  );

  test.each(['modes-62', 'modes-80', 'modes-87', ...namesOf('modes', 2)])(
    'the world of seed %s, in which folders only send or only receive, keeps them too',
    async (seed) => {
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    },
  );

  test.each(namesOf('mass', 3))(
    'the world of seed %s, in which everything is changed at once and answered, keeps them too',
    async (seed) => {
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    },
  );

  test.each(namesOf('lost', 3))(
    'the world of seed %s, in which databases lose keys, keeps them too',
    async (seed) => {
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    },
  );

  test.each(namesOf('fold', 3))(
    'the world of seed %s, in which disks fold names, keeps them too',
    async (seed) => {
      await expect(runSeed(seed), `npm run simulate -- --seed ${seed}`).resolves.toBeDefined();
    },
  );
});
