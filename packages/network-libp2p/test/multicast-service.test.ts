/** One run of announcing and hearing, on the real group, for devices that nobody has. */
import { generateIdentity } from '@holdfast/network-libp2p';
import { silentLogger } from '@holdfast/platform';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createMulticastService } from '../src/multicast-service.js';
import { longestAnnouncementPauseMs } from '../src/network-limits.js';
import { SharedKeys } from '../src/shared-keys.js';
import { ManualClock } from './manual-clock.js';
import { realRandom } from './real-clock.js';

test('interfaces that cannot be looked at now are looked at again the next time', async () => {
  const clock = new ManualClock();
  let looks = 0;
  const service = createMulticastService({
    keys: new SharedKeys(await generateIdentity()),
    members: () => [],
    addresses: () => [],
    // What the machine says to a process that has no handle left, once it is started.
    interfaces: () => {
      looks++;
      if (looks > 1) throw new Error('too many open files');
      return [];
    },
    clock,
    random: realRandom,
    logger: silentLogger,
  });
  onTestFinished(() => service.stop());
  await service.start(() => undefined);
  await vi.waitFor(() => {
    clock.advance(longestAnnouncementPauseMs);
    expect(looks).toBeGreaterThan(3);
  }, 60_000);
});
