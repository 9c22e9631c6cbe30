/** What each route does once its request has been checked: one call of the node. */
import type { NodeControl } from '@holdfast/node';
import type { Operation } from './endpoints.js';
import type { RequestOf } from './schemas.js';

/** Everything but `cat`, whose answer is not JSON. */
export type JsonOperation = Exclude<Operation, 'cat'>;

type Perform<Name extends JsonOperation> = (
  control: NodeControl,
  request: RequestOf<Name>,
  signal: AbortSignal,
) => Promise<unknown>;

/** `signal` aborts when the client goes away. */
export const operations: { readonly [Name in JsonOperation]: Perform<Name> } = {
  status: (control) => control.status(),
  shutdown: (control) => control.shutdown(),

  devices: (control) => control.devices(),
  invite: (control, request) => control.invite(request),
  join: (control, request) => control.join(request.invite, request.mine),
  renameDevice: (control, request) => control.renameDevice(request.device, request.name),
  removeDevice: (control, request) => control.removeDevice(request.device),
  pendingDevices: (control) => control.pendingDevices(),
  acceptDevice: (control, request) => control.acceptDevice(request.device, request.mine),
  markDevice: (control, request) => control.markDevice(request.device, request.mine),
  revokeDevice: (control, request) => control.revokeDevice(request.device),
  confirmDevice: (control, request) => control.confirmDevice(request.device),
  liftDevice: (control, request) => control.liftDevice(request.device, request.mine),
  addDeviceAddress: (control, request) => control.addDeviceAddress(request.device, request.address),
  removeDeviceAddress: (control, request) =>
    control.removeDeviceAddress(request.device, request.address),

  folders: (control) => control.folders(),
  folderOffers: (control) => control.folderOffers(),
  ignorePatterns: (control, request) => control.ignorePatterns(request.folder),
  testIgnored: (control, request) => control.testIgnored(request.folder, request.path),
  setIgnorePatterns: (control, request) => control.setIgnorePatterns(request.folder, request.text),
  heldVersions: (control, request) => control.heldVersions(request.folder),
  releaseHeld: (control, request) => control.releaseHeld(request),
  conflicts: (control, request) => control.conflicts(request.folder),
  problems: (control, request) => control.problems(request.folder),
  addFolder: (control, request) => control.addFolder(request),
  shareFolder: (control, request) => control.shareFolder(request.folder, request.device),
  unshareFolder: (control, request) => control.unshareFolder(request.folder, request.device),
  acceptFolder: (control, request) => control.acceptFolder(request),
  removeFolder: (control, request) => control.removeFolder(request.folder),
  rescanFolder: (control, request) => control.rescanFolder(request.folder),
  pauseFolder: (control, request) => control.pauseFolder(request.folder),
  resumeFolder: (control, request) => control.resumeFolder(request.folder),
  setMode: (control, request) => control.setMode(request),
  overrideFolder: (control, request) => control.overrideFolder(request),
  revertFolder: (control, request) => control.revertFolder(request),
  confirmFolder: (control, request) => control.confirmFolder(request.folder),
  rejectFolder: (control, request) => control.rejectFolder(request.folder),
  setGuard: (control, request) => control.setGuard(request.folder, request.guard),
  setWatch: (control, request) => control.setWatch(request.folder, request.watch),
  setCopies: (control, request) => control.setCopies(request.folder, request.copies),
  wait: (control, request, signal) => control.wait({ ...request, signal }),

  log: (control, request) => control.log(request),
  list: (control, request) => control.list(request),
  timeline: (control, request) => control.timeline(request),
  where: (control, request) => control.where(request.path),
  diff: (control, request) => control.diff(request),
  undo: (control, request) => control.undo(request),
  restores: (control) => control.restores(),
  restore: (control, request, signal) => control.restore({ ...request, signal }),
  archiveStatus: (control) => control.archiveStatus(),
  verify: (control, request, signal) => control.verify({ ...request, signal }),
  drill: (control, request) => control.drill(request),
  thinArchive: (control, request) => control.thinArchive(request),
  compactArchive: (control, _, signal) => control.compactArchive({ signal }),
  unthinArchive: (control, request) => control.unthinArchive(request.folder),
  rebuildArchiveIndex: (control) => control.rebuildArchiveIndex(),

  events: (control, { since, limit, wait }, signal) =>
    control.events({ since, limit, waitMs: wait, signal }),
};
