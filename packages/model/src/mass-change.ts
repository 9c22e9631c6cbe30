/**
 * When a change is so large that a person is asked first, and what the answers mean: pure. Counting
 * is per author over a sliding window; the question is a value that travels, and answers only grow:
 * a rejection beats a confirmation, whoever gave them and in whatever order they arrive.
 */
import type { FileRecord, Version } from './file-record.js';
import { type ActorId, bytesFromHex, type DeviceId, type Hash, hexFrom } from './ids.js';
import { versionOf } from './record-codec.js';
import { joinWithinLimit } from './version-vector.js';

/** More than both of them, within the window, is a mass change. */
export interface MassChangeLimits {
  readonly files: number;
  /** Of the files that the tree had when the window began. */
  readonly sharePercent: number;
  readonly windowMs: number;
}

export const defaultMassChangeLimits: MassChangeLimits = {
  files: 200,
  sharePercent: 25,
  windowMs: 10 * 60_000,
};

export interface ChangeCount {
  readonly deleted: number;
  readonly rewritten: number;
}

export const noChanges: ChangeCount = { deleted: 0, rewritten: 0 };

export function addCounts(left: ChangeCount, right: ChangeCount): ChangeCount {
  return {
    deleted: left.deleted + right.deleted,
    rewritten: left.rewritten + right.rewritten,
  };
}

export function totalOf({ deleted, rewritten }: ChangeCount): number {
  return deleted + rewritten;
}

/** Changes that one author made at about the same time. */
export interface CountedChanges extends ChangeCount {
  readonly atMs: number;
  /** The files of the tree before these changes. */
  readonly files: number;
}

/** What one author changed lately, the oldest first. */
export type ChangeWindow = readonly CountedChanges[];

/** Changes this close together are counted as one. */
const partsOfWindow = 32;

/** The window after more changes; what is too old falls out. A clock that was set back forgets nothing. */
export function withChanges(
  window: ChangeWindow,
  change: CountedChanges,
  { windowMs }: MassChangeLimits,
): ChangeWindow {
  const kept = recentChanges(window, change.atMs, windowMs);
  if (totalOf(change) === 0) return kept;
  const last = kept.at(-1);
  if (last === undefined || change.atMs - last.atMs > windowMs / partsOfWindow) {
    return [...kept, change];
  }
  return [...kept.slice(0, -1), { ...last, ...addCounts(last, change) }];
}

function recentChanges(window: ChangeWindow, nowMs: number, windowMs: number): ChangeWindow {
  return window
    .map((one) => (one.atMs > nowMs ? { ...one, atMs: nowMs } : one))
    .filter((one) => nowMs - one.atMs <= windowMs);
}

export function countOf(window: ChangeWindow): ChangeCount {
  return window.reduce<ChangeCount>(addCounts, noChanges);
}

/** Whether the author changed so much that a person is asked. */
export function isMassChange(window: ChangeWindow, limits: MassChangeLimits): boolean {
  const [first] = window;
  if (first === undefined) return false;
  const total = totalOf(countOf(window));
  return total > limits.files && total * 100 > first.files * limits.sharePercent;
}

/** `over`: nothing waits any more, since the paths were put right or changed again. */
export type MassChangeAnswer = 'open' | 'over' | 'confirmed' | 'rejected';

const answers: readonly MassChangeAnswer[] = ['open', 'over', 'confirmed', 'rejected'];

/** A question to the members of a folder: may what `author` did be taken over? */
export interface MassChange extends ChangeCount {
  /** Eight random bytes: sixteen hexadecimal digits. */
  readonly id: string;
  /** The device that keeps the changes back: it asks, and carries the answer out. */
  readonly holder: DeviceId;
  /** Whose changes they are. */
  readonly author: DeviceId;
  /** Milliseconds since the Unix epoch by the holder's clock: the first and the last change. */
  readonly sinceMs: number;
  readonly lastMs: number;
  /** The files of the tree before it. */
  readonly files: number;
  readonly answer: MassChangeAnswer;
}

/** More are kept of nobody: the newest stay. */
export const maxMassChanges = 32;

/** What is known of one question from two sides. */
export function joinMassChange<Known extends MassChange>(known: Known, heard: MassChange): Known {
  const answer =
    answers.indexOf(heard.answer) > answers.indexOf(known.answer) ? heard.answer : known.answer;
  const isNewer = heard.lastMs > known.lastMs || totalOf(heard) > totalOf(known);
  if (!isNewer && answer === known.answer) return known;
  const { deleted, rewritten } = isNewer ? heard : known;
  const sinceMs = Math.min(known.sinceMs, heard.sinceMs);
  const lastMs = Math.max(known.lastMs, heard.lastMs);
  return { ...known, deleted, rewritten, sinceMs, lastMs, answer };
}

/** An answer to one's own question: what it says of the question itself is the holder's to say. */
export function answeredBy<Known extends MassChange>(known: Known, heard: MassChange): Known {
  const isStronger = answers.indexOf(heard.answer) > answers.indexOf(known.answer);
  const isAnswer = heard.answer === 'confirmed' || heard.answer === 'rejected';
  return isStronger && isAnswer ? { ...known, answer: heard.answer } : known;
}

/** All that is known of other devices' questions; the same list where nothing is new. */
export function joinMassChanges(
  known: readonly MassChange[],
  heard: readonly MassChange[],
): readonly MassChange[] {
  const byId = new Map(known.map((one) => [one.id, one]));
  for (const one of heard) {
    const before = byId.get(one.id);
    if (before !== undefined && before.holder !== one.holder) continue;
    byId.set(one.id, before === undefined ? one : joinMassChange(before, one));
  }
  const kept = [...byId.values()]
    .sort((a, b) => b.lastMs - a.lastMs || (a.id < b.id ? -1 : 1))
    .slice(0, maxMassChanges);
  const isSame = kept.length === known.length && kept.every((one) => known.includes(one));
  return isSame ? known : kept;
}

/**
 * What a path shows after the change of it was rejected: the content of `former`, above `rejected`.
 * Its actor comes from the rejected version's id, so every device makes the same.
 */
export function restoringVersion(former: Version, rejected: Version, hash: Hash): Version {
  const seed = Buffer.concat([Buffer.from('holdfast reject 1\0'), bytesFromHex(rejected.id)]);
  const actor = hexFrom(hash(seed).subarray(0, 8)) as ActorId;
  const stamp = [{ actor, counter: 1 }];
  const { vector } = rejected.record;
  const joined =
    joinWithinLimit([former.record.vector, vector, stamp]) ?? joinWithinLimit([vector, stamp]);
  return versionOf({ ...former.record, vector: joined ?? stamp }, hash);
}

/** The same for records whose content is the same, and only for them; undefined without content. */
export function contentNameOf(record: FileRecord): string | undefined {
  if (record.kind === 'symlink') return `symlink:${record.target}`;
  if (record.kind !== 'file') return undefined;
  const { depth, entries } = record.blocks;
  return `${record.sizeBytes}:${depth}:${entries.map((entry) => entry.contentId).join()}`;
}

/** Whether replacing one record by another takes content from the path; undefined: it takes none. */
export function lossOf(before: FileRecord, after: FileRecord): keyof ChangeCount | undefined {
  const content = contentNameOf(before);
  if (content === undefined || content === contentNameOf(after)) return undefined;
  return after.kind === 'tombstone' ? 'deleted' : 'rewritten';
}

/** Whether it takes a directory away; what it held was counted. */
export function removesDirectory(before: FileRecord, after: FileRecord): boolean {
  return before.kind === 'directory' && after.kind !== 'directory';
}
