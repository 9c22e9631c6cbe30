import { parseTime } from '@holdfast/node';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

beforeAll(() => {
  vi.stubEnv('TZ', 'Europe/Berlin');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

/** 12:00 in Berlin, which is an hour ahead of UTC then. */
const nowMs = Date.UTC(2026, 2, 10, 11, 0, 0);
const day = 86_400_000;

function at(text: string, now = nowMs): string {
  const { moment, store } = parseTime(text, now);
  if (moment.type !== 'time') throw new Error(`${text} is not a moment in time`);
  expect(store).toBeUndefined();
  return new Date(moment.atMs).toISOString();
}

test('the tests run in Berlin', () => {
  expect(new Date(nowMs).getHours()).toBe(12);
});

describe('ISO 8601', () => {
  test.each([
    ['2026-03-01', '2026-02-28T23:00:00.000Z'],
    ['2026-07-01', '2026-06-30T22:00:00.000Z'],
    ['2026-03-01T14:00', '2026-03-01T13:00:00.000Z'],
    ['2026-03-01 14:00', '2026-03-01T13:00:00.000Z'],
    ['2026-03-01T14:00:05', '2026-03-01T13:00:05.000Z'],
    ['2026-03-01T14:00:05.25', '2026-03-01T13:00:05.250Z'],
    ['2026-03-01T14:00:05,123456789', '2026-03-01T13:00:05.123Z'],
    ['2026-03-01T14:00Z', '2026-03-01T14:00:00.000Z'],
    ['2026-03-01t14:00:00z', '2026-03-01T14:00:00.000Z'],
    ['2026-03-01T14:00+05:30', '2026-03-01T08:30:00.000Z'],
    ['2026-03-01T14:00-0800', '2026-03-01T22:00:00.000Z'],
    ['2024-02-29', '2024-02-28T23:00:00.000Z'],
    ['  2026-03-01  ', '2026-02-28T23:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  test('in the hour that summer time leaves out, the later moment counts', () => {
    expect(at('2026-03-29T02:30')).toBe('2026-03-29T01:30:00.000Z');
    expect(at('2026-03-29T01:59')).toBe('2026-03-29T00:59:00.000Z');
    expect(at('2026-03-29T03:00')).toBe('2026-03-29T01:00:00.000Z');
  });

  test('in the hour that comes twice, the earlier moment counts', () => {
    expect(at('2026-10-25T02:30')).toBe('2026-10-25T00:30:00.000Z');
    expect(at('2026-10-25T03:00')).toBe('2026-10-25T02:00:00.000Z');
  });
});

describe('from now on backwards', () => {
  test.each([
    ['now', 0],
    ['30s', 30_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['3d', 3 * day],
    ['1w', 7 * day],
    ['2H', 7_200_000],
    ['2h ago', 7_200_000],
    ['2 h ago', 7_200_000],
  ])('%s is %d ms ago', (text, ago) => {
    expect(at(text)).toBe(new Date(nowMs - ago).toISOString());
  });

  test('a day is 24 hours, also where the clock was moved meanwhile', () => {
    const afterChange = Date.UTC(2026, 2, 29, 12);
    expect(at('1d', afterChange)).toBe('2026-03-28T12:00:00.000Z');
  });

  test.each([
    ['today', '2026-03-09T23:00:00.000Z'],
    ['yesterday', '2026-03-08T23:00:00.000Z'],
    ['yesterday 14:00', '2026-03-09T13:00:00.000Z'],
    ['Today 9:05', '2026-03-10T08:05:00.000Z'],
    ['yesterday 14:00:30', '2026-03-09T13:00:30.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(at(text)).toBe(expected);
  });

  test('yesterday of the first of a month, and across a change of the clock, is the day before', () => {
    expect(at('yesterday', Date.UTC(2026, 2, 1, 11))).toBe('2026-02-27T23:00:00.000Z');
    expect(at('yesterday 12:00', Date.UTC(2026, 2, 29, 12))).toBe('2026-03-28T11:00:00.000Z');
  });
});

test.each(['1969-12-31', '1970-01-01', '999999999w', '0000-01-01'])(
  '%s lies before all history: the epoch, which is what the wire can carry',
  (text) => {
    expect(at(text)).toBe('1970-01-01T00:00:00.000Z');
  },
);

describe('positions in history', () => {
  test.each([
    ['#0', 0, undefined],
    ['#1234', 1234, undefined],
    ['00aabbccddeeff11#12', 12, '00aabbccddeeff11'],
    ['00AA#12', 12, '00aa'],
  ])('%s', (text, position, store) => {
    expect(parseTime(text, nowMs)).toEqual({ moment: { type: 'position', position }, store });
  });
});

test.each([
  '',
  'tomorrow',
  '2026-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-03-00',
  '2026-03-01T24:00',
  '2026-03-01T12:60',
  '2026-03-01T12:00:60',
  '2026-03-01T12',
  '2026-03-01Z extra',
  '26-03-01',
  'yesterday 25:00',
  'yesterday 12:61',
  '-2h',
  '2y',
  '2.5h',
  '#',
  '#-1',
  '#1.5',
  'store#12',
  'now and then',
])('"%s" is refused with an example of what to write', (text) => {
  expect(() => parseTime(text, nowMs)).toThrow(
    expect.objectContaining({ code: 'time_invalid', hint: expect.stringContaining('2026-03-01') }),
  );
});
