/** The jobs of this package, for the node's workers. */
import { listChunksJob, readPartJob } from './read-large-file.js';
import { listDirectoriesJob, readFilesJob, statPathsJob } from './scan-jobs.js';

export const folderScannerJobs = [
  listDirectoriesJob,
  statPathsJob,
  readFilesJob,
  readPartJob,
  listChunksJob,
] as const;
