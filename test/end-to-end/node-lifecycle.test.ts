/** `init`, `up`, `stop`, `status`, `paths`: a node's home and its process. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { NodeStatus } from '@holdfast/node';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  answer,
  outcomeOf,
  refusal,
  refusalFrom,
  run,
  spawnHoldfast,
  underUmask,
} from './command-line.js';
import { eventually } from './eventually.js';
import { defaultUp, type NodeProcess } from './node-process.js';
import { useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld({ lasts: 'the whole file', commandsAsProcesses: true });
let node: NodeProcess;
beforeAll(async () => {
  [node] = await world.startNodes('laptop');
});

function permissionsOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

async function listenOn(port: number, host = '127.0.0.1'): Promise<Server | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    // Taken by something else is as good.
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(port, host, () => resolve(server));
  });
}

describe('init', () => {
  test('makes a home and says what it made', async () => {
    const home = world.path('made');
    const made = await answer<Record<string, string>>(home, ['init', '--name', 'attic']);
    expect(made).toEqual({ device: expect.stringMatching(/^12D3KooW/), name: 'attic', home });
  });

  test('a second time is refused and changes nothing', async () => {
    const home = world.path('twice');
    await answer(home, ['init', '--name', 'attic']);
    const before = treeSnapshot(home);
    const { code } = await refusal(home, ['init', '--name', 'cellar'], 1);
    expect(code).toBe('already_initialised');
    expect(treeSnapshot(home)).toEqual(before);
  });

  test('a name that is none is refused and nothing is made', async () => {
    const home = world.path('nameless');
    await refusal(home, ['init', '--name', ' '], 2);
    expect(existsSync(home)).toBe(false);
  });

  test('the node that comes up is the one that was made', async () => {
    const later = world.node('later');
    const made = await later.ask<{ device: string }>('init', '--name', 'attic');
    const ready = await later.start();
    expect(ready).toMatchObject({ device: made.device, name: 'attic' });
    await later.stop();
  });

  test('secrets are private from the first moment under any umask', async () => {
    const open = world.node('open');
    open.prefix = underUmask('000');
    await open.start();
    expect(permissionsOf(open.home)).toBe('700');
    for (const name of ['identity.key', 'api-token', 'config.json']) {
      expect([name, permissionsOf(join(open.home, name))]).toEqual([name, '600']);
    }
    await open.stop();
  });
});

describe('up', () => {
  test('says in its first line that it is ready, and where', () => {
    expect(node.ready).toMatchObject({
      event: 'ready',
      device: expect.stringMatching(/^12D3KooW/),
      name: 'laptop',
      gui: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/),
      addresses: [expect.stringMatching(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9]\d*$/)],
    });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with 0 and it can begin anew',
    async (signal) => {
      const one = world.node(`ended-by-${signal}`);
      const { device } = await one.start();
      expect(await one.signal(signal)).toBe(0);
      await refusal(one.home, ['status'], 4);
      expect((await one.start()).device).toBe(device);
      await one.stop();
    },
  );

  test('a page address that was asked for and is taken is an error', async () => {
    const taken = new URL(node.ready.gui).host;
    const home = world.path('page-taken');
    const child = spawnHoldfast(home, ['up', '--no-browser', ...defaultUp, '--gui', taken]);
    const { code, message } = refusalFrom(await outcomeOf(child), 1, 'up on a taken page port');
    expect(code).toBe('address_in_use');
    expect(message).toContain(taken.split(':')[1]);
  });

  test('a listening address that was asked for and is taken is an error', async () => {
    const taken = node.ready.addresses[0]!;
    const home = world.path('port-taken');
    const given = ['up', '--no-browser', '--gui', '127.0.0.1:0', '--listen', taken];
    const { code } = refusalFrom(
      await outcomeOf(spawnHoldfast(home, given)),
      1,
      'up on a taken port',
    );
    expect(code).toBe('address_in_use');
  });

  test('where default ports are taken it takes free ones and says so', async () => {
    const other = world.node('default-ports');
    const ready = await eventually('both stay taken while it starts', async () => {
      const holders = await Promise.all([listenOn(8686), listenOn(22_600, '0.0.0.0')]);
      const found = await other.start(['--no-mdns']);
      await other.stop();
      for (const holder of holders) holder?.close();
      // What took them instead of this test may have let go of them.
      return (found.warnings.length === 2 || holders.every((holder) => holder)) && found;
    });
    expect(ready.warnings).toHaveLength(2);
    expect(ready.gui).not.toContain(':8686');
    expect(ready.addresses.join()).not.toMatch(/\/22600(,|$)/);
  });

  test('a home that another running node holds is refused, and that node goes on', async () => {
    const outcome = await outcomeOf(spawnHoldfast(node.home, ['up', '--no-browser', ...defaultUp]));
    const { code, message } = refusalFrom(outcome, 1, 'up in a held home');
    expect(code).toBe('home_locked');
    expect(message).toContain(node.home);
    expect((await node.status()).device).toBe(node.device);
    expect(JSON.parse(readFileSync(join(node.home, 'api.json'), 'utf8'))).toMatchObject({
      pid: node.pid,
    });
  });

  test('flags that make no sense are wrong usage', async () => {
    const home = world.path('bad-flags');
    await refusal(home, ['up', '--gui', 'nonsense'], 2);
    await refusal(home, ['up', '--frobnicate'], 2);
    expect(existsSync(home)).toBe(false);
  });
});

describe('a running node', () => {
  test('tells its status, with every field', async () => {
    const tree = world.directory('kept');
    const { id } = await node.ask<{ id: string }>('folder', 'add', tree);
    await node.inSync('kept');
    await node.shows({ state: 'up-to-date', progress: null, ifLost: { exact: true } }, 'kept');
    const status = await node.ask<NodeStatus>('status');
    expect(status).toMatchObject({
      device: node.device,
      name: 'laptop',
      gui: node.ready.gui,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      devices: [],
    });
    expect(status.folders).toEqual([
      {
        id,
        label: 'kept',
        path: tree,
        mode: 'send-receive',
        archive: false,
        state: 'up-to-date',
        stateReason: '',
        files: 0,
        bytes: 0,
        needFiles: 0,
        needBytes: 0,
        unarchivedFiles: 0,
        conflictCopies: 0,
        leftOutFiles: 0,
        overwrittenVersions: 0,
        problemFiles: 0,
        receiveOnlyChangedFiles: 0,
        heldFiles: 0,
        copies: 0,
        thinned: null,
        lastArchived: null,
        lastVerified: null,
        lastDrill: null,
        ifLost: {
          exact: true,
          files: 0,
          bytes: 0,
          olderVersions: 0,
          historyVersions: 0,
          sentence: expect.stringContaining('nothing that this folder shows would be lost'),
        },
        members: [],
        archives: [],
        connectedMembers: [],
        watch: {
          method: 'native',
          mode: 'auto',
          fileSystem: expect.any(String),
          reason: '',
          suggestion: '',
        },
        massChanges: [],
        guard: { files: 200, sharePercent: 25, windowMinutes: 10 },
        progress: null,
      },
    ]);
  });

  test('says where everything of it is', async () => {
    const paths = await node.ask<Record<string, string>>('paths');
    expect(paths).toMatchObject({ home: node.home, store: join(node.home, 'store') });
  });

  test('ends when asked to, with 0', async () => {
    const asked = world.node('asked');
    await asked.start();
    expect(await asked.ask('stop')).toEqual({ stopped: true });
    expect(await asked.ended()).toBe(0);
    expect(existsSync(join(asked.home, 'api.json'))).toBe(false);
  });

  test('a node that was killed counts as not running, and starts again', async () => {
    const killed = world.node('killed');
    await killed.start();
    await killed.signal('SIGKILL');
    expect((await killed.refuses(4, 'status')).code).toBe('node_not_running');
    await killed.start();
    expect((await killed.status()).device).toBe(killed.device);
    await killed.stop();
  });
});

describe('without a running node', () => {
  test.each([
    'stop',
    'status',
    'wait',
    'device list',
    'device invite',
    'folder list',
    'folder offers',
    'folder rescan docs',
    'log docs/a',
    'ls docs',
    'cat docs/a',
    'restore docs',
    'archive status',
  ])('%s ends with 4 and says how to start one', async (command) => {
    const { code, hint } = await refusal(world.path('nobody'), command.split(' '), 4);
    expect(code).toBe('node_not_running');
    expect(hint).toContain('holdfast up');
  });

  test('wrong usage is told before anything else', async () => {
    const home = world.path('nobody');
    await refusal(home, ['frobnicate'], 2);
    await refusal(home, ['restore', 'docs', '--overwrite', 'sometimes'], 2);
    await refusal(home, ['cat', 'docs/a', '--at', '2h', '--version', 'abcdef12'], 2);
    await refusal(home, ['wait', '--timeout', 'soon'], 2);
    await refusal(home, [], 2);
    expect(existsSync(home)).toBe(false);
  });

  test('help and version need nothing', async () => {
    expect((await run(world.path('nobody'), '--help')).exitCode).toBe(0);
    expect(existsSync(world.path('nobody'))).toBe(false);
  });
});
