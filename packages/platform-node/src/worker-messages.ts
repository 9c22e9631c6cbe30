/** What a worker pool and its workers say to each other: structured-clone data only. */
import type { ErrorData } from '@holdfast/platform';

export interface JobRequest {
  readonly jobName: string;
  readonly input: unknown;
  /** Memory that came with the input; the worker lets go of it when the job is done. */
  readonly given: readonly ArrayBuffer[];
}

export type JobReply =
  | { readonly type: 'done'; readonly output: unknown }
  | { readonly type: 'failed'; readonly error: ErrorData };
