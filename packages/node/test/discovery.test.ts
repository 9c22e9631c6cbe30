import { MemoryNetworkFabric } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { NodeWorld, SharedWorld } from './node-world.js';

/** All nodes are on one local network. */
class LanWorld extends SharedWorld {
  override readonly fabric = new MemoryNetworkFabric({
    schedule: this.clock.schedule,
    discovery: true,
  });
}

async function pairedNodes(shared: SharedWorld) {
  const laptop = await new NodeWorld(shared, 'SimLaptop').start();
  const desktop = await new NodeWorld(shared, 'SimDesktop').start();
  const { invite } = await shared.complete(laptop.node.control.invite({}));
  await shared.complete(desktop.node.control.join(invite));
  const areConnected = () =>
    laptop.node.engine.isConnected('SimDesktop' as never) &&
    desktop.node.engine.isConnected('SimLaptop' as never);
  await shared.until(areConnected);
  return { laptop, desktop, areConnected };
}

async function forgetAddresses(shared: SharedWorld, { node }: NodeWorld): Promise<void> {
  for (const { id } of node.config.current.devices) {
    const forget = node.config.updateDevice(id, (device) => ({
      ...device,
      staticAddresses: [],
      learnedAddresses: [],
    }));
    await shared.complete(forget);
  }
}

test('paired devices that know no address find each other, and then know it', async () => {
  const shared = new LanWorld();
  const { laptop, desktop, areConnected } = await pairedNodes(shared);
  shared.fabric.partition('SimLaptop', 'SimDesktop', 'reset');
  await shared.until(() => !areConnected());
  for (const node of [laptop, desktop]) await forgetAddresses(shared, node);
  shared.fabric.heal('SimLaptop', 'SimDesktop');
  await shared.until(areConnected);
  for (const { node } of [laptop, desktop]) {
    await shared.until(() => node.config.current.devices[0]?.learnedAddresses.length === 1);
  }
});

test('addresses that come with an invite are learned ones, so that they can go stale', async () => {
  const { laptop, desktop } = await pairedNodes(new LanWorld());
  for (const { node } of [laptop, desktop]) {
    expect(node.config.current.devices).toMatchObject([
      { staticAddresses: [], learnedAddresses: [expect.stringMatching(/^\/memory\//)] },
    ]);
  }
});
