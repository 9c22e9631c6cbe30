/**
 * What this device has to do about one path: pure, from everything that is known of it. The
 * executor carries it out; the index counts what is still to be done by the same function.
 */
import {
  type LocalRow,
  localCurrent,
  type Need,
  type PathEntry,
  peerCurrents,
  rowOf,
  type VersionRow,
} from '@holdfast/folder-index';
import {
  chooseCurrent,
  contentBytesOf,
  type DeviceId,
  dominates,
  type Hash,
  isCopyable,
  sameContent,
  sameOnDisk,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { isWithheld, planWithheld } from './plan-withheld.js';

export type SyncAction =
  | { readonly type: 'none' }
  /** The content is here already: take the version over; `touch`: set its time and permissions. */
  | {
      readonly type: 'adopt';
      readonly target: Version;
      readonly local: LocalRow;
      readonly touch: boolean;
    }
  /** Put the target in place of what is here. */
  | {
      readonly type: 'apply';
      readonly target: Version;
      readonly local: LocalRow | undefined;
      /** What is here was made apart from the target: it must stay visible as a conflict copy. */
      readonly conflict: boolean;
      /** Nobody else shows the path: afterwards this device shows nothing there, not a deletion. */
      readonly forgets?: true;
      /** Made by this device for what has to lie in it: no member shows it. */
      readonly isMadeHere?: true;
    };

/** What a tree does about a path; the mirror of an archive has another rule than a member's tree. */
export type PathPlanner = (entry: PathEntry) => SyncAction;

const leastCircle = 3;

/** Plans one path of a folder whose tree is kept here. */
export function planPath(entry: PathEntry, hash: Hash): SyncAction {
  if (entry.ignored) return { type: 'none' };
  const restoring = planRestoring(entry);
  if (restoring !== undefined) return restoring;
  const local = localCurrent(entry);
  const shown = peerCurrents(entry);
  if (isWithheld(local)) return planWithheld(local, targetOf(shown, hash), 'member', hash);
  if (shown.length === 0) return { type: 'none' };
  if (shown.length === 1 && shown[0] === local) return { type: 'none' };
  const versions = [...new Set([...(local ? [local] : []), ...shown])].map((row) => row.version);
  const choice = chooseCurrent(versions, { merge: true }, hash);
  if (choice === undefined || choice.current.id === local?.version.id) return { type: 'none' };
  const target = choice.current;
  if (local !== undefined && sameContent(local.version.record, target.record)) {
    const touch =
      local.local.disk !== undefined && !sameOnDisk(local.version.record, target.record);
    return { type: 'adopt', target, local, touch };
  }
  const conflict =
    local?.local.disk !== undefined &&
    isCopyable(local.version.record) &&
    choice.conflicting.some((version) => version.id === local.version.id);
  return { type: 'apply', target, local, conflict };
}

/** What the members show, all of them taken together. */
function targetOf(shown: readonly VersionRow[], hash: Hash): Version | undefined {
  const versions = shown.map((row) => row.version);
  return chooseCurrent(versions, { merge: true }, hash)?.current;
}

/** Where a mass change was rejected that is on this disk: the former content comes back. */
export function planRestoring(entry: PathEntry): SyncAction | undefined {
  const local = localCurrent(entry);
  const target = local?.guard?.state === 'rejected' ? local.guard.restoring : undefined;
  if (local === undefined || target === undefined || isRevived(entry, local)) return undefined;
  if (!sameContent(local.version.record, target.record)) {
    return { type: 'apply', target, local, conflict: false };
  }
  const touch = local.local.disk !== undefined && !sameOnDisk(local.version.record, target.record);
  return { type: 'adopt', target, local, touch };
}

/** Whether others made a directory anew above the one that was rejected, since something lies in it. */
function isRevived(entry: PathEntry, { version: { record } }: LocalRow): boolean {
  if (record.kind !== 'directory') return false;
  return peerCurrents(entry).some(
    ({ version: shown }) =>
      shown.record.kind === 'directory' && dominates(shown.record.vector, record.vector),
  );
}

/** What a folder whose tree is kept here still needs at a path. */
export function needOf(entry: PathEntry, hash: Hash): Need | undefined {
  return needOfAction(planPath(entry, hash));
}

/** The need that a planned action stands for. */
export function needOfAction(action: SyncAction): Need | undefined {
  if (action.type === 'none') return undefined;
  return { bytes: action.type === 'apply' ? contentBytesOf(action.target.record) : 0 };
}

/** Devices that can serve the content of a version: those that show or keep the same content. */
export function sourcesOf(
  entry: PathEntry,
  target: Version,
): { row: VersionRow; device: DeviceId }[] {
  return entry.rows
    .filter((row) => sameContent(row.version.record, target.record))
    .flatMap((row) => row.peers.map((peer) => ({ row, device: peer.device })));
}

/**
 * Who may keep beside what has to come back after a rejection, though nobody shows it: `here` where
 * this device has set it aside, or anybody connected.
 */
export function keptAside(
  entry: PathEntry,
  here: DeviceId,
  keepers: readonly DeviceId[],
): { id: VersionId; device: DeviceId; isGuess: boolean }[] {
  const guard = localCurrent(entry)?.guard;
  if (guard?.state !== 'rejected') return [];
  const { id } = guard.former;
  const isHere = rowOf(entry, id)?.local?.state === 'side';
  const known = isHere ? [{ id, device: here, isGuess: false }] : [];
  return [...known, ...keepers.map((device) => ({ id, device, isGuess: true }))];
}

/**
 * What an archive shows for a path: the same rule over the versions that it has archived. Undefined
 * where that is what it shows already.
 */
export function planArchivePath(entry: PathEntry, hash: Hash): VersionRow | undefined {
  return archiveChoice(entry, false, hash);
}

/**
 * What an archive shows instead where versions beat each other in a circle: a version of its own, as
 * the row of the one whose content it has. Undefined where there is no circle.
 */
export function planSettlement(entry: PathEntry, hash: Hash): VersionRow | undefined {
  const mayBeCircle = entry.rows.length >= leastCircle;
  if (!mayBeCircle || planArchivePath(entry, hash) !== undefined) return undefined;
  return archiveChoice(entry, true, hash);
}

function archiveChoice(entry: PathEntry, settle: boolean, hash: Hash): VersionRow | undefined {
  const local = localCurrent(entry);
  const shown = peerCurrents(entry).filter((row) => row.archived);
  const [first] = shown;
  // Most paths have one version.
  if (first === undefined || (shown.length === 1 && first === local)) return undefined;
  const rows = [...new Set([...(local ? [local] : []), ...shown])];
  const versions = rows.map((row) => row.version);
  const current = chooseCurrent(versions, { merge: false, settle }, hash)?.current;
  if (current === undefined || current.id === local?.version.id) return undefined;
  const alike =
    rows.find(({ version }) => version.id === current.id) ?? (settle ? local : undefined);
  return alike && { ...alike, version: current };
}

/**
 * An archive owes a path a turn where it shows another version than it should: members may go back
 * to one that was archived long ago, and nothing of that is offered anew.
 */
export function archiveNeedOf(entry: PathEntry, hash: Hash): Need | undefined {
  const turn = planArchivePath(entry, hash) ?? planSettlement(entry, hash);
  return turn === undefined ? undefined : { bytes: 0 };
}
