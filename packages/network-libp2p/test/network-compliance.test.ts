import { silentLogger } from '@holdfast/platform';
import { describeNetwork } from '@holdfast/platform-compliance';
import { createLibp2pNetwork, generateIdentity } from '@holdfast/network-libp2p';
import { realClock } from './real-clock.js';

describeNetwork('libp2p over loopback', async () => ({
  create: async () =>
    createLibp2pNetwork({
      identity: await generateIdentity(),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      logger: silentLogger,
      clock: realClock,
    }),
  dispose: async () => undefined,
}));
