/**
 * How much an archive took in, and when: counts between moments, as the positions of its log at those
 * moments tell them. Each answer costs a bounded number of small questions, however long the log is.
 */
import type { HistoryMoment } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { TimelineBucket } from './history-control.js';
import type { HistorySource } from './history-source.js';

type Asked = Pick<HistorySource, 'query' | 'queryAll'>;

export interface TimelineRange {
  /** Undefined: from the folder's first entry on. */
  readonly fromMs: number | undefined;
  /** Undefined: up to now. */
  readonly toMs: number | undefined;
  readonly buckets: number;
  readonly nowMs: number;
}

export interface Timeline {
  readonly fromMs: number;
  readonly buckets: readonly TimelineBucket[];
}

/** So many questions are on their way at once. */
const questionsAtOnce = 8;
const shortestMs = 60_000;
/** Each guess of a folder's age is so many times the one before; the last is older than any archive. */
const ageFactor = 4;
const ageGuesses = 13;
/** The beginning is found to one in so many parts of the last guess. */
const beginningParts = 64;

export async function readTimeline(source: Asked, range: TimelineRange): Promise<Timeline> {
  const { nowMs } = range;
  const head = await source.query({ type: 'moment', at: { type: 'head' } });
  if (head.position === 0) return { fromMs: range.fromMs ?? nowMs, buckets: [] };
  const known = new KnownMoments(source);
  const first = await known.first(0, head.position, (position) => ({ type: 'position', position }));
  const fromMs = range.fromMs ?? (await beginning(known, nowMs));
  const toMs = range.toMs ?? nowMs;
  if (toMs <= fromMs) {
    throw new AppError('usage', 'The timeline would end before it begins.', {
      hint: 'Give a later end, or an earlier beginning.',
    });
  }
  const edgesMs = edgesBetween(fromMs, toMs, range.buckets);
  const momentAt = (edge: number): HistoryMoment =>
    edge === range.buckets && range.toMs === undefined
      ? { type: 'head' }
      : { type: 'time', atMs: edgesMs[edge] ?? toMs };
  const positions = await positionsAt(source, known, momentAt, range.buckets);
  const buckets = edgesMs.slice(1).map((edgeMs, at): TimelineBucket => {
    const before = positions[at] ?? first - 1;
    const after = positions[at + 1] ?? before;
    return { to: new Date(edgeMs).toISOString(), entries: Math.max(0, after - before) };
  });
  return { fromMs, buckets };
}

/** The moment of the first entry, or a little before it. */
async function beginning(known: KnownMoments, nowMs: number): Promise<number> {
  const ageMs = (guess: number) => shortestMs * ageFactor ** guess;
  const oldMs = (steps: number) => Math.max(0, nowMs - ageMs(ageGuesses - steps));
  const atMs = (ms: number): HistoryMoment => ({ type: 'time', atMs: ms });
  const step = await known.first(0, ageGuesses + 1, (at) =>
    at > ageGuesses ? { type: 'head' } : atMs(oldMs(at)),
  );
  const lateMs = step > ageGuesses ? nowMs : oldMs(step);
  const earlyMs = oldMs(step - 1);
  const partMs = Math.max(1, (lateMs - earlyMs) / beginningParts);
  const part = await known.first(0, beginningParts, (at) =>
    at === beginningParts && step > ageGuesses
      ? { type: 'head' }
      : atMs(Math.round(earlyMs + at * partMs)),
  );
  return Math.min(nowMs - 1, Math.round(earlyMs + (part - 1) * partMs));
}

/** Undefined before the folder's first entry. */
async function positionsAt(
  source: Asked,
  known: KnownMoments,
  momentAt: (edge: number) => HistoryMoment,
  last: number,
): Promise<(number | undefined)[]> {
  const positions: (number | undefined)[] = Array.from({ length: last + 1 });
  if (!(await known.isKnown(momentAt(last)))) return positions;
  const from = (await known.isKnown(momentAt(0))) ? 0 : await known.first(0, last, momentAt);
  const edges = Array.from({ length: last + 1 - from }, (_, at) => from + at);
  const pages = await source.queryAll(
    edges.map((edge) => ({ type: 'moment' as const, at: momentAt(edge) })),
  );
  for (const [at, edge] of edges.entries()) positions[edge] = pages[at]?.position;
  return positions;
}

function edgesBetween(fromMs: number, toMs: number, buckets: number): number[] {
  const stepMs = (toMs - fromMs) / buckets;
  return Array.from({ length: buckets + 1 }, (_, at) => Math.round(fromMs + at * stepMs));
}

/** Which moments a folder's history reaches: none before its first entry, all from there on. */
class KnownMoments {
  readonly #source: Asked;

  constructor(source: Asked) {
    this.#source = source;
  }

  async isKnown(at: HistoryMoment): Promise<boolean> {
    try {
      await this.#source.query({ type: 'moment', at });
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code === 'time_unknown') return false;
      throw error;
    }
  }

  /** The least whole number above `low`, at most `high`, whose moment is known; that of `high` is. */
  async first(
    low: number,
    high: number,
    momentOf: (number: number) => HistoryMoment,
  ): Promise<number> {
    let [unknown, known] = [low, high];
    while (known - unknown > 1) {
      const asked = between(unknown, known);
      const answers = await Promise.all(asked.map((number) => this.isKnown(momentOf(number))));
      const found = answers.indexOf(true);
      const next = found < 0 ? known : (asked[found] ?? known);
      unknown = (found < 0 ? asked.at(-1) : asked[found - 1]) ?? unknown;
      known = next;
    }
    return known;
  }
}

/** Whole numbers that divide what lies between two others evenly, rising. */
function between(low: number, high: number): number[] {
  const parts = Math.min(questionsAtOnce + 1, high - low);
  const numbers = Array.from({ length: parts - 1 }, (_, at) =>
    Math.floor(low + ((at + 1) * (high - low)) / parts),
  );
  return [...new Set(numbers)].filter((number) => number > low && number < high);
}
