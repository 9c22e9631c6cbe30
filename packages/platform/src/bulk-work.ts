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
   * over and may not be used afterwards. What the job throws is thrown here, with its `code`,
   * message and hint kept.
   */
  run<Input, Output>(
    job: BulkJob<Input, Output>,
    input: Input,
    transfer?: ArrayBuffer[],
  ): Promise<Output>;
  /** How many jobs can make progress at once. */
  readonly parallelism: number;
  /** Waits for running jobs, refuses new ones; idempotent. */
  stop(): Promise<void>;
}
