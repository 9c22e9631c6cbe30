/** A device is lost: it gets no further byte, the others hear of it, and status counts without it. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceStatus, WhereResult } from '@holdfast/node';
import { expect, test } from 'vitest';
import { eventually } from './eventually.js';
import type { NodeProcess } from './node-process.js';
import { proxiedPair } from './proxied-pair.js';
import { introduce, pair, shareFolder, useTestWorld } from './test-world.js';
import { text, write } from './tree-files.js';

const world = useTestWorld();

async function standing(node: NodeProcess, of: NodeProcess): Promise<DeviceStatus | undefined> {
  const { devices } = await node.ask<{ devices: DeviceStatus[] }>('device', 'list');
  return devices.find(({ id }) => id === of.device);
}

async function stands(node: NodeProcess, of: NodeProcess, expected: object): Promise<void> {
  await eventually(`${of.name} stands on ${node.name} as ${JSON.stringify(expected)}`, async () => {
    const found = await standing(node, of);
    return Object.entries(expected).every(([key, value]) => Object(found)[key] === value);
  });
}

/** Laptop and desktop have the files of `docs`, the pi its history; all are one person's. */
async function ownDocs() {
  const [laptop, desktop, pi] = await world.startNodes('laptop', 'desktop', 'pi');
  await pair(desktop, pi, '--mine');
  await pair(desktop, laptop, '--mine');
  await stands(laptop, pi, { connected: true });
  await stands(pi, laptop, { connected: true });
  const trees = { laptop: world.directory('docs'), desktop: world.path('desktop-docs') };
  write(trees.laptop, 'plan.txt', 'before');
  const id = await shareFolder(laptop, trees.laptop, [
    [desktop, trees.desktop],
    [pi, '--archive'],
  ]);
  await introduce(id, desktop, pi);
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.archived();
  await desktop.archived();
  return { laptop, desktop, pi, trees };
}

test('a device that is revoked in the middle of a transfer gets no further byte', async () => {
  const { laptop, desktop, laptopTree, desktopTree, proxy } = await proxiedPair(world);
  const sizeBytes = 300 * 1024 * 1024;
  writeFileSync(join(laptopTree, 'large.bin'), randomBytes(sizeBytes));
  const before = proxy.bytes;
  await eventually('some of it is on its way', () => proxy.bytes > before + 8 * 1024 * 1024);
  await laptop.ask('device', 'revoke', 'desktop');
  await desktop.misses(laptop);
  expect(proxy.bytes - before).toBeLessThan(sizeBytes);
  const afterwards = proxy.bytes;
  // A restart changes nothing, and neither does what happens in the folder later.
  write(laptopTree, 'later.txt', 'not for the desktop');
  await laptop.stop();
  await laptop.start();
  await laptop.ask('folder', 'rescan', 'docs');
  await stands(laptop, desktop, { state: 'revoked', connected: false });
  expect(proxy.bytes).toBe(afterwards);
  expect(existsSync(join(desktopTree, 'large.bin'))).toBe(false);
  expect(existsSync(join(desktopTree, 'later.txt'))).toBe(false);
});

test('a revocation reaches a device that was off, and the folder goes on with the rest', async () => {
  const { laptop, desktop, pi, trees } = await ownDocs();
  await pi.stop();
  const revoked = await desktop.ask<DeviceStatus>('device', 'revoke', 'laptop');
  expect(revoked).toMatchObject({ state: 'revoked', folders: ['docs'] });
  await pi.start();
  await stands(pi, laptop, { state: 'suspended', connected: false });
  expect((await standing(pi, laptop))?.by).toEqual(['desktop']);

  write(trees.laptop, 'plan.txt', 'by the thief');
  await laptop.ask('folder', 'rescan', 'docs');
  write(trees.desktop, 'new.txt', 'by its user');
  await desktop.ask('folder', 'rescan', 'docs');
  await desktop.shows({ copies: 1, members: [pi.device] });
  expect(text(trees.desktop, 'plan.txt')).toBe('before');
  expect(existsSync(join(trees.laptop, 'new.txt'))).toBe(false);
  await laptop.shows({ connectedMembers: [] });

  const where = await desktop.ask<WhereResult>('where', 'docs/plan.txt');
  const held = where.devices.find(({ deviceId }) => deviceId === laptop.device);
  expect(held).toMatchObject({ has: true, admitted: false, connected: false });
  await pi.ask('device', 'confirm', 'laptop');
  await stands(pi, laptop, { state: 'revoked' });
  await desktop.refuses(1, 'folder', 'share', 'docs', 'laptop');
});

test('the receipts of a revoked archive count no more', async () => {
  const { laptop, desktop, pi } = await ownDocs();
  await laptop.shows({ copies: 1, unarchivedFiles: 0 });
  await laptop.ask('device', 'revoke', 'pi');
  await laptop.shows({ copies: 0, unarchivedFiles: 1 });
  await stands(desktop, pi, { state: 'suspended' });
  await desktop.shows({ copies: 0, unarchivedFiles: 1 });
  // The person at the desktop knows that the pi is where it was.
  await desktop.ask('device', 'lift', 'pi');
  await desktop.shows({ copies: 1, unarchivedFiles: 0 });
});

test('a thief who revokes the other devices suspends them, until a person decides', async () => {
  const { laptop: thief, desktop, pi, trees } = await ownDocs();
  await thief.ask('device', 'revoke', 'pi');
  await stands(desktop, pi, { state: 'suspended', connected: false });
  await desktop.ask('device', 'lift', 'pi');
  await desktop.ask('device', 'revoke', 'laptop');
  await stands(pi, thief, { state: 'suspended', connected: false });
  await stands(pi, desktop, { state: 'mine', connected: true });
  write(trees.desktop, 'after.txt', 'all is well');
  await desktop.ask('folder', 'rescan', 'docs');
  await desktop.archived();
});

test('devices that revoke each other are both suspended on the third, which lifts one of them', async () => {
  const { laptop, desktop, pi } = await ownDocs();
  // Neither hears of the other's: each tells the pi while the other is off.
  await laptop.stop();
  await desktop.ask('device', 'revoke', 'laptop');
  await stands(pi, laptop, { state: 'suspended' });
  await desktop.stop();
  await pi.ask('device', 'lift', 'laptop');
  await laptop.start();
  await stands(pi, laptop, { connected: true });
  await laptop.ask('device', 'revoke', 'desktop');
  await stands(pi, desktop, { state: 'suspended' });
  await pi.ask('device', 'confirm', 'desktop');
  await desktop.start();
  await stands(pi, desktop, { state: 'revoked', connected: false });
  await pi.ask('device', 'lift', 'desktop');
  await stands(pi, desktop, { state: 'mine', connected: true });
});
