/** A folder and a node in good order, to be changed by each test. */
import type { Folder, NodeState } from '../src/node-state.js';

export const nowMs = Date.UTC(2026, 2, 1, 12);

export const photos: Folder = {
  id: 'abcdefgh23456723',
  label: 'Photos',
  path: '/home/ada/Photos',
  mode: 'send-receive',
  archive: false,
  state: 'up-to-date',
  stateReason: '',
  files: 78_579,
  bytes: 214_748_364_800,
  needFiles: 0,
  needBytes: 0,
  unarchivedFiles: 0,
  receiveOnlyChangedFiles: 0,
  heldFiles: 0,
  overwrittenVersions: 0,
  conflictCopies: 0,
  problemFiles: 0,
  leftOutFiles: 0,
  copies: 2,
  lastArchived: '2026-03-01T11:59:20Z',
  lastVerified: null,
  lastDrill: null,
  members: ['pi'],
  archives: ['pi'],
  connectedMembers: ['pi'],
  progress: null,
};

export function nodeWith(...folders: readonly Folder[]): NodeState {
  return {
    device: 'laptop-id',
    name: 'laptop',
    version: '0.1.0',
    folders,
    devices: [
      { id: 'pi', name: 'pi', connected: true, addresses: [], lastSeen: null, problem: '' },
    ],
  };
}
