/** A laptop and a desktop with one folder, all of whose bytes pass a proxy that counts and can cut them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CountingProxy, portOf } from './counting-proxy.js';
import { eventually } from './eventually.js';
import { defaultUp, type NodeProcess } from './node-process.js';
import { pair, shareFolder, type TestWorld } from './test-world.js';

export interface ProxiedPair {
  readonly laptop: NodeProcess;
  readonly desktop: NodeProcess;
  readonly laptopTree: string;
  readonly desktopTree: string;
  readonly proxy: CountingProxy;
}

/** The folder is called `docs`; the desktop is known by the proxy's address only, and dials nobody. */
export async function proxiedPair(world: TestWorld): Promise<ProxiedPair> {
  const [laptop, desktop] = await world.startNodes('laptop', 'desktop');
  await pair(laptop, desktop);
  const laptopTree = world.directory('docs');
  const desktopTree = world.path('there');
  await shareFolder(laptop, laptopTree, [[desktop, desktopTree]]);
  await laptop.inSync();
  await desktop.stop();
  await laptop.stop();
  const [listening] = desktop.ready.addresses;
  const proxy = new CountingProxy(portOf(listening!));
  world.onClose(() => proxy.stop());
  const address = await proxy.start();
  for (const node of [laptop, desktop]) leaveLocalNetwork(node);
  // Each tells the other where it listens, which on a busy machine may be faster than the proxy.
  laptop.upPrefix = dialling(portOf(address));
  desktop.upPrefix = dialling();
  await laptop.start(defaultUp);
  await laptop.ask('device', 'address', 'desktop', 'remove', listening!);
  await desktop.start();
  await laptop.ask('device', 'address', 'desktop', 'add', address);
  await eventually('they are connected', async () => {
    const { devices } = await laptop.status();
    return devices.some(({ connected }) => connected);
  });
  return { laptop, desktop, laptopTree, desktopTree, proxy };
}

/** A node under it dials these ports and no other. */
function dialling(...ports: readonly number[]): readonly string[] {
  const preload = fileURLToPath(new URL('./dials-only.cjs', import.meta.url));
  const { NODE_OPTIONS: given = '' } = process.env;
  const options = `${given} --require=${preload}`.trim();
  return ['env', `HOLDFAST_TEST_DIALS=${ports.join(',')}`, `NODE_OPTIONS=${options}`];
}

/** What is found on the local network would be dialled past the proxy. */
export function leaveLocalNetwork(node: NodeProcess): void {
  const path = join(node.home, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...config, mdns: false }), { mode: 0o600 });
}

/** Both say that nothing is left to do. */
export async function settlePair({ laptop, desktop }: ProxiedPair): Promise<void> {
  await laptop.ask('folder', 'rescan', 'docs');
  await desktop.ask('folder', 'rescan', 'docs');
  await laptop.inSync();
  await desktop.inSync();
}
