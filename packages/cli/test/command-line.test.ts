import type { NodeControl, RunNodeOptions } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createFakeNodeControl,
  exampleFolder,
  exampleStatus,
  type FakeNodeControl,
} from '../../rest-api/test/fake-node-control.js';
import { type Serving, serve, token } from '../../rest-api/test/serving.js';
import type { NodeRunner } from '../src/node-runner.js';
import { createFakeShell, deadPid, type FakeShell } from './fake-environment.js';

let shell: FakeShell;
let control: FakeNodeControl;
let serving: Serving;

beforeEach(() => useControl());

afterEach(async () => {
  await serving.stop();
  shell.remove();
});

async function useControl(overrides: Partial<NodeControl> = {}): Promise<void> {
  control = createFakeNodeControl(overrides);
  serving = await serve(control);
  shell = createFakeShell();
  shell.pointAt(serving.port, token);
}

async function restartWith(overrides: Partial<NodeControl>): Promise<void> {
  await serving.stop();
  shell.remove();
  await useControl(overrides);
}

describe('what reaches the node', () => {
  const cases: [string, readonly unknown[]][] = [
    ['wait', ['wait', { archived: false }]],
    [
      'wait Photos --archived --timeout 2.5',
      ['wait', { folder: 'Photos', archived: true, timeoutMs: 2500 }],
    ],
    [
      'folder add Pictures --label P --mode send-only',
      ['addFolder', { path: '/home/ada/Pictures', label: 'P', mode: 'send-only' }],
    ],
    ['folder share P pi', ['shareFolder', 'P', 'pi']],
    ['folder unshare P pi', ['unshareFolder', 'P', 'pi']],
    [
      'folder accept P ../m --archive',
      ['acceptFolder', { folder: 'P', path: '/home/m', archive: true }],
    ],
    ['folder accept P --archive', ['acceptFolder', { folder: 'P', archive: true }]],
    ['folder accept P', ['acceptFolder', { folder: 'P', archive: false }]],
    ['folder remove P', ['removeFolder', 'P']],
    ['folder rescan P', ['rescanFolder', 'P']],
    ['folder pause P', ['pauseFolder', 'P']],
    ['folder resume P', ['resumeFolder', 'P']],
    ['folder set P --copies 2', ['setCopies', 'P', 2]],
    ['folder set P --watch polling', ['setWatch', 'P', 'polling']],
    ['folder ignore P', ['ignorePatterns', 'P']],
    ['folder ignore P --test a/b', ['testIgnored', 'P', 'a/b']],
    ['folder ignore P --set new.txt', ['setIgnorePatterns', 'P', '// /home/ada/new.txt\n*.tmp\n']],
    ['folder ignore P --set -', ['setIgnorePatterns', 'P', '// -\n*.tmp\n']],
    [
      'folder set P --mode receive-only',
      ['setMode', { folder: 'P', mode: 'receive-only', confirmed: false }],
    ],
    [
      'folder set P --mode send-receive --yes',
      ['setMode', { folder: 'P', mode: 'send-receive', confirmed: true }],
    ],
    ['folder override P --dry-run', ['overrideFolder', { folder: 'P', dryRun: true }]],
    ['folder revert P --dry-run', ['revertFolder', { folder: 'P', dryRun: true }]],
    ['folder set P --guard off', ['setGuard', 'P', null]],
    [
      'folder set P --guard-files 50 --guard-share 10',
      ['setGuard', 'P', { files: 50, sharePercent: 10 }],
    ],
    ['folder confirm P', ['confirmFolder', 'P']],
    ['folder reject P', ['rejectFolder', 'P']],
    ['folder held P', ['heldVersions', 'P']],
    ['folder held P --release --dry-run', ['releaseHeld', { folder: 'P', dryRun: true }]],
    ['folder conflicts P', ['conflicts', 'P']],
    ['folder problems P', ['problems', 'P']],
    ['log P/a.txt', ['log', { path: 'P/a.txt' }]],
    ['ls P --at 2h --deleted', ['list', { path: 'P', at: '2h', deleted: true }]],
    ['cat P/a --at #12 --store-id s', ['cat', { path: 'P/a', at: '#12', storeId: 's' }]],
    ['where P/a', ['where', 'P/a']],
    ['diff P/a v1 v2', ['diff', { path: 'P/a', from: 'v1', to: 'v2' }]],
    ['cat P/a --version v1', ['cat', { path: 'P/a', version: 'v1' }]],
    [
      'restore P --to out --overwrite never --dry-run',
      ['restore', { path: 'P', to: '/home/ada/out', overwrite: 'never', dryRun: true }],
    ],
    ['restore P --at s#3', ['restore', { path: 'P', at: 's#3', dryRun: false }]],
    [
      'undo pi --since 2h Photos --dry-run',
      ['undo', { device: 'pi', since: '2h', folder: 'Photos', dryRun: true, confirmed: false }],
    ],
    [
      'undo pi --since #7 --yes',
      ['undo', { device: 'pi', since: '#7', dryRun: false, confirmed: true }],
    ],
    ['archive status', ['archiveStatus']],
    ['archive rebuild-index', ['rebuildArchiveIndex']],
    ['verify', ['verify', { samplePercent: 5 }]],
    ['drill', ['drill', { files: 100 }]],
    ['drill P --files 7', ['drill', { folder: 'P', files: 7 }]],
    ['verify --sample 2.5%', ['verify', { samplePercent: 2.5 }]],
    ['verify --all', ['verify', { samplePercent: 100 }]],
  ];
  test.each(cases)('holdfast %s', async (line, call) => {
    const ran = await shell.run([...line.split(' '), '--json']);
    expect([ran.code, ran.err, control.calls]).toEqual([0, '', [call]]);
  });
});

describe('flags', () => {
  test('global flags stand before or after the verb', async () => {
    const other = createFakeShell();
    for (const args of [
      ['--home', shell.home, '--json', 'status'],
      ['status', '--json', '--home', shell.home],
      ['--json', 'folder', '--home', shell.home, 'list'],
    ]) {
      const ran = await other.run(args);
      expect([args, ran.code]).toEqual([args, 0]);
      expect(JSON.parse(ran.out).folders).toEqual([exampleFolder]);
    }
    other.remove();
  });

  test('quiet prints nothing but what was asked for', async () => {
    expect((await shell.run(['folder', 'pause', 'P', '--quiet'])).out).toBe('');
    expect((await shell.run(['device', 'invite', '--quiet'])).out).toBe('holdfast:example\n');
  });

  test.each([
    'nothing',
    'status --nonsense',
    'folder',
    'folder set P',
    'folder set P --watch sometimes',
    'folder set P --copies many',
    'folder add /a --mode both',
    'wait --timeout soon',
    'device address pi add 1.2.3.4',
    'device invite --expires 0m',
    'device invite --mine --other',
    'device mark pi friendly',
    'cat P/a --at 2h --version v1',
    'restore P --overwrite perhaps',
    'log',
  ])('holdfast %s is wrong usage', async (line) => {
    const ran = await shell.run([...line.split(' '), '--json']);
    expect([ran.code, ran.out, control.calls]).toEqual([2, '', []]);
    expect(JSON.parse(ran.err).error).toMatchObject({ code: 'usage', hint: expect.any(String) });
  });

  test('help and version are answers', async () => {
    const help = await shell.run(['--help']);
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('restore')]);
    expect((await shell.run(['folder', 'add', '--help'])).out).toContain('--json');
    expect((await shell.run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('answers', () => {
  test('status is one JSON document', async () => {
    const ran = await shell.run(['status', '--json']);
    expect(JSON.parse(ran.out)).toEqual(exampleStatus);
    expect(ran.out.trimEnd()).not.toContain('\n');
  });

  test('status for people says how things are', async () => {
    const { out } = await shell.run(['status']);
    expect(out).toContain(
      'Photos  Up to date  78,579 files  215 GB  archived in 2 places, 40 seconds ago',
    );
    expect(out).toContain('pi  connected');
    expect(out).not.toContain('\u001b');
  });

  test('an empty status teaches', async () => {
    await restartWith({ status: async () => ({ ...exampleStatus, folders: [], devices: [] }) });
    const { out } = await shell.run(['status']);
    expect(out).toContain('npx holdfast folder add PATH');
    expect(out).toContain('npx holdfast device invite');
  });

  test('names from elsewhere cannot steer the terminal', async () => {
    const label = 'x\u001b[2Jy\nz\u202e';
    await restartWith({ folders: async () => [{ ...exampleFolder, label }] });
    const { out } = await shell.run(['folder', 'list'], { terminal: true });
    expect(out).toContain('x\\x1B[2Jy\\x0Az\\xE2\\x80\\xAE');
  });

  test('an invite has a QR code on a terminal only', async () => {
    const plain = await shell.run(['device', 'invite']);
    expect(plain.out).toBe('holdfast:example\n');
    const shown = await shell.run(['device', 'invite'], { terminal: true });
    expect(shown.out).toMatch(/[▀▄█]{5}/);
    expect(shown.out).toContain('npx holdfast device join holdfast:example');
  });

  test('cat gives the bytes, even with --json', async () => {
    const ran = await shell.run(['cat', 'Photos/a.txt', '--json']);
    expect([ran.code, ran.out]).toEqual([0, 'hello']);
  });

  test('page prints a link that opens once', async () => {
    const { out } = await shell.run(['page']);
    const { pathname } = new URL(out.trim());
    expect((await serving.ask('GET', pathname)).status).toBe(303);
    expect((await serving.ask('GET', pathname)).status).toBe(403);
  });

  test('diff gives the lines as patch takes them, and to a terminal nothing that steers it', async () => {
    const text = '--- a\n+++ a\n@@ -1,1 +1,1 @@\n-old\r\n+\tnew\u001b[2J\n';
    const fake = createFakeNodeControl();
    await restartWith({ diff: async (request) => ({ ...(await fake.diff(request)), text }) });
    expect((await shell.run(['diff', 'P/a', 'v1', 'v2'])).out).toBe(text);
    const shown = await shell.run(['diff', 'P/a', 'v1', 'v2'], { terminal: true });
    expect(shown.out).toBe('--- a\n+++ a\n@@ -1,1 +1,1 @@\n-old\\x0D\n+\tnew\\x1B[2J\n');
  });

  test('a restore that skipped under never is done in part', async () => {
    const done = {
      restored: 1,
      skipped: 1,
      kept: 0,
      bytes: 1,
      to: '/x',
      dryRun: false,
      store: 's',
    };
    await restartWith({ restore: async () => ({ ...done, failed: [] }) });
    const ran = await shell.run(['restore', 'P', '--to', '/x', '--overwrite', 'never']);
    expect([ran.code, ran.out]).toEqual([3, expect.stringContaining('Left as they were: 1 file.')]);
  });
});

describe('errors', () => {
  test('an error of the node is printed and sets the exit code', async () => {
    await restartWith({
      log: () => Promise.reject(new AppError('path_unknown', 'No such path.', { hint: 'Try ls.' })),
    });
    const people = await shell.run(['log', 'P/x']);
    expect(people).toEqual({ code: 6, out: '', err: 'No such path.\nTry ls.\n' });
    const scripts = await shell.run(['log', 'P/x', '--json']);
    const error = { code: 'path_unknown', message: 'No such path.', hint: 'Try ls.' };
    expect([scripts.code, JSON.parse(scripts.err)]).toEqual([6, { error }]);
  });

  test('no node, a dead one, another program or another node: not running', async () => {
    const empty = createFakeShell();
    expect((await empty.run(['status'])).code).toBe(4);
    empty.remove();
    shell.pointAt(serving.port, token, deadPid);
    expect((await shell.run(['status'])).code).toBe(4);
    shell.pointAt(serving.port, 'the token of another home');
    expect((await shell.run(['status'])).code).toBe(4);
    shell.pointAt(1, token);
    const ran = await shell.run(['status', '--json']);
    expect([ran.code, JSON.parse(ran.err).error.code]).toEqual([4, 'node_not_running']);
  });
});

test('a store by itself is opened in this process, and no node is asked', async () => {
  const opened: string[] = [];
  let closed = 0;
  const openStoreHistory: NodeRunner['openStoreHistory'] = async ({ store }) => {
    opened.push(store);
    const close = async () => {
      closed += 1;
    };
    return { ...createFakeNodeControl(), heldBy: 17, close };
  };
  const runner = { openStoreHistory } as NodeRunner;
  const options = ['--store', 'disk/store'];
  const listed = await shell.run(['ls', 'P', ...options], { runner });
  expect([listed.code, opened, closed]).toEqual([0, ['/home/ada/disk/store'], 1]);
  expect(listed.err).toContain('process 17');
  const failed = await shell.run(['log', '', ...options], { runner });
  expect(failed.code).toBe(2);
  const read = await shell.run(['cat', 'P/a', ...options, '--json'], { runner });
  expect([read.out, read.err, closed]).toEqual(['hello', '', 2]);
  expect(control.calls).toEqual([]);
});

describe('up', () => {
  function fakeRunner(asked: RunNodeOptions[]): NodeRunner {
    return {
      initHome: () => Promise.reject(new AppError('already_initialised', 'It is there already.')),
      openStoreHistory: ({ store }) => Promise.reject(new AppError('store_missing', store)),
      inspectHome: () => Promise.reject(new Error('nobody asked for it')),
      inspectFileSystemType: async () => undefined,
      async runNode(options) {
        asked.push(options);
        const place = { host: '127.0.0.1', port: 0 };
        const { clock, random, logger } = edges;
        const { pageDirectory } = options;
        const server = options.serve(control, {
          token,
          random,
          clock,
          logger,
          gui: place,
          pageDirectory,
        });
        const { port } = await server.start();
        return {
          device: exampleStatus.device,
          name: 'laptop',
          gui: `http://127.0.0.1:${port}`,
          addresses: exampleStatus.addresses,
          home: options.home,
          stopped: new Promise(() => {}),
          stop: () => server.stop(),
          warnings: [],
        };
      },
    };
  }

  test('prints ready first, then events, and a signal ends it with 0', async () => {
    const asked: RunNodeOptions[] = [];
    await restartWith({
      events: ({ since, signal }) =>
        since === 0
          ? Promise.resolve([{ id: 1, time: '2026-03-01T12:00:00Z', type: 'folder', data: {} }])
          : new Promise((_resolve, reject) => {
              signal?.addEventListener('abort', () => reject(new Error('aborted')));
            }),
    });
    const running = shell.run(
      ['up', '--json', '--gui', '127.0.0.1:0', '--listen', '/ip4/127.0.0.1/tcp/0'],
      {
        runner: fakeRunner(asked),
      },
    );
    await expect.poll(() => shell.out().split('\n').length).toBe(3);
    shell.signal('SIGTERM');
    const ran = await running;
    const [ready, event] = ran.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(ready).toMatchObject({
      event: 'ready',
      device: exampleStatus.device,
      addresses: exampleStatus.addresses,
    });
    expect(event).toEqual({ event: 'folder', id: 1, time: '2026-03-01T12:00:00Z', data: {} });
    expect([ran.code, shell.exits]).toEqual([0, []]);
    expect(asked[0]).toMatchObject({
      home: shell.home,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      listenAsked: true,
      mdns: true,
      gui: { host: '127.0.0.1', port: 0, asked: true },
    });
  });

  test('tells a person where to go next, and a second signal ends it at once', async () => {
    const running = shell.run(['up', '--no-browser'], { runner: fakeRunner([]) });
    await expect.poll(() => shell.out()).toContain('npx holdfast folder add');
    expect(shell.out()).toMatch(/http:\/\/127\.0\.0\.1:\d+\/login\/[\w-]{22}/);
    shell.signal('SIGINT');
    shell.signal('SIGINT');
    expect([(await running).code, shell.exits]).toEqual([0, [130]]);
  });

  test('--no-mdns keeps the node out of the local network', async () => {
    const asked: RunNodeOptions[] = [];
    const running = shell.run(['up', '--no-browser', '--no-mdns'], { runner: fakeRunner(asked) });
    await expect.poll(() => shell.out()).toContain('Ctrl-C');
    shell.signal('SIGINT');
    await running;
    expect(asked).toMatchObject([{ mdns: false }]);
  });

  test('init twice fails and says why', async () => {
    const ran = await shell.run(['init', '--json'], { runner: fakeRunner([]) });
    expect([ran.code, JSON.parse(ran.err).error.code]).toEqual([1, 'already_initialised']);
  });
});

const edges = {
  clock: { now: () => 0, monotonic: () => 0, setTimer: () => ({ cancel() {} }) },
  random: { bytes: (length: number) => new Uint8Array(length).fill(7) },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
};
