/**
 * What the mirror of an archive has to do about one path: pure. The mirror shows what the archive
 * shows, verbatim, and what was changed in it by hand stays until the folder says something newer.
 * Nothing is merged and nothing becomes a conflict copy: history has whatever is replaced.
 */
import { localCurrent, type Need, type PathEntry, peerCurrents } from '@holdfast/folder-index';
import { compareVectors, type FileRecord, sameContent, sameOnDisk } from '@holdfast/model';
import { needOfAction, type SyncAction } from './plan-sync.js';

/** Plans one path of a mirror, to which the archive's own index is the only other device. */
export function planMirrorPath(entry: PathEntry): SyncAction {
  if (entry.ignored) return { type: 'none' };
  const local = localCurrent(entry);
  const [shown] = peerCurrents(entry);
  if (shown === undefined || shown === local) return { type: 'none' };
  const target = shown.version;
  if (local === undefined) return { type: 'apply', target, local, conflict: false };
  if (staysByHand(local.version.record, target.record)) return { type: 'none' };
  if (sameContent(local.version.record, target.record)) {
    const isHere = local.local.disk !== undefined;
    const touch = isHere && !sameOnDisk(local.version.record, target.record);
    return { type: 'adopt', target, local, touch };
  }
  return { type: 'apply', target, local, conflict: false };
}

/** What a mirror still needs at a path. */
export function mirrorNeedOf(entry: PathEntry): Need | undefined {
  return needOfAction(planMirrorPath(entry));
}

/** Whether the mirror shows something at the path that the folder does not have. */
export function isMirrorChange(entry: PathEntry): boolean {
  const local = localCurrent(entry);
  if (entry.ignored || local?.local.disk === undefined) return false;
  const isShown = local.peers.some((peer) => peer.state === 'current');
  return !isShown && planMirrorPath(entry).type === 'none';
}

/**
 * What was changed by hand contains the version that it was made of. It stays, apart from deletions,
 * which would take from the folder's copy, and from what took the place of a directory, which would
 * keep the folder's files out. A directory that was made by hand may hold something: it stays.
 */
function staysByHand(local: FileRecord, target: FileRecord): boolean {
  if (local.kind === 'tombstone') return false;
  const order = compareVectors(local.vector, target.vector);
  if (local.kind === 'directory' && target.kind !== 'directory') return order !== 'dominated';
  if (target.kind === 'directory' && local.kind !== 'directory') return false;
  return order === 'dominates';
}
