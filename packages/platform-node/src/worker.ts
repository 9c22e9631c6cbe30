/**
 * What a worker thread needs of this package. An entry of its own: a thread loads no database, no
 * log and no watcher.
 */
export { createBlake3 } from './blake3-hasher.js';
export { NodeFileSystem } from './node-file-system.js';
export { serveBulkJobs } from './serve-bulk-jobs.js';
export { systemClock } from './system-clock.js';
export { createZstd } from './zstd-compressor.js';
