/** Devices on a network under test: what they are told, and the channels and frames between two. */
import type { Admission, FrameChannel, Network, PeerConnection } from '@holdfast/platform';
import { expect } from 'vitest';

export const memberProtocol = '/holdfast/compliance/1';
export const echoProtocol = '/holdfast/compliance-echo/1';
export const pairingProtocol = '/holdfast/compliance-pairing/1';
export const mebibyte = 1024 * 1024;

/** Every device that was started for a test knows the others; whom it admits it says itself. */
const acquainted = new Set<string>();
/** What opens the door of a device that pairs. */
const inviteKey = new Uint8Array(32).fill(7);

export function forgetDevices(): void {
  acquainted.clear();
}

/** Things that arrive, in order; `next` waits for the one after those taken. */
class Arrivals<Item> {
  readonly all: Item[] = [];
  #taken = 0;
  #waiting: (() => void)[] = [];

  push(item: Item): void {
    this.all.push(item);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async next(): Promise<Item> {
    while (this.all.length <= this.#taken) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.all[this.#taken++] as Item;
  }
}

interface TestDevice {
  readonly network: Network;
  readonly id: string;
  readonly connections: Arrivals<PeerConnection>;
  readonly channels: Arrivals<{ readonly channel: FrameChannel }>;
  readonly admitted: string[];
  /** What this device answers when asked; everyone is a member until a test says otherwise. */
  admission: Admission;
}

export async function startDevice(network: Network, members = [memberProtocol, echoProtocol]) {
  const device: TestDevice = {
    network,
    id: network.localDevice,
    connections: new Arrivals(),
    channels: new Arrivals(),
    admitted: [],
    admission: 'member',
  };
  acquainted.add(device.id);
  const admit = (remote: string) => {
    device.admitted.push(remote);
    return device.admission;
  };
  await network.start(
    {
      admit,
      members: () => [...acquainted].filter((remote) => admit(remote) === 'member'),
      inviteKeys: () => (device.admission === 'pairing' ? [inviteKey] : []),
      onConnection: (connection) => device.connections.push(connection),
      onChannel: (_connection, channel) => device.channels.push({ channel }),
    },
    { members, pairing: pairingProtocol },
  );
  return device;
}

/** Bytes that differ by position and by seed, so that a swap or a gap shows. */
export function pattern(lengthBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (let index = 0; index < lengthBytes; index++) bytes[index] = (index * 31 + seed * 17) & 0xff;
  return bytes;
}

export function same(left: Uint8Array | undefined, right: Uint8Array): boolean {
  return left !== undefined && Buffer.compare(left, right) === 0;
}

export async function readAll(channel: FrameChannel): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const frame of channel.frames()) frames.push(frame);
  return frames;
}

/** Opens a channel and waits for its other end. */
export async function openPair(connection: PeerConnection, acceptor: TestDevice, protocol: string) {
  const near = await connection.openChannel(protocol);
  const { channel: far } = await acceptor.channels.next();
  return { near, far };
}

/** A round trip on a channel of its own; what the network does in many of them, it does in time. */
export async function openEcho(connection: PeerConnection, acceptor: TestDevice) {
  const { near, far } = await openPair(connection, acceptor, echoProtocol);
  const replies = near.frames()[Symbol.asyncIterator]();
  const requests = far.frames()[Symbol.asyncIterator]();
  return async () => {
    await near.send(Uint8Array.of(1));
    await requests.next();
    await far.send(Uint8Array.of(2));
    await replies.next();
  };
}

/** Waits until `count` has not moved for many round trips. */
export async function untilStill(
  roundTrip: () => Promise<void>,
  count: () => number,
): Promise<void> {
  for (let still = 0, last = -1; still < 100; last = count()) {
    await roundTrip();
    still = count() === last ? still + 1 : 0;
  }
}

/** Resolves when the channel cannot be had: opening it fails, or what was opened breaks. */
export async function expectNoChannel(connection: PeerConnection, protocol: string): Promise<void> {
  await expect(
    connection.openChannel(protocol).then((channel) => readAll(channel)),
  ).rejects.toThrow();
}

export type Create = () => Promise<Network>;

export async function startTwo(create: Create) {
  return { alice: await startDevice(await create()), bob: await startDevice(await create()) };
}

export function dialBob({
  alice,
  bob,
}: Record<'alice' | 'bob', TestDevice>): Promise<PeerConnection> {
  const shown = bob.admission === 'pairing' ? { inviteKey } : {};
  return alice.network.dial(bob.id, bob.network.addresses(), shown);
}

/** Two devices, a connection, and both ends of a channel on it. */
export async function startChannel(create: Create) {
  const devices = await startTwo(create);
  const dialled = await dialBob(devices);
  return { devices, dialled, ...(await openPair(dialled, devices.bob, memberProtocol)) };
}
