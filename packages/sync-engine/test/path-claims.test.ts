import { describe, expect, test } from 'vitest';
import { PathClaims } from '../src/path-claims.js';
import { pathOf } from './place-world.js';

describe('claiming paths', () => {
  const paths = [pathOf('a'), pathOf('b')];

  test('lasts as long as the work, and its result comes through', async () => {
    const claims = new PathClaims();
    const seen = await claims.during(paths, async () => paths.map((path) => claims.has(path)));
    expect(seen).toEqual([true, true]);
    expect(paths.map((path) => claims.has(path))).toEqual([false, false]);
  });

  test('ends where the work fails', async () => {
    const claims = new PathClaims();
    const work = claims.during(paths, () => Promise.reject(new Error('full')));
    await expect(work).rejects.toThrow('full');
    expect(claims.has(pathOf('a'))).toBe(false);
  });

  test('twice ends only when both have ended', async () => {
    const claims = new PathClaims();
    await claims.during([pathOf('a')], async () => {
      await claims.during(paths, async () => undefined);
      expect([claims.has(pathOf('a')), claims.has(pathOf('b'))]).toEqual([true, false]);
    });
    expect(claims.has(pathOf('a'))).toBe(false);
  });
});
