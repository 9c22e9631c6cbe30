/**
 * Following the chain of heads through both copies of the history log at once: each entry is taken
 * from whichever copy has it whole.
 */
import type { EntryLocation } from '@holdfast/block-store';
import type { Hash } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { LinkedEntry, LogCopyCursor } from './log-copy-cursor.js';
import { headAfter, headBeforeGenesis, type LogEntry } from './log-entry.js';

export type CopyName = 'a' | 'b';

/** Where an entry lies in each copy; undefined where that copy does not have it whole. */
export interface CopyLocations {
  readonly a: EntryLocation | undefined;
  readonly b: EntryLocation | undefined;
}

export interface ChainPoint {
  readonly position: number;
  /** The head after the entry at that position. */
  readonly head: string;
}

export const chainStart: ChainPoint = { position: -1, head: headBeforeGenesis };

export interface LoggedEntry extends ChainPoint {
  readonly bytes: Uint8Array;
  readonly locations: CopyLocations;
  /** What the bytes say, where they were made here a moment ago. */
  readonly made?: LogEntry;
}

export interface CopyPair<Value> {
  readonly a: Value;
  readonly b: Value;
}

/** Looks for an entry that a copy does not have in its place. */
export type FindMended = (copy: CopyName, position: number) => Promise<LinkedEntry | undefined>;

export type ChainStep =
  | { readonly type: 'entry'; readonly entry: LoggedEntry; readonly gapIn: readonly CopyName[] }
  /** Both copies end after the point. */
  | { readonly type: 'end' }
  /** One copy ends after the point, the other has more. */
  | { readonly type: 'shorter'; readonly copy: CopyName; readonly next: LinkedEntry };

/**
 * The step after `point`. Throws `history_damaged` where neither copy has the next entry but one
 * has later ones, or where both have it and differ.
 */
export async function nextInChain(
  cursors: CopyPair<LogCopyCursor>,
  point: ChainPoint,
  hash: Hash,
  mended: FindMended,
): Promise<ChainStep> {
  const position = point.position + 1;
  const a = await cursors.a.peek(position);
  const b = await cursors.b.peek(position);
  if (a === undefined && b === undefined) return { type: 'end' };
  const whole = async (found: LinkedEntry | undefined, copy: CopyName) => {
    const entry = fits(found, position, point.head) ? found : await mended(copy, position);
    return fits(entry, position, point.head) ? entry : undefined;
  };
  const goodA = await whole(a, 'a');
  const goodB = await whole(b, 'b');
  const good = goodA ?? goodB;
  if (good === undefined) throw historyDamaged(position, 'neither copy holds this entry whole');
  if (a === undefined) return { type: 'shorter', copy: 'a', next: good };
  if (b === undefined) return { type: 'shorter', copy: 'b', next: good };
  if (
    goodA !== undefined &&
    goodB !== undefined &&
    Buffer.compare(goodA.bytes, goodB.bytes) !== 0
  ) {
    throw historyDamaged(position, 'its two copies disagree');
  }
  if (a.position === position) cursors.a.skip();
  if (b.position === position) cursors.b.skip();
  const gapIn: CopyName[] = goodA === undefined ? ['a'] : goodB === undefined ? ['b'] : [];
  const locations = { a: goodA?.location, b: goodB?.location };
  const head = headAfter(point.head, good.bytes, hash);
  return { type: 'entry', entry: { position, head, bytes: good.bytes, locations }, gapIn };
}

/** The next entry where one copy has ended, from the other. */
export function onlyIn(
  cursors: CopyPair<LogCopyCursor>,
  { copy, next }: Extract<ChainStep, { type: 'shorter' }>,
  point: ChainPoint,
  hash: Hash,
): Extract<ChainStep, { type: 'entry' }> {
  const other = copy === 'a' ? 'b' : 'a';
  cursors[other].skip();
  const { position, bytes, location } = next;
  const locations = { a: undefined, b: undefined, [other]: location };
  const head = headAfter(point.head, bytes, hash);
  return { type: 'entry', entry: { position, head, bytes, locations }, gapIn: [] };
}

/** Whether the entry is the one that follows the head. */
export function fits(
  entry: LinkedEntry | undefined,
  position: number,
  head: string,
): entry is LinkedEntry {
  return entry !== undefined && entry.position === position && entry.previousHead === head;
}

export function historyDamaged(position: number, what: string, cause?: unknown): AppError {
  return new AppError(
    'history_damaged',
    `The history log is damaged at position ${position}: ${what}.`,
    {
      hint: 'Nothing was changed. Keep the disk as it is, and restore from another archive if you have one.',
      cause,
    },
  );
}
