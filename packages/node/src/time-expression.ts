/**
 * TIME as the command line takes it: ISO 8601, `2h` or `3d` ago, `yesterday 14:00`, `today`, or a
 * history position `STORE#1234` or `#1234`. Times without an offset are local; a date is its
 * midnight; `d` is 24 hours. In a gap of the clock the later moment counts, in an overlap the
 * earlier one (ECMA-262, "LocalTime", resolves both so).
 */
import type { HistoryMoment } from '@holdfast/model';
import { AppError } from '@holdfast/platform';

export interface TimeExpression {
  readonly moment: HistoryMoment;
  /** The store that a position belongs to, or a prefix of its id. */
  readonly store: string | undefined;
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/** Throws `time_invalid`. `nowMs` is milliseconds since the Unix epoch. */
export function parseTime(text: string, nowMs: number): TimeExpression {
  const trimmed = text.trim();
  const position = /^([0-9a-f]*)#(\d{1,15})$/i.exec(trimmed);
  if (position) {
    const store = position[1] === '' ? undefined : position[1]?.toLowerCase();
    return { moment: { type: 'position', position: Number(position[2]) }, store };
  }
  const atMs = parseAgo(trimmed, nowMs) ?? parseDay(trimmed, nowMs) ?? parseIso(trimmed);
  if (atMs === undefined || Number.isNaN(atMs)) throw invalid(text);
  // There is no history before the epoch, and the wire has no time before it.
  return { moment: { type: 'time', atMs: Math.max(0, atMs) }, store: undefined };
}

function parseAgo(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs;
  const match = /^(\d{1,9})\s*([smhdw])(?:\s+ago)?$/i.exec(text);
  if (!match) return undefined;
  return nowMs - Number(match[1]) * unitMs[match[2]?.toLowerCase() as keyof typeof unitMs];
}

function parseDay(text: string, nowMs: number): number | undefined {
  const match = /^(today|yesterday)(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/i.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = [match[2], match[3], match[4]].map((part) => Number(part ?? 0));
  if (hour! > 23 || minute! > 59 || second! > 59) return undefined;
  const day = new Date(nowMs);
  const back = match[1]?.toLowerCase() === 'yesterday' ? 1 : 0;
  const date = day.getDate() - back;
  return new Date(day.getFullYear(), day.getMonth(), date, hour, minute, second).getTime();
}

function parseIso(text: string): number | undefined {
  const match = isoPattern.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const isReal = month! >= 1 && month! <= 12 && day! >= 1 && day! <= daysIn(year!, month!);
  if (!isReal || hour! > 23 || minute! > 59 || second! > 59) return undefined;
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const offset = match[8];
  if (offset === undefined) {
    return new Date(year!, month! - 1, day, hour, minute, second, milliseconds).getTime();
  }
  const utc = Date.UTC(year!, month! - 1, day, hour, minute, second, milliseconds);
  if (offset.toUpperCase() === 'Z') return utc;
  const sign = offset.startsWith('-') ? -1 : 1;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return utc - sign * minutes * 60_000;
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function invalid(text: string): AppError {
  return new AppError('time_invalid', `"${text}" is not a time.`, {
    hint: 'Write 2026-03-01, 2026-03-01T14:00, 2h, 3d, "yesterday 14:00", or a position such as #1234.',
  });
}
