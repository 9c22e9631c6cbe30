/** One large file that two devices have is served by both at once: by the bytes that pass. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WhereResult } from '@holdfast/node';
import { expect, test } from 'vitest';
import { CountingProxy, portOf } from './counting-proxy.js';
import { eventually } from './eventually.js';
import { defaultUp, type NodeProcess } from './node-process.js';
import { leaveLocalNetwork } from './proxied-pair.js';
import { introduce, pairAll, shareFolder, useTestWorld } from './test-world.js';

const mebibyte = 1024 * 1024;
const world = useTestWorld();

/** A proxy to where the node listens. */
async function proxyTo(node: NodeProcess): Promise<{ proxy: CountingProxy; address: string }> {
  const proxy = new CountingProxy(portOf(node.ready.addresses[0]!));
  world.onClose(() => proxy.stop());
  return { proxy, address: await proxy.start() };
}

const connectedOf = async (node: NodeProcess) =>
  (await node.status()).devices
    .filter(({ connected }) => connected)
    .map(({ name }) => name)
    .sort();

test('two devices share the work of serving a third one', async () => {
  const nodes = await world.startNodes('laptop', 'desktop', 'tablet');
  const [laptop, desktop, tablet] = nodes;
  await pairAll(...nodes);
  const tree = world.directory('docs');
  const tabletTree = world.path('tablet-docs');
  const id = await shareFolder(laptop, tree, [
    [desktop, world.path('desktop-docs')],
    [tablet, tabletTree],
  ]);
  await introduce(id, desktop, tablet);
  await tablet.ask('folder', 'pause', 'docs');
  for (const node of nodes) {
    await node.stop();
    leaveLocalNetwork(node);
  }
  // Under new addresses nobody finds the others but as they are told.
  await laptop.start(defaultUp);
  await desktop.start(defaultUp);
  await desktop.ask('device', 'address', 'laptop', 'add', laptop.ready.addresses[0]!);
  await eventually('both are connected', async () => (await connectedOf(laptop)).length === 1);
  const content = randomBytes(32 * mebibyte);
  writeFileSync(join(tree, 'large.bin'), content);
  await laptop.ask('folder', 'rescan', 'docs');
  await laptop.inSync();

  const proxies = [await proxyTo(laptop), await proxyTo(desktop)] as const;
  await tablet.start(defaultUp);
  await tablet.ask('device', 'address', 'laptop', 'add', proxies[0].address);
  await tablet.ask('device', 'address', 'desktop', 'add', proxies[1].address);
  await eventually('the tablet knows that both have it', async () => {
    if ((await connectedOf(tablet)).length < 2) return false;
    const { exitCode, stdout } = await tablet.run('where', 'docs/large.bin');
    if (exitCode !== 0) return false;
    const { devices } = JSON.parse(stdout.toString()) as WhereResult;
    return devices.filter(({ has }) => has).length === 2;
  });
  const before = proxies.map(({ proxy }) => proxy.bytes);
  await tablet.ask('folder', 'resume', 'docs');
  await tablet.inSync();
  expect(readFileSync(join(tabletTree, 'large.bin')).equals(content)).toBe(true);
  const served = proxies.map(({ proxy }, at) => proxy.bytes - before[at]!);
  for (const bytes of served) expect(bytes).toBeGreaterThan(2 * mebibyte);
  const all = served.reduce((sum, bytes) => sum + bytes, 0);
  expect(all).toBeGreaterThan(content.length);
  expect(all).toBeLessThan(content.length + 24 * mebibyte);
});
