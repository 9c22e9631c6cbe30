/**
 * What the mirror of an archive has to do about one path: pure. The mirror shows what the archive
 * shows, verbatim; nothing is merged and nothing becomes a conflict copy, as history has whatever is
 * replaced. What was changed in it by hand is withheld, as in every receive-only folder.
 */
import {
  type LocalRow,
  localCurrent,
  type Need,
  type PathEntry,
  peerCurrents,
  withoutPeerRow,
} from '@holdfast/folder-index';
import {
  type DeviceId,
  dominates,
  type Hash,
  sameContent,
  sameOnDisk,
  type Version,
} from '@holdfast/model';
import { needOfAction, planRestoring, type SyncAction } from './plan-sync.js';
import { isWithheld, planWithheld } from './plan-withheld.js';

/** Plans one path of a mirror, to which the archive's own index is the only other device. */
export function planMirrorPath(entry: PathEntry, hash: Hash): SyncAction {
  if (entry.ignored) return { type: 'none' };
  const restoring = planRestoring(entry);
  if (restoring !== undefined) return restoring;
  const local = localCurrent(entry);
  const [shown] = peerCurrents(entry);
  if (isWithheld(local)) return planWithheld(local, shown?.version, 'mirror', hash);
  if (shown === undefined || shown === local) return { type: 'none' };
  const target = shown.version;
  if (local !== undefined && isPutBack(local, target)) return { type: 'none' };
  if (local !== undefined && sameContent(local.version.record, target.record)) {
    const isHere = local.local.disk !== undefined;
    const touch = isHere && !sameOnDisk(local.version.record, target.record);
    return { type: 'adopt', target, local, touch };
  }
  return { type: 'apply', target, local, conflict: false };
}

/** What a mirror still needs at a path. */
export function mirrorNeedOf(entry: PathEntry, hash: Hash): Need | undefined {
  return needOfAction(planMirrorPath(entry, hash));
}

/**
 * The archive's entry without what its mirror was vouched for once and does not show any more: it would
 * go on contending with what the members show, who never hear of it.
 */
export function withoutVouched(entry: PathEntry, mirror: DeviceId, shown: Version): PathEntry {
  return entry.rows.reduce((next, { version, peers }) => {
    const vouched = peers.find((peer) => peer.device === mirror && peer.state === 'current');
    if (vouched === undefined || version.id === shown.id) return next;
    return withoutPeerRow(next, version, vouched);
  }, entry);
}

/** What a rejection of a mass change put back here, until the archive shows it too: never a deletion. */
function isPutBack(local: LocalRow, target: Version): boolean {
  if (local.version.record.kind === 'tombstone') return false;
  if (!local.checked || local.peers.some((peer) => peer.state === 'current')) return false;
  return dominates(local.version.record.vector, target.record.vector);
}
