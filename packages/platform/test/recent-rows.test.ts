import { RecentRows } from '@holdfast/platform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const limit = 8;
const keys = Array.from({ length: 3 * limit }, (_, number) => number);
const step = fc.record({ key: fc.nat(keys.length - 1), deletes: fc.boolean() });

describe('recent rows', () => {
  test('give the last row of a key or nothing, and never more rows than the limit', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const rows = new RecentRows<number, number>(limit);
        const model = new Map<number, number>();
        for (const [at, { key, deletes }] of steps.entries()) {
          if (deletes) rows.delete(key);
          else rows.set(key, at);
          if (deletes) model.delete(key);
          else model.set(key, at);
          for (const one of keys) expect([undefined, model.get(one)]).toContain(rows.get(one));
          const held = keys.filter((one) => rows.get(one) !== undefined);
          expect(held.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  test('the newest half of the limit is there, until it is cleared', () => {
    const rows = new RecentRows<number, string>(limit);
    for (const key of keys) rows.set(key, `row ${key}`);
    for (const key of keys.slice(-limit / 2)) expect(rows.get(key)).toBe(`row ${key}`);
    expect(rows.get(0)).toBeUndefined();
    rows.clear();
    expect(keys.filter((key) => rows.get(key) !== undefined)).toEqual([]);
  });

  test('are given in the order of the keys, and only the others are read', async () => {
    const rows = new RecentRows<number, string>(limit);
    rows.set(2, 'remembered');
    const read = async (others: readonly number[]) => {
      expect(others).toEqual([3, 1, 3]);
      return others.map((key) => (key === 1 ? undefined : `read ${key}`));
    };
    expect(await rows.through([3, 2, 1, 3], read)).toEqual([
      'read 3',
      'remembered',
      undefined,
      'read 3',
    ]);
  });
});
