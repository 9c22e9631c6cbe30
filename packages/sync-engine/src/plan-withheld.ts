/**
 * What becomes of a version that this disk shows and keeps from the members: pure. That is what was
 * changed by hand in a receive-only folder, a mirror included. It stays as long as it contains what
 * the members show; something newer takes its place, and what was there is set aside.
 */
import {
  type LocalRow,
  localCurrent,
  type PathEntry,
  peerCurrents,
  type Withheld,
  withChecked,
  withLocalCurrent,
} from '@holdfast/folder-index';
import {
  compareVectors,
  type FileRecord,
  type Hash,
  isCopyable,
  sameContent,
  sameOnDisk,
  type Version,
  versionOf,
} from '@holdfast/model';
import type { PathPlanner, SyncAction } from './plan-sync.js';

/** A mirror brings back what was deleted, and needs no conflict copy, as its archive has everything. */
export type WithheldRule = 'member' | 'mirror';

export type WithheldRow = LocalRow & {
  readonly local: { readonly withheld: 'kept' | 'reverting' };
};

export function isWithheld(row: LocalRow | undefined): row is WithheldRow {
  return row?.local.withheld !== undefined;
}

/** `target`: what the members show, as this folder would show it; undefined where they show nothing. */
export function planWithheld(
  local: WithheldRow,
  target: Version | undefined,
  rule: WithheldRule,
  hash: Hash,
): SyncAction {
  const isTakenBack = local.local.withheld === 'reverting';
  if (target === undefined) return isTakenBack ? removal(local, hash) : { type: 'none' };
  const { record } = local.version;
  // A member came to show this very version: it is kept from nobody any more.
  if (target.id === local.version.id) return { type: 'adopt', target, local, touch: false };
  if (!isTakenBack && stays(record, target.record, rule)) return { type: 'none' };
  if (sameContent(record, target.record)) {
    const touch = local.local.disk !== undefined && !sameOnDisk(record, target.record);
    return { type: 'adopt', target, local, touch };
  }
  const isMadeApart = compareVectors(record.vector, target.record.vector) !== 'dominated';
  const isCopied = !isTakenBack && rule === 'member' && isMadeApart && isCopyable(record);
  return { type: 'apply', target, local, conflict: isCopied && local.local.disk !== undefined };
}

/**
 * Whether the path shows a change that is kept here and that nothing is about to replace. A deletion
 * is one only while the members show something.
 */
export function isLocalChange(entry: PathEntry, plan: PathPlanner): boolean {
  const local = localCurrent(entry);
  if (local?.local.withheld !== 'kept' || plan(entry).type !== 'none') return false;
  return local.version.record.kind !== 'tombstone' || isAliveElsewhere(entry);
}

/** The entry with its kept change taken back. */
export function takenBack(entry: PathEntry): PathEntry {
  return withheldAs(entry, 'kept', 'reverting');
}

/** The entry whose change was to be taken back, and stays: nobody has what it was made of. */
export function keptAgain(entry: PathEntry): PathEntry {
  return withheldAs(entry, 'reverting', 'kept');
}

/**
 * The entry with its kept change shared: the members are offered it as current. A person asked for it,
 * so no guard against mass changes asks again.
 */
export function shared(entry: PathEntry): PathEntry {
  const local = localCurrent(entry);
  if (local?.local.withheld !== 'kept') return entry;
  return withChecked(withheldAs(entry, 'kept', 'no'), local.version);
}

function withheldAs(entry: PathEntry, from: Withheld, withheld: Withheld | 'no'): PathEntry {
  const local = localCurrent(entry);
  if (local?.local.withheld !== from) return entry;
  const { disk } = local.local;
  return withLocalCurrent(entry, local.version, { withheld, ...(disk ? { disk } : {}) });
}

function isAliveElsewhere(entry: PathEntry): boolean {
  return peerCurrents(entry).some(({ version }) => version.record.kind !== 'tombstone');
}

/** What contains the members' version was made of it. The rest says who gives way otherwise. */
function stays(local: FileRecord, target: FileRecord, rule: WithheldRule): boolean {
  const order = compareVectors(local.vector, target.vector);
  // A mirror would lack what its archive shows, and in its place keep out what a directory holds.
  if (local.kind === 'tombstone') return rule === 'member' && order === 'dominates';
  // A directory that was made by hand may hold something.
  if (local.kind === 'directory' && target.kind !== 'directory') return order !== 'dominated';
  if (target.kind === 'directory' && local.kind !== 'directory') return false;
  // An edit beats a concurrent deletion; the archive of a mirror has both.
  if (target.kind === 'tombstone' && rule === 'member') return order !== 'dominated';
  return order === 'dominates';
}

/** The members show nothing: what is here goes, and this device shows nothing either. */
function removal(local: WithheldRow, hash: Hash): SyncAction {
  const { path, vector, author } = local.version.record;
  const target = versionOf({ kind: 'tombstone', path, vector, author }, hash);
  return { type: 'apply', target, local, conflict: false, forgets: true };
}
