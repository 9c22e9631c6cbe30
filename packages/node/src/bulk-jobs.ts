/** Every bulk job of a node, by the packages that own them. */
import { blockStoreJobs } from '@holdfast/block-store';
import { folderScannerJobs } from '@holdfast/folder-scanner';
import type { BulkJob } from '@holdfast/platform';
import { syncEngineJobs } from '@holdfast/sync-engine/sync-engine-jobs';
import { clearScratchJob, compareFilesJob } from './drill-jobs.js';
import { inspectTargetsJob } from './restore-jobs.js';
import { textDiffJob } from './text-diff-job.js';

export const bulkJobs: readonly BulkJob<never, unknown>[] = [
  ...blockStoreJobs,
  ...folderScannerJobs,
  ...syncEngineJobs,
  inspectTargetsJob,
  compareFilesJob,
  clearScratchJob,
  textDiffJob,
];
