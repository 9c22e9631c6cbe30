/** Devices and stores of another version: it is said plainly, nothing is touched, the rest goes on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLibp2pNetwork,
  type DeviceIdentity,
  generateIdentity,
} from '@holdfast/network-libp2p';
import type { DeviceStatus } from '@holdfast/node';
import { type FrameChannel, type Network, silentLogger } from '@holdfast/platform';
import { cryptoRandom, systemClock } from '@holdfast/platform-node';
import {
  blocksProtocol,
  controlProtocol,
  decodeControl,
  encodeControl,
  historyProtocol,
  pairingProtocol,
  protocolMajor,
} from '@holdfast/sync-protocol';
import { beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const world = useTestWorld({ lasts: 'the whole file' });
let laptop: NodeProcess;
let desktop: NodeProcess;
beforeAll(async () => {
  [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
});

/** As a newer version would encode it: the first field of the hello is its protocol's number. */
function newerHello(): Uint8Array {
  const frame = Buffer.from(
    encodeControl({
      type: 'hello',
      protocolMajor,
      requiredFeatures: 0n,
      supportedFeatures: 0n,
      deviceName: 'newer',
      softwareVersion: '9.0.0',
      addresses: [],
    }),
  );
  const at = frame.indexOf(Buffer.from([0x08, protocolMajor]));
  expect(at).toBeGreaterThan(0);
  frame[at + 1] = protocolMajor + 1;
  return frame;
}

/** A device that is paired with the laptop and says the hello that it is given. */
class OtherDevice {
  readonly identity: DeviceIdentity;
  readonly #network: Network;
  readonly heard: string[] = [];
  /** How its conversations ended, where the laptop broke them off. */
  readonly ends: unknown[] = [];

  constructor(identity: DeviceIdentity) {
    this.identity = identity;
    this.#network = createLibp2pNetwork({
      identity,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      logger: silentLogger,
      clock: systemClock,
      random: cryptoRandom,
      discovery: false,
    });
  }

  async start(): Promise<string> {
    const members = [controlProtocol, blocksProtocol, historyProtocol];
    await this.#network.start(
      {
        admit: () => 'member',
        members: () => [laptop.device],
        inviteKeys: () => [],
        onConnection: () => undefined,
        onChannel: (_connection, channel) => {
          this.#talk(channel).catch((error: unknown) => this.ends.push(error));
        },
      },
      { members, pairing: pairingProtocol },
    );
    return this.#network.addresses()[0]!;
  }

  stop(): Promise<void> {
    return this.#network.stop();
  }

  async #talk(channel: FrameChannel): Promise<void> {
    await channel.send(newerHello());
    for await (const frame of channel.frames()) {
      const message = decodeControl(frame);
      this.heard.push(message.type === 'error' ? message.code : message.type);
    }
  }
}

test('a device with a newer protocol is named with what to do, and others are not kept from talking', async () => {
  const other = new OtherDevice(await generateIdentity());
  world.onClose(() => other.stop());
  const address = await other.start();
  await laptop.stop();
  const path = join(laptop.home, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as { devices: object[] };
  const known = { id: other.identity.device, name: 'newer', lastSeenMs: null };
  config.devices.push({ ...known, staticAddresses: [address], learnedAddresses: [] });
  writeFileSync(path, JSON.stringify(config));
  await laptop.start();

  const told = await eventually('it is told', async () => {
    const { devices } = await laptop.ask<{ devices: DeviceStatus[] }>('device', 'list');
    return devices.find((device) => device.name === 'newer' && device.problem !== '');
  });
  expect(told).toMatchObject({ connected: false });
  expect(told.problem).toContain(`version ${protocolMajor + 1}, this one version ${protocolMajor}`);
  expect(told.problem).toContain('Nothing was changed');
  expect(told.problem).toContain('Update Holdfast on the device with the older version');
  await eventually('the other side has heard which version this one speaks', () =>
    other.heard.includes('hello'),
  );
  await eventually('the desktop is connected all the same', async () => {
    const { devices } = await laptop.status();
    return devices.find((device) => device.name === 'desktop')?.connected;
  });
});

test('a store of a newer format stops its folder, says why, and not a byte of it is touched', async () => {
  const pi = world.node('pi');
  await pi.start();
  await pair(desktop, pi);
  const tree = world.directory('kept');
  writeFileSync(join(tree, 'file'), 'content');
  await shareFolder(desktop, tree, [[pi, '--archive']]);
  await shareFolder(pi, world.directory('other'), []);
  await desktop.archived('kept');
  await pi.stop();
  const store = join(pi.home, 'store');
  const identityPath = join(store, 'store.json');
  const whole = readFileSync(identityPath, 'utf8');
  const identity = JSON.parse(whole) as { formatMajor: number };

  for (const change of [{ formatMajor: identity.formatMajor + 1 }, { requiredFeatures: 1 << 20 }]) {
    writeFileSync(identityPath, JSON.stringify({ ...identity, ...change }));
    const before = treeSnapshot(store);
    await pi.start();
    const { stateReason } = await pi.shows({ state: 'stopped' }, 'kept');
    expect(stateReason).toMatch(/format|features/);
    expect(stateReason).toMatch(/Update this device; the stored data is untouched/);
    for (const given of [['wait'], ['archive', 'status'], ['folder', 'rescan', 'kept']]) {
      expect(await pi.refuses(1, ...given)).toMatchObject({
        code: 'folder_stopped',
        message: stateReason,
      });
    }
    await pi.ask('folder', 'rescan', 'other');
    await pi.inSync('other');
    await pi.stop();
    expect(treeSnapshot(store)).toEqual(before);
  }

  await pi.start();
  writeFileSync(join(tree, 'file'), 'changed meanwhile');
  writeFileSync(identityPath, whole);
  await desktop.ask('folder', 'rescan', 'kept');
  await desktop.archived('kept');
  expect((await desktop.cat('kept/file')).toString()).toBe('changed meanwhile');
  await pi.shows({ state: 'up-to-date' }, 'kept');
});
