/**
 * Bulk work in a few worker threads. It owns the threads, started when first needed and ended when
 * they had nothing to do for long, and a queue in order of arrival. Invariant: a worker has at most
 * one job, and each accepted job is answered exactly once, also when its worker dies.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  AppError,
  type BulkJob,
  type BulkRunner,
  type Clock,
  errorFromData,
  errorMessage,
  type Timer,
} from '@holdfast/platform';
import { holdYoungGeneration, workerLimits } from './heap-growth.js';
import { systemClock } from './system-clock.js';
import type { JobReply, JobRequest } from './worker-messages.js';

export interface WorkerPoolOptions {
  /** A JavaScript module that calls `serveBulkJobs`. */
  readonly workerUrl: URL;
  /** How many threads; unless given, one for each processor, at most four. */
  readonly size?: number;
  /** Given to each worker as its `workerData`; plain data. */
  readonly workerData?: unknown;
  /** When a thread has had nothing to do for long; the system's, unless given. */
  readonly clock?: Pick<Clock, 'monotonic' | 'setTimer'>;
}

const maxDefaultSize = 4;
/** A thread costs some 7 MB at rest, and 70 ms to start. */
const idleMs = 60_000;
/** Jobs that wait; one more is refused with `pool_overloaded`. */
const maxQueuedJobs = 10_000;

interface PendingJob {
  readonly request: JobRequest;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface PoolWorker {
  readonly thread: Worker;
  job: PendingJob | undefined;
  idleSinceMs: number;
}

export class WorkerPool implements BulkRunner {
  readonly parallelism: number;
  readonly #options: WorkerPoolOptions;
  readonly #clock: Pick<Clock, 'monotonic' | 'setTimer'>;
  readonly #workers = new Set<PoolWorker>();
  readonly #queue: PendingJob[] = [];
  #stopping: Promise<void> | undefined;
  #idleTimer: Timer | undefined;
  #onIdle: (() => void) | undefined;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.parallelism = Math.max(
      1,
      options.size ?? Math.min(availableParallelism(), maxDefaultSize),
    );
  }

  run<Input, Output>(
    job: BulkJob<Input, Output>,
    input: Input,
    transfer: ArrayBuffer[] = [],
  ): Promise<Output> {
    if (this.#stopping !== undefined) return Promise.reject(poolStopped(job.name));
    if (this.#queue.length >= maxQueuedJobs) return Promise.reject(poolOverloaded(job.name));
    return new Promise<Output>((resolve, reject) => {
      this.#queue.push({
        request: { jobName: job.name, input, given: transfer },
        resolve: (output) => resolve(output as Output),
        reject,
      });
      this.#dispatch();
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.#idleTimer?.cancel();
    for (const { request, reject } of this.#queue.splice(0)) reject(poolStopped(request.jobName));
    if ([...this.#workers].some((worker) => worker.job !== undefined)) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await Promise.all([...this.#workers].map((worker) => worker.thread.terminate()));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idleWorker();
      if (worker === undefined) return;
      const job = this.#queue.shift();
      if (job !== undefined) assign(worker, job);
    }
  }

  #idleWorker(): PoolWorker | undefined {
    for (const worker of this.#workers) if (worker.job === undefined) return worker;
    return this.#workers.size < this.parallelism ? this.#startWorker() : undefined;
  }

  #startWorker(): PoolWorker {
    const thread = new Worker(this.#options.workerUrl, {
      workerData: this.#options.workerData,
      resourceLimits: workerLimits,
    });
    thread.once('online', holdYoungGeneration);
    const worker: PoolWorker = { thread, job: undefined, idleSinceMs: this.#clock.monotonic() };
    this.#workers.add(worker);
    let failure: unknown;
    thread.on('message', (reply: JobReply) => this.#finish(worker, reply));
    thread.on('error', (error) => {
      failure = error;
    });
    thread.on('messageerror', (error) => {
      failure = error;
      void thread.terminate();
    });
    thread.on('exit', (exitCode) => this.#bury(worker, failure, exitCode));
    return worker;
  }

  #finish(worker: PoolWorker, reply: JobReply): void {
    const { job } = worker;
    worker.job = undefined;
    worker.idleSinceMs = this.#clock.monotonic();
    // An idle worker does not keep the process alive.
    worker.thread.unref();
    if (reply.type === 'done') job?.resolve(reply.output);
    else job?.reject(errorFromData(reply.error));
    this.#continue();
  }

  #bury(worker: PoolWorker, failure: unknown, exitCode: number): void {
    this.#workers.delete(worker);
    const { job } = worker;
    worker.job = undefined;
    job?.reject(workerDied(job.request.jobName, failure, exitCode));
    this.#continue();
  }

  #continue(): void {
    this.#dispatch();
    if ([...this.#workers].every((worker) => worker.job === undefined)) this.#onIdle?.();
    this.#watchIdle();
  }

  #watchIdle(): void {
    if (this.#idleTimer !== undefined || this.#workers.size === 0) return;
    if (this.#stopping !== undefined) return;
    this.#idleTimer = this.#clock.setTimer(idleMs, () => {
      this.#idleTimer = undefined;
      this.#endIdle();
      this.#watchIdle();
    });
  }

  /** Ends threads that had nothing to do for long. */
  #endIdle(): void {
    const until = this.#clock.monotonic() - idleMs;
    for (const worker of this.#workers) {
      if (worker.job !== undefined || worker.idleSinceMs > until) continue;
      this.#workers.delete(worker);
      void worker.thread.terminate();
    }
  }
}

/** An input that cannot be cloned fails its own job and leaves the worker idle. */
function assign(worker: PoolWorker, job: PendingJob): void {
  try {
    worker.thread.postMessage(job.request, job.request.given);
    worker.job = job;
    worker.thread.ref();
  } catch (error) {
    worker.thread.unref();
    job.reject(error);
  }
}

function poolStopped(jobName: string): AppError {
  return new AppError(
    'bulk_runner_stopped',
    `The job ${jobName} was not begun: the node is stopping.`,
    {
      kind: 'permanent',
    },
  );
}

function poolOverloaded(jobName: string): AppError {
  return new AppError(
    'pool_overloaded',
    `The job ${jobName} was not begun: ${maxQueuedJobs} others wait already.`,
    { kind: 'retry', hint: 'It can be tried again when some of them are done.' },
  );
}

function workerDied(jobName: string, failure: unknown, exitCode: number): AppError {
  const reason = failure === undefined ? `exit code ${exitCode}` : errorMessage(failure);
  return new AppError(
    'worker_died',
    `A worker thread ended during the job ${jobName}: ${reason}.`,
    {
      kind: 'retry',
      hint: 'What the job had not finished is not counted as done. A new worker takes its place.',
      cause: failure,
    },
  );
}
