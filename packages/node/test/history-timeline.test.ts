/** How much came when: counted from positions at moments, over logs of any shape. */
import type { HistoryMoment, HistoryPage, HistoryQuery } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTimeline } from '../src/history-timeline.js';

const nowMs = Date.UTC(2026, 2, 1, 12);
const dayMs = 24 * 3_600_000;

/** An archive whose log has an entry at each of these times; those of the folder begin at `first`. */
function archiveWith(timesMs: readonly number[], first = 1) {
  let questions = 0;
  const positionAt = (at: HistoryMoment): number => {
    if (at.type === 'head') return timesMs.length;
    if (at.type === 'position') return at.position;
    return timesMs.filter((ms) => ms <= at.atMs).length;
  };
  const query = async (asked: HistoryQuery): Promise<HistoryPage> => {
    questions += 1;
    if (asked.type !== 'moment') throw new Error('only moments are asked for');
    const position = positionAt(asked.at);
    if (timesMs.length > 0 && position < first) {
      throw new AppError('time_unknown', 'before the first entry');
    }
    return { position, entries: [] } as unknown as HistoryPage;
  };
  const queryAll = (all: readonly HistoryQuery[]) => Promise.all(all.map(query));
  return { source: { query, queryAll }, questions: () => questions };
}

const whole = { fromMs: undefined, toMs: undefined, buckets: 60, nowMs };

function sum(buckets: readonly { readonly entries: number }[]): number {
  return buckets.reduce((total, { entries }) => total + entries, 0);
}

describe('the timeline of a folder', () => {
  test('begins a little before its first entry and ends now', async () => {
    const firstMs = nowMs - 100 * dayMs;
    const { source } = archiveWith([firstMs, nowMs - 3 * dayMs, nowMs - 3 * dayMs + 5]);
    const { fromMs, buckets } = await readTimeline(source, whole);
    expect(fromMs).toBeLessThan(firstMs);
    expect(fromMs).toBeGreaterThan(nowMs - 110 * dayMs);
    expect(buckets.at(-1)?.to).toBe(new Date(nowMs).toISOString());
    expect(buckets.filter(({ entries }) => entries > 0).map(({ entries }) => entries)).toEqual([
      1, 2,
    ]);
  });

  test('counts nothing from before the folder was there', async () => {
    const { source } = archiveWith(
      [1, 2, 3, 4].map((day) => nowMs - (50 - day) * dayMs),
      3,
    );
    expect(sum((await readTimeline(source, whole)).buckets)).toBe(2);
  });

  test('is empty where there is no history', async () => {
    const { source } = archiveWith([]);
    expect((await readTimeline(source, whole)).buckets).toEqual([]);
  });

  test('says how much came within a part of it, and nothing of before or after', async () => {
    const { source } = archiveWith([60, 30, 29, 5, 1].map((days) => nowMs - days * dayMs));
    const month = { ...whole, fromMs: nowMs - 31 * dayMs, toMs: nowMs - 2 * dayMs };
    expect(sum((await readTimeline(source, month)).buckets)).toBe(3);
    const early = { ...whole, fromMs: nowMs - 90 * dayMs, toMs: nowMs - 40 * dayMs };
    expect(sum((await readTimeline(source, early)).buckets)).toBe(1);
    const before = { ...whole, fromMs: nowMs - 90 * dayMs, toMs: nowMs - 80 * dayMs };
    expect(sum((await readTimeline(source, before)).buckets)).toBe(0);
  });

  test('refuses to end before it begins', async () => {
    const { source } = archiveWith([nowMs - dayMs]);
    const backwards = { ...whole, fromMs: nowMs, toMs: nowMs - dayMs };
    await expect(readTimeline(source, backwards)).rejects.toMatchObject({ code: 'usage' });
  });

  test('counts each entry once, with a bounded number of questions', async () => {
    const ages = fc.array(fc.integer({ min: 1, max: 20 * 365 * dayMs }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(ages, fc.integer({ min: 1, max: 200 }), async (agesMs, buckets) => {
        const timesMs = agesMs.map((ageMs) => nowMs - ageMs).sort((a, b) => a - b);
        const { source, questions } = archiveWith(timesMs);
        const timeline = await readTimeline(source, { ...whole, buckets });
        expect(sum(timeline.buckets)).toBe(timesMs.length);
        expect(questions()).toBeLessThan(buckets + 150);
      }),
    );
  });
});
