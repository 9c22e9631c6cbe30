import type { ActorId } from '@holdfast/model';
import { expect, test } from 'vitest';
import { inCausalOrder } from '../src/causal-order.js';

const laptop = '00000000000000aa' as ActorId;
const desktop = '00000000000000bb' as ActorId;

const first = { vector: [{ actor: laptop, counter: 1 }], becameCurrent: false };
const edited = {
  vector: [
    { actor: laptop, counter: 1 },
    { actor: desktop, counter: 1 },
  ],
  becameCurrent: true,
};
const apart = { vector: [{ actor: desktop, counter: 7 }], becameCurrent: false };

test('a version that reached the archive after the edit made of it stands below the edit', () => {
  expect(inCausalOrder([first, edited])).toEqual([edited, first]);
});

test('versions that arrived in order, or were made apart, keep the order of the log', () => {
  expect(inCausalOrder([edited, { ...first, becameCurrent: true }])).toEqual([
    edited,
    { ...first, becameCurrent: true },
  ]);
  expect(inCausalOrder([apart, edited])).toEqual([apart, edited]);
});
