import { describe, expect, test } from 'vitest';
import { NodeWorld, SharedWorld } from './node-world.js';

describe('a node whose disk is full', () => {
  test('goes on when it cannot note that a device came or went', async () => {
    const shared = new SharedWorld();
    const laptop = await new NodeWorld(shared, 'SimLaptop').start();
    const desktop = await new NodeWorld(shared, 'SimDesktop').start();
    const { invite } = await shared.complete(laptop.node.control.invite({}));
    await shared.complete(desktop.node.control.join(invite));
    await shared.until(() => laptop.node.engine.isConnected('SimDesktop' as never));
    const stillFull = laptop.disk.faults.failWhile('ENOSPC', ({ path }) => path.includes('config'));
    await shared.complete(desktop.node.stop());
    await shared.until(() => !laptop.node.engine.isConnected('SimDesktop' as never));
    await shared.until(() => laptop.warnings.includes('the configuration cannot be written'));
    stillFull();
    expect((await shared.complete(laptop.node.control.status())).name).toBe('SimLaptop');
  });
});
