/**
 * The suite that every `BulkRunner` passes. The runner under test performs the jobs of
 * `complianceJobs`, one at a time.
 */
import { AppError, type BulkRunner } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { echoJob, type Failure, failJob, fillJob, growJob, ticketJob } from './bulk-jobs.js';
import { rejectionCode } from './thrown-code.js';

export function describeBulkRunner(name: string, setup: () => BulkRunner): void {
  describe(`${name} as a BulkRunner`, () => {
    let current: BulkRunner | undefined;
    beforeEach(() => {
      current = setup();
    });
    afterEach(() => current?.stop());
    const runner = () => {
      if (current === undefined) throw new Error('used outside a test');
      return current;
    };
    testValues(runner);
    testErrors(runner);
    testStopping(runner);
  });
}

function testValues(runner: () => BulkRunner): void {
  test('plain data goes in and comes out the same', async () => {
    const input = {
      list: [1, 'two', 3n, null],
      bytes: Uint8Array.of(1, 2),
      map: new Map([[1, 2]]),
    };
    expect(await runner().run(echoJob, input)).toEqual(input);
    expect(await runner().run(echoJob, undefined)).toBeUndefined();
  });

  test('neither input nor output is shared', async () => {
    const input = [5];
    const output = await runner().run(growJob, input);
    expect([input, output]).toEqual([[5], [5, 1]]);
  });

  test('what is transferred may not be used afterwards; what is not, may', async () => {
    const moved = new Uint8Array(1000).fill(3);
    const kept = new Uint8Array(10).fill(4);
    const back = runner().run(echoJob, { moved, kept }, [moved.buffer]);
    expect([moved.byteLength, kept.byteLength]).toEqual([0, 10]);
    expect(await back).toEqual({ moved: new Uint8Array(1000).fill(3), kept });
  });

  test('an output comes whole where its buffers are moved', async () => {
    expect(await runner().run(fillJob, 100_000)).toEqual(new Uint8Array(100_000).fill(7));
  });

  test('jobs begin in the order of their arrival', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const tickets = Array.from({ length: 50 }, () => runner().run(ticketJob, { shared }));
    expect(await Promise.all(tickets)).toEqual(Array.from({ length: 50 }, (_, at) => at));
    expect(runner().parallelism).toBe(1);
  });
}

function testErrors(runner: () => BulkRunner): void {
  const failure = async (kind: Failure): Promise<unknown> => {
    try {
      await runner().run(failJob, kind);
    } catch (error) {
      return error;
    }
    throw new Error('nothing was thrown');
  };

  test('an AppError comes with code, message, hint, kind and cause', async () => {
    const error = await failure('app-error');
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      name: 'AppError',
      code: 'disk_full',
      message: 'Full.',
      hint: 'Free some.',
      kind: 'retry',
      cause: { code: 'ENOSPC', message: 'no room' },
    });
  });

  test('of an error of another class no more comes than of an AppError', async () => {
    const error = await failure('class');
    expect(error).toMatchObject({ code: 'of_a_class', message: 'More than its fields.' });
    expect(Object.getPrototypeOf(error)).toBe(AppError.prototype);
    expect(error).not.toHaveProperty('names');
  });

  test("the system's code comes, and what is no Error becomes one", async () => {
    expect(await failure('system')).toMatchObject({ code: 'ENOENT' });
    const text = await failure('text');
    expect(text).toBeInstanceOf(Error);
    expect(text).toMatchObject({ message: 'just text' });
  });

  test('what cannot be cloned fails its own job, and the next one is done', async () => {
    await expect(runner().run(echoJob, () => 'function')).rejects.toThrow('could not be cloned');
    expect(await failure('not-clonable')).toMatchObject({
      message: expect.stringContaining('could not be cloned'),
    });
    expect(await runner().run(echoJob, 'still there')).toBe('still there');
  });
}

function testStopping(runner: () => BulkRunner): void {
  test('stop lets the running job end, refuses those that wait and new ones, and is idempotent', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const running = runner().run(ticketJob, { shared });
    const waiting = [1, 2].map(() => runner().run(ticketJob, { shared }));
    const refused = Promise.all(waiting.map(rejectionCode));
    const stopping = runner().stop();
    expect(await rejectionCode(runner().run(echoJob, 'new'))).toBe('bulk_runner_stopped');
    expect(await refused).toEqual(['bulk_runner_stopped', 'bulk_runner_stopped']);
    expect(await running).toBe(0);
    await stopping;
    expect(shared[0]).toBe(1);
    await runner().stop();
  });
}
