/** A network under test with the handlers it was started with, and what they were given. */

import { createLibp2pNetwork, generateIdentity } from '@holdfast/network-libp2p';
import {
  type Admission,
  type Clock,
  type FrameChannel,
  type Network,
  type PeerConnection,
  silentLogger,
} from '@holdfast/platform';
import { onTestFinished, vi } from 'vitest';
import { realClock, realRandom } from './real-clock.js';

export const memberProtocol = '/holdfast/test/1';
export const pairingProtocol = '/holdfast/test-pairing/1';

/** What opens the door of a device that pairs. */
export const inviteKey = new Uint8Array(32).fill(7);

/** All devices of a test know each other; whom one admits it says itself. */
const acquainted = new Set<string>();

export function acquaint(device: string): void {
  acquainted.add(device);
  onTestFinished(() => void acquainted.delete(device));
}

export interface TestDevice {
  readonly network: Network;
  readonly connections: PeerConnection[];
  readonly channels: { connection: PeerConnection; channel: FrameChannel }[];
  admission: Admission;
  /** Whether an invite's key opens the door; it does where the admission is `pairing`. */
  hasInvite: boolean;
}

export async function createDevice(
  options: { listen?: string[]; clock?: Clock; admission?: Admission } = {},
): Promise<TestDevice> {
  const identity = await generateIdentity();
  acquaint(identity.device);
  const network = createLibp2pNetwork({
    identity,
    listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'],
    logger: silentLogger,
    clock: options.clock ?? realClock,
    random: realRandom,
    discovery: false,
  });
  const admission = options.admission ?? 'member';
  return { network, connections: [], channels: [], admission, hasInvite: false };
}

/** Started now, stopped when the test is over. */
export async function startDevice(
  options: { listen?: string[]; clock?: Clock; admission?: Admission } = {},
): Promise<TestDevice> {
  const device = await createDevice(options);
  onTestFinished(() => device.network.stop());
  await start(device);
  return device;
}

export function start(device: TestDevice): Promise<void> {
  return device.network.start(
    {
      admit: () => device.admission,
      members: () => (device.admission === 'member' ? acquainted : []),
      inviteKeys: () => (device.hasInvite || device.admission === 'pairing' ? [inviteKey] : []),
      onConnection: (connection) => device.connections.push(connection),
      onChannel: (connection, channel) => device.channels.push({ connection, channel }),
    },
    { members: [memberProtocol], pairing: pairingProtocol },
  );
}

export function dial(from: TestDevice, to: TestDevice): Promise<PeerConnection> {
  const shown = to.admission === 'pairing' ? { inviteKey } : {};
  return from.network.dial(to.network.localDevice, to.network.addresses(), shown);
}

export function portOf(device: TestDevice): number {
  return Number(device.network.addresses()[0]?.split('/').at(-1));
}

/** The channel with this number that the device was given, once it was. */
export function channelOf(device: TestDevice, index: number) {
  return vi.waitUntil(() => device.channels[index], { timeout: 60_000, interval: 5 });
}

export async function readAll(channel: FrameChannel): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const frame of channel.frames()) frames.push(frame);
  return frames;
}
