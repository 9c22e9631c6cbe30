/** How a folder is watched, for people; and what to do where no event tells of a change. Pure. */
import type { WatchState } from '@holdfast/sync-engine';
import type { WatchStatus } from './node-control.js';

/** Other machines, or a program behind the mount, change files there without an event here. */
const changedFromElsewhere: ReadonlySet<string> = new Set([
  '9p',
  'acfs',
  'afs',
  'beegfs',
  'ceph',
  'cifs',
  'coda',
  'davfs',
  'drvfs',
  'gfs2',
  'glusterfs',
  'gpfs',
  'lustre',
  'ncp',
  'ncpfs',
  'nfs',
  'nfs4',
  'ocfs2',
  'orangefs',
  'prl_fs',
  'pvfs2',
  'smb',
  'smb2',
  'smb3',
  'smbfs',
  'vboxsf',
  'virtiofs',
  'vmhgfs',
]);

/**
 * Whether the kernel sees every change to files of this type. `fuseblk` is a disk of this machine
 * behind FUSE; `fuse` and `fuse.sshfs` are anything.
 */
export function nativeEventsReliable(fileSystemType: string): boolean {
  return !changedFromElsewhere.has(fileSystemType) && !/^fuse(\.|$)/.test(fileSystemType);
}

/** What a person should know and type; empty where there is nothing to say, or they have chosen. */
export function watchSuggestion(state: WatchState, folder: { id: string; label: string }): string {
  const { fileSystem, choice, method } = state;
  if (choice !== 'auto' || method === 'polling' || fileSystem === undefined) return '';
  if (nativeEventsReliable(fileSystem)) return '';
  const name = /^[\w.@-]+$/.test(folder.label) ? folder.label : folder.id;
  return (
    `It lies on a network or FUSE file system (${fileSystem}): what is changed there from elsewhere ` +
    'raises no event here, and is found only by the scan every ten minutes. To have it looked at ' +
    `every few seconds: holdfast folder set ${name} --watch polling. If only this device changes ` +
    `it: holdfast folder set ${name} --watch native`
  );
}

export function watchStatus(state: WatchState, folder: { id: string; label: string }): WatchStatus {
  return {
    mode: state.choice,
    method: state.method,
    reason: state.reason,
    fileSystem: state.fileSystem ?? null,
    suggestion: watchSuggestion(state, folder),
  };
}
