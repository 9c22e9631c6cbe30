/** Devices that find each other on the local network, and what a stranger there can do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodingsOfId } from './encodings-of-id.js';
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
  readonly heard: { readonly from: string; readonly bytes: Buffer }[] = [];
  readonly dialledBy: string[] = [];
  isListening = false;
  readonly #child: ChildProcess;

  constructor(prefix: readonly string[]) {
    const command = [...prefix, process.execPath, strangerScript];
    this.#child = spawn(command[0]!, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const said = JSON.parse(line) as { event: string; from: string; bytes: string; by: string };
      if (said.event === 'listening') this.isListening = true;
      if (said.event === 'dialled') this.dialledBy.push(said.by);
      if (said.event !== 'heard') return;
      this.heard.push({ from: said.from, bytes: Buffer.from(said.bytes, 'base64') });
    });
  }

  say(bytes: Buffer): void {
    this.#child.stdin?.write(`${JSON.stringify(bytes.toString('base64'))}\n`);
  }

  heardFrom(host: string): Buffer[] {
    return this.heard.filter(({ from }) => from === host).map(({ bytes }) => bytes);
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

  test('a stranger hears no id, name or port, and repeating what it heard leads nobody to it', async () => {
    const stranger = new Stranger(network.host(3));
    try {
      await eventually('the stranger listens', () => stranger.isListening);
      // What is announced after a start comes soon, what is announced later every half a minute.
      await desktop.stop();
      await desktop.start(anyPort);
      const host = '10.77.0.22';
      await eventually('it heard the desktop', () => stranger.heardFrom(host).length >= 2);
      await eventually('they found each other', () => areConnected(laptop, desktop));
      const heard = stranger.heardFrom(host);
      const port = Number(desktop.ready.addresses[0]!.split('/').at(-1));
      const secrets = [
        ...encodingsOfId(desktop.device),
        ...encodingsOfId(laptop.device),
        ...['laptop', 'desktop', 'holdfast', host].map((text) => Buffer.from(text)),
        Buffer.of(10, 77, 0, 22, port >> 8, port & 0xff),
      ];
      for (const packet of heard) {
        for (const secret of secrets) expect(packet.includes(secret)).toBe(false);
      }
      await desktop.stop();
      for (const packet of heard) {
        stranger.say(packet);
        for (const at of [30, 100, 400]) {
          const changed = Buffer.from(packet);
          changed[at]! ^= 1;
          stranger.say(changed);
        }
      }
      await desktop.start(anyPort);
      await eventually('they found each other again', () => areConnected(laptop, desktop));
      expect(stranger.dialledBy).toEqual([]);
      expect(readFileSync(configPath(laptop), 'utf8')).not.toContain('10.77.0.3/');
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
      const since = stranger.heard.length;
      await eventually('the stranger heard the laptop several times', () => {
        return stranger.heardFrom('10.77.0.1').length >= 4;
      });
      const later = stranger.heard.slice(since).map(({ from }) => from);
      expect(later).not.toContain('10.77.0.22');
      expect(await areConnected(laptop, desktop)).toBe(false);
      await desktop.ask('device', 'address', 'laptop', 'add', laptop.ready.addresses[0]!);
      await eventually('they are connected', () => areConnected(laptop, desktop));
    } finally {
      await stranger.stop();
    }
  });
});
