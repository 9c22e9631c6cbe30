import { spawnSync } from 'node:child_process';
import { type BulkJob, filePathFrom } from '@holdfast/platform';
import { WorkerPool } from '@holdfast/platform-node';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createTemporaryDirectory } from './temporary-directory.js';

/** The fixture loads the built package: `tsc -b` comes before these tests. */
const patienceMs = 60_000;
const workerUrl = new URL('./fixtures/worker.mjs', import.meta.url);

/** A job as its caller sees it; the worker has its own `perform`. */
function job<Input, Output>(name: string): BulkJob<Input, Output> {
  return {
    name,
    perform() {
      throw new Error('performed on the wrong side');
    },
  };
}

const echo = job<unknown, unknown>('echo');
const thread = job<undefined, number>('thread');
const wait = job<Int32Array, number>('wait');

let pools: WorkerPool[] = [];
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.stop()));
  pools = [];
});

function createPool(size: number, workerData?: unknown): WorkerPool {
  const pool = new WorkerPool({ workerUrl, size, workerData });
  pools.push(pool);
  return pool;
}

/** [0] opens the gate, [1] counts the jobs that wait at it. */
function createGate(): { shared: Int32Array; open(): void; arrived(count: number): Promise<void> } {
  const shared = new Int32Array(new SharedArrayBuffer(8));
  return {
    shared,
    open() {
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
    },
    arrived: (count) => vi.waitFor(() => expect(Atomics.load(shared, 1)).toBe(count), patienceMs),
  };
}

describe('a worker pool', () => {
  test('ends the threads that had nothing to do for a minute, and starts others', async () => {
    let nowMs = 0;
    let due: (() => void) | undefined;
    const setTimer = (_: number, callback: () => void) => {
      due = callback;
      return { cancel: () => undefined };
    };
    const pool = new WorkerPool({
      workerUrl,
      size: 2,
      clock: { monotonic: () => nowMs, setTimer },
    });
    pools.push(pool);
    // The second finds the first thread busy.
    const threads = () => Promise.all([pool.run(thread, undefined), pool.run(thread, undefined)]);
    const before = await threads();
    expect(await threads()).toEqual(before);
    nowMs = 59_999;
    due?.();
    expect(await threads()).toEqual(before);
    nowMs += 60_000;
    due?.();
    const after = await threads();
    for (const id of after) expect(before).not.toContain(id);
  });

  test('gives what the job returns, with the tools of the worker', async () => {
    const pool = createPool(1, { seed: 5 });
    const input = { list: [1, 'two', 3n], bytes: Uint8Array.of(1, 2) };
    expect(await pool.run(echo, input)).toEqual(input);
    expect(await pool.run(job('worker-data'), undefined)).toEqual({ seed: 5 });
    expect(await pool.run(job('now'), undefined)).toBe(1234);
    const digest = await pool.run(job<Uint8Array, Uint8Array>('hash'), new Uint8Array(0));
    expect(Buffer.from(digest).toString('hex')).toMatch(/^af1349b9f5f9a1a6/);
  });

  test('moves buffers instead of copying them, in and out', async () => {
    const pool = createPool(1);
    const bytes = new Uint8Array(1000).fill(7);
    const back = await pool.run(echo, bytes, [bytes.buffer]);
    expect(bytes.byteLength).toBe(0);
    expect(back).toEqual(new Uint8Array(1000).fill(7));
    expect(await pool.run(job('zeros'), 3)).toEqual(new Uint8Array(3));
  });

  test('begins jobs in order of arrival, one for each worker at a time', async () => {
    const pool = createPool(1);
    const gate = createGate();
    const order: string[] = [];
    const first = pool.run(wait, gate.shared).then(() => order.push('first'));
    const rest = ['second', 'third', 'fourth'].map((name) =>
      pool.run(echo, name).then(() => order.push(name)),
    );
    await gate.arrived(1);
    expect(order).toEqual([]);
    gate.open();
    await Promise.all([first, ...rest]);
    expect(order).toEqual(['first', 'second', 'third', 'fourth']);
  });

  test('works in as many threads as it has workers', async () => {
    const pool = createPool(3);
    const gate = createGate();
    const jobs = [1, 2, 3, 4].map(() => pool.run(wait, gate.shared));
    await gate.arrived(3);
    gate.open();
    await Promise.all(jobs);
    expect(pool.parallelism).toBe(3);
  });

  test('has between one and four workers unless told otherwise', () => {
    const { parallelism } = new WorkerPool({ workerUrl });
    expect(parallelism).toBeGreaterThanOrEqual(1);
    expect(parallelism).toBeLessThanOrEqual(4);
  });
});

describe('errors in a worker pool', () => {
  test("the operating system's code crosses, and the worker goes on", async () => {
    const pool = createPool(1);
    const { path, dispose } = createTemporaryDirectory();
    const before = await pool.run(thread, undefined);
    const missing = pool.run(job('stat'), filePathFrom(`${path}/missing`));
    await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
    const present = await pool.run(job('stat'), filePathFrom(path));
    expect(present).toMatchObject({ kind: 'directory' });
    expect(await pool.run(thread, undefined)).toBe(before);
    await dispose();
  });

  test('what is no Error, cannot be cloned or is not known fails its own job only', async () => {
    const pool = createPool(1);
    await expect(pool.run(job('throw-text'), undefined)).rejects.toThrow('just text');
    await expect(pool.run(job('not-clonable'), undefined)).rejects.toThrow('could not be cloned');
    await expect(pool.run(echo, () => 'function')).rejects.toThrow('could not be cloned');
    await expect(pool.run(job('nobody knows'), 1)).rejects.toMatchObject({ code: 'unknown_job' });
    expect(await pool.run(echo, 'still there')).toBe('still there');
  });

  test('a worker that dies fails its job and is replaced', async () => {
    const pool = createPool(1);
    const before = await pool.run(thread, undefined);
    const dying = pool.run(job('exit'), undefined);
    const behind = pool.run(thread, undefined);
    await expect(dying).rejects.toMatchObject({
      code: 'worker_died',
      message: 'A worker thread ended during the job exit: exit code 7.',
    });
    expect(await behind).not.toBe(before);
  });

  test('a worker that crashes between two jobs is replaced', async () => {
    const pool = createPool(1);
    const before = await pool.run(thread, undefined);
    expect(await pool.run(job('crash-later'), undefined)).toBe('done before the crash');
    await vi.waitFor(
      async () => expect(await pool.run(thread, undefined)).not.toBe(before),
      patienceMs,
    );
  });

  test('a worker module that cannot be loaded fails each job', async () => {
    const pool = new WorkerPool({ workerUrl: new URL('./missing.mjs', import.meta.url), size: 1 });
    pools.push(pool);
    const failures = [pool.run(echo, 1), pool.run(echo, 2)];
    for (const failure of failures) {
      await expect(failure).rejects.toMatchObject({ code: 'worker_died' });
    }
  });
});

describe('stopping a worker pool', () => {
  test('waits for the running job, refuses waiting and new ones, and is idempotent', async () => {
    const pool = createPool(1);
    const gate = createGate();
    const running = pool.run(wait, gate.shared);
    const waiting = pool.run(echo, 'waiting').catch((error: unknown) => error);
    await gate.arrived(1);
    let stopped = false;
    const stopping = pool.stop().then(() => {
      stopped = true;
    });
    expect(await waiting).toMatchObject({ code: 'bulk_runner_stopped' });
    await expect(pool.run(echo, 'new')).rejects.toMatchObject({ code: 'bulk_runner_stopped' });
    expect(stopped).toBe(false);
    gate.open();
    expect(await running).toBe(1);
    await stopping;
    await pool.stop();
  });

  test('is not needed for the process to end', () => {
    const program = new URL('./fixtures/idle-pool.mjs', import.meta.url).pathname;
    const { status, stdout } = spawnSync(process.execPath, [program], { timeout: patienceMs });
    expect([status, stdout.toString()]).toEqual([0, 'answered\n']);
  });
});
