/** The jobs of this package, for the node's workers. */
import { compareDirectoriesJob } from './compare-directories-job.js';
import { checkRootJob } from './folder-marker.js';
import { readIgnoreFilesJob } from './read-ignore-files.js';
import { beginLargeJob, listChunksJob, readPartJob } from './read-large-file.js';
import { listDirectoriesJob, readFilesJob, statPathsJob } from './scan-jobs.js';

export const folderScannerJobs = [
  compareDirectoriesJob,
  listDirectoriesJob,
  statPathsJob,
  readFilesJob,
  beginLargeJob,
  readPartJob,
  listChunksJob,
  readIgnoreFilesJob,
  checkRootJob,
] as const;
