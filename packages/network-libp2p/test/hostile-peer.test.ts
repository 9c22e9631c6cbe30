/** What a peer that is not Holdfast meets: a plain libp2p node, and bare sockets. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type DeviceIdentity, generateIdentity } from '@holdfast/network-libp2p';
import { silentLogger } from '@holdfast/platform';
import type { Connection } from '@libp2p/interface';
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr';
import type { Libp2pOptions } from 'libp2p';
import { describe, expect, onTestFinished, test } from 'vitest';
import { privateKeyFrom } from '../src/device-identity.js';
import { Door } from '../src/door.js';
import {
  maxPendingConnections,
  maxPendingPerAddress,
  streamReadBufferBytes,
} from '../src/network-limits.js';
import { SharedKeys } from '../src/shared-keys.js';
import { connects, createPlainNode } from './plain-node.js';
import { realRandom } from './real-clock.js';
import {
  acquaint,
  channelOf,
  dial,
  memberProtocol,
  portOf,
  readAll,
  startDevice,
  type TestDevice,
} from './test-device.js';

async function plainNode(options: Libp2pOptions = {}) {
  const node = await createPlainNode(options);
  onTestFinished(() => node.stop());
  return node;
}

function named(device: TestDevice): Multiaddr {
  return multiaddr(`${device.network.addresses()[0]}/p2p/${device.network.localDevice}`);
}

/** A node of one identity that shows the keys of another at the door. */
function comingAs(identity: DeviceIdentity, shown: DeviceIdentity): Libp2pOptions {
  const guests = { members: () => [], inviteKeys: () => [] };
  const keys = new SharedKeys(shown);
  const door = new Door({ keys, guests, random: realRandom, logger: silentLogger });
  return {
    privateKey: privateKeyFrom(identity.privateKeyBytes),
    connectionProtector: () => door,
  };
}

async function connectPlain(device: TestDevice): Promise<Connection> {
  const identity = await generateIdentity();
  acquaint(identity.device);
  return (await plainNode(comingAs(identity, identity))).dial(named(device));
}

const commonProtocols = [
  '/ipfs/id/1.0.0',
  '/ipfs/id/push/1.0.0',
  '/ipfs/ping/1.0.0',
  '/libp2p/circuit/relay/0.2.0/hop',
  '/libp2p/autonat/1.0.0',
  '/ipfs/kad/1.0.0',
];

describe('a stranger that is a plain libp2p node', () => {
  test('gets no connection, and nobody is told of it', async () => {
    const device = await startDevice();
    expect(await connects(device.network.addresses()[0]!)).toBe(false);
    expect(device.connections).toEqual([]);
    expect(device.channels).toEqual([]);
  });

  test('gets none either when it knows the id of the device', async () => {
    const device = await startDevice();
    expect(await connects(named(device).toString())).toBe(false);
    expect(device.connections).toEqual([]);
  });
});

test("a device that knows a member's key and not its identity does not come in", async () => {
  const device = await startDevice();
  const [known, thief] = [await generateIdentity(), await generateIdentity()];
  acquaint(known.device);
  acquaint(thief.device);
  const node = await plainNode(comingAs(thief, known));
  const connection = await node.dial(named(device)).catch(() => undefined);
  if (connection?.status === 'open') await once(connection as never, 'close');
  expect(device.connections).toEqual([]);
});

describe('a plain libp2p node that is a member', () => {
  test('finds none of the common protocols', async () => {
    const connection = await connectPlain(await startDevice());
    for (const protocol of commonProtocols) {
      await expect(connection.newStream(protocol), protocol).rejects.toMatchObject({
        name: 'UnsupportedProtocolError',
      });
    }
  });

  test.each([
    ['too long', Uint8Array.of(0xff, 0, 0, 1, 1, 2, 3)],
    ['empty', Uint8Array.of(0, 0, 0, 0)],
  ])('that sends a frame which is %s gets its stream reset', async (_name, bytes) => {
    const device = await startDevice();
    const stream = await (await connectPlain(device)).newStream(memberProtocol);
    const { channel } = await channelOf(device, 0);
    const reset = once(stream as never, 'close');
    stream.send(bytes);
    await expect(readAll(channel)).rejects.toMatchObject({ code: 'frame_invalid' });
    await reset;
    expect(stream.status).toBe('reset');
  });

  test('that ends in the middle of a frame does not look finished', async () => {
    const device = await startDevice();
    const stream = await (await connectPlain(device)).newStream(memberProtocol);
    stream.send(Uint8Array.of(0, 0, 0, 1, 7, 0, 0, 0, 5, 1, 2));
    await stream.close();
    const { channel } = await channelOf(device, 0);
    const frames: Uint8Array[] = [];
    const reading = (async () => {
      for await (const frame of channel.frames()) frames.push(frame);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'channel_closed' });
    expect(frames).toEqual([Uint8Array.of(7)]);
  });

  test('that floods one-byte frames is held back, and nothing is lost', async () => {
    const device = await startDevice();
    const stream = await (await connectPlain(device)).newStream(memberProtocol);
    const { channel } = await channelOf(device, 0);
    const batch = new Uint8Array(64 * 1024 * 5);
    for (let at = 3; at < batch.length; at += 5) batch[at] = 1;
    const batches = Math.ceil((1.5 * streamReadBufferBytes) / batch.length);
    const sending = (async () => {
      for (let sent = 0; sent < batches; sent++) {
        if (!stream.send(batch)) await stream.onDrain();
      }
      await stream.close();
    })();
    let count = 0;
    for await (const frame of channel.frames()) count += frame.length;
    await sending;
    expect(count).toBe((batches * batch.length) / 5);
  });
});

describe.skipIf(process.platform !== 'linux')('a host that opens idle connections', () => {
  function connectIdle(device: TestDevice, localAddress = '127.0.0.2'): Socket {
    const socket = connect({ port: portOf(device), host: '127.0.0.1', localAddress });
    socket.on('error', () => socket.destroy());
    onTestFinished(() => void socket.destroy());
    return socket;
  }

  function closed(socket: Socket): Promise<void> {
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  test('keeps few of them, and honest devices still get in', async () => {
    const device = await startDevice();
    const sockets = Array.from({ length: 15 }, () => connectIdle(device));
    let refused = 0;
    const allRefused = new Promise<void>((resolve) => {
      for (const socket of sockets) {
        socket.once('close', () => {
          refused++;
          if (refused === sockets.length - maxPendingPerAddress) resolve();
        });
      }
    });
    await allRefused;
    const honest = await startDevice();
    expect((await dial(honest, device)).remoteDevice).toBe(device.network.localDevice);
    expect(sockets.filter((socket) => !socket.closed)).toHaveLength(maxPendingPerAddress);
  });

  test('from many addresses takes no place that an honest device needs', async () => {
    const device = await startDevice();
    const addresses = Array.from({ length: maxPendingConnections }, (_, at) => `127.0.1.${at + 1}`);
    const challenged = addresses.map((address) => once(connectIdle(device, address), 'data'));
    await Promise.all(challenged);
    const honest = await startDevice();
    expect((await dial(honest, device)).remoteDevice).toBe(device.network.localDevice);
  });

  test('from the address of an honest device does not keep that one out', async () => {
    const device = await startDevice();
    const idle = Array.from({ length: maxPendingPerAddress }, () =>
      once(connectIdle(device, '127.0.0.1'), 'data'),
    );
    await Promise.all(idle);
    const honest = await startDevice();
    expect((await dial(honest, device)).remoteDevice).toBe(device.network.localDevice);
  });

  test('loses the others when their time is up, and its places are free again', async () => {
    const device = await startDevice();
    for (let round = 0; round < 2; round++) {
      const sockets = Array.from({ length: maxPendingPerAddress }, () => connectIdle(device));
      const openedAtMs = performance.now();
      await Promise.all(sockets.map(closed));
      expect(performance.now() - openedAtMs).toBeGreaterThan(1000);
    }
  });
});
