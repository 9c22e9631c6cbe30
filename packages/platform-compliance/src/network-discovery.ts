/**
 * What a `Network` on a local network must do about the devices there, written against the seam
 * alone. Real multicast needs a network of its own: there, the end-to-end tests ask for the same.
 */
import { type Admission, maxDiscoveredAddresses, type Network } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { NetworkSetup } from './network.js';

const protocols = {
  members: ['/holdfast/compliance/1'],
  pairing: '/holdfast/compliance-pairing/1',
};

/** Runs the suite; `setup` is called before each test, and its networks must hear each other. */
export function describeNetworkDiscovery(name: string, setup: () => Promise<NetworkSetup>): void {
  describe(`Network discovery: ${name}`, () => {
    let current: NetworkSetup;
    let started: Network[] = [];
    let ids: string[] = [];

    beforeEach(async () => {
      started = [];
      current = await setup();
    });
    afterEach(async () => {
      await Promise.all(started.map((network) => network.stop()));
      await current.dispose();
    });

    /** A started network that admits `members` and notes what it hears of whom. */
    async function start(network: Network, admit: (device: string) => Admission) {
      const heard = new Map<string, readonly string[]>();
      started.push(network);
      const onDiscovered = (device: string, addresses: readonly string[]) => {
        heard.set(device, addresses);
      };
      const ignore = () => undefined;
      const members = () => ids.filter((device) => admit(device) === 'member');
      const inviteKeys = () => [];
      const handlers = {
        admit,
        members,
        inviteKeys,
        onConnection: ignore,
        onChannel: ignore,
        onDiscovered,
      };
      await network.start(handlers, protocols);
      return { network, id: network.localDevice, heard };
    }

    async function startThree(admissionOfCarol: Admission) {
      const networks = [await current.create(), await current.create(), await current.create()];
      const [first, second, third] = networks as [Network, Network, Network];
      ids = networks.map((network) => network.localDevice);
      const admit = (device: string) =>
        device === third.localDevice ? admissionOfCarol : ('member' as const);
      const alice = await start(first, admit);
      const carol = await start(third, () => 'member');
      const bob = await start(second, admit);
      return { alice, bob, carol };
    }

    test('members hear of each other, whoever came first, where they can be dialled', async () => {
      const { alice, bob } = await startThree('member');
      await vi.waitUntil(() => alice.heard.has(bob.id) && bob.heard.has(alice.id));
      const addresses = bob.heard.get(alice.id) ?? [];
      expect(addresses.length).toBeLessThanOrEqual(maxDiscoveredAddresses);
      const connection = await bob.network.dial(alice.id, addresses);
      expect(connection.remoteDevice).toBe(alice.id);
    });

    test.each(['pairing', 'refuse'] as const)(
      'nothing is told of a device whose admission is %s',
      async (admission) => {
        const { alice, bob, carol } = await startThree(admission);
        await vi.waitUntil(() => carol.heard.has(alice.id) && carol.heard.has(bob.id));
        await vi.waitUntil(() => alice.heard.has(bob.id) && bob.heard.has(alice.id));
        expect([...alice.heard.keys()]).toEqual([bob.id]);
        expect([...bob.heard.keys()]).toEqual([alice.id]);
      },
    );

    test('a device does not hear itself', async () => {
      const { alice, bob } = await startThree('member');
      await vi.waitUntil(() => alice.heard.has(bob.id));
      expect(alice.heard.has(alice.id)).toBe(false);
    });
  });
}
