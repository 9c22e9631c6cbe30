/**
 * Where each operation of a node is found over HTTP: the one table that the server and the client
 * share. Arguments travel by name, in the query of a GET and in the JSON body of a POST, so that a
 * label or an address with a slash needs no escaping rules.
 */
import type { NodeControl } from '@holdfast/node';

export type Operation = keyof NodeControl;

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

export const endpoints: { readonly [Name in Operation]: Endpoint } = {
  status: { method: 'GET', path: '/rest/status' },
  shutdown: { method: 'POST', path: '/rest/shutdown' },

  devices: { method: 'GET', path: '/rest/devices' },
  invite: { method: 'POST', path: '/rest/devices/invite' },
  join: { method: 'POST', path: '/rest/devices/join' },
  renameDevice: { method: 'POST', path: '/rest/devices/rename' },
  removeDevice: { method: 'POST', path: '/rest/devices/remove' },
  pendingDevices: { method: 'GET', path: '/rest/devices/pending' },
  acceptDevice: { method: 'POST', path: '/rest/devices/accept' },
  markDevice: { method: 'POST', path: '/rest/devices/mark' },
  revokeDevice: { method: 'POST', path: '/rest/devices/revoke' },
  confirmDevice: { method: 'POST', path: '/rest/devices/confirm' },
  liftDevice: { method: 'POST', path: '/rest/devices/lift' },
  addDeviceAddress: { method: 'POST', path: '/rest/devices/addresses/add' },
  removeDeviceAddress: { method: 'POST', path: '/rest/devices/addresses/remove' },

  folders: { method: 'GET', path: '/rest/folders' },
  folderOffers: { method: 'GET', path: '/rest/folders/offers' },
  ignorePatterns: { method: 'GET', path: '/rest/folders/ignore' },
  testIgnored: { method: 'GET', path: '/rest/folders/ignore/test' },
  setIgnorePatterns: { method: 'POST', path: '/rest/folders/ignore' },
  heldVersions: { method: 'GET', path: '/rest/folders/held' },
  releaseHeld: { method: 'POST', path: '/rest/folders/held/release' },
  conflicts: { method: 'GET', path: '/rest/folders/conflicts' },
  problems: { method: 'GET', path: '/rest/folders/problems' },
  addFolder: { method: 'POST', path: '/rest/folders/add' },
  shareFolder: { method: 'POST', path: '/rest/folders/share' },
  unshareFolder: { method: 'POST', path: '/rest/folders/unshare' },
  acceptFolder: { method: 'POST', path: '/rest/folders/accept' },
  removeFolder: { method: 'POST', path: '/rest/folders/remove' },
  rescanFolder: { method: 'POST', path: '/rest/folders/rescan' },
  pauseFolder: { method: 'POST', path: '/rest/folders/pause' },
  resumeFolder: { method: 'POST', path: '/rest/folders/resume' },
  setCopies: { method: 'POST', path: '/rest/folders/copies' },
  setMode: { method: 'POST', path: '/rest/folders/mode' },
  overrideFolder: { method: 'POST', path: '/rest/folders/override' },
  revertFolder: { method: 'POST', path: '/rest/folders/revert' },
  confirmFolder: { method: 'POST', path: '/rest/folders/confirm' },
  rejectFolder: { method: 'POST', path: '/rest/folders/reject' },
  setGuard: { method: 'POST', path: '/rest/folders/guard' },
  setWatch: { method: 'POST', path: '/rest/folders/watch' },
  wait: { method: 'POST', path: '/rest/wait' },

  log: { method: 'GET', path: '/rest/history/log' },
  list: { method: 'GET', path: '/rest/history/list' },
  timeline: { method: 'GET', path: '/rest/history/timeline' },
  cat: { method: 'GET', path: '/rest/history/cat' },
  where: { method: 'GET', path: '/rest/history/where' },
  diff: { method: 'GET', path: '/rest/history/diff' },
  undo: { method: 'POST', path: '/rest/history/undo' },
  restores: { method: 'GET', path: '/rest/history/restores' },
  restore: { method: 'POST', path: '/rest/history/restore' },
  archiveStatus: { method: 'GET', path: '/rest/archive/status' },
  verify: { method: 'POST', path: '/rest/archive/verify' },
  drill: { method: 'POST', path: '/rest/archive/drill' },
  thinArchive: { method: 'POST', path: '/rest/archive/thin' },
  compactArchive: { method: 'POST', path: '/rest/archive/compact' },
  unthinArchive: { method: 'POST', path: '/rest/archive/unthin' },
  rebuildArchiveIndex: { method: 'POST', path: '/rest/archive/rebuild-index' },

  events: { method: 'GET', path: '/rest/events' },
};

/** What the API offers beside the operations of a node. */
export const healthPath = '/rest/noauth/health';
export const loginLinksPath = '/rest/login-links';
export const loginPath = '/login';
/** Events as they happen, as server-sent events. */
export const eventStreamPath = '/rest/events/stream';

/** Names the version that the bytes of `cat` are. */
export const versionHeader = 'x-holdfast-version';
