/**
 * The timeline: how much came when, which moment a place on it stands for, and where the next burst
 * of changes is. An edge is a place between two buckets; edge 0 is the beginning. Pure.
 */
export interface Bucket {
  /** ISO 8601: the last moment that belongs to it. */
  readonly to: string;
  readonly entries: number;
}

export interface Timeline {
  readonly from: string;
  readonly buckets: readonly Bucket[];
  /** Whether it ends with the present, and not with some moment before. */
  readonly endsNow: boolean;
}

/** The moment of an edge; undefined for the present. */
export function momentAt({ from, buckets, endsNow }: Timeline, edge: number): string | undefined {
  if (edge >= buckets.length && endsNow) return undefined;
  return edge <= 0 ? from : buckets[Math.min(edge, buckets.length) - 1]?.to;
}

/** The edge at or nearest before a moment. */
export function edgeAt({ buckets }: Timeline, at: string | undefined): number {
  if (at === undefined) return buckets.length;
  const atMs = Date.parse(at);
  return buckets.filter(({ to }) => Date.parse(to) <= atMs).length;
}

/** After the burst before the one whose outcome is shown at the edge; undefined where none is. */
export function burstBefore({ buckets }: Timeline, edge: number): number | undefined {
  const shown = lastBurst(buckets, edge);
  const before = shown < 0 ? -1 : lastBurst(buckets, shown);
  return before < 0 ? undefined : before + 1;
}

/** After the next burst; undefined where nothing came since. */
export function burstAfter({ buckets }: Timeline, edge: number): number | undefined {
  const next = buckets.findIndex(({ entries }, at) => at >= edge && entries > 0);
  if (next < 0) return undefined;
  const isLast = buckets.slice(next + 1).every(({ entries }) => entries === 0);
  return isLast ? buckets.length : next + 1;
}

function lastBurst(buckets: readonly Bucket[], edge: number): number {
  for (let at = Math.min(edge, buckets.length) - 1; at >= 0; at -= 1) {
    if ((buckets[at]?.entries ?? 0) > 0) return at;
  }
  return -1;
}

/** Of 100; 0 is the waterline. A single change is seen beside thousands. */
export function tideHeights(buckets: readonly Bucket[]): number[] {
  const greatest = Math.max(1, ...buckets.map(({ entries }) => entries));
  const scale = Math.log1p(greatest);
  return buckets.map(({ entries }) =>
    entries === 0 ? 0 : 16 + (84 * Math.log1p(entries)) / Math.max(scale, 1),
  );
}

/** An outline in a box as wide as there are buckets and 100 high. */
export function tidePath(buckets: readonly Bucket[]): string {
  const heights = tideHeights(buckets);
  const parts = [`M0 100`];
  for (const [at, height] of heights.entries()) {
    const y = (100 - height).toFixed(1);
    parts.push(`C${at + 0.25} 100 ${at + 0.2} ${y} ${at + 0.5} ${y}`);
    parts.push(`C${at + 0.8} ${y} ${at + 0.75} 100 ${at + 1} 100`);
  }
  return `${parts.join('')}Z`;
}

/** Where a moment lies, of 1; undefined outside. */
export function shareAt({ from, buckets }: Timeline, at: string): number | undefined {
  const fromMs = Date.parse(from);
  const lengthMs = Date.parse(buckets.at(-1)?.to ?? from) - fromMs;
  const share = (Date.parse(at) - fromMs) / lengthMs;
  return lengthMs > 0 && share >= 0 && share <= 1 ? share : undefined;
}

export interface TimeRange {
  readonly from: string;
  /** Undefined: up to now. */
  readonly to: string | undefined;
}

const closer = 8;
const shortestMs = 5_000;

/** A shorter stretch around a moment; undefined where it cannot be any shorter. */
export function closerRange(
  { from, buckets, endsNow }: Timeline,
  at: string | undefined,
  nowMs: number,
): TimeRange | undefined {
  const fromMs = Date.parse(from);
  const toMs = endsNow ? nowMs : Date.parse(buckets.at(-1)?.to ?? from);
  const lengthMs = Math.max(shortestMs, (toMs - fromMs) / closer);
  if (lengthMs >= (toMs - fromMs) * 0.9) return undefined;
  const middleMs = at === undefined ? toMs : Date.parse(at);
  const startMs = Math.max(fromMs, Math.min(middleMs - lengthMs / 2, toMs - lengthMs));
  const endMs = startMs + lengthMs;
  return {
    from: new Date(startMs).toISOString(),
    to: endMs >= nowMs - 1 ? undefined : new Date(endMs).toISOString(),
  };
}
