import { createLibp2pNetwork, generateIdentity } from '@holdfast/network-libp2p';
import { silentLogger } from '@holdfast/platform';
import { describeNetwork } from '@holdfast/platform-compliance';
import { realClock, realRandom } from './real-clock.js';

describeNetwork('libp2p over loopback', async () => ({
  create: async () =>
    createLibp2pNetwork({
      identity: await generateIdentity(),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      logger: silentLogger,
      clock: realClock,
      random: realRandom,
      discovery: false,
    }),
  dispose: async () => undefined,
}));
