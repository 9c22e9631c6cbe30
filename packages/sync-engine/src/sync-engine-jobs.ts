/** Every bulk job of the engine, for the worker that performs them. */
import { letGoJob } from './held-keeper.js';
import { placeJob, stageJob } from './place-jobs.js';
import { readBlocksJob } from './serve-jobs.js';

export const syncEngineJobs = [placeJob, stageJob, readBlocksJob, letGoJob] as const;
