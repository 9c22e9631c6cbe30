/**
 * A count of rows and a sum over their bytes (FNV-1a, 32 bits, by G. Fowler, L. C. Noll and
 * K.-P. Vo), in any order. It notices rows that a damaged database lost, not an attacker.
 */
import type { KeyValueEntry } from './key-value-store.js';

export interface RowTally {
  readonly count: number;
  readonly sum: number;
}

export const emptyTally: RowTally = { count: 0, sum: 0 };

export function addRow(tally: RowTally, key: Uint8Array, value: Uint8Array): RowTally {
  return { count: tally.count + 1, sum: (tally.sum + digestOf(key, value)) >>> 0 };
}

/** The same for many at once, without a value for each in between. */
export function addRows(tally: RowTally, rows: readonly KeyValueEntry[]): RowTally {
  let { count, sum } = tally;
  for (const [key, value] of rows) {
    count += 1;
    sum = (sum + digestOf(key, value)) >>> 0;
  }
  return { count, sum };
}

export function removeRow(tally: RowTally, key: Uint8Array, value: Uint8Array): RowTally {
  return { count: tally.count - 1, sum: (tally.sum - digestOf(key, value)) >>> 0 };
}

export function sameTally(left: RowTally, right: RowTally): boolean {
  return left.count === right.count && left.sum === right.sum;
}

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

function digestOf(key: Uint8Array, value: Uint8Array): number {
  let digest = offsetBasis;
  for (let at = 0; at < key.length; at += 1) {
    digest = Math.imul(digest ^ (key[at] as number), prime);
  }
  digest = Math.imul(digest ^ key.length, prime);
  for (let at = 0; at < value.length; at += 1) {
    digest = Math.imul(digest ^ (value[at] as number), prime);
  }
  return digest >>> 0;
}
