/**
 * Bulk jobs without threads: each is performed in one microtask. Inputs and outputs are cloned, so
 * that a job which relies on shared memory fails here too. Jobs of a node that ended never settle.
 */
import {
  AppError,
  type BulkJob,
  type BulkRunner,
  type BulkTools,
  type Clock,
  errorDataFrom,
  errorFromData,
  type Compressor,
  type FileSystem,
  type Hasher,
} from '@holdfast/platform';
import { KillSwitch, SimulatedCrash } from './kill-switch.js';
import { realZstd } from './real-zstd.js';

export interface InlineBulkRunnerOptions {
  readonly fileSystem: FileSystem;
  readonly hasher: Hasher;
  readonly compressor?: Compressor;
  readonly clock: Pick<Clock, 'now'>;
  readonly killSwitch?: KillSwitch;
}

export class InlineBulkRunner implements BulkRunner {
  readonly parallelism = 1;
  readonly #tools: BulkTools;
  readonly #killSwitch: KillSwitch;
  readonly #running = new Set<Promise<unknown>>();
  #stopped = false;

  constructor(options: InlineBulkRunnerOptions) {
    const { fileSystem, hasher, compressor = realZstd, clock } = options;
    this.#tools = { fileSystem, hasher, compressor, now: () => clock.now() };
    this.#killSwitch = options.killSwitch ?? new KillSwitch();
  }

  async run<Input, Output>(
    job: BulkJob<Input, Output>,
    input: Input,
    transfer: ArrayBuffer[] = [],
  ): Promise<Output> {
    if (this.#stopped) throw runnerStopped(job.name);
    const given = structuredClone(input, { transfer });
    const waits = this.#running.size > 0;
    const work = this.#killSwitch.whileAlive(() => {
      if (this.#stopped && waits) throw runnerStopped(job.name);
      return this.#perform(job, given);
    });
    const ended = work.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(ended);
    try {
      return await work;
    } finally {
      this.#running.delete(ended);
    }
  }

  /** What is thrown loses its class, as it does on the way out of a thread. */
  #perform<Input, Output>(job: BulkJob<Input, Output>, given: Input): Output {
    try {
      const output = job.perform(given, this.#tools);
      return structuredClone(output, { transfer: job.transfer?.(output) ?? [] });
    } catch (error) {
      if (error instanceof SimulatedCrash) throw error;
      throw errorFromData(errorDataFrom(error));
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }
}

function runnerStopped(jobName: string): AppError {
  return new AppError('bulk_runner_stopped', `The job ${jobName} was not begun: the node stops.`, {
    kind: 'permanent',
  });
}
