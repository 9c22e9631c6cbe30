import { type ArchiveReceipt, Coverage } from '@holdfast/folder-index';
import type { EpochId, StoreId, VersionId } from '@holdfast/model';
import { describe, expect, test } from 'vitest';

const version = (digit: string) => digit.repeat(64) as VersionId;

function receipt(store: string, sequence: number, more: Partial<ArchiveReceipt> = {}) {
  return {
    storeId: store.repeat(16) as StoreId,
    generation: 1,
    position: { epoch: 'e'.repeat(16) as EpochId, sequence, hash: '0'.repeat(64) },
    exceptions: [],
    logPosition: 0,
    logHead: '',
    receivedAtMs: 0,
    ...more,
  } satisfies ArchiveReceipt;
}

describe('one copy wanted', () => {
  test('a version is covered from the receipt that reaches its sequence on', () => {
    const coverage = new Coverage([receipt('a', 5)], 1);
    expect(coverage.covers(version('1'), 5)).toBe(true);
    expect(coverage.covers(version('1'), 6)).toBe(false);
    expect(coverage.threshold()).toBe(5);
  });

  test('an exception is not covered, whatever its sequence', () => {
    const coverage = new Coverage([receipt('a', 5, { exceptions: [version('2')] })], 1);
    expect(coverage.covers(version('2'), 1)).toBe(false);
    expect(coverage.covers(version('1'), 1)).toBe(true);
    expect(coverage.exceptions()).toBe(1);
    expect(coverage.completeStores(5)).toBe(0);
  });

  test('without a receipt nothing is covered', () => {
    const coverage = new Coverage([], 1);
    expect(coverage.covers(version('1'), 0)).toBe(false);
    expect(coverage.threshold()).toBe(0);
  });
});

describe('two copies wanted', () => {
  test('two stores must reach the row; two receipts of one store count once', () => {
    const one = new Coverage([receipt('a', 9), receipt('a', 8)], 2);
    expect(one.covers(version('1'), 1)).toBe(false);
    expect(one.threshold()).toBe(0);
    const two = new Coverage([receipt('a', 9), receipt('b', 4)], 2);
    expect(two.covers(version('1'), 4)).toBe(true);
    expect(two.covers(version('1'), 5)).toBe(false);
    expect(two.threshold()).toBe(4);
    expect(two.copiesOf(version('1'), 5)).toBe(1);
  });

  test('an exception of one store leaves one copy too few, and a third store makes up for it', () => {
    const excepting = receipt('a', 9, { exceptions: [version('1')] });
    const two = new Coverage([excepting, receipt('b', 9)], 2);
    expect(two.covers(version('1'), 3)).toBe(false);
    const three = new Coverage([excepting, receipt('b', 9), receipt('c', 9)], 2);
    expect(three.covers(version('1'), 3)).toBe(true);
    expect(three.completeStores(9)).toBe(2);
  });
});

describe('generations of a store', () => {
  test('the newest generation counts, even where it reaches less, in either order', () => {
    const old = receipt('a', 100);
    const fresh = receipt('a', 3, { generation: 2 });
    for (const receipts of [
      [old, fresh],
      [fresh, old],
    ]) {
      const coverage = new Coverage(receipts, 1);
      expect(coverage.covers(version('1'), 4)).toBe(false);
      expect(coverage.covers(version('1'), 3)).toBe(true);
    }
  });

  test('in one generation the receipt that reaches further counts', () => {
    const coverage = new Coverage([receipt('a', 3), receipt('a', 7), receipt('a', 5)], 1);
    expect(coverage.threshold()).toBe(7);
  });
});

test('a folder that wants no copies never has covered versions', () => {
  const coverage = new Coverage([receipt('a', 9)], 0);
  expect(coverage.covers(version('1'), 1)).toBe(false);
  expect(coverage.threshold()).toBe(0);
});
