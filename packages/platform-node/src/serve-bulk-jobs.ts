/** The worker's side of a pool: performs one job at a time and answers each request once. */
import { parentPort } from 'node:worker_threads';
import { AppError, assert, type BulkJob, type BulkTools, errorDataFrom } from '@holdfast/platform';
import { releaseMemory } from './release-memory.js';
import type { JobReply, JobRequest } from './worker-messages.js';

/** A job of any input and output; only the pool knows which belong together. */
export type AnyBulkJob = BulkJob<never, unknown>;

/** Called once, by the module that a `WorkerPool` was given as its `workerUrl`. */
export function serveBulkJobs(jobs: readonly AnyBulkJob[], tools: BulkTools): void {
  const port = parentPort;
  assert(port !== null, 'serveBulkJobs runs in a worker thread');
  const byName = new Map(jobs.map((job) => [job.name, job]));
  assert(byName.size === jobs.length, 'job names are unique');
  port.on('message', (request: JobRequest) => {
    try {
      const { output, transfer } = perform(byName, request, tools);
      port.postMessage({ type: 'done', output } satisfies JobReply, transfer);
    } catch (error) {
      port.postMessage({ type: 'failed', error: errorDataFrom(error) } satisfies JobReply);
    }
    releaseMemory(request.given);
  });
}

function perform(
  jobs: ReadonlyMap<string, AnyBulkJob>,
  request: JobRequest,
  tools: BulkTools,
): { readonly output: unknown; readonly transfer: ArrayBuffer[] } {
  const job = jobs.get(request.jobName);
  if (job === undefined) {
    throw new AppError('unknown_job', `The worker does not know the job ${request.jobName}.`, {
      kind: 'permanent',
    });
  }
  const output = job.perform(request.input as never, tools);
  return { output, transfer: job.transfer?.(output) ?? [] };
}
