/** Devices that find each other on the local network, and what a stranger there can do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './eventually.js';
import { LocalNetwork, missingForLocalNetwork } from './local-network.js';
import type { NodeProcess } from './node-process.js';
import { pair, useTestWorld } from './test-world.js';

interface StoredDevice {
  readonly id: string;
  staticAddresses: string[];
  learnedAddresses: string[];
}

const anyPort = ['--gui', '127.0.0.1:0', '--listen', '/ip4/0.0.0.0/tcp/0'];
const unpairedDevice = '12D3KooWGRUVh7fKMQyFJRmtmGLMJCZHXbVPSWnT8v2eoiVZPRMy';
const strangerScript = fileURLToPath(new URL('lan-stranger.mjs', import.meta.url));

function configPath(node: NodeProcess): string {
  return join(node.home, 'config.json');
}

function storedDevices(node: NodeProcess): StoredDevice[] {
  return (JSON.parse(readFileSync(configPath(node), 'utf8')) as { devices: StoredDevice[] })
    .devices;
}

/** The device knows no address of any other; it must not be running. */
function forgetAddresses(node: NodeProcess): void {
  const config = JSON.parse(readFileSync(configPath(node), 'utf8')) as { devices: StoredDevice[] };
  for (const device of config.devices)
    Object.assign(device, { staticAddresses: [], learnedAddresses: [] });
  writeFileSync(configPath(node), JSON.stringify(config));
}

async function areConnected(one: NodeProcess, other: NodeProcess): Promise<boolean> {
  const [here, there] = await Promise.all([one.status(), other.status()]);
  const sees = (status: typeof here, device: string) =>
    status.devices.some(({ id, connected }) => id === device && connected);
  return sees(here, other.device) && sees(there, one.device);
}

/** Somebody paired with nobody, in a namespace: what it heard, and who dialled it. */
class Stranger {
  readonly heard: string[] = [];
  /** Where it waits to be dialled, and by whom it was. */
  readonly ports: number[] = [];
  readonly dials: { readonly by: string; readonly port: number }[] = [];
  readonly #child: ChildProcess;

  constructor(prefix: readonly string[]) {
    const command = [...prefix, process.execPath, strangerScript];
    this.#child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const said = JSON.parse(line) as { event: string; port: number; address: string; by: string };
      if (said.event === 'listening') this.ports.push(said.port);
      if (said.event === 'heard') this.heard.push(said.address);
      if (said.event === 'dialled') this.dials.push({ by: said.by, port: said.port });
    });
  }

  claim(device: string, address: string): void {
    this.#child.stdin?.write(`${JSON.stringify({ device, address })}\n`);
  }

  heardOf(device: string): string[] {
    return this.heard.filter((address) => address.endsWith(`/p2p/${device}`));
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

const missing = missingForLocalNetwork();
const name =
  missing === undefined ? 'on a local network' : `on a local network: not run, ${missing}`;

describe.skipIf(process.platform !== 'linux' || missing !== undefined)(name, () => {
  const world = useTestWorld({ lasts: 'the whole file' });
  let network: LocalNetwork;
  let laptop: NodeProcess;
  let desktop: NodeProcess;

  beforeAll(async () => {
    network = new LocalNetwork();
    world.onClose(async () => network.close());
    [laptop, desktop] = [world.node('laptop'), world.node('desktop')];
    laptop.prefix = network.host(1);
    desktop.prefix = network.host(2);
    await Promise.all([laptop.start(anyPort), desktop.start(anyPort)]);
    await pair(laptop, desktop);
    await eventually('they are connected', () => areConnected(laptop, desktop));
  });

  test('two paired devices that know no address of each other are connected soon', async () => {
    await Promise.all([laptop.stop(), desktop.stop()]);
    for (const node of [laptop, desktop]) forgetAddresses(node);
    await Promise.all([laptop.start(anyPort), desktop.start(anyPort)]);
    await eventually('they found each other', () => areConnected(laptop, desktop));
    for (const [node, host] of [
      [laptop, '10.77.0.2'],
      [desktop, '10.77.0.1'],
    ] as const) {
      await eventually('the address is learned', () =>
        storedDevices(node)[0]!.learnedAddresses[0]?.startsWith(`/ip4/${host}/tcp/`),
      );
    }
  });

  test('one that comes back on another port is found again', async () => {
    await desktop.stop();
    forgetAddresses(desktop);
    await desktop.start(anyPort);
    await eventually('they found each other', () => areConnected(laptop, desktop));
    const [port] = desktop.ready.addresses;
    await eventually('the new address is learned, and comes first', () => {
      return storedDevices(laptop)[0]!.learnedAddresses[0] === port;
    });
  });

  test('one whose address changes while it runs is found again', async () => {
    network.move(2, 22);
    const port = desktop.ready.addresses[0]!.split('/').at(-1);
    await eventually('the laptop has its new address from the device itself', async () => {
      return storedDevices(laptop)[0]!.learnedAddresses[0] === `/ip4/10.77.0.22/tcp/${port}`;
    });
    await eventually('they are connected', () => areConnected(laptop, desktop));
  });

  test('a claim is tried and not believed, and one about a stranger is not even tried', async () => {
    const stranger = new Stranger(network.host(3));
    try {
      await eventually('the stranger listens', () => stranger.ports.length === 2);
      await desktop.stop();
      const [port, otherPort] = stranger.ports as [number, number];
      await eventually('the laptop tried the address', () => {
        stranger.claim(unpairedDevice, `/ip4/10.77.0.3/tcp/${otherPort}`);
        stranger.claim(desktop.device, `/ip4/10.77.0.3/tcp/${port}`);
        return stranger.dials.length > 0;
      });
      await desktop.start(anyPort);
      await eventually('they found each other', () => areConnected(laptop, desktop));
      expect(readFileSync(configPath(laptop), 'utf8')).not.toContain('10.77.0.3');
      const dials = stranger.dials.map((dial) => `${dial.by} ${dial.port}`);
      expect(new Set(dials)).toEqual(new Set([`10.77.0.1 ${port}`]));
    } finally {
      await stranger.stop();
    }
  });

  test('with --no-mdns a device is neither seen nor sees, and is reached where a person says', async () => {
    await Promise.all([laptop.stop(), desktop.stop()]);
    for (const node of [laptop, desktop]) forgetAddresses(node);
    const stranger = new Stranger(network.host(4));
    try {
      await Promise.all([laptop.start(anyPort), desktop.start([...anyPort, '--no-mdns'])]);
      await eventually('the stranger heard the laptop answer many times', () => {
        return stranger.heardOf(laptop.device).length >= 10;
      });
      expect(stranger.heardOf(desktop.device)).toEqual([]);
      expect(await areConnected(laptop, desktop)).toBe(false);
      await desktop.ask('device', 'address', 'laptop', 'add', laptop.ready.addresses[0]!);
      await eventually('they are connected', () => areConnected(laptop, desktop));
    } finally {
      await stranger.stop();
    }
  });
});
