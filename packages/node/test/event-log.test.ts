import { drainMicrotasks, VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { EventLog } from '../src/event-log.js';

function scene() {
  const world = new VirtualWorldClock();
  const log = new EventLog(world.nodeClock());
  const ask = (since: number, waitMs = 0, signal?: AbortSignal) =>
    log.after({ since, limit: 10, waitMs, signal });
  return { world, log, ask };
}

describe('events', () => {
  test('have growing ids and the time of the clock', async () => {
    const { world, log, ask } = scene();
    log.add('first', { a: 1 });
    await world.runUntil(1000);
    log.add('second', {});
    expect(await ask(0)).toEqual([
      { id: 1, time: '2025-01-01T00:00:00.000Z', type: 'first', data: { a: 1 } },
      { id: 2, time: '2025-01-01T00:00:01.000Z', type: 'second', data: {} },
    ]);
    expect((await ask(1)).map((event) => event.id)).toEqual([2]);
    expect(await ask(2)).toEqual([]);
  });

  test('are given out a page at a time', async () => {
    const { log, ask } = scene();
    for (let at = 0; at < 25; at += 1) log.add('x', {});
    expect((await ask(0)).map((event) => event.id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect((await ask(20)).map((event) => event.id)).toEqual([21, 22, 23, 24, 25]);
  });

  test('beyond a thousand the oldest go, and the gap shows in the ids', async () => {
    const { log, ask } = scene();
    for (let at = 0; at < 1005; at += 1) log.add('x', {});
    expect((await ask(0))[0]?.id).toBe(6);
    expect((await ask(1004)).map((event) => event.id)).toEqual([1005]);
  });
});

describe('waiting for an event', () => {
  test('ends with the first one that comes', async () => {
    const { log, ask } = scene();
    const waiting = ask(0, 60_000);
    await drainMicrotasks();
    log.add('x', {});
    expect((await waiting).map((event) => event.type)).toEqual(['x']);
  });

  test('ends empty after its time, and not before', async () => {
    const { world, ask } = scene();
    let answer: unknown;
    void ask(0, 5_000).then((events) => {
      answer = events;
    });
    await world.runUntil(4_999);
    expect(answer).toBeUndefined();
    await world.runUntil(5_000);
    expect(answer).toEqual([]);
  });

  test('ends at once when it is called off, also beforehand', async () => {
    const { ask } = scene();
    const abort = new AbortController();
    const waiting = ask(0, 60_000, abort.signal);
    abort.abort();
    expect(await waiting).toEqual([]);
    expect(await ask(0, 60_000, abort.signal)).toEqual([]);
  });

  test('does not begin where there is something already', async () => {
    const { log, ask } = scene();
    log.add('x', {});
    expect(await ask(0, 60_000)).toHaveLength(1);
  });
});
