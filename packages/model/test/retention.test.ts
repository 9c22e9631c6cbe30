import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  keptEntries,
  parseRetention,
  type RetainedEntry,
  type RetentionRules,
  retentionText,
} from '../src/index.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const nothing: RetentionRules = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
const epochMs = Date.parse('2026-03-02T00:00:00Z');

const anyCount = fc.oneof(
  { weight: 4, arbitrary: fc.nat(5) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);
const anyRules: fc.Arbitrary<RetentionRules> = fc.record({
  allWithinMs: fc.oneof(
    fc.constant(0),
    fc.nat(100 * 24).map((hours) => hours * hourMs),
  ),
  hourly: anyCount,
  daily: anyCount,
  weekly: anyCount,
  monthly: anyCount,
});
/** Steps of seconds, hours or weeks, so that every period has full and empty buckets. */
const anyStep = fc.oneof(
  fc.nat(20 * minuteMs),
  fc.nat(10 * hourMs),
  fc.nat(5 * dayMs),
  fc.nat(60 * dayMs),
);
const anyEntries: fc.Arbitrary<RetainedEntry[]> = fc
  .array(
    fc.record({
      stepMs: anyStep,
      isTimed: fc.integer({ min: 0, max: 9 }).map((one) => one > 0),
      becameCurrent: fc.integer({ min: 0, max: 4 }).map((one) => one > 0),
      besideOf: fc.constantFrom(undefined, 'laptop', 'desktop'),
      hasContent: fc.integer({ min: 0, max: 4 }).map((one) => one > 0),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let atMs = epochMs;
    return steps.map(({ stepMs, isTimed, ...step }) => {
      atMs += stepMs;
      return { receivedAtMs: isTimed ? atMs : undefined, ...step };
    });
  });

function newestOf(entries: readonly RetainedEntry[]): number {
  return entries.reduce((newest, { receivedAtMs = 0 }) => Math.max(newest, receivedAtMs), 0);
}

/** The name of the period that a moment lies in, as a calendar says it. */
const calendar = {
  hourly: (atMs: number) => new Date(atMs).toISOString().slice(0, 13),
  daily: (atMs: number) => new Date(atMs).toISOString().slice(0, 10),
  weekly: (atMs: number) => {
    const date = new Date(atMs);
    while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1);
    return date.toISOString().slice(0, 10);
  },
  monthly: (atMs: number) => new Date(atMs).toISOString().slice(0, 7),
};

/** What the rules say, one entry at a time, asked of all others. */
function isKept(at: number, entries: readonly RetainedEntry[], rules: RetentionRules): boolean {
  const entry = entries[at];
  if (entry === undefined) return false;
  const { receivedAtMs: atMs, hasContent, becameCurrent, besideOf } = entry;
  if (!hasContent || atMs === undefined) return true;
  const ageMs = newestOf(entries) - atMs;
  if (rules.allWithinMs > 0 && ageMs <= rules.allWithinMs) return true;
  const later = entries.filter(
    (one, place) =>
      place > at &&
      one.becameCurrent === becameCurrent &&
      (becameCurrent || one.besideOf === besideOf),
  );
  if (later.every((one) => !one.hasContent)) return true;
  return (['hourly', 'daily', 'weekly', 'monthly'] as const).some((period) => {
    const names = later.flatMap(({ receivedAtMs }) =>
      receivedAtMs === undefined ? [] : [calendar[period](receivedAtMs)],
    );
    return !names.includes(calendar[period](atMs)) && new Set(names).size < rules[period];
  });
}

describe('what a retention keeps', () => {
  test('is what its rules say, asked of each entry by itself', () => {
    fc.assert(
      fc.property(anyEntries, anyRules, (entries, rules) => {
        const wanted = entries.map((_, at) => isKept(at, entries, rules));
        expect(keptEntries(entries, rules, newestOf(entries))).toEqual(wanted);
      }),
      { numRuns: 2_000 },
    );
  });

  test('always has the last content of a file, whether it is shown or was deleted', () => {
    fc.assert(
      fc.property(anyEntries, anyRules, (entries, rules) => {
        const kept = keptEntries(entries, rules, newestOf(entries));
        const last = entries.findLastIndex(({ hasContent }) => hasContent);
        const lastShown = entries.findLastIndex((one) => one.hasContent && one.becameCurrent);
        for (const at of [last, lastShown]) if (at >= 0) expect(kept[at]).toBe(true);
      }),
    );
  });

  test('grows with each rule', () => {
    fc.assert(
      fc.property(anyEntries, anyRules, anyRules, (entries, rules, other) => {
        const more = {
          allWithinMs: Math.max(rules.allWithinMs, other.allWithinMs),
          hourly: Math.max(rules.hourly, other.hourly),
          daily: Math.max(rules.daily, other.daily),
          weekly: Math.max(rules.weekly, other.weekly),
          monthly: Math.max(rules.monthly, other.monthly),
        };
        const kept = keptEntries(entries, rules, newestOf(entries));
        const keptByMore = keptEntries(entries, more, newestOf(entries));
        for (const [at, isIn] of kept.entries()) if (isIn) expect(keptByMore[at]).toBe(true);
      }),
    );
  });

  test('stays when the same rules are applied again to what they kept', () => {
    fc.assert(
      fc.property(anyEntries, anyRules, (entries, rules) => {
        const newestMs = newestOf(entries);
        const kept = keptEntries(entries, rules, newestMs);
        const left = entries.filter((_, at) => kept[at]);
        expect(keptEntries(left, rules, newestMs)).toEqual(left.map(() => true));
      }),
    );
  });

  test('shows the folder as it was at the end of each of the last days', () => {
    fc.assert(
      fc.property(anyEntries, fc.integer({ min: 1, max: 10 }), (any, daily) => {
        const entries = any.filter((one) => one.receivedAtMs !== undefined && one.becameCurrent);
        const newestMs = newestOf(entries);
        const kept = keptEntries(entries, { ...nothing, daily }, newestMs);
        const today = Math.floor(newestMs / dayMs);
        for (let day = today - daily + 1; day <= today; day += 1) {
          const endMs = (day + 1) * dayMs;
          const shown = entries.findLastIndex(({ receivedAtMs = 0 }) => receivedAtMs < endMs);
          if (shown >= 0) expect(kept[shown]).toBe(true);
        }
      }),
    );
  });

  test('is the newest of each hour, and what was shown when it ended is never given for a side version', () => {
    const at = (time: string, more: Partial<RetainedEntry> = {}): RetainedEntry => ({
      receivedAtMs: Date.parse(`2026-03-02T${time}:00Z`),
      becameCurrent: true,
      hasContent: true,
      ...more,
    });
    const entries = [
      at('08:10'),
      at('09:00'),
      at('09:20'),
      at('09:59', { becameCurrent: false }),
      at('11:00'),
      at('11:30', { hasContent: false }),
      at('12:00'),
    ];
    const kept = keptEntries(entries, { ...nothing, hourly: 3 }, newestOf(entries));
    expect(kept).toEqual([false, false, true, true, false, true, true]);
  });

  test('without any rule is the last content alone', () => {
    const entries = [1, 2, 3].map((hour) => ({
      receivedAtMs: epochMs + hour * hourMs,
      becameCurrent: true,
      hasContent: true,
    }));
    expect(keptEntries(entries, nothing, newestOf(entries))).toEqual([false, false, true]);
  });
});

describe('rules as they are typed', () => {
  test('are read, and written in one way', () => {
    const rules = parseRetention('monthly=always, all=36h,daily=30,hourly=24');
    expect(rules).toEqual({
      allWithinMs: 36 * hourMs,
      hourly: 24,
      daily: 30,
      weekly: 0,
      monthly: Number.POSITIVE_INFINITY,
    });
    expect(rules && retentionText(rules)).toBe('all=36h,hourly=24,daily=30,monthly=always');
  });

  test.each([
    '',
    'hourly',
    'hourly=',
    'hourly=0',
    'hourly=-1',
    'hourly=24,hourly=3',
    'all=3',
    'all=always',
    'all=0d',
    'minutely=3',
    'hourly=24;daily=3',
    'constructor=3',
  ])('are refused where they say something else: %j', (text) => {
    expect(parseRetention(text)).toBeUndefined();
  });

  test('come back from their text', () => {
    fc.assert(
      fc.property(anyRules, (rules) => {
        fc.pre(Object.values(rules).some((value) => value > 0));
        expect(parseRetention(retentionText(rules))).toEqual(rules);
      }),
    );
  });
});
