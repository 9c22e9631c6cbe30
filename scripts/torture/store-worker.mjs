/** The threads of `store-process.mjs`: only the jobs of a store, so that they start in a moment. */
import { blockStoreJobs } from '../../packages/block-store/dist/index.js';
import {
  createBlake3,
  createZstd,
  NodeFileSystem,
  serveBulkJobs,
  systemClock,
} from '../../packages/platform-node/dist/worker.js';

serveBulkJobs(blockStoreJobs, {
  fileSystem: new NodeFileSystem(),
  hasher: createBlake3(),
  compressor: createZstd(),
  now: () => systemClock.now(),
});
