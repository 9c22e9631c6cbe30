/**
 * What every `Network` must do, written against the seam alone: `describeNetwork` runs on the real
 * and on the in-memory network. It owns no timer: a test that waits for "nothing more happens"
 * counts round trips on a second channel.
 */
import { maxFrameBytes, type Network } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Create,
  dialBob,
  echoProtocol,
  expectNoChannel,
  forgetDevices,
  mebibyte,
  memberProtocol,
  openEcho,
  openPair,
  pairingProtocol,
  pattern,
  readAll,
  same,
  startChannel,
  startDevice,
  startTwo,
  untilStill,
} from './network-devices.js';

export interface NetworkSetup {
  /** A network of a new device, not started, that the others of this setup can dial. */
  create(): Promise<Network>;
  /** Called after each test; the networks are stopped already. */
  dispose(): Promise<void>;
}

function describeDialling(create: Create): void {
  test('both sides are given the authenticated connection', async () => {
    const devices = await startTwo(create);
    const dialled = await dialBob(devices);
    expect(dialled).toMatchObject({ remoteDevice: devices.bob.id, direction: 'outbound' });
    expect((await devices.alice.connections.next()).remoteDevice).toBe(devices.bob.id);
    const accepted = await devices.bob.connections.next();
    expect(accepted).toMatchObject({ remoteDevice: devices.alice.id, direction: 'inbound' });
  });

  test('addresses are tried in order until one answers as the device', async () => {
    const devices = await startTwo(create);
    const gone = await startDevice(await create());
    const deadAddresses = [...gone.network.addresses()];
    await gone.network.stop();
    const { alice, bob } = devices;
    const addresses = [...deadAddresses, ...bob.network.addresses()];
    expect((await alice.network.dial(bob.id, addresses)).remoteDevice).toBe(bob.id);
  });

  test('an address where another device answers fails as dial_failed', async () => {
    const { alice, bob } = await startTwo(create);
    const other = await startDevice(await create());
    await expect(alice.network.dial(other.id, bob.network.addresses())).rejects.toMatchObject({
      code: 'dial_failed',
    });
    expect(alice.connections.all).toEqual([]);
  });

  test('a device that is not there fails as dial_failed', async () => {
    const { alice, bob } = await startTwo(create);
    const addresses = [...bob.network.addresses()];
    await bob.network.stop();
    await expect(alice.network.dial(bob.id, addresses)).rejects.toMatchObject({
      code: 'dial_failed',
    });
    await expect(alice.network.dial(bob.id, [])).rejects.toMatchObject({ code: 'dial_failed' });
  });

  test('two devices that dial each other at once both get connections', async () => {
    const { alice, bob } = await startTwo(create);
    const [fromAlice, fromBob] = await Promise.all([
      alice.network.dial(bob.id, bob.network.addresses()),
      bob.network.dial(alice.id, alice.network.addresses()),
    ]);
    expect([fromAlice.remoteDevice, fromBob.remoteDevice]).toEqual([bob.id, alice.id]);
    expect((await alice.connections.next()).remoteDevice).toBe(bob.id);
    expect((await bob.connections.next()).remoteDevice).toBe(alice.id);
  });
}

function describeAdmission(create: Create): void {
  test('a refused device gets no connection and no channel', async () => {
    const devices = await startTwo(create);
    const { alice, bob } = devices;
    bob.admission = 'refuse';
    const dialled = await dialBob(devices).catch(() => undefined); // A failed dial is right too.
    if (dialled !== undefined) {
      await dialled.closed;
      await expectNoChannel(dialled, memberProtocol);
    }
    expect(bob.admitted).toContain(alice.id);
    expect(bob.connections.all).toEqual([]);
    expect(bob.channels.all).toEqual([]);
  });

  test('a pairing device can open the pairing protocol and nothing else', async () => {
    const devices = await startTwo(create);
    const { bob } = devices;
    bob.admission = 'pairing';
    const dialled = await dialBob(devices);
    await expectNoChannel(dialled, memberProtocol);
    expect(bob.channels.all).toEqual([]);
    const { near, far } = await openPair(dialled, bob, pairingProtocol);
    await near.send(pattern(100, 1));
    await near.close();
    expect(await readAll(far)).toEqual([pattern(100, 1)]);
    expect(bob.connections.all).toEqual([]);
  });

  test('admission is asked again for each channel', async () => {
    const devices = await startTwo(create);
    const dialled = await dialBob(devices);
    await openPair(dialled, devices.bob, memberProtocol);
    devices.bob.admission = 'refuse';
    await expectNoChannel(dialled, memberProtocol);
    await expectNoChannel(dialled, pairingProtocol);
    expect(devices.bob.channels.all).toHaveLength(1);
  });

  test('a protocol that the other side does not speak fails as protocol_unsupported', async () => {
    const alice = await startDevice(await create());
    const bob = await startDevice(await create(), [memberProtocol]);
    const dialled = await dialBob({ alice, bob });
    await expect(dialled.openChannel(echoProtocol)).rejects.toMatchObject({
      code: 'protocol_unsupported',
    });
    await openPair(dialled, bob, memberProtocol);
  });
}

function describeFrames(create: Create): void {
  test('frames of every size arrive in order and whole', async () => {
    const { near, far } = await startChannel(create);
    expect([near.protocol, far.protocol]).toEqual([memberProtocol, memberProtocol]);
    const edges = [1, 2, 5, 255, 65_535, 65_536, 262_140, 262_144, 262_145, mebibyte];
    const lengths = [...edges, maxFrameBytes, 1, maxFrameBytes - 1, 7];
    const reading = readAll(far);
    for (const [seed, length] of lengths.entries()) await near.send(pattern(length, seed));
    await near.close();
    const received = await reading;
    expect(received.map((frame) => frame.length)).toEqual(lengths);
    for (const [seed, length] of lengths.entries()) {
      expect(same(received[seed], pattern(length, seed)), `frame ${seed}`).toBe(true);
    }
  });

  test('many small frames sent without waiting keep their order, in both directions', async () => {
    const { near, far } = await startChannel(create);
    const frames = Array.from({ length: 3000 }, (_, seed) => pattern(1 + (seed % 97), seed));
    const reading = Promise.all([readAll(near), readAll(far)]);
    for (const channel of [near, far]) {
      await Promise.all(frames.map((frame) => channel.send(frame)));
      await channel.close();
    }
    const [atNear, atFar] = await reading;
    expect(Buffer.compare(Buffer.concat(atNear), Buffer.concat(frames))).toBe(0);
    expect(Buffer.compare(Buffer.concat(atFar), Buffer.concat(frames))).toBe(0);
    expect(atFar.map((frame) => frame.length)).toEqual(frames.map((frame) => frame.length));
  });

  test('a reader that takes little stops the sender, and loses nothing', async () => {
    const { devices, dialled, near, far } = await startChannel(create);
    const roundTrip = await openEcho(dialled, devices.bob);
    const total = 64;
    let sent = 0;
    const sending = (async () => {
      for (; sent < total; sent++) await near.send(pattern(mebibyte, sent));
      await near.close();
    })();
    const frames = far.frames()[Symbol.asyncIterator]();
    let received = 0;
    const takeOne = async () => {
      const { done, value } = await frames.next();
      if (done === true) return false;
      expect(same(value, pattern(mebibyte, received)), `frame ${received}`).toBe(true);
      received++;
      return true;
    };
    for (let taken = 0; taken < 6; taken++) {
      await untilStill(roundTrip, () => sent);
      expect(sent - received).toBeLessThan(total / 2);
      await takeOne();
    }
    while (await takeOne());
    await sending;
    expect(received).toBe(total);
  });

  test.each([
    ['an over-long frame', maxFrameBytes + 1],
    ['an empty frame', 0],
  ])('%s is refused and ends the channel on both sides', async (_name, length) => {
    const { near, far } = await startChannel(create);
    await expect(near.send(new Uint8Array(length))).rejects.toMatchObject({
      code: 'frame_invalid',
    });
    await expect(readAll(far)).rejects.toThrow();
    await expect(near.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'channel_closed' });
  });
}

function describeEnding(create: Create): void {
  test('close ends our direction only, after what was sent, and normally', async () => {
    const { near, far } = await startChannel(create);
    await near.send(pattern(10, 1));
    await near.close();
    await near.close();
    expect(await readAll(far)).toEqual([pattern(10, 1)]);
    await expect(near.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'channel_closed' });
    await far.send(pattern(20, 2));
    await far.close();
    expect(await readAll(near)).toEqual([pattern(20, 2)]);
  });

  test('abort makes frames() throw on both sides', async () => {
    const { near, far } = await startChannel(create);
    const reading = expect(readAll(far)).rejects.toThrow();
    near.abort(new Error('enough'));
    await reading;
    await expect(readAll(near)).rejects.toThrow();
    await expect(near.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'channel_closed' });
  });

  test('a sender that waits for its reader is told when the reader aborts', async () => {
    const { near, far } = await startChannel(create);
    const sending = (async () => {
      for (;;) await near.send(pattern(mebibyte, 0));
    })();
    const failing = expect(sending).rejects.toMatchObject({ code: 'channel_closed' });
    const iterator = far.frames()[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    far.abort(new Error('enough'));
    await failing;
  });

  test('closing a connection resolves closed on both sides and breaks its channels', async () => {
    const devices = await startTwo(create);
    const dialled = await dialBob(devices);
    const accepted = await devices.bob.connections.next();
    const { near, far } = await openPair(dialled, devices.bob, memberProtocol);
    const broken = [near, far].map((channel) => expect(readAll(channel)).rejects.toThrow());
    await accepted.close();
    await Promise.all([dialled.closed, accepted.closed, ...broken]);
    await expect(near.send(Uint8Array.of(1))).rejects.toMatchObject({ code: 'channel_closed' });
    await expect(dialled.openChannel(memberProtocol)).rejects.toThrow();
  });

  test('stop closes every connection on both sides, and is idempotent', async () => {
    const devices = await startTwo(create);
    const dialled = await dialBob(devices);
    const accepted = await devices.bob.connections.next();
    await devices.bob.network.stop();
    await devices.bob.network.stop();
    await Promise.all([dialled.closed, accepted.closed]);
    await expect(dialled.openChannel(memberProtocol)).rejects.toThrow();
  });
}

/** Runs the whole suite; `setup` is called before each test. */
export function describeNetwork(name: string, setup: () => Promise<NetworkSetup>): void {
  describe(`Network: ${name}`, () => {
    let current: NetworkSetup;
    let created: Network[] = [];
    const create = async () => {
      const network = await current.create();
      created.push(network);
      return network;
    };
    beforeEach(async () => {
      created = [];
      forgetDevices();
      current = await setup();
    });
    afterEach(async () => {
      await Promise.all(created.map((network) => network.stop()));
      await current.dispose();
    });
    describe('dialling', () => describeDialling(create));
    describe('admission', () => describeAdmission(create));
    describe('frames', () => describeFrames(create));
    describe('ending', () => describeEnding(create));
  });
}
