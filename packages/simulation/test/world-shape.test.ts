/** Who takes part in a world: every kind of it comes up, and none is in parts. */

import { expect, test } from 'vitest';
import { SeededRandom } from '../src/seams/seeded-random.js';
import { chooseShape, type WorldShape } from '../src/world/world-shape.js';

const shapes = Array.from({ length: 500 }, (_, seed) => chooseShape(new SeededRandom(seed)));

function reached({ trees, edges }: WorldShape): number {
  const known = new Set(trees.slice(0, 1));
  for (let before = -1; before !== known.size; ) {
    before = known.size;
    for (const [left, right] of edges) {
      if (known.has(left) || known.has(right)) known.add(left).add(right);
    }
  }
  return known.size;
}

test('two to six devices, up to two archives, one or two folders, all in one world', () => {
  for (const shape of shapes) {
    const devices = shape.trees.length + shape.archives.length;
    expect(devices).toBeGreaterThanOrEqual(2);
    expect(devices).toBeLessThanOrEqual(6);
    expect(reached(shape)).toBe(devices);
    expect(new Set(shape.edges.map(([left, right]) => `${left} ${right}`)).size).toBe(
      shape.edges.length,
    );
    expect(shape.copies).toBeLessThanOrEqual(Math.max(1, shape.archives.length));
  }
});

test('every number of archives, folders and devices comes up', () => {
  const seen = (of: (shape: WorldShape) => number) =>
    [...new Set(shapes.map(of))].sort((left, right) => left - right);
  expect(seen((shape) => shape.archives.length)).toEqual([0, 1, 2]);
  expect(seen((shape) => shape.folders.length)).toEqual([1, 2]);
  expect(seen((shape) => shape.trees.length + shape.archives.length)).toEqual([2, 3, 4, 5, 6]);
});
