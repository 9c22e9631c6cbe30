import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changeStaircases, type TimedEntry, type TimeStep } from '../src/time-staircase.js';

/** What the index keeps, as arrays. */
class Staircases {
  sure: TimeStep[] = [];
  unsure: TimeStep[] = [];

  apply(entries: readonly TimedEntry[]): void {
    const change = changeStaircases(entries);
    const keep = (steps: TimeStep[], fromMs: number | undefined) =>
      steps.filter(({ atMs }) => fromMs === undefined || atMs < fromMs);
    this.sure = [...keep(this.sure, change.sureFromMs), ...change.addSure];
    this.unsure = [...keep(this.unsure, change.unsureFromMs), ...change.addUnsure];
  }
}

/** The last position at or before the time, by looking at every entry. */
function positionByHand(entries: readonly TimedEntry[], atMs: number, tailCounts: boolean): number {
  let found = 0;
  for (const [index, entry] of entries.entries()) {
    const nextSure = entries.slice(index).find(({ clockSynchronised }) => clockSynchronised);
    if (nextSure === undefined && !tailCounts) continue;
    if ((nextSure ?? entry).atMs <= atMs) found = Math.max(found, entry.position);
  }
  return found;
}

const lookUp = (steps: readonly TimeStep[], atMs: number) =>
  steps.findLast((step) => step.atMs <= atMs)?.position ?? 0;

test('a lookup equals going through every entry, however the clock jumps', () => {
  const entry = fc.record({ atMs: fc.nat(20), clockSynchronised: fc.boolean() });
  const batches = fc.array(fc.array(entry, { minLength: 1, maxLength: 6 }), { maxLength: 6 });
  fc.assert(
    fc.property(batches, (groups) => {
      const kept = new Staircases();
      const all: TimedEntry[] = [];
      for (const group of groups) {
        const timed = group.map((one, at) => ({ ...one, position: all.length + at + 1 }));
        kept.apply(timed);
        all.push(...timed);
      }
      for (let atMs = 0; atMs <= 21; atMs += 1) {
        const sure = lookUp(kept.sure, atMs);
        expect(sure).toBe(positionByHand(all, atMs, false));
        expect(Math.max(sure, lookUp(kept.unsure, atMs))).toBe(positionByHand(all, atMs, true));
      }
    }),
  );
});
