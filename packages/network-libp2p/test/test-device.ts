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
import { realClock } from './real-clock.js';

export const memberProtocol = '/holdfast/test/1';
export const pairingProtocol = '/holdfast/test-pairing/1';

export interface TestDevice {
  readonly network: Network;
  readonly connections: PeerConnection[];
  readonly channels: { connection: PeerConnection; channel: FrameChannel }[];
  admission: Admission;
}

export async function createDevice(
  options: { listen?: string[]; clock?: Clock; admission?: Admission } = {},
): Promise<TestDevice> {
  const network = createLibp2pNetwork({
    identity: await generateIdentity(),
    listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'],
    logger: silentLogger,
    clock: options.clock ?? realClock,
    discovery: false,
  });
  const admission = options.admission ?? 'member';
  return { network, connections: [], channels: [], admission };
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
      onConnection: (connection) => device.connections.push(connection),
      onChannel: (connection, channel) => device.channels.push({ connection, channel }),
    },
    { members: [memberProtocol], pairing: pairingProtocol },
  );
}

export function dial(from: TestDevice, to: TestDevice): Promise<PeerConnection> {
  return from.network.dial(to.network.localDevice, to.network.addresses());
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
