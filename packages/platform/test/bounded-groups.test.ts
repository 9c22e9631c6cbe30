import { inGroups } from '@holdfast/platform';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 });
const total = (group: readonly number[]) => group.reduce((sum, size) => sum + size, 0);

test('groups hold everything in order, within their bound, and no two neighbours fit into one', () => {
  fc.assert(
    fc.property(sizes, (items) => {
      const bound = { maxBytes: 20, maxItems: 4, bytesOf: (size: number) => size };
      const groups = [...inGroups(items, bound)];
      expect(groups.flat()).toEqual(items);
      for (const [at, group] of groups.entries()) {
        expect(group.length).toBeGreaterThan(0);
        expect(group.length).toBeLessThanOrEqual(4);
        if (group.length > 1) expect(total(group)).toBeLessThanOrEqual(20);
        const next = groups[at + 1];
        if (next === undefined) continue;
        expect(group.length === 4 || total(group) + next[0]! > 20).toBe(true);
      }
    }),
  );
});
