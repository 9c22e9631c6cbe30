/** Every job of this package, for the workers to find by name. */
import { listEntries } from './list-entries-job.js';
import { openBlocksJob } from './open-blocks.js';
import { appendEntries, sealSegment, syncSegment } from './segment-jobs.js';
import { readEntries, scanEntries } from './segment-read-jobs.js';
import { recoverSegments } from './segment-recovery.js';
import { freeSegment } from './freed-segment.js';
import { surveySegment } from './survey-job.js';
import { verifyPart } from './verify-job.js';

export const blockStoreJobs = [
  recoverSegments,
  appendEntries,
  syncSegment,
  sealSegment,
  readEntries,
  scanEntries,
  listEntries,
  openBlocksJob,
  verifyPart,
  surveySegment,
  freeSegment,
] as const;
