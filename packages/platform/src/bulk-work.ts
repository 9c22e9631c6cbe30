/**
 * Bulk file work: walk, stat, read, chunk, hash, compress, write, sync, rename. A job is a synchronous
 * function of its input and the tools it is given. The real runner performs it in a worker thread,
 * the simulation inline. Inputs and outputs are plain data (structured clone): no classes.
 */
import type { Compressor } from './compressor.js';
import type { FileSystem } from './file-system.js';
import type { Hasher } from './hasher.js';

export interface BulkTools {
  readonly fileSystem: FileSystem;
  readonly hasher: Hasher;
  readonly compressor: Compressor;
  /** Wall-clock milliseconds since the Unix epoch. */
  readonly now: () => number;
}

export interface BulkJob<Input, Output> {
  /** Unique among all jobs; a worker finds the job by it. */
  readonly name: string;
  perform(input: Input, tools: BulkTools): Output;
  /** Buffers of the output that may be moved instead of copied. */
  transfer?(output: Output): ArrayBuffer[];
}

export interface BulkRunner {
  /**
   * Performs the job and gives its output. `transfer` names buffers of the input that are handed
   * over and may not be used afterwards. Jobs begin in the order of their arrival. What the job
   * throws is thrown here as an Error, or as an AppError with its `code`, message, hint, kind and
   * causes; of other classes and fields nothing is left.
   */
  run<Input, Output>(
    job: BulkJob<Input, Output>,
    input: Input,
    transfer?: ArrayBuffer[],
  ): Promise<Output>;
  /** How many jobs can make progress at once. */
  readonly parallelism: number;
  /**
   * Lets running jobs end; those that wait, and new ones, reject with `bulk_runner_stopped`.
   * Idempotent.
   */
  stop(): Promise<void>;
}
