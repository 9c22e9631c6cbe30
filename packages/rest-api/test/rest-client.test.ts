import { createServer } from 'node:net';
import type { NodeControl } from '@holdfast/node';
import { AppError } from '@holdfast/platform';
import { createRestClient, endpoints, type RestClient } from '@holdfast/rest-api';
import { afterEach, describe, expect, test } from 'vitest';
import { createFakeNodeControl, exampleStatus, type FakeNodeControl } from './fake-node-control.js';
import { type Serving, serve, token } from './serving.js';

let serving: Serving | undefined;

afterEach(async () => {
  await serving?.stop();
  serving = undefined;
});

async function connect(overrides: Partial<NodeControl> = {}): Promise<{
  client: RestClient;
  control: FakeNodeControl;
}> {
  const control = createFakeNodeControl(overrides);
  serving = await serve(control);
  const client = createRestClient({ address: `127.0.0.1:${serving.port}`, token });
  return { client, control };
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('every operation arrives at the node as it was asked', async () => {
  const { client, control } = await connect();
  const history = {
    path: 'Photos/ä & #1?/100%.txt',
    at: 'main#12',
    version: 'v1',
    storeId: 'main',
  };
  const asked: [keyof NodeControl, ...unknown[]][] = [
    ['status'],
    ['devices'],
    ['invite', { expiresMs: 60_000 }],
    ['join', 'holdfast:example', false],
    ['renameDevice', 'pi', 'attic'],
    ['removeDevice', 'pi'],
    ['pendingDevices'],
    ['acceptDevice', 'pi', true],
    ['markDevice', 'pi', false],
    ['revokeDevice', 'pi'],
    ['confirmDevice', 'pi'],
    ['liftDevice', 'pi', true],
    ['addDeviceAddress', 'pi', '/ip4/10.0.0.1/tcp/1'],
    ['removeDeviceAddress', 'pi', '/ip4/10.0.0.1/tcp/1'],
    ['folders'],
    ['folderOffers'],
    ['ignorePatterns', 'Photos'],
    ['testIgnored', 'Photos', 'a/b'],
    ['setIgnorePatterns', 'Photos', '*.tmp\n'],
    ['heldVersions', 'a/b'],
    ['releaseHeld', { folder: 'a/b', dryRun: true }],
    ['conflicts', 'a/b'],
    ['problems', 'a/b'],
    ['addFolder', { path: '/home/ada/x', label: 'X', mode: 'send-only' }],
    ['shareFolder', 'Photos', 'pi'],
    ['unshareFolder', 'Photos', 'pi'],
    ['acceptFolder', { folder: 'Photos', path: '/mirror', mode: 'receive-only', archive: true }],
    ['removeFolder', 'Photos'],
    ['rescanFolder', 'Photos'],
    ['pauseFolder', 'Photos'],
    ['resumeFolder', 'Photos'],
    ['setCopies', 'Photos', 2],
    ['setWatch', 'Photos', 'polling'],
    ['setMode', { folder: 'Photos', mode: 'send-only', confirmed: true }],
    ['overrideFolder', { folder: 'Photos', dryRun: true }],
    ['revertFolder', { folder: 'Photos', dryRun: false }],
    ['setGuard', 'Photos', { files: 9 }],
    ['confirmFolder', 'Photos'],
    ['rejectFolder', 'Photos'],
    ['wait', { folder: 'Photos', archived: true, timeoutMs: 5000 }],
    ['log', history],
    ['list', { ...history, deleted: true }],
    ['timeline', { path: 'Photos', from: '3d', to: '2h', buckets: 40, storeId: 's' }],
    ['cat', history],
    ['where', 'Photos/a'],
    ['diff', { path: 'a/b', from: 'v1', to: 'v2', storeId: 's' }],
    ['undo', { device: 'pi', since: '2h', folder: 'Photos', dryRun: true, confirmed: false }],
    ['restores'],
    ['restore', { ...history, to: '/out', overwrite: 'if-changed', dryRun: true }],
    ['archiveStatus'],
    ['verify', { samplePercent: 5 }],
    ['drill', { folder: 'Photos', files: 5 }],
    ['thinArchive', { folder: 'Photos', keep: 'daily=7', apply: true, delayMs: 5 }],
    ['unthinArchive', 'Photos'],
    ['compactArchive', {}],
    ['rebuildArchiveIndex'],
    ['events', { since: 3, limit: 7, waitMs: 250 }],
    ['shutdown'],
  ];
  for (const [name, ...given] of asked) {
    await (client[name] as (...given: unknown[]) => Promise<unknown>)(...given);
  }
  expect(control.calls).toEqual(asked);
  expect(new Set(asked.map(([name]) => name))).toEqual(new Set(Object.keys(endpoints)));
});

test('answers come back whole', async () => {
  const { client } = await connect();
  expect(await client.status()).toEqual(exampleStatus);
  expect(await client.devices()).toEqual(exampleStatus.devices);
  expect(await client.pauseFolder('Photos')).toBeUndefined();
  expect((await client.createLoginLink()).url).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/login\/[\w-]{22}$/,
  );
});

test('an error of the node is rebuilt', async () => {
  const { client } = await connect({
    log: () => Promise.reject(new AppError('path_unknown', 'No such path.', { hint: 'Look.' })),
  });
  const failure = await client.log({ path: 'x' }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect(failure).toMatchObject({ code: 'path_unknown', message: 'No such path.', hint: 'Look.' });
});

test('a node that is not there is not running', async () => {
  const { client } = await connect();
  await serving!.stop();
  await expect(client.status()).rejects.toMatchObject({ code: 'node_not_running' });
});

test('a node that ends in the middle of a wait is not running', async () => {
  const { client, control } = await connect({ wait: () => new Promise(() => {}) });
  const waiting = client.wait({ archived: false }).catch((error: unknown) => error);
  await expect.poll(() => control.calls.length).toBe(1);
  await serving!.stop();
  expect(await waiting).toMatchObject({ code: 'node_not_running' });
});

test('something else on the port is told apart', async () => {
  const other = createServer((socket) => socket.resume().end('HTTP/1.1 200 OK\r\n\r\n<html>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const client = createRestClient({ address: `http://127.0.0.1:${port}`, token });
  await expect(client.status()).rejects.toMatchObject({ code: 'answer_unreadable' });
  await new Promise((resolve) => other.close(resolve));
});

test('the node learns that a waiting client went away', async () => {
  let stopped: unknown;
  const { client, control } = await connect({
    wait: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          stopped = 'stopped';
          reject(new Error('aborted'));
        });
      }),
  });
  const leaving = new AbortController();
  const waiting = client.wait({ archived: false, signal: leaving.signal });
  await expect.poll(() => control.calls.length).toBe(1);
  leaving.abort(new Error('leaving'));
  await expect(waiting).rejects.toThrow('leaving');
  await expect.poll(() => stopped).toBe('stopped');
});

describe('cat', () => {
  test('gives size, version and bytes', async () => {
    const { client } = await connect();
    const file = await client.cat({ path: 'Photos/a.txt' });
    expect([file.size, file.version, await textOf(file.bytes)]).toEqual([5, 'v1', 'hello']);
  });

  test('gives an empty file', async () => {
    const { client } = await connect({
      cat: async () => ({ size: 0, version: 'v0', bytes: chunksOf(0) }),
    });
    expect(await textOf((await client.cat({ path: 'x' })).bytes)).toBe('');
  });

  test('a slow reader slows the source, and one that leaves ends it', async () => {
    const counted = { made: 0, ended: false };
    const size = chunkBytes * 2000;
    const { client } = await connect({
      cat: async () => ({ size, version: 'v1', bytes: chunksOf(2000, counted) }),
    });
    const file = await client.cat({ path: 'big' });
    const reader = file.bytes[Symbol.asyncIterator]();
    await reader.next();
    const settled = await settledCount(() => counted.made);
    expect(settled).toBeLessThan(500);
    await reader.return?.();
    await expect.poll(() => counted.ended).toBe(true);
  });

  test('a source that breaks in the middle never looks whole', async () => {
    const { client } = await connect({
      cat: async () => ({ size: chunkBytes * 3, version: 'v1', bytes: brokenAfter(2) }),
    });
    const file = await client.cat({ path: 'rotten' });
    await expect(textOf(file.bytes)).rejects.toMatchObject({ code: 'file_incomplete' });
  });

  test('a source that breaks at once says why', async () => {
    const { client } = await connect({
      cat: async () => ({ size: 1, version: 'v1', bytes: brokenAfter(0) }),
    });
    await expect(client.cat({ path: 'rotten' })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('the disk rots'),
    });
  });
});

const chunkBytes = 64 * 1024;

async function* chunksOf(count: number, counted = { made: 0, ended: false }) {
  try {
    for (let made = 0; made < count; made += 1) {
      counted.made += 1;
      yield new Uint8Array(chunkBytes);
    }
  } finally {
    counted.ended = true;
  }
}

async function* brokenAfter(count: number) {
  yield* chunksOf(count);
  throw new Error('the disk rots');
}

/** The count once it has stood still for a number of turns of the event loop. */
async function settledCount(count: () => number): Promise<number> {
  let last = -1;
  let still = 0;
  while (still < 200) {
    await new Promise((resolve) => setImmediate(resolve));
    still = count() === last ? still + 1 : 0;
    last = count();
  }
  return last;
}
