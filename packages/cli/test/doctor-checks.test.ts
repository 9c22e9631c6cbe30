import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  checkFolder,
  checkStore,
  type DiskFacts,
  type FolderFacts,
} from '../src/doctor/disk-checks.js';
import type { Finding } from '../src/doctor/finding.js';
import { findingLines } from '../src/doctor/finding-text.js';
import { checkDevice, checkNode, checkPermissions } from '../src/doctor/home-checks.js';
import {
  checkClock,
  checkComputing,
  checkInstances,
  checkNodeVersion,
  checkPower,
  checkTimeSync,
  checkWatches,
  type WatchFacts,
} from '../src/doctor/machine-checks.js';
import { checkAddresses, checkMulticast, checkPort } from '../src/doctor/network-checks.js';
import { whyPortRefused } from '../src/doctor/network-facts.js';

const states = (findings: readonly Finding[]) => findings.map(({ name, state }) => [name, state]);
const nowMs = Date.UTC(2026, 2, 1, 12);
const dayMs = 86_400_000;

describe('the machine', () => {
  test.each([
    ['18.20.0', 'problem'],
    ['20.18.3', 'problem'],
    ['20.19.0', 'ok'],
    ['22.15.1', 'ok'],
    ['24.0.0', 'ok'],
    ['23.1.0', 'warning'],
    ['26.0.0', 'warning'],
  ])('Node %s is: %s', (version, state) => {
    expect(checkNodeVersion(version).state).toBe(state);
  });

  test('hashes in WebAssembly are a warning, compression in it is not', () => {
    expect(checkComputing({ blake3: 'wasm', zstd: 'wasm' }).state).toBe('warning');
    expect(checkComputing({ blake3: 'native', zstd: 'wasm' }).state).toBe('ok');
  });

  const watches: WatchFacts = {
    maxWatches: 10_000,
    maxInstances: 128,
    otherWatches: 1000,
    otherInstances: 3,
    neededWatches: 5000,
    countedAll: true,
  };

  test.each<[Partial<WatchFacts>, string]>([
    [{}, 'ok'],
    [{ maxWatches: undefined }, 'ok'],
    [{ neededWatches: 8001 }, 'warning'],
    [{ countedAll: false }, 'warning'],
    [{ neededWatches: 9000 }, 'warning'],
    [{ neededWatches: 9001 }, 'problem'],
    [{ otherWatches: 9000 }, 'problem'],
  ])('watches with %j: %s', (change, state) => {
    expect(checkWatches({ ...watches, ...change }).state).toBe(state);
  });

  test('too few watches are raised by one line, beyond what is needed', () => {
    const few = checkWatches({ ...watches, neededWatches: 400_000 });
    expect(few.command).toBe(
      'echo fs.inotify.max_user_watches=1048576 | sudo tee ' +
        '/etc/sysctl.d/90-holdfast-max_user_watches.conf && sudo sysctl --system',
    );
    expect(few.message).toContain('400,000');
    const small = checkWatches({ ...watches, maxWatches: 100 });
    expect(small.command).toContain('max_user_watches=524288');
  });

  test('a node needs one watcher more than others have', () => {
    const given = (otherInstances: number) => checkInstances({ ...watches, otherInstances });
    expect([3, 127, 128].map((others) => given(others).state)).toEqual([
      'ok',
      'warning',
      'problem',
    ]);
    expect(given(128).command).toContain('fs.inotify.max_user_instances=512');
  });

  test('a clock before this software was written, or behind what was seen, is a problem', () => {
    expect(checkClock({ nowMs, newestSeenMs: undefined }).state).toBe('ok');
    expect(checkClock({ nowMs, newestSeenMs: nowMs + 60_000 }).state).toBe('ok');
    expect(checkClock({ nowMs, newestSeenMs: nowMs + dayMs }).state).toBe('problem');
    expect(checkClock({ nowMs: 0, newestSeenMs: undefined }).state).toBe('problem');
  });

  test.each([
    ['synchronised', undefined, 'ok'],
    ['waiting', undefined, 'warning'],
    ['absent', undefined, 'warning'],
    ['absent', 'chrony', 'ok'],
    ['waiting', 'chrony', 'ok'],
  ] as const)('timesyncd %s and %s: %s', (timesyncd, otherKeeper, state) => {
    expect(checkTimeSync({ timesyncd, otherKeeper }).state).toBe(state);
  });

  test('the firmware of a Pi tells of too little power, now or since the start', () => {
    expect(checkPower(undefined)).toEqual([]);
    expect([0, 0x50005, 0x50000, 0x4].map((word) => checkPower(word)[0]?.state)).toEqual([
      'ok',
      'problem',
      'warning',
      'warning',
    ]);
  });
});

describe('the home', () => {
  const entry = (path: string, permissions: number, isOwn = true) => ({ path, permissions, isOwn });

  test('what others may read is named, with the line that ends it', () => {
    const [found] = checkPermissions([entry('/h m', 0o700), entry('/h m/identity.key', 0o640)]);
    expect([found?.state, found?.command]).toEqual(['problem', "chmod go-rwx '/h m/identity.key'"]);
  });

  test("what is another user's is a problem, what is private is in order, no home is nothing", () => {
    expect(checkPermissions([entry('/h', 0o700, false)])[0]?.state).toBe('problem');
    expect(checkPermissions([entry('/h', 0o700), entry('/h/k', 0o600)])[0]?.state).toBe('ok');
    expect(checkPermissions([])).toEqual([]);
  });

  test('a node of another version than this program is to be started again', () => {
    const node = { state: 'running', pid: 7, ownVersion: '0.2.0', reason: '' } as const;
    expect(checkNode({ ...node, version: '0.2.0' }).state).toBe('ok');
    expect(checkNode({ ...node, version: '0.1.0' }).state).toBe('warning');
  });
});

const disk: DiskFacts = {
  path: '/mnt/docs',
  freeBytes: 50e9,
  totalBytes: 100e9,
  hasFreeInodes: true,
  type: 'ext4',
  isCard: false,
  refused: '',
};

describe('disks', () => {
  const folder: FolderFacts = {
    label: 'my docs',
    paused: false,
    disk,
    rootFault: '',
    live: {
      state: 'up-to-date',
      stateReason: '',
      problemFiles: 0,
      watchReason: '',
      watchSuggestion: '',
    },
  };
  const live = (change: object) => ({ live: { ...folder.live!, ...change } });

  test.each<[string, Partial<FolderFacts>, readonly (readonly string[])[]]>([
    ['in order', {}, [['folder', 'ok']]],
    ['without a node', { live: undefined }, [['folder', 'ok']]],
    ['without its root', { rootFault: 'It is missing.' }, [['folder', 'problem']]],
    [
      'without its root, as the node says too',
      { rootFault: 'It is missing.', ...live({ state: 'stopped', stateReason: 'the same' }) },
      [['folder', 'problem']],
    ],
    ['stopped', live({ state: 'stopped', stateReason: 'Why.' }), [['folder', 'problem']]],
    ['that waits for an answer', live({ state: 'needs-confirmation' }), [['folder', 'warning']]],
    ['with unreadable files', live({ problemFiles: 2 }), [['folder', 'warning']]],
    ['that cannot be watched', live({ watchReason: 'Why.' }), [['folder', 'warning']]],
    ['that is paused', { paused: true }, [['folder', 'warning']]],
    [
      'that may not be written',
      { disk: { ...disk, refused: 'permission is denied' } },
      [['folder', 'problem']],
    ],
    ['on a full disk', { disk: { ...disk, freeBytes: 1e6 } }, [['folder-disk', 'problem']]],
    ['on a nearly full disk', { disk: { ...disk, freeBytes: 9e8 } }, [['folder-disk', 'warning']]],
    [
      'on a large disk that is nearly full',
      { disk: { ...disk, freeBytes: 60e9, totalBytes: 4e12 } },
      [['folder-disk', 'warning']],
    ],
    ['without inodes', { disk: { ...disk, hasFreeInodes: false } }, [['folder-disk', 'problem']]],
    ['in memory', { disk: { ...disk, type: 'tmpfs' } }, [['folder-disk', 'warning']]],
  ])('a folder %s', (_name, change, expected) => {
    expect(states(checkFolder({ ...folder, ...change }))).toEqual(expected);
  });

  test('a label with a space can be pasted into a shell', () => {
    const [paused] = checkFolder({ ...folder, paused: true });
    expect(paused?.command).toBe("npx holdfast folder resume 'my docs'");
  });

  test.each<[string, Partial<DiskFacts>, readonly string[]]>([
    ['in order', {}, ['store', 'ok']],
    ['on a memory card', { isCard: true }, ['store-disk', 'warning']],
    ['on a full disk', { freeBytes: 0 }, ['store-disk', 'problem']],
    ['on a read-only disk', { refused: 'the disk is read-only' }, ['store', 'problem']],
  ])('a store %s', (_name, change, expected) => {
    const facts = { disk: { ...disk, ...change }, fault: undefined };
    expect(states(checkStore(facts))).toEqual([expected]);
  });

  test('a store that is away is one problem, whatever lies under its mount point', () => {
    const fault = { message: 'It is not there.', hint: 'Connect its disk.' };
    expect(states(checkStore({ disk: { ...disk, freeBytes: 0 }, fault }))).toEqual([
      ['store', 'problem'],
    ]);
  });
});

describe('the network', () => {
  test('a port that somebody has is found, and free again afterwards', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    const refused = await whyPortRefused('127.0.0.1', port);
    const taken = checkPort({ port, use: 'page', refused });
    expect([refused, taken.state]).toEqual(['EADDRINUSE', 'warning']);
    await new Promise((resolve) => server.close(resolve));
    expect(await whyPortRefused('127.0.0.1', 0)).toBe('');
  });

  test('a port that may not be had at all is a problem', () => {
    expect(checkPort({ port: 80, use: 'devices', refused: 'EACCES' }).state).toBe('problem');
    expect(checkPort({ port: 80, use: 'devices', refused: '' }).state).toBe('ok');
  });

  test('a node that listens to this machine alone cannot be dialled', () => {
    expect(checkAddresses(['/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1']).state).toBe('warning');
    expect(checkAddresses(['/ip4/127.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1']).state).toBe('ok');
  });

  test.each([
    [{ wanted: false, interfaces: [], refused: '', heard: [] }, 'ok'],
    [{ wanted: true, interfaces: [], refused: '', heard: [] }, 'warning'],
    [{ wanted: true, interfaces: ['eth0'], refused: 'ENODEV', heard: [] }, 'warning'],
    [{ wanted: true, interfaces: ['eth0'], refused: '', heard: [] }, 'ok'],
  ])('mDNS with %j: %s', (facts, state) => {
    expect(checkMulticast(facts).state).toBe(state);
  });

  test.each([
    [true, nowMs, '', 'ok'],
    [false, nowMs - dayMs, '', 'ok'],
    [false, nowMs - 8 * dayMs, '', 'warning'],
    [false, null, '', 'warning'],
    [false, nowMs, 'it speaks another protocol', 'problem'],
  ])('a device, connected %s, seen %s, with "%s": %s', (connected, lastSeenMs, reason, state) => {
    const device = { name: 'pi', connected, lastSeenMs, reason, version: undefined };
    expect(checkDevice(device, nowMs, true).state).toBe(state);
  });
});

test('what is known of other devices is told: their version, and who is heard', () => {
  const device = { name: 'pi', connected: true, lastSeenMs: nowMs, reason: '', version: '0.2.0' };
  expect(checkDevice(device, nowMs, true).message).toBe('pi is connected, version 0.2.0.');
  const multicast = { wanted: true, interfaces: ['eth0'], refused: '', heard: ['pi', 'nas'] };
  expect(checkMulticast(multicast).message).toContain('it hears pi, nas.');
});

test('findings fit 80 columns, the worst first, commands in one piece', () => {
  const long = 'a sentence of several words that goes on and on '.repeat(4).trim();
  const command = `echo ${'x'.repeat(100)}`;
  const base = { name: 'n', subject: '', hint: '', command: '' };
  const lines = findingLines(
    [
      { ...base, state: 'ok', message: 'Fine\u001b[2J.' },
      { ...base, state: 'problem', message: long, hint: long, command },
    ],
    (text) => `*${text}*`,
  );
  expect(lines[0]).toMatch(/^\*PROBLEM\* {2}a sentence/);
  expect(lines.filter((line) => line.includes('echo'))).toEqual([`           ${command}`]);
  const others = lines.filter((line) => !line.includes('echo') && !line.includes('*'));
  expect(others.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.slice(-3)).toEqual(['ok       Fine\\x1B[2J.', '', '1 problem.']);
});
