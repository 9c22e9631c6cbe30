/**
 * Which versions of one file a retention keeps: pure, from receive times and rules alone. What is not
 * kept may be thinned. Invariant: a file's last content is always kept, and so is what has no time.
 */

/** Each rule keeps what it names; a version goes only where none of them keeps it. */
export interface RetentionRules {
  /** Everything received no longer than this before the folder's newest entry; 0: no such rule. */
  readonly allWithinMs: number;
  /** The newest version in each of the last so many hours that have one; Infinity: in all of them. */
  readonly hourly: number;
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
}

/** An entry of a file's history, as far as a retention is concerned. */
export interface RetainedEntry {
  /** Undefined where nobody knows when it was received: it is kept. */
  readonly receivedAtMs: number | undefined;
  /** Whether it became what the folder showed. Those that did not are counted by themselves. */
  readonly becameCurrent: boolean;
  /** Whose those that did not become it are: each one's are counted by themselves. */
  readonly besideOf?: string | undefined;
  /** Whether blocks belong to it; what has none frees nothing and is kept. */
  readonly hasContent: boolean;
}

type Period = Exclude<keyof RetentionRules, 'allWithinMs'>;

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;
/** The Unix epoch was a Thursday; weeks begin on Mondays. */
const daysBeforeEpoch = 3;

/** The number of the hour, day, week or month, in UTC. */
const bucketOf: { readonly [Name in Period]: (atMs: number) => number } = {
  hourly: (atMs) => Math.floor(atMs / hourMs),
  daily: (atMs) => Math.floor(atMs / dayMs),
  weekly: (atMs) => Math.floor((Math.floor(atMs / dayMs) + daysBeforeEpoch) / 7),
  monthly: (atMs) => {
    const date = new Date(atMs);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  },
};

const periods = Object.keys(bucketOf) as readonly Period[];

/**
 * Whether each entry of one file is kept. They are given in the order of the log, with times that do
 * not fall; `newestMs` is when the folder's newest entry was received.
 */
export function keptEntries(
  entries: readonly RetainedEntry[],
  rules: RetentionRules,
  newestMs: number,
): boolean[] {
  const { allWithinMs } = rules;
  const allFromMs = allWithinMs > 0 ? newestMs - allWithinMs : Number.POSITIVE_INFINITY;
  const kept = entries.map(
    ({ receivedAtMs, hasContent }) =>
      !hasContent || receivedAtMs === undefined || receivedAtMs >= allFromMs,
  );
  for (const line of linesOf(entries)) {
    for (const period of periods) {
      for (const at of newestOfEach(line, entries, bucketOf[period], rules[period]))
        kept[at] = true;
    }
    const last = line.at(-1);
    if (last !== undefined) kept[last] = true;
    const lastContent = line.findLast((at) => entries[at]?.hasContent);
    if (lastContent !== undefined) kept[lastContent] = true;
  }
  return kept;
}

/** What the folder showed, and what each device kept beside it: places, in the order of the log. */
function linesOf(entries: readonly RetainedEntry[]): number[][] {
  const shown: number[] = [];
  const beside = new Map<string, number[]>();
  for (const [at, { becameCurrent, besideOf = '' }] of entries.entries()) {
    const line = becameCurrent ? shown : (beside.get(besideOf) ?? []);
    line.push(at);
    if (!becameCurrent) beside.set(besideOf, line);
  }
  return [shown, ...beside.values()];
}

/** The last entry of each of the newest `count` buckets that have one. */
function newestOfEach(
  line: readonly number[],
  entries: readonly RetainedEntry[],
  bucket: (atMs: number) => number,
  count: number,
): number[] {
  const found: number[] = [];
  let before: number | undefined;
  for (const at of line.toReversed()) {
    if (found.length >= count) break;
    const atMs = entries[at]?.receivedAtMs;
    if (atMs === undefined) continue;
    const current = bucket(atMs);
    if (current === before) continue;
    before = current;
    found.push(at);
  }
  return found;
}

const always = 'always';
const spanMs: Readonly<Record<string, number>> = { h: hourMs, d: dayMs };
const maxCount = 1_000_000;

/**
 * Rules as they are typed: `all=3d,hourly=24,daily=30,weekly=52,monthly=always`. Undefined where the
 * text is something else, names a rule twice, or keeps nothing.
 */
export function parseRetention(text: string): RetentionRules | undefined {
  const rules = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
  const named = new Set<string>();
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^\s*([a-z]+)=([0-9a-z]+)\s*$/.exec(part) ?? [];
    const number = name === 'all' ? durationOf(value) : countOf(value);
    if (number === undefined || named.has(name)) return undefined;
    named.add(name);
    if (name === 'all') rules.allWithinMs = number;
    else if (isPeriod(name)) rules[name] = number;
    else return undefined;
  }
  return rules;
}

function isPeriod(name: string): name is Period {
  return periods.some((period) => period === name);
}

function durationOf(value: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,6})([hd])$/.exec(value) ?? [];
  const count = Number(digits);
  return count > 0 ? count * (spanMs[unit] ?? 0) : undefined;
}

function countOf(value: string): number | undefined {
  if (value === always) return Number.POSITIVE_INFINITY;
  if (!/^\d{1,7}$/.test(value)) return undefined;
  const count = Number(value);
  return count > 0 && count <= maxCount ? count : undefined;
}

/** The same in one way of writing. */
export function retentionText(rules: RetentionRules): string {
  const { allWithinMs } = rules;
  const span = allWithinMs % dayMs === 0 ? `${allWithinMs / dayMs}d` : `${allWithinMs / hourMs}h`;
  const counts = periods.flatMap((period) => {
    const count = rules[period];
    if (count === 0) return [];
    return [`${period}=${count === Number.POSITIVE_INFINITY ? always : count}`];
  });
  return [...(allWithinMs > 0 ? [`all=${span}`] : []), ...counts].join();
}
