/** What a flood of announcements costs, and what it keeps from being heard. */
import { expect, test } from 'vitest';
import { HearingBudget } from '../src/hearing-budget.js';
import {
  maxAnnouncedDevices,
  maxKeysTriedPerSecond,
  messageCostInKeys,
} from '../src/network-limits.js';

function heardInOneSecond(budget: HearingBudget, keys: number, nowMs: number): number {
  let heard = 0;
  while (budget.take(messageCostInKeys, nowMs) && budget.take(keys, nowMs)) heard++;
  return heard;
}

test('a flood of a thousand in a second keeps no paired device from being heard', () => {
  expect(heardInOneSecond(new HearingBudget(), 5, 0)).toBeGreaterThan(1_000);
});

test('however many devices are paired, so many keys are tried in a second and no more', () => {
  for (const keys of [0, 1, 8, maxAnnouncedDevices]) {
    const heard = heardInOneSecond(new HearingBudget(), keys, 0);
    expect(heard).toBeGreaterThan(0);
    expect(heard * Math.max(1, keys)).toBeLessThanOrEqual(maxKeysTriedPerSecond);
  }
});

test('the next second is a new one', () => {
  const budget = new HearingBudget();
  const first = heardInOneSecond(budget, 5, 0);
  expect(budget.take(5, 999)).toBe(false);
  expect(heardInOneSecond(budget, 5, 1_000)).toBe(first);
});
