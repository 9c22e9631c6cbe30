/** The timeline: its edges stand for moments, its bursts are found, and its outline stays in its box. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  burstAfter,
  burstBefore,
  closerRange,
  edgeAt,
  momentAt,
  shareAt,
  tideHeights,
  tidePath,
  type Timeline,
} from '../src/tide.js';

const startMs = Date.UTC(2026, 2, 1);
const hourMs = 3_600_000;
const timeOf = (hour: number) => new Date(startMs + hour * hourMs).toISOString();

function timelineOf(...entries: readonly number[]): Timeline {
  const buckets = entries.map((count, at) => ({ to: timeOf(at + 1), entries: count }));
  return { from: timeOf(0), buckets, endsNow: true };
}

describe('places on the timeline', () => {
  const timeline = timelineOf(1, 0, 2, 0);

  test('stand for moments, and the end for now', () => {
    expect(momentAt(timeline, 0)).toBe(timeOf(0));
    expect(momentAt(timeline, 3)).toBe(timeOf(3));
    expect(momentAt(timeline, 4)).toBeUndefined();
    expect(momentAt({ ...timeline, endsNow: false }, 4)).toBe(timeOf(4));
  });

  test('are found again by their moments', () => {
    for (const edge of [0, 1, 2, 3, 4]) {
      expect(edgeAt(timeline, momentAt(timeline, edge))).toBe(edge);
    }
  });

  test('tell where else something lies, and nothing of what lies outside', () => {
    expect(shareAt(timeline, timeOf(1))).toBe(0.25);
    expect(shareAt(timeline, timeOf(-1))).toBeUndefined();
    expect(shareAt(timeline, timeOf(9))).toBeUndefined();
  });
});

describe('bursts of changes', () => {
  const timeline = timelineOf(5, 0, 1, 0, 7, 0);

  test('are reached one after the other, backward and forward', () => {
    expect(burstBefore(timeline, 6)).toBe(3);
    expect(burstBefore(timeline, 5)).toBe(3);
    expect(burstBefore(timeline, 3)).toBe(1);
    expect(burstBefore(timeline, 1)).toBeUndefined();
    expect(burstAfter(timeline, 0)).toBe(1);
    expect(burstAfter(timeline, 1)).toBe(3);
  });

  test('end with the present', () => {
    expect(burstAfter(timeline, 3)).toBe(6);
    expect(burstAfter(timeline, 6)).toBeUndefined();
    expect(burstAfter(timelineOf(0, 0), 0)).toBeUndefined();
  });
});

describe('the tide', () => {
  test('shows one change beside thousands, and nothing where nothing came', () => {
    const [none, one, many] = tideHeights(timelineOf(0, 1, 100_000).buckets);
    expect(none).toBe(0);
    expect(one).toBeGreaterThan(15);
    expect(many).toBeGreaterThan(99);
  });

  test('stays in its box, whatever came', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 1 });
    fc.assert(
      fc.property(counts, (entries) => {
        const { buckets } = timelineOf(...entries);
        for (const height of tideHeights(buckets)) {
          expect(height).toBeGreaterThanOrEqual(0);
          expect(height).toBeLessThanOrEqual(100.001);
        }
        expect(tidePath(buckets)).not.toContain('NaN');
      }),
    );
  });
});

describe('a closer look', () => {
  const timeline = timelineOf(1, 0, 2, 0, 0, 0, 0, 3);
  const nowMs = startMs + 8 * hourMs;

  test('is around the moment, within what is shown', () => {
    expect(closerRange(timeline, timeOf(3), nowMs)).toEqual({ from: timeOf(2.5), to: timeOf(3.5) });
    expect(closerRange(timeline, timeOf(0), nowMs)).toEqual({ from: timeOf(0), to: timeOf(1) });
  });

  test('of the present still ends with it', () => {
    expect(closerRange(timeline, undefined, nowMs)).toEqual({ from: timeOf(7), to: undefined });
  });

  test('ends where it cannot be any closer', () => {
    const seconds = { from: timeOf(0), to: new Date(startMs + 4_000).toISOString(), entries: 1 };
    const short = { from: timeOf(0), buckets: [seconds], endsNow: false };
    expect(closerRange(short, timeOf(0), nowMs)).toBeUndefined();
  });
});
