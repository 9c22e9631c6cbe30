import { AppError, type BulkJob, filePathFrom, type WatchEvent } from '@holdfast/platform';
import {
  drainMicrotasks,
  type FileCall,
  InlineBulkRunner,
  KillSwitch,
  MemoryDisk,
  MemoryFileSystem,
  MountTable,
  nativeBlake3,
  ScriptedFileWatcher,
  SeededRandom,
  SimulatedCrash,
  VirtualWorldClock,
} from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

function scene(onCall?: (call: FileCall) => void) {
  const world = new VirtualWorldClock({ epochMs: 1000 });
  const mounts = new MountTable(new MemoryDisk({ now: () => world.wallMs }));
  const killSwitch = new KillSwitch();
  const fileSystem = new MemoryFileSystem({ mounts, killSwitch, ...(onCall && { onCall }) });
  const clock = world.nodeClock({ killSwitch });
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock, killSwitch });
  return { world, mounts, killSwitch, fileSystem, runner };
}

const growList: BulkJob<number[], number[]> = {
  name: 'grow-list',
  perform(input, { now }) {
    input.push(now());
    return input;
  },
};

describe('bulk work', () => {
  test('a job has the tools, and neither its input nor its output is shared', async () => {
    const { runner } = scene();
    const input = [1];
    const output = await runner.run(growList, input);
    expect([input, output]).toEqual([[1], [1, 1000]]);
  });

  test('what is transferred may not be used afterwards', async () => {
    const { runner } = scene();
    const bytes = new Uint8Array([1, 2, 3]);
    const job: BulkJob<Uint8Array, number> = { name: 'size', perform: (input) => input.length };
    expect(await runner.run(job, bytes, [bytes.buffer])).toBe(3);
    expect(bytes.length).toBe(0);
  });

  test('an error comes through with its code and hint', async () => {
    const { runner } = scene();
    const error = new AppError('broken', 'It broke.', { hint: 'Mend it.' });
    const job: BulkJob<undefined, void> = {
      name: 'fail',
      perform: () => {
        throw error;
      },
    };
    await expect(runner.run(job, undefined)).rejects.toMatchObject({
      code: 'broken',
      hint: 'Mend it.',
    });
    await runner.stop();
    await expect(runner.run(job, undefined)).rejects.toMatchObject({ code: 'bulk_runner_stopped' });
  });

  test('a job whose node ends in the middle never settles', async () => {
    const { runner, killSwitch } = scene(() => {
      throw new SimulatedCrash();
    });
    const job: BulkJob<undefined, string> = {
      name: 'stat',
      perform: (_input, { fileSystem }) => fileSystem.stat(filePathFrom('/')).kind,
    };
    let settled = false;
    const note = () => {
      settled = true;
    };
    void runner.run(job, undefined).then(note, note);
    await drainMicrotasks();
    expect([settled, killSwitch.killed]).toEqual([false, true]);
  });
});

describe('hints', () => {
  const behaviour = { lossChance: 0.3, duplicateChance: 0.3, overflowChance: 0.1 };

  async function eventsOf(seed: string): Promise<WatchEvent[]> {
    const { world, mounts, fileSystem } = scene();
    const random = new SeededRandom(seed);
    const options = { mounts, schedule: world.schedule, random, behaviour };
    const events: WatchEvent[] = [];
    const watcher = new ScriptedFileWatcher(options);
    await watcher.watch(filePathFrom('/'), (event) => events.push(event));
    for (let index = 0; index < 200; index += 1) {
      fileSystem.makeDirectory(filePathFrom(`/directory-${index}`));
    }
    await world.runUntil(1000);
    return events;
  }

  test('some are lost, doubled, late or an overflow, and the same seed repeats them', async () => {
    const events = await eventsOf('hints');
    expect(await eventsOf('hints')).toEqual(events);
    const paths = events.flatMap((event) => (event.type === 'changed' ? event.paths : []));
    expect(new Set(paths).size).toBeLessThan(200);
    expect(new Set(paths).size).toBeLessThan(paths.length);
    expect(paths).not.toEqual(paths.toSorted());
    expect(events.some(({ type }) => type === 'overflow')).toBe(true);
  });

  test('a node that ended gets none', async () => {
    const { world, mounts, fileSystem, killSwitch } = scene();
    const random = new SeededRandom('dead');
    const { schedule } = world;
    const watcher = new ScriptedFileWatcher({ mounts, schedule, random, killSwitch });
    const events: WatchEvent[] = [];
    await watcher.watch(filePathFrom('/'), (event) => events.push(event));
    fileSystem.makeDirectory(filePathFrom('/directory'));
    killSwitch.kill();
    await world.runUntil(1000);
    expect(events).toEqual([]);
  });
});

test('BLAKE3 gives the official vectors, at once and in parts', () => {
  // https://github.com/BLAKE3-team/BLAKE3/blob/master/test_vectors/test_vectors.json
  const empty = 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262';
  expect(Buffer.from(nativeBlake3.blake3(new Uint8Array(0))).toString('hex')).toBe(empty);
  const input = Uint8Array.from({ length: 5000 }, (_, index) => index % 251);
  const hash = nativeBlake3.create();
  for (let start = 0; start < input.length; start += 777) {
    hash.update(input.subarray(start, start + 777));
  }
  expect(hash.digest()).toEqual(nativeBlake3.blake3(input));
});
