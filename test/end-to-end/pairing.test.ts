/** `device invite|join|list`: who gets in, once, and who never does. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { CountingProxy, portOf } from './counting-proxy.js';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, useTestWorld } from './test-world.js';

interface Invite {
  readonly invite: string;
  readonly expires: string;
}

interface DeviceList {
  readonly devices: readonly { id: string; name: string; connected: boolean }[];
}

const world = useTestWorld({ lasts: 'the whole file', commandsAsProcesses: true });
let laptop: NodeProcess;
let desktop: NodeProcess;
let guest: NodeProcess;
beforeAll(async () => {
  [laptop, desktop, guest] = await world.startNodes('laptop', 'desktop', 'guest');
});

function configOf(node: NodeProcess): string {
  return readFileSync(join(node.home, 'config.json'), 'utf8');
}

async function devicesOf(node: NodeProcess): Promise<DeviceList['devices']> {
  return (await node.ask<DeviceList>('device', 'list')).devices;
}

test('an invite lasts 15 minutes, pairs both sides, and they connect', async () => {
  const { invite, expires } = await laptop.ask<Invite>('device', 'invite');
  expect(invite).toMatch(/^holdfast:\S+$/);
  const minutesLeft = (Date.parse(expires) - Date.now()) / 60_000;
  expect(minutesLeft).toBeGreaterThan(14);
  expect(minutesLeft).toBeLessThanOrEqual(15);
  const joined = await desktop.ask('device', 'join', invite);
  expect(joined).toEqual({ device: laptop.device, name: 'laptop', mine: true });
  await eventually('both are connected', async () => {
    const [there, here] = await Promise.all([devicesOf(laptop), devicesOf(desktop)]);
    return there[0]?.connected === true && here[0]?.connected === true;
  });
  expect(await devicesOf(laptop)).toMatchObject([{ id: desktop.device, name: 'desktop' }]);
  expect(await devicesOf(desktop)).toMatchObject([{ id: laptop.device, name: 'laptop' }]);
});

test('an invite is not kept in clear', async () => {
  const { invite } = await laptop.ask<Invite>('device', 'invite');
  expect(configOf(laptop)).not.toContain(invite.slice('holdfast:'.length));
});

test('a used invite lets nobody in', async () => {
  const { invite } = await laptop.ask<Invite>('device', 'invite');
  const [second, third] = await world.startNodes('second', 'third');
  await second.ask('device', 'join', invite);
  const before = configOf(third);
  const { code } = await third.refuses(1, 'device', 'join', invite);
  expect(['invite_refused', 'invite_unreachable']).toContain(code);
  expect(configOf(third)).toBe(before);
  expect((await devicesOf(laptop)).map(({ name }) => name)).toEqual(['desktop', 'second']);
  await laptop.ask('device', 'remove', 'second');
  await Promise.all([second.stop(), third.stop()]);
});

test('an expired invite lets nobody in', async () => {
  const { invite, expires } = await laptop.ask<Invite>('device', 'invite', '--expires', '1s');
  await eventually('the invite has expired', () => Date.now() > Date.parse(expires));
  const before = configOf(guest);
  const { code } = await guest.refuses(1, 'device', 'join', invite);
  expect(code).toBe('invite_expired');
  expect(configOf(guest)).toBe(before);
});

test('a mangled invite is told apart and changes nothing', async () => {
  const { invite } = await laptop.ask<Invite>('device', 'invite');
  const before = configOf(guest);
  const middle = Math.floor(invite.length / 2);
  const swapped = invite[middle] === 'a' ? 'b' : 'a';
  const mangled = [
    invite.slice(0, -5),
    `${invite.slice(0, middle)}${swapped}${invite.slice(middle + 1)}`,
    'holdfast:',
    'not an invite',
  ];
  for (const text of mangled) {
    expect((await guest.refuses(1, 'device', 'join', text)).code).toBe('invite_mangled');
  }
  expect(configOf(guest)).toBe(before);
  // Copied out of a mail it may have blanks around it.
  expect(await guest.ask('device', 'join', ` ${invite} `)).toMatchObject({ name: 'laptop' });
});

test("a device's own invite is refused", async () => {
  const { invite } = await laptop.ask<Invite>('device', 'invite');
  expect((await laptop.refuses(1, 'device', 'join', invite)).code).toBe('invite_own');
});

test('an expiry that is no duration is wrong usage', async () => {
  await laptop.refuses(2, 'device', 'invite', '--expires', 'soon');
});

test('an unpaired stranger that knows address and id never gets in', async () => {
  const [host] = await world.startNodes('host');
  const friend = world.node('friend');
  await friend.start();
  await pair(host, friend);
  const tree = world.directory('private-docs');
  const { id } = await host.ask<{ id: string }>('folder', 'add', tree, '--label', 'private');
  const proxy = new CountingProxy(portOf(host.ready.addresses[0]!));
  world.onClose(() => proxy.stop());
  const address = await proxy.start();

  // It claims the pairing and the folder on its own side, which is all that it can do.
  const stranger = world.node('stranger');
  await stranger.ask('init', '--name', 'stranger');
  const config = JSON.parse(configOf(stranger)) as Record<string, unknown>;
  const claimed = {
    ...config,
    devices: [
      {
        id: host.device,
        name: 'host',
        staticAddresses: [address],
        learnedAddresses: [],
        lastSeenMs: null,
      },
    ],
    folders: [
      {
        id,
        label: 'private',
        path: null,
        markerInstance: null,
        mode: 'send-receive',
        archive: true,
        members: [host.device],
        copies: 1,
        paused: false,
      },
    ],
  };
  writeFileSync(join(stranger.home, 'config.json'), JSON.stringify(claimed));
  await stranger.start();
  await eventually('it was turned away and tried again', () => proxy.connections >= 3);

  await eventually('the host says why', () =>
    readFileSync(join(host.home, 'logs', 'holdfast.log'), 'utf8').includes(
      'the device is not known here',
    ),
  );
  const strangerLog = readFileSync(join(stranger.home, 'logs', 'holdfast.log'), 'utf8');
  expect(strangerLog).not.toContain('device connected');
  expect(await stranger.ask('folder', 'offers')).toEqual({ offers: [] });
  expect((await devicesOf(host)).map((device) => device.id)).toEqual([friend.device]);
});

test('a device that was removed on one side only can be paired again', async () => {
  const [home, away] = await world.startNodes('home', 'away');
  await pair(home!, away!);
  await eventually('both are connected', async () => {
    return (await devicesOf(away!))[0]?.connected === true;
  });
  await home!.ask('device', 'remove', 'away');
  const { invite } = await home!.ask<Invite>('device', 'invite');
  const joined = await away!.ask('device', 'join', invite);
  expect(joined).toEqual({ device: home!.device, name: 'home', mine: true });
  await eventually('they are connected again', async () => {
    const [there, here] = await Promise.all([devicesOf(home!), devicesOf(away!)]);
    return there[0]?.connected === true && here[0]?.connected === true;
  });
});
