/** A node that remembers what it was asked and answers with fixed, plausible data. */
import type { FolderStatus, NodeControl, NodeStatus } from '@holdfast/node';
import { exampleListing, exampleTimeline, exampleVersion } from './example-history.js';
import { deviceTrustAnswers, exampleDevice } from './fake-device-trust.js';

export interface FakeNodeControl extends NodeControl {
  /** Each call as its name and its arguments; abort signals are left out. */
  readonly calls: (readonly [name: string, ...given: unknown[]])[];
}

const conflictVersion = {
  path: 'a.sync-conflict-20260301-120000-abcdefg.txt',
  kind: 'file',
  device: 'pi',
  size: 12,
  time: '2026-03-01T12:00:00.000Z',
} as const;

const exampleIgnore = {
  file: '/home/ada/Photos/.stignore',
  text: '*.tmp\n',
  included: [],
  fault: '',
};

export const exampleFolder: FolderStatus = {
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
  ifLost: {
    files: 0,
    olderVersions: 0,
    historyVersions: 0,
    bytes: 0,
    exact: true,
    sentence: 'If this device were lost now, nothing that this folder shows would be lost.',
  },
  thinned: null,
  lastArchived: '2026-03-01T11:59:20Z',
  lastVerified: null,
  lastDrill: null,
  members: ['12D3KooWPi'],
  archives: ['12D3KooWPi'],
  connectedMembers: ['12D3KooWPi'],
  watch: { mode: 'auto', method: 'native', reason: '', fileSystem: 'ext4', suggestion: '' },
  massChanges: [],
  guard: { files: 200, sharePercent: 25, windowMinutes: 10 },
  progress: null,
};

export const exampleStatus: NodeStatus = {
  device: '12D3KooWLaptop',
  name: 'laptop',
  gui: 'http://127.0.0.1:8686',
  version: '0.1.0',
  addresses: ['/ip4/192.168.1.7/tcp/22600'],
  folders: [exampleFolder],
  devices: [exampleDevice],
};

const thinnedFolder = { id: exampleFolder.id, label: exampleFolder.label, store: 'main' };

const holder = {
  device: 'pi',
  deviceId: '12D3KooWPi',
  thisDevice: false,
  connected: true,
  admitted: true,
  has: true,
  archived: true,
  files: 1,
  archivedFiles: 1,
} as const;

const diffSide = {
  kind: 'file',
  size: 4,
  mtime: null,
  blocks: 1,
  permissions: '644',
} as const;

const modeChanges = {
  files: 1,
  replaced: 1,
  removed: 0,
  returned: 0,
  changes: [{ path: 'a/b.txt', effect: 'replaced' }],
} as const;

const answers: NodeControl = {
  status: async () => exampleStatus,
  shutdown: async () => {},
  invite: async () => ({ invite: 'holdfast:example', expires: '2026-03-01T12:15:00Z', mine: true }),
  join: async () => ({ device: exampleDevice.id, name: exampleDevice.name, mine: true }),
  devices: async () => exampleStatus.devices,
  renameDevice: async (_device, name) => ({ ...exampleDevice, name }),
  removeDevice: async () => {},
  ...deviceTrustAnswers,
  addDeviceAddress: async () => exampleDevice,
  removeDeviceAddress: async () => exampleDevice,
  addFolder: async ({ path, label }) => ({
    id: exampleFolder.id,
    label: label ?? 'new',
    path,
    notes: [],
  }),
  shareFolder: async () => {},
  unshareFolder: async () => {},
  folderOffers: async () => [
    {
      id: exampleFolder.id,
      label: 'Photos',
      devices: [{ id: exampleDevice.id, name: 'pi' }],
      known: false,
    },
  ],
  acceptFolder: async ({ path, archive }) => ({
    id: exampleFolder.id,
    label: 'Photos (2)',
    path: path ?? null,
    archive,
    notes: [],
  }),
  folders: async () => exampleStatus.folders,
  removeFolder: async () => {},
  rescanFolder: async () => {},
  pauseFolder: async () => {},
  resumeFolder: async () => {},
  setCopies: async () => exampleFolder,
  setWatch: async () => exampleFolder,
  ignorePatterns: async () => exampleIgnore,
  setIgnorePatterns: async () => exampleIgnore,
  testIgnored: async (_, path) => ({
    path,
    ignored: true,
    deletable: false,
    by: { file: '.stignore', line: 1, text: '*.tmp' },
  }),
  setMode: async () => exampleFolder,
  overrideFolder: async ({ dryRun }) => ({ ...modeChanges, dryRun }),
  revertFolder: async ({ dryRun }) => ({ ...modeChanges, dryRun }),
  setGuard: async () => exampleFolder,
  confirmFolder: async () => ({ answered: [] }),
  rejectFolder: async () => ({ answered: [] }),
  heldVersions: async () => [
    {
      path: 'a.txt',
      version: 'v0',
      size: 12,
      since: '2026-03-01T10:00:00Z',
      copies: 0,
      reason: 'replaced',
    },
  ],
  releaseHeld: async ({ dryRun }) => ({ versions: 2, bytes: 24, unarchived: 1, dryRun }),
  conflicts: async () => [
    {
      path: 'a.txt',
      current: { ...conflictVersion, path: 'a.txt', device: 'laptop' },
      copies: [conflictVersion],
    },
  ],
  problems: async () => [{ path: 'a', type: 'failed', reason: 'there is no permission' }],
  wait: async () => {},
  log: async ({ path }) => ({ store: 'main', path, versions: [exampleVersion] }),
  list: async () => exampleListing,
  timeline: async () => exampleTimeline,
  cat: async () => ({ size: 5, version: 'v1', bytes: pieces('he', 'llo') }),
  where: async (path) => ({
    path,
    kind: 'file',
    version: 'v1',
    files: 1,
    bytes: 2048,
    devices: [holder],
    copies: 1,
    archives: [
      {
        device: 'pi',
        deviceId: '12D3KooWPi',
        store: 'main',
        connected: true,
        has: true,
        versions: ['v1', 'v0'],
        asOf: '2026-03-01T11:59:20Z',
      },
    ],
  }),
  diff: async ({ path, from, to }) => ({
    store: 'main',
    path,
    from: { ...diffSide, version: from },
    to: { ...diffSide, version: to },
    type: 'text',
    text: '--- a.txt\n+++ a.txt\n@@ -1,1 +1,1 @@\n-old\n+new\n',
    addedLines: 1,
    removedLines: 1,
    reason: '',
    blocks: {
      common: 0,
      onlyFrom: 1,
      onlyTo: 1,
      commonBytes: 0,
      onlyFromBytes: 4,
      onlyToBytes: 4,
      ranges: [{ offset: 0, bytes: 4 }],
    },
  }),
  undo: async ({ device: name, dryRun }) => ({
    device: name,
    deviceId: exampleDevice.id,
    connected: true,
    dryRun,
    folders: [
      {
        id: exampleFolder.id,
        label: 'Photos',
        store: 'main',
        since: 'main#7',
        replaced: 1,
        removed: 0,
        returned: 0,
        broughtByOthers: 0,
        changes: [{ path: 'a.txt', effect: 'replaced' }],
        left: [],
      },
    ],
  }),
  restores: async () => [
    {
      path: 'Photos',
      to: '/out',
      files: 10,
      bytes: 4096,
      totalFiles: 20,
      totalBytes: 8192,
      bytesPerSecond: 2048,
      secondsLeft: 2,
    },
  ],
  restore: async ({ to, dryRun }) => ({
    restored: 2,
    skipped: 0,
    kept: 0,
    bytes: 2057,
    to: to ?? '/home/ada/Photos-restored-20260301-120000',
    dryRun,
    store: 'main',
    failed: [],
  }),
  archiveStatus: async () => ({
    store: '/mnt/disk/store',
    storeId: 'main',
    generation: 1,
    blocks: 10,
    bytes: 4096,
    storedBytes: 2048,
    segments: 1,
    freedBytes: 0,
    compacted: null,
    folders: [],
  }),
  verify: async () => ({
    store: 'main',
    records: 12,
    blocks: 10,
    bytes: 4096,
    bad: 0,
    repaired: 0,
    seconds: 0.5,
    badDevices: [],
    problems: [],
  }),
  drill: async () => ({
    files: 2,
    bytes: 2048,
    mismatched: 0,
    seconds: 0.5,
    fullRestoreSeconds: 60,
    folders: [],
  }),
  thinArchive: async () => ({
    ...thinnedFolder,
    keep: 'daily=7',
    versions: 1,
    files: 1,
    bytes: 4096,
    freedBytes: 2048,
    kept: 3,
    more: false,
    applied: false,
    freeFrom: null,
    changes: [
      { path: 'a.txt', version: 'ab'.repeat(32), time: '2026-03-01T12:00:00Z', size: 4096 },
    ],
  }),
  compactArchive: async () => ({
    store: 'main',
    segments: 1,
    freedBytes: 2048,
    copiedBytes: 100,
    leftBytes: 0,
    damagedSegments: 0,
    waiting: 0,
    freeFrom: null,
    notes: [],
    ended: false,
    seconds: 0.5,
  }),
  unthinArchive: async () => ({ ...thinnedFolder, versions: 1 }),
  rebuildArchiveIndex: async () => ({ store: 'main', records: 12, blocks: 10, seconds: 0.5 }),
  events: async () => [
    { id: 1, time: '2026-03-01T12:00:00Z', type: 'folder', data: { folder: exampleFolder.id } },
  ],
};

export function createFakeNodeControl(overrides: Partial<NodeControl> = {}): FakeNodeControl {
  const calls: [string, ...unknown[]][] = [];
  const recorded = Object.entries({ ...answers, ...overrides }).map(([name, method]) => [
    name,
    (...given: unknown[]) => {
      calls.push([name, ...given.map(withoutSignal)]);
      return (method as (...given: unknown[]) => unknown)(...given);
    },
  ]);
  return { ...Object.fromEntries(recorded), calls } as FakeNodeControl;
}

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

function withoutSignal(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => name !== 'signal' && value !== undefined),
  );
}
