import { drainMicrotasks, VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { ScanQueue, type ScanRequest } from '../src/scan-queue.js';
import { pathOf } from './place-world.js';

const paths = (...names: string[]): ScanRequest => ({
  all: false,
  paths: names.map(pathOf),
  below: [],
});

/** Scans that end when the test says so. */
function scene() {
  const world = new VirtualWorldClock();
  const scans: ScanRequest[] = [];
  const ends: (() => void)[] = [];
  const queue = new ScanQueue(world.nodeClock(), (request) => {
    scans.push(request);
    return new Promise((resolve) => ends.push(resolve));
  });
  const end = async () => {
    ends.shift()?.();
    await drainMicrotasks();
  };
  const named = () => scans.map((scan) => (scan.all ? 'all' : scan.paths.join(',')));
  return { world, queue, scans, end, named };
}

describe('scans', () => {
  test('run one at a time, and what comes meanwhile is joined into the next', async () => {
    const { queue, end, named } = scene();
    queue.request(paths('a'));
    queue.request(paths('b'));
    queue.request(paths('c', 'b'));
    expect(named()).toEqual(['a']);
    await end();
    expect(named()).toEqual(['a', 'b,c']);
    await end();
    expect(queue.isIdle).toBe(true);
  });

  test('of a burst wait for its end', async () => {
    const { world, queue, named } = scene();
    queue.requestSoon(paths('a'), 10);
    queue.requestSoon(paths('b'), 10);
    expect([named(), queue.isIdle]).toEqual([[], false]);
    await world.runUntil(10);
    expect(named()).toEqual(['a,b']);
  });

  test('of what was not stable come later, and until then the queue is not idle', async () => {
    const { world, queue, named, end } = scene();
    queue.requestLater(paths('a'));
    await world.runUntil(249);
    expect([named(), queue.isIdle]).toEqual([[], false]);
    await world.runUntil(250);
    expect(named()).toEqual(['a']);
    await end();
    expect(queue.isIdle).toBe(true);
  });

  test('of more paths than are worth naming look at everything', async () => {
    const { queue, named, end } = scene();
    queue.request(paths('first'));
    for (let at = 0; at <= 20_000; at += 1) queue.request(paths(`f${at}`));
    await end();
    expect(named()).toEqual(['first', 'all']);
  });

  test('that are waited for are ones that began after the call', async () => {
    const { queue, end } = scene();
    queue.request(paths('a'));
    let done = false;
    void queue.requestAndWait(paths('a')).then(() => {
      done = true;
    });
    await end();
    expect(done).toBe(false);
    await end();
    expect(done).toBe(true);
  });

  test('end with the one that runs once the queue is stopped, and nobody waits for ever', async () => {
    const { world, queue, end, named } = scene();
    queue.request(paths('a'));
    const waiting = queue.requestAndWait(paths('b'));
    queue.requestLater(paths('c'));
    let stopped = false;
    const stopping = queue.stop().then(() => {
      stopped = true;
    });
    await drainMicrotasks();
    expect(stopped).toBe(false);
    await end();
    await Promise.all([stopping, waiting, queue.requestAndWait(paths('d'))]);
    await world.runUntil(10_000);
    expect(named()).toEqual(['a']);
  });
});
