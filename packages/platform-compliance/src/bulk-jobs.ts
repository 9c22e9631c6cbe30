/** The jobs of the bulk runners' suite, apart from it, so that a worker thread can load them. */
import { AppError, type BulkJob, filePathFrom } from '@holdfast/platform';

export interface TicketInput {
  /** [0] counts the jobs that began; shared by all threads. */
  readonly shared: Int32Array;
}

export const echoJob: BulkJob<unknown, unknown> = {
  name: 'compliance-echo',
  perform: (input) => input,
};

/** Which one it is of those that began. */
export const ticketJob: BulkJob<TicketInput, number> = {
  name: 'compliance-ticket',
  perform: ({ shared }) => Atomics.add(shared, 0, 1),
};

export const growJob: BulkJob<number[], number[]> = {
  name: 'compliance-grow',
  perform(input) {
    input.push(input.length);
    return input;
  },
};

export const fillJob: BulkJob<number, Uint8Array> = {
  name: 'compliance-fill',
  perform: (length) => new Uint8Array(length).fill(7),
  transfer: (output) => [output.buffer as ArrayBuffer],
};

class ErrorOfAClass extends AppError {
  readonly names = ['only', 'here'];
}

export type Failure = 'app-error' | 'class' | 'system' | 'text' | 'not-clonable';

export const failJob: BulkJob<Failure, unknown> = {
  name: 'compliance-fail',
  perform(failure, { fileSystem }) {
    switch (failure) {
      case 'app-error': {
        const cause = Object.assign(new Error('no room'), { code: 'ENOSPC' });
        throw new AppError('disk_full', 'Full.', { hint: 'Free some.', kind: 'retry', cause });
      }
      case 'class':
        throw new ErrorOfAClass('of_a_class', 'More than its fields.');
      case 'system':
        return fileSystem.stat(filePathFrom('/there is no such thing'));
      case 'text':
        throw 'just text';
      case 'not-clonable':
        return () => 'a function';
    }
  },
};

export const complianceJobs = [echoJob, ticketJob, growJob, fillJob, failJob];
