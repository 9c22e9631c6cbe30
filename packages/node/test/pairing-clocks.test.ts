/** Pairing does not depend on two clocks that agree. */
import { describe, expect, test } from 'vitest';
import { NodeWorld, SharedWorld } from './node-world.js';

const yearMs = 365 * 24 * 60 * 60 * 1000;

async function invited() {
  const shared = new SharedWorld();
  const host = await new NodeWorld(shared, 'SimDesktop').start();
  const guest = await new NodeWorld(shared, 'SimLaptop').start();
  const { invite } = await shared.complete(host.node.control.invite({}));
  return { shared, host, guest, invite };
}

describe('an invite', () => {
  test('lets a device in whose own clock says that it has expired', async () => {
    const { shared, host, guest, invite } = await invited();
    guest.clock.stepWallClock(10 * yearMs);
    await shared.complete(guest.node.control.join(invite));
    expect(host.node.config.current.devices).toHaveLength(1);
    expect(guest.node.config.current.devices).toHaveLength(1);
  });

  test('has expired where the clock of its maker says so', async () => {
    const { shared, host, guest, invite } = await invited();
    for (const { clock } of [host, guest]) clock.stepWallClock(yearMs);
    await expect(shared.complete(guest.node.control.join(invite))).rejects.toMatchObject({
      code: 'invite_expired',
    });
    expect(guest.node.config.current.devices).toEqual([]);
  });
});
