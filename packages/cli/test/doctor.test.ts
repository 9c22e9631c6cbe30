/** `holdfast doctor` on real files: each fault is planted, and found. */
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadNodeRunner } from '../src/node-runner.js';
import { createFakeShell, type FakeShell, type Ran } from './fake-environment.js';

interface Check {
  readonly name: string;
  readonly subject: string;
  readonly state: string;
  readonly message: string;
  readonly hint: string;
}

let shell: FakeShell;
/** Stands for `/`, where the kernel and the firmware would be. */
let system: string;
let docs: string;
const marker = { folder: 'abcdefgh23456723', instance: '0'.repeat(32) };

beforeEach(async () => {
  shell = createFakeShell();
  system = join(shell.home, 'system');
  docs = join(shell.home, 'docs');
  rmSync(join(shell.home), { recursive: true });
  const { initHome } = await loadNodeRunner();
  await initHome({ home: shell.home, name: 'laptop' });
  plant('run/systemd/timesync/synchronized', '');
  plant('proc/sys/fs/inotify/max_user_watches', '8192\n');
  plant('proc/sys/fs/inotify/max_user_instances', '128\n');
  mkdirSync(join(docs, '.holdfast'), { recursive: true });
  writeFileSync(join(docs, '.holdfast/marker.json'), JSON.stringify(marker));
  changeConfig({ mdns: false, folders: [folder({})] });
});

afterEach(() => shell.remove());

function plant(path: string, text: string): void {
  mkdirSync(join(system, path, '..'), { recursive: true });
  writeFileSync(join(system, path), text);
}

function folder(change: object): object {
  const { folder: id, instance: markerInstance } = marker;
  const fixed = { mode: 'send-receive', archive: false, members: [], copies: 1, paused: false };
  return { id, label: 'docs', path: docs, markerInstance, ...fixed, ...change };
}

function device(lastSeenMs: number | null): object {
  return { id: '12D3KooWPi', name: 'pi', staticAddresses: [], learnedAddresses: [], lastSeenMs };
}

function changeConfig(change: object): void {
  const path = join(shell.home, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...config, ...change }));
}

function run(...flags: readonly string[]): Promise<Ran> {
  return shell.run(['doctor', ...flags], { variables: { HOLDFAST_SYSTEM_ROOT: system } });
}

async function checks(): Promise<readonly Check[]> {
  const { code, out, err } = await run('--json');
  const answer = JSON.parse(out) as { ok: boolean; checks: readonly Check[] };
  const isOk = answer.checks.every(({ state }) => state !== 'problem');
  expect([err, answer.ok, code]).toEqual(['', isOk, isOk ? 0 : 1]);
  return answer.checks;
}

/** Whatever this machine is like, of these only what was planted is told. */
async function found(name: string): Promise<readonly string[]> {
  return (await checks())
    .filter((check) => check.name === name)
    .map(({ state, message }) => `${state}: ${message}`);
}

test('a home in order, with no node, has no problem', async () => {
  const all = await checks();
  expect(all.filter(({ state }) => state === 'problem')).toEqual([]);
  const names = ['home', 'permissions', 'database', 'folder', 'clock', 'time-sync'];
  for (const name of names) {
    expect(all.find((check) => check.name === name)).toMatchObject({ name, state: 'ok' });
  }
  expect(all.find(({ name }) => name === 'node')?.state).toBe('warning');
  for (const { state, message, hint } of all) {
    expect(message).toMatch(/[.\w]$/);
    expect([message, hint !== '']).toEqual([message, state !== 'ok']);
  }
});

test('a person gets sentences, a quiet one only the exit code', async () => {
  chmodSync(join(shell.home, 'identity.key'), 0o644);
  const shown = await run();
  expect([shown.code, shown.err]).toEqual([1, '']);
  expect(shown.out).toMatch(/^PROBLEM {2}Others on this machine may look into/);
  expect(shown.out).not.toContain('\u001b');
  expect(await run('--quiet')).toEqual({ code: 1, out: '', err: '' });
});

describe('planted in the home', () => {
  test('none was made', async () => {
    rmSync(shell.home, { recursive: true });
    expect(await found('home')).toEqual([
      expect.stringMatching(/^warning: There is no node's home/),
    ]);
    mkdirSync(shell.home);
  });

  test('a file is where it should be', async () => {
    rmSync(shell.home, { recursive: true });
    writeFileSync(shell.home, 'mine');
    const { code, out } = await run('--json');
    expect([code, out]).toEqual([
      1,
      expect.stringContaining('cannot be used as a home: a file is'),
    ]);
    expect(readFileSync(shell.home, 'utf8')).toBe('mine');
  });

  test.each(['config.json', 'identity.key'])('%s is damaged', async (name) => {
    writeFileSync(join(shell.home, name), 'x');
    expect(await found('home')).toEqual([
      expect.stringMatching(/^problem: .*is damaged|understood/),
    ]);
  });

  test('the identity is gone', async () => {
    rmSync(join(shell.home, 'identity.key'));
    expect(await found('home')).toEqual([expect.stringMatching(/^problem: .*lacks its identity/)]);
  });

  test('others may read it', async () => {
    chmodSync(shell.home, 0o755);
    expect(await found('permissions')).toEqual([expect.stringMatching(/^problem: Others/)]);
  });

  test('the database lost its beginning, or was moved aside', async () => {
    mkdirSync(join(shell.home, 'index'));
    writeFileSync(join(shell.home, 'index/000003.log'), '');
    expect(await found('database')).toEqual([expect.stringMatching(/^warning: .*beginning/)]);
    writeFileSync(join(shell.home, 'index/CURRENT'), '');
    expect(await found('database')).toEqual([expect.stringMatching(/^ok: /)]);
    mkdirSync(join(shell.home, 'index-damaged-20260301-120000'));
    expect(await found('database')).toEqual([expect.stringMatching(/^warning: .*moved aside/)]);
  });
});

describe('planted in the machine', () => {
  test('too few watches and watchers, as another program has them', async () => {
    plant('proc/sys/fs/inotify/max_user_watches', '4\n');
    plant('proc/sys/fs/inotify/max_user_instances', '1\n');
    plant('proc/4711/fdinfo/5', 'pos:\t0\ninotify wd:1 ino:2\ninotify wd:2 ino:3\n');
    mkdirSync(join(system, 'proc/4711/fd'));
    symlinkSync('anon_inode:inotify', join(system, 'proc/4711/fd/5'));
    mkdirSync(join(docs, 'a/b'), { recursive: true });
    const [watches] = (await checks()).filter(({ name }) => name === 'inotify-watches');
    expect(watches).toMatchObject({
      state: 'problem',
      message: expect.stringContaining('need 4 watches, other programs have 2, and 4 are allowed'),
      hint: expect.stringContaining('fs.inotify.max_user_watches=524288'),
    });
    expect(await found('inotify-instances')).toEqual([expect.stringMatching(/^problem: /)]);
    changeConfig({ folders: [folder({ watch: 'polling' })] });
    expect(await found('inotify-watches')).toEqual([expect.stringMatching(/^ok: /)]);
  });

  test('a clock that is not synchronised, then one that chrony keeps', async () => {
    rmSync(join(system, 'run/systemd/timesync/synchronized'));
    expect(await found('time-sync')).toEqual([expect.stringMatching(/^warning: .*not set/)]);
    plant('run/chrony/chronyd.pid', '1');
    expect(await found('time-sync')).toEqual(['ok: chrony keeps the clock right.']);
  });

  test('a clock behind the time at which a device was seen', async () => {
    changeConfig({ devices: [device(Date.UTC(2026, 5, 1))] });
    expect(await found('clock')).toEqual([expect.stringMatching(/^problem: /)]);
  });

  test.each([
    ['sys/devices/platform/soc/soc:firmware/get_throttled', '50005\n', 'problem'],
    ['sys/devices/platform/soc/soc:firmware/get_throttled', '0\n', 'ok'],
    ['sys/class/hwmon/hwmon0/in0_lcrit_alarm', '1\n', 'warning'],
  ])('a Pi that has %s with %j: %s', async (path, text, state) => {
    expect(await found('power')).toEqual([]);
    plant('sys/class/hwmon/hwmon0/name', 'rpi_volt\n');
    plant(path, text);
    expect(await found('power')).toEqual([expect.stringMatching(`^${state}: `)]);
  });
});

describe('planted in folders and devices', () => {
  const rootFaults: [string, () => void, RegExp][] = [
    ['its root is gone', () => rmSync(docs, { recursive: true }), /^problem: .*is missing/],
    [
      'its marker is gone',
      () => rmSync(join(docs, '.holdfast/marker.json')),
      /^problem: .*lost its folder marker/,
    ],
    [
      'its marker is of another copy',
      () => changeConfig({ folders: [folder({ markerInstance: '1'.repeat(32) })] }),
      /^problem: .*another copy/,
    ],
    [
      'it is paused',
      () => changeConfig({ folders: [folder({ paused: true })] }),
      /^warning: .*paused/,
    ],
  ];
  test.each(rootFaults)('%s', async (_name, damage, words) => {
    damage();
    expect(await found('folder')).toEqual([expect.stringMatching(words)]);
  });

  test('the store with the history is away, then another one is there', async () => {
    const storeId = '0011223344556677';
    changeConfig({
      storeId,
      folders: [folder({ path: null, markerInstance: null, archive: true })],
    });
    expect(await found('store')).toEqual([expect.stringMatching(/^problem: .*no archive's store/)]);
    const identity = { generation: 1, formatMajor: 1, requiredFeatures: 0, complete: true };
    const lies = (id: string) => {
      mkdirSync(join(shell.home, 'store'), { recursive: true });
      const text = JSON.stringify({ ...identity, storeId: id });
      writeFileSync(join(shell.home, 'store/store.json'), text);
    };
    lies('8899aabbccddeeff');
    expect(await found('store')).toEqual([expect.stringMatching(/^problem: Another store/)]);
    lies(storeId);
    expect((await found('store')).filter((text) => text.startsWith('problem'))).toEqual([]);
  });

  test('a device that was away for long, and one that never came', async () => {
    changeConfig({ devices: [device(Date.UTC(2026, 1, 1)), { ...device(null), name: 'nas' }] });
    expect(await found('device')).toEqual([
      'warning: pi was last seen 28 days ago.',
      'warning: nas was never connected.',
    ]);
  });
});

test('a node that never answers is a problem', async () => {
  const server: Server = createServer(() => {});
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  shell.pointAt(port, 'token');
  expect(await found('node')).toEqual([expect.stringMatching(/^problem: .*does not answer/)]);
  server.close();
});
