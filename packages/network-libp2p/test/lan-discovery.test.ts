import { silentLogger } from '@holdfast/platform';
import { expect, onTestFinished, test, vi } from 'vitest';
import { LanDiscovery } from '../src/lan-discovery.js';
import type { MulticastService } from '../src/multicast-service.js';
import { interfaceCheckMs } from '../src/network-limits.js';
import { ManualClock } from './manual-clock.js';

const patienceMs = 60_000;
const lan = { address: '192.168.1.7', netmask: '255.255.255.0' };
const otherLan = { address: '10.0.0.7', netmask: '255.255.255.0' };
const reachable = ['/ip4/192.168.1.7/tcp/22600', '/ip4/127.0.0.1/tcp/22600'];

/** Discovery on services that only note what is done with them. */
function startDiscovery(options: { addresses?: readonly string[]; failing?: boolean } = {}) {
  const clock = new ManualClock();
  const world = {
    clock,
    addresses: options.addresses ?? reachable,
    interfaces: [lan],
    look: () => world.interfaces,
    acts: [] as string[],
    found: [] as [string, readonly string[]][],
    changes: 0,
    looks: 0,
    /** What a packet claims, as the newest service hears it. */
    claim: (_device: string, _addresses: readonly string[]) => undefined as unknown,
  };
  let count = 0;
  const create = (): MulticastService => {
    const name = ++count;
    return {
      async start(onPeer) {
        world.acts.push(`start ${name}`);
        if (options.failing && name === 1) throw new Error('no socket');
        world.claim = onPeer;
      },
      async stop() {
        world.acts.push(`stop ${name}`);
      },
    };
  };
  const discovery = new LanDiscovery({
    create,
    addresses: () => {
      world.looks++;
      return world.addresses;
    },
    interfaces: () => world.look(),
    clock,
    logger: silentLogger,
    onFound: (device, addresses) => world.found.push([device, addresses]),
    onInterfacesChanged: () => world.changes++,
  });
  discovery.start();
  onTestFinished(() => discovery.stop());
  return { world, acts: world.acts, clock, discovery };
}

const until = (acts: readonly string[], expected: readonly string[]) =>
  vi.waitFor(() => expect(acts).toEqual(expected), patienceMs);

test('what is heard is handed on without what lies outside the local network', async () => {
  const { world, acts } = startDiscovery();
  await until(acts, ['start 1']);
  world.claim('them', ['/ip4/127.0.0.1/tcp/5', '/ip4/192.168.1.9/tcp/5', '/ip4/8.8.8.8/tcp/53']);
  world.claim('nobody', ['/ip4/8.8.8.8/tcp/53']);
  expect(world.found).toEqual([['them', ['/ip4/192.168.1.9/tcp/5']]]);
});

test('a change of interfaces makes a new service, and only such a change', async () => {
  const { world, acts, clock } = startDiscovery();
  await until(acts, ['start 1']);
  clock.advance(interfaceCheckMs * 3);
  world.interfaces = [otherLan];
  clock.advance(interfaceCheckMs);
  await until(acts, ['start 1', 'stop 1', 'start 2']);
  clock.advance(interfaceCheckMs * 3);
  expect(world.changes).toBe(1);
  world.claim('them', ['/ip4/10.0.0.9/tcp/5']);
  expect(world.found).toEqual([['them', ['/ip4/10.0.0.9/tcp/5']]]);
});

test('a device that listens on loopback alone keeps out until it can be reached', async () => {
  const { world, acts, clock } = startDiscovery({ addresses: ['/ip4/127.0.0.1/tcp/22600'] });
  await vi.waitFor(() => expect(world.looks).toBe(1), patienceMs);
  expect(acts).toEqual([]);
  world.addresses = reachable;
  world.interfaces = [lan, otherLan];
  clock.advance(interfaceCheckMs);
  await until(acts, ['start 1']);
});

test('a service that cannot start is tried again when the interfaces changed', async () => {
  const { world, acts, clock } = startDiscovery({ failing: true });
  await until(acts, ['start 1']);
  world.interfaces = [otherLan];
  clock.advance(interfaceCheckMs);
  await until(acts, ['start 1', 'stop 1', 'start 2']);
});

test('a look at the interfaces that fails changes nothing, and the next one is taken', async () => {
  const { world, acts, clock } = startDiscovery();
  await until(acts, ['start 1']);
  world.look = () => {
    throw new Error('too many open files');
  };
  clock.advance(interfaceCheckMs * 2);
  world.look = () => [otherLan];
  clock.advance(interfaceCheckMs);
  await until(acts, ['start 1', 'stop 1', 'start 2']);
  expect(world.changes).toBe(1);
});

test('nothing is told and nothing is started after the end', async () => {
  const { world, acts, clock, discovery } = startDiscovery();
  await until(acts, ['start 1']);
  const { claim } = world;
  await discovery.stop();
  claim('them', ['/ip4/192.168.1.9/tcp/5']);
  world.interfaces = [otherLan];
  clock.advance(interfaceCheckMs * 2);
  await discovery.stop();
  expect(acts).toEqual(['start 1', 'stop 1']);
  expect(world.found).toEqual([]);
});
