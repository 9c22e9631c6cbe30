/**
 * Every bulk job of the engine, for the worker that performs them. An entry of its own: a worker
 * thread loads the jobs and not the engine.
 */
import { copyTwinsJob } from './copy-twins-job.js';
import { dropAsideJob, listHeldJob } from './held-jobs.js';
import { removeIgnoredJob, removeTemporariesJob } from './leftover-jobs.js';
import { letGoJob } from './let-go-job.js';
import { moveFilesJob } from './move-files-job.js';
import { placeJob } from './place-jobs.js';
import { beginStagingJob, checkStagedJob } from './resume-jobs.js';
import { readBlocksJob } from './serve-jobs.js';
import { stageJob } from './stage-job.js';

export const syncEngineJobs = [
  placeJob,
  beginStagingJob,
  checkStagedJob,
  stageJob,
  copyTwinsJob,
  moveFilesJob,
  removeTemporariesJob,
  removeIgnoredJob,
  readBlocksJob,
  letGoJob,
  listHeldJob,
  dropAsideJob,
] as const;
