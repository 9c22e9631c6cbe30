import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerConnection } from '@holdfast/platform';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  dialTimeoutMs,
  keepAliveMs,
  maxChannelsPerProtocol,
  maxConnectionsPerDevice,
  pairingLifetimeMs,
  silenceLimitMs,
} from '../src/network-limits.js';
import { ManualClock } from './manual-clock.js';
import {
  channelOf,
  createDevice,
  dial,
  inviteKey,
  memberProtocol,
  pairingProtocol,
  readAll,
  start,
  startDevice,
  type TestDevice,
} from './test-device.js';

async function expectNoChannel(connection: PeerConnection, protocol: string): Promise<void> {
  const opening = connection.openChannel(protocol).then((channel) => readAll(channel));
  await expect(opening).rejects.toThrow();
}

/** Passes when a dial fails, or what it gave ends by itself. */
async function expectTurnedAway(from: TestDevice, to: TestDevice): Promise<void> {
  const connection = await dial(from, to).catch(() => undefined);
  await connection?.closed;
}

describe('addresses', () => {
  test('a wildcard stands for every interface, loopback last, each with its port', async () => {
    const { network } = await startDevice({ listen: ['/ip4/0.0.0.0/tcp/0'] });
    const addresses = network.addresses();
    expect(addresses.at(-1)).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/[1-9][0-9]*$/);
    for (const address of addresses) expect(address).toMatch(/^\/ip4\/[0-9.]+\/tcp\/[1-9][0-9]*$/);
    expect(addresses.slice(0, -1).some((address) => address.startsWith('/ip4/127.'))).toBe(false);
  });

  test('a taken one fails as address_in_use, and starting again works once it is free', async () => {
    const first = await startDevice();
    const addresses = [...first.network.addresses()];
    const second = await createDevice({ listen: addresses });
    onTestFinished(() => second.network.stop());
    await expect(start(second)).rejects.toMatchObject({
      code: 'address_in_use',
      hint: expect.stringContaining('port'),
    });
    await first.network.stop();
    await start(second);
    expect(second.network.addresses()).toEqual(addresses);
  });

  test('a host name can be dialled; an address with an identity in it cannot', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const device = bob.network.localDevice;
    const port = bob.network.addresses()[0]?.split('/').at(-1);
    const connection = await alice.network.dial(device, [`/dns4/localhost/tcp/${port}`]);
    expect(connection.remoteDevice).toBe(device);
    const named = `/ip4/127.0.0.1/tcp/${port}/p2p/${device}`;
    for (const addresses of [[named], ['nonsense'], ['/ip4/127.0.0.1/udp/1']]) {
      await expect(alice.network.dial(device, addresses)).rejects.toMatchObject({
        code: 'dial_failed',
      });
    }
  });
});

test.skipIf(process.platform === 'win32')(
  'no address makes a device dial what is not in the network: a service of its own machine',
  async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const place = mkdtempSync(join(tmpdir(), 'holdfast-dial-'));
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    const path = join(place, 'service');
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    const address = `/unix/${encodeURIComponent(path)}`;
    const dialling = alice.network.dial(bob.network.localDevice, [address]);
    await expect(dialling).rejects.toMatchObject({ code: 'dial_failed' });
    expect(connections).toBe(0);
  },
);

test('a connection with a device that was removed while it was dialled is ended', async () => {
  const [alice, bob] = [await startDevice(), await startDevice()];
  const dialling = dial(alice, bob);
  alice.admission = 'refuse';
  await expect(dialling).rejects.toMatchObject({ code: 'dial_failed' });
  const { connections } = bob;
  await Promise.all(connections.map((connection) => connection.closed));
  expect(alice.connections).toEqual([]);
});

describe('dialling many addresses', () => {
  /** Something that accepts connections and never says a word. */
  async function listenSilently(): Promise<string> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    return `/ip4/127.0.0.1/tcp/${(server.address() as AddressInfo).port}`;
  }

  test('the right one is reached although those before it swallow everything', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const silent = await Promise.all(Array.from({ length: 4 }, listenSilently));
    const began = performance.now();
    const addresses = [...silent, ...bob.network.addresses()];
    const connection = await alice.network.dial(bob.network.localDevice, addresses);
    expect(connection.remoteAddress).toBe(bob.network.addresses()[0]);
    expect(performance.now() - began).toBeLessThan(dialTimeoutMs);
  });

  test('one that another device answers at is passed over', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const carol = await startDevice();
    const addresses = [...carol.network.addresses(), ...bob.network.addresses()];
    const connection = await alice.network.dial(bob.network.localDevice, addresses);
    expect(connection.remoteDevice).toBe(bob.network.localDevice);
    expect(connection.remoteAddress).toBe(bob.network.addresses()[0]);
    expect(carol.connections).toEqual([]);
  });

  test('several that are right make one connection', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const port = bob.network.addresses()[0]?.split('/').at(-1);
    const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map(
      (host) => `/ip4/${host}/tcp/${port}`,
    );
    const connection = await alice.network.dial(bob.network.localDevice, addresses);
    await connection.openChannel(memberProtocol);
    await channelOf(bob, 0);
    expect(alice.connections).toEqual([connection]);
    expect(bob.connections).toHaveLength(1);
  });

  test('stopping ends a dial under way', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const dialling = alice.network.dial(bob.network.localDevice, [await listenSilently()]);
    const failed = expect(dialling).rejects.toMatchObject({ code: 'dial_failed' });
    await alice.network.stop();
    await failed;
  });
});

describe('pairing', () => {
  test('one handshake at a time; the next may come when the first is over', async () => {
    const host = await startDevice({ admission: 'pairing' });
    const [first, second] = [await startDevice(), await startDevice()];
    const connection = await dial(first, host);
    await connection.openChannel(pairingProtocol);
    await expectTurnedAway(second, host);
    const { connection: hostSide } = await channelOf(host, 0);
    expect(hostSide.remoteDevice).toBe(first.network.localDevice);
    await connection.close();
    await hostSide.closed;
    const next = await dial(second, host);
    await next.openChannel(pairingProtocol);
    expect((await channelOf(host, 1)).connection.remoteDevice).toBe(second.network.localDevice);
  });

  test('who comes by an invite pairs and does nothing else, though it is a member', async () => {
    const [host, guest] = [await startDevice(), await startDevice()];
    host.hasInvite = true;
    const { localDevice } = host.network;
    const addresses = host.network.addresses();
    const connection = await guest.network.dial(localDevice, addresses, { inviteKey });
    await expectNoChannel(connection, memberProtocol);
    await connection.openChannel(pairingProtocol);
    const { connection: hostSide } = await channelOf(host, 0);
    await expectNoChannel(hostSide, memberProtocol);
    expect([host.connections, guest.connections]).toEqual([[], []]);
    expect(host.channels).toHaveLength(1);
  });

  test('an invite that is not open, or is for another device, opens no door', async () => {
    const [host, other, guest] = [await startDevice(), await startDevice(), await startDevice()];
    other.hasInvite = true;
    host.admission = 'refuse';
    const { localDevice } = host.network;
    for (const addresses of [host.network.addresses(), other.network.addresses()]) {
      const dialling = guest.network.dial(localDevice, addresses, { inviteKey });
      await expect(dialling).rejects.toMatchObject({ code: 'dial_failed' });
    }
  });

  test('a handshake that drags on is ended', async () => {
    const clock = new ManualClock();
    const host = await startDevice({ admission: 'pairing', clock });
    const guest = await startDevice();
    const connection = await dial(guest, host);
    const channel = await connection.openChannel(pairingProtocol);
    const { channel: hostSide } = await channelOf(host, 0);
    const frames = hostSide.frames()[Symbol.asyncIterator]();
    clock.advance(pairingLifetimeMs / 2);
    await channel.send(Uint8Array.of(1));
    await frames.next();
    clock.advance(pairingLifetimeMs / 2 - 1);
    await channel.send(Uint8Array.of(2));
    expect((await frames.next()).value).toEqual(Uint8Array.of(2));
    clock.advance(1);
    await connection.closed;
  });
});

describe('connections', () => {
  test('one that falls silent is ended; one that is heard is not', async () => {
    const clock = new ManualClock();
    const alice = await startDevice({ clock });
    const bob = await startDevice();
    const connection = await dial(bob, alice);
    const channel = await connection.openChannel(memberProtocol);
    const { connection: atAlice, channel: heard } = await channelOf(alice, 0);
    const frames = heard.frames()[Symbol.asyncIterator]();
    for (let times = 0; times < 3; times++) {
      clock.advance(silenceLimitMs - keepAliveMs);
      await channel.send(Uint8Array.of(times));
      expect((await frames.next()).value).toEqual(Uint8Array.of(times));
    }
    clock.advance(silenceLimitMs + keepAliveMs);
    await Promise.all([atAlice.closed, connection.closed]);
  });

  test('those of one device are bounded, and a closed one makes room', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const connections = [];
    for (let count = 0; count < maxConnectionsPerDevice; count++) {
      connections.push(await dial(alice, bob));
    }
    await expectTurnedAway(alice, bob);
    await connections[0]?.close();
    await bob.connections[0]?.closed;
    const next = await dial(alice, bob);
    await next.openChannel(memberProtocol);
  });

  test('the channels of one protocol are bounded, and the others go on', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const connection = await dial(alice, bob);
    const first = await connection.openChannel(memberProtocol);
    for (let count = 1; count < maxChannelsPerProtocol; count++) {
      await connection.openChannel(memberProtocol);
    }
    await expect(connection.openChannel(memberProtocol)).rejects.toMatchObject({
      code: 'channel_failed',
    });
    await first.send(Uint8Array.of(5));
    await first.close();
    expect(await readAll((await channelOf(bob, 0)).channel)).toEqual([Uint8Array.of(5)]);
  });

  test('a reader that leaves its loop does not block the other side', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const near = await (await dial(alice, bob)).openChannel(memberProtocol);
    const { channel: far } = await channelOf(bob, 0);
    const sending = (async () => {
      for (let count = 0; count < 24; count++) await near.send(new Uint8Array(1024 * 1024));
      await near.close();
    })();
    for await (const frame of far.frames()) {
      expect(frame).toHaveLength(1024 * 1024);
      break;
    }
    await sending;
    await far.send(Uint8Array.of(9));
    await far.close();
    expect(await readAll(near)).toEqual([Uint8Array.of(9)]);
  });

  test('closing a channel whose reader is stuck ends when the reader goes', async () => {
    const [alice, bob] = [await startDevice(), await startDevice()];
    const connection = await dial(alice, bob);
    const near = await connection.openChannel(memberProtocol);
    const { channel: far } = await channelOf(bob, 0);
    await near.send(Uint8Array.of(1));
    const sends = Array.from({ length: 30 }, () => near.send(new Uint8Array(1024 * 1024)));
    const outcomes = Promise.allSettled(sends);
    const closing = near.close();
    far.abort(new Error('gone'));
    await closing;
    expect((await outcomes).at(-1)).toMatchObject({ reason: { code: 'channel_closed' } });
  });
});
