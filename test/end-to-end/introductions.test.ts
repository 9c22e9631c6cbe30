/** Pair once, know everyone: devices of one person introduce each other, and nobody else's. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceStatus } from '@holdfast/node';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { pair, shareFolder, useTestWorld } from './test-world.js';
import { write } from './tree-files.js';

const world = useTestWorld();

async function devicesOf(node: NodeProcess): Promise<readonly DeviceStatus[]> {
  return (await node.ask<{ devices: DeviceStatus[] }>('device', 'list')).devices;
}

async function pendingOf(node: NodeProcess): Promise<readonly DeviceStatus[]> {
  return (await node.ask<{ devices: DeviceStatus[] }>('device', 'pending')).devices;
}

/** Each of the nodes is connected with every other one, as a device of the same person. */
async function knowEachOther(...nodes: readonly NodeProcess[]): Promise<void> {
  await eventually('all are connected with all', async () => {
    const lists = await Promise.all(nodes.map(devicesOf));
    return nodes.every((node, at) => {
      const mine = lists[at]?.filter(({ connected, state }) => connected && state === 'mine') ?? [];
      const others = nodes.filter((other) => other !== node);
      return others.every(({ device }) => mine.some(({ id }) => id === device));
    });
  });
}

test('a new laptop that is paired with the desktop gets to know the pi, and shares a folder with it', async () => {
  const [laptop, desktop, pi] = await world.startNodes('laptop', 'desktop', 'pi');
  await pair(desktop, pi, '--mine');
  await pair(desktop, laptop, '--mine');
  await knowEachOther(laptop, desktop, pi);
  const [introduced] = (await devicesOf(laptop)).filter(({ name }) => name === 'pi');
  expect(introduced).toMatchObject({ id: pi.device, by: ['desktop'], folders: [] });
  expect((await pi.ask<{ folders: unknown[] }>('status')).folders).toEqual([]);

  const tree = world.directory('docs');
  write(tree, 'a.txt', 'written on the laptop');
  await shareFolder(laptop, tree, [[pi, '--archive']], 'docs');
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  const { entries } = await pi.ask<{ entries: { path: string }[] }>('ls', 'docs');
  expect(entries.map(({ path }) => path)).toEqual(['a.txt']);
});

test('a device that was off hears of the new one when it is back, and both connect', async () => {
  const [laptop, desktop, pi] = await world.startNodes('laptop', 'desktop', 'pi');
  await pair(desktop, pi, '--mine');
  await pi.stop();
  await pair(desktop, laptop, '--mine');
  await eventually('the laptop has heard of the pi', async () =>
    (await devicesOf(laptop)).some(({ id }) => id === pi.device),
  );
  await pi.start();
  await knowEachOther(laptop, desktop, pi);
});

test('somebody else’s device introduces nobody, and whom it introduces waits for a person', async () => {
  const [laptop, friend, theirs] = await world.startNodes('laptop', 'friend', 'theirs');
  await pair(friend, theirs, '--mine');
  // The friend takes the laptop for a device of his own; its user does not.
  const { invite } = await friend.ask<{ invite: string }>('device', 'invite', '--mine');
  expect(await laptop.ask('device', 'join', invite, '--other')).toMatchObject({ mine: false });
  await eventually('the introduced device waits', async () =>
    (await pendingOf(laptop)).some(({ id }) => id === theirs.device),
  );
  const [waiting] = await pendingOf(laptop);
  expect(waiting).toMatchObject({ name: 'theirs', state: 'pending', by: ['friend'] });
  expect((await devicesOf(laptop)).map(({ name }) => name)).toEqual(['friend']);

  const accepted = await laptop.ask<DeviceStatus>('device', 'accept', 'theirs');
  expect(accepted).toMatchObject({ id: theirs.device, state: 'other' });
  await eventually('it is connected', async () =>
    (await devicesOf(laptop)).some(({ id, connected }) => id === theirs.device && connected),
  );
  expect(await pendingOf(laptop)).toEqual([]);
  await laptop.refuses(6, 'device', 'accept', 'theirs');
});

test('a device that was removed by hand is not introduced again, and its removal undoes no other pairing', async () => {
  const [laptop, desktop, pi] = await world.startNodes('laptop', 'desktop', 'pi');
  await pair(desktop, pi, '--mine');
  await pair(desktop, laptop, '--mine');
  await knowEachOther(laptop, desktop, pi);
  await laptop.ask('device', 'remove', 'pi');
  await laptop.stop();
  await laptop.start();
  await eventually('laptop and desktop are connected', async () =>
    (await devicesOf(laptop)).some(({ name, connected }) => name === 'desktop' && connected),
  );
  // What the desktop says next comes after all that it says of the pi.
  const [phone] = await world.startNodes('phone');
  await pair(desktop, phone, '--mine');
  await knowEachOther(desktop, phone);
  await eventually('the laptop has heard of the phone', async () =>
    (await devicesOf(laptop)).some(({ id }) => id === phone.device),
  );
  expect((await devicesOf(laptop)).map(({ id }) => id)).not.toContain(pi.device);
  expect(await pendingOf(laptop)).toEqual([]);
  const { removed } = JSON.parse(readFileSync(join(laptop.home, 'config.json'), 'utf8')) as {
    removed: string[];
  };
  expect(removed).toEqual([pi.device]);
  // A person may think better of it.
  await pair(laptop, pi, '--mine');
  expect((await devicesOf(laptop)).map(({ id }) => id)).toContain(pi.device);
});
