/** What a worker pool and its workers say to each other: structured-clone data only. */
import type { ErrorData } from '@holdfast/platform';

export interface JobRequest {
  readonly jobName: string;
  readonly input: unknown;
}

export type JobReply =
  | { readonly type: 'done'; readonly output: unknown }
  | { readonly type: 'failed'; readonly error: ErrorData };
