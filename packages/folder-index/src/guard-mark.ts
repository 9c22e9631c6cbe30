/**
 * What the guard against mass changes does to one path's entry: pure. A version that took content
 * away carries a mark with what was there before, so that a rejection can put it back.
 *
 * Invariant: a version whose mark is held is shown to nobody as current and is not placed; archives
 * get it beside the current one.
 */
import {
  type DeviceId,
  dominates,
  type FileRecord,
  type Hash,
  lossOf,
  removesDirectory,
  restoringVersion,
  sameContent,
  type Version,
  type VersionId,
} from '@holdfast/model';
import {
  asChecked,
  type GuardMark,
  type LocalPart,
  localCurrent,
  type OfferedRow,
  offeredState,
  type PathEntry,
  type VersionRow,
  withLocalCurrent,
  withRow,
} from './path-entry.js';

/** Whether the row is this device's own and is told to archives only. */
export function isKeptBack(row: VersionRow | undefined): boolean {
  const isOwn = row?.local?.state === 'current';
  return isOwn && (row?.guard?.state === 'held' || row?.guard?.state === 'rejected');
}

/** What others are told of an own row. */
export function offerOf(
  row: VersionRow,
  local: LocalPart,
): Pick<OfferedRow, 'version' | 'state' | 'checked'> {
  const state = isKeptBack(row) ? 'side' : offeredState(local);
  return { version: row.version, state, checked: row.checked === true };
}

/** What others are told of the own row with the sequence; undefined where it was superseded. */
export function offeredAt(entry: PathEntry | undefined, sequence: number): OfferedRow | undefined {
  const row = entry?.rows.find((one) => one.local?.sequence === sequence);
  if (entry === undefined || row?.local === undefined) return undefined;
  return { path: entry.path, sequence, ...offerOf(row, row.local) };
}

/** How many versions of the path wait for an answer. */
export function guardedRows(entry: PathEntry): number {
  return entry.rows.filter((row) => row.guard?.state === 'held').length;
}

/** Which marks say something still. */
export interface LiveMarks {
  /** One that is older does not. */
  readonly sinceMs: number;
  /**
   * Where the clock was set back since somebody confirmed: one from between these moments, which are
   * yet to come, does not either.
   */
  readonly confirmed?: { readonly afterMs: number; readonly untilMs: number };
}

export function isLive(atMs: number, { sinceMs, confirmed }: LiveMarks): boolean {
  if (confirmed !== undefined && atMs > confirmed.afterMs && atMs <= confirmed.untilMs)
    return false;
  return atMs >= sinceMs;
}

/** As what a change is marked. */
export interface GuardJudgement extends LiveMarks {
  readonly atMs: number;
  /** Whether changes of this author wait for an answer now. */
  readonly isHolding: () => boolean;
  /** Whether nobody is to be asked: a person wanted it, or there is nobody else. */
  readonly passes: () => boolean;
  /** Whether it is no loss as long as the content stays where it lies, too. */
  readonly hasMoved: (former: Version) => boolean;
  /** Whether an archive's receipt reaches a version of this device, whatever its index has told yet. */
  readonly isArchived: (id: VersionId, sequence: number) => boolean;
}

export interface Judged {
  readonly entry: PathEntry;
  /** A change that has to be counted. */
  readonly counts?: 'deleted' | 'rewritten';
}

/** The entry after this device's own user changed the path, with the mark that it gets. */
export function judgedLocal(before: PathEntry, after: PathEntry, rule: GuardJudgement): Judged {
  const old = localCurrent(before);
  const now = localCurrent(after);
  if (now === undefined || old?.version.id === now.version.id) return { entry: after };
  const live = old === undefined ? undefined : liveMark(old, rule);
  const former = live?.former ?? knownElsewhere(before, rule);
  if (former === undefined || rule.passes()) return { entry: passed(after, now.version) };
  const loss = lossOf(former.record, now.version.record);
  const removes = removesDirectory(former.record, now.version.record);
  if (loss === undefined && !removes) return { entry: passed(after, now.version) };
  const state = rule.hasMoved(former) ? 'moved' : rule.isHolding() ? 'held' : 'noted';
  const mark: GuardMark = { state, atMs: live?.atMs ?? rule.atMs, former };
  const entry = withGuard(state === 'held' ? after : passed(after, now.version), now.version, mark);
  const isNew = live === undefined || live.state === 'moved';
  return loss === undefined || state === 'moved' || !isNew ? { entry } : { entry, counts: loss };
}

/** What others have of the path: what nobody else ever had cannot be put back, and takes nothing from anybody. */
function knownElsewhere(before: PathEntry, rule: GuardJudgement): Version | undefined {
  const isShown = (row: VersionRow) => row.peers.some((peer) => peer.state === 'current');
  const old = localCurrent(before);
  const isElsewhere =
    old !== undefined && (isShown(old) || rule.isArchived(old.version.id, old.local.sequence));
  return (isElsewhere ? old : before.rows.find(isShown))?.version;
}

/** What the path showed before the change that is still going on; undefined: nothing of that matters. */
export function liveMark(
  { guard }: VersionRow,
  rule: LiveMarks & Pick<GuardJudgement, 'isHolding'>,
): GuardMark | undefined {
  if (guard === undefined || guard.state === 'rejected') return undefined;
  if (guard.state === 'held') return rule.isHolding() ? guard : undefined;
  return isLive(guard.atMs, rule) ? guard : undefined;
}

/** The version may go to everybody. */
function passed(entry: PathEntry, version: Version): PathEntry {
  return withRow(entry, version, (row) => {
    const { guard: _, ...rest } = row;
    return { ...rest, checked: true };
  });
}

export function withGuard(entry: PathEntry, version: Version, guard: GuardMark): PathEntry {
  return withRow(entry, version, (row) => ({ ...row, guard }));
}

/** What others show of a change and nobody vouches for waits, in whichever versions it came. */
export function withOfferHeld(entry: PathEntry, record: FileRecord, guard: GuardMark): PathEntry {
  return entry.rows
    .filter(
      ({ checked, version, peers }) =>
        !checked &&
        version.record.author === record.author &&
        sameContent(version.record, record) &&
        peers.some((peer) => peer.state === 'current'),
    )
    .reduce((next, { version }) => withGuard(next, version, guard), entry);
}

export function withoutGuard(entry: PathEntry, version: Version): PathEntry {
  return withRow(entry, version, (row) => {
    const { guard: _, ...rest } = row;
    return rest;
  });
}

export function withChecked(entry: PathEntry, version: Version): PathEntry {
  return withRow(entry, version, asChecked);
}

/** Whose changes, of when: what an answer is about. */
export interface AnsweredChanges {
  readonly author: DeviceId;
  readonly sinceMs: number;
  readonly lastMs: number;
  /** Whether what has moved lies elsewhere still: then nothing of it has to come back. */
  readonly isElsewhere?: (former: Version) => boolean;
}

/** Whether the row is among what the answer is about: it waits, or passed before anybody was asked. */
export function isMeant(row: VersionRow, changes: AnsweredChanges): boolean {
  const { guard, version } = row;
  if (guard === undefined || version.record.author !== changes.author) return false;
  if (guard.state === 'held') return true;
  const inTime = guard.atMs >= changes.sinceMs && guard.atMs <= changes.lastMs;
  if (guard.state === 'moved') return inTime && changes.isElsewhere?.(guard.former) !== true;
  return guard.state === 'noted' && inTime;
}

/** The entry after somebody confirmed the changes. */
export function confirmed(entry: PathEntry, changes: AnsweredChanges): PathEntry {
  return entry.rows
    .filter((row) => isMeant(row, changes) && row.guard?.state === 'held')
    .reduce((next, { version }) => withChecked(next, version), entry);
}

/**
 * The entry after somebody rejected them. What is not placed here is refused at once, by showing
 * what is here above it; what is on this disk is marked, so that the former content is fetched.
 */
export function rejected(entry: PathEntry, changes: AnsweredChanges, hash: Hash): PathEntry {
  const meant = entry.rows.filter((row) => isMeant(row, changes));
  const isHere = (row: VersionRow) => row.local?.state === 'current';
  // First what is here: what waits above it goes back to what was there before both.
  return [...meant.filter(isHere), ...meant.filter((row) => !isHere(row))].reduce(
    (next, row) => rejectedRow(next, row, hash),
    entry,
  );
}

function rejectedRow(entry: PathEntry, row: VersionRow, hash: Hash): PathEntry {
  const { guard, version } = row;
  const local = localCurrent(entry);
  if (guard === undefined) return entry;
  if (local?.version.id === version.id) return withRestoring(entry, version, guard, hash);
  const settled = withoutGuard(entry, version);
  // What was changed on top of it stays.
  if (local === undefined || dominates(local.version.record.vector, version.record.vector)) {
    return settled;
  }
  const here = local.guard;
  if (here?.state === 'rejected') {
    const former = here.restoring ?? here.former;
    const restoring = restoringVersion(former, version, hash);
    return withGuard(settled, local.version, { ...here, restoring });
  }
  // Somebody confirmed it here before: it may be on its way to the disk at this moment.
  if (guard.state !== 'held') {
    const mark = { ...guard, former: local.version };
    return withRestoring(settled, local.version, mark, hash, version);
  }
  const above = restoringVersion(local.version, version, hash);
  const { disk } = local.local;
  return withChecked(withLocalCurrent(settled, above, disk ? { disk } : {}), above);
}

/** The entry where nobody has what a rejection was to bring back: what is on this disk stays. */
export function withoutRejection(entry: PathEntry): PathEntry {
  const local = localCurrent(entry);
  if (local?.guard?.state !== 'rejected') return entry;
  return withChecked(withoutGuard(entry, local.version), local.version);
}

/** The entry whose `version`, which is on this disk, gives way to what was there before, above `refused`. */
function withRestoring(
  entry: PathEntry,
  version: Version,
  guard: GuardMark,
  hash: Hash,
  refused: Version = version,
): PathEntry {
  const restoring = restoringVersion(guard.former, refused, hash);
  return withGuard(entry, version, { ...guard, state: 'rejected', restoring });
}
