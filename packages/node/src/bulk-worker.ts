/** What runs in each worker thread: the jobs, on the real file system. */
import {
  createBlake3,
  createZstd,
  NodeFileSystem,
  serveBulkJobs,
  systemClock,
} from '@holdfast/platform-node/worker';
import { bulkJobs } from './bulk-jobs.js';

serveBulkJobs(bulkJobs, {
  fileSystem: new NodeFileSystem(),
  hasher: createBlake3(),
  compressor: createZstd(),
  now: () => systemClock.now(),
});
