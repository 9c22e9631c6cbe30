import { sleep } from '@holdfast/platform';
import { KillSwitch, SeededRandom, SimulatedCrash, VirtualWorldClock } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

describe('virtual time', () => {
  test('events run in order of time, and of insertion within one moment', async () => {
    const world = new VirtualWorldClock();
    const random = new SeededRandom('heap');
    const expected: { readonly atMs: number; readonly index: number }[] = [];
    const ran: string[] = [];
    for (let index = 0; index < 500; index += 1) {
      const atMs = random.integer(0, 50);
      expected.push({ atMs, index });
      world.schedule(atMs, () => ran.push(`${world.nowMs}:${index}`));
    }
    await world.runUntil(50);
    expected.sort((left, right) => left.atMs - right.atMs || left.index - right.index);
    expect(ran).toEqual(expected.map(({ atMs, index }) => `${atMs}:${index}`));
  });

  test('every microtask drains before the next event', async () => {
    const world = new VirtualWorldClock();
    const trace: string[] = [];
    world.schedule(1, () => {
      void (async () => {
        for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
        trace.push('microtasks');
      })();
    });
    world.schedule(1, () => trace.push('event'));
    await world.runUntil(1);
    expect(trace).toEqual(['microtasks', 'event']);
  });

  test('a run ends when its condition holds, when nothing is left, or at its deadline', async () => {
    const world = new VirtualWorldClock();
    let count = 0;
    for (const delayMs of [10, 20, 30]) world.schedule(delayMs, () => (count += 1));
    expect(await world.runUntil(() => count === 1)).toBe('reached');
    expect(world.nowMs).toBe(10);
    expect(await world.runUntil(() => count === 3, { deadlineMs: 25 })).toBe('deadline');
    expect(world.nowMs).toBe(25);
    expect(await world.runUntil(() => count === 4)).toBe('idle');
    expect(await world.runUntil(1000)).toBe('reached');
    expect(world.nowMs).toBe(1000);
  });

  test('a cancelled timer never fires, and a sleep takes exactly its time', async () => {
    const world = new VirtualWorldClock();
    const clock = world.nodeClock();
    let fired = false;
    clock.setTimer(5, () => (fired = true)).cancel();
    let wokeAt = -1;
    void sleep(clock, 7).then(() => (wokeAt = clock.monotonic()));
    await world.runUntil(100);
    expect(fired).toBe(false);
    expect(wokeAt).toBe(7);
  });

  test('each node has its own wall clock, which may jump; its monotonic time does not', async () => {
    const world = new VirtualWorldClock({ epochMs: 1000 });
    const ahead = world.nodeClock({ wallOffsetMs: 500 });
    const right = world.nodeClock();
    ahead.stepWallClock(-600);
    await world.runUntil(10);
    expect([ahead.now(), right.now()]).toEqual([910, 1010]);
    expect([ahead.monotonic(), right.monotonic()]).toEqual([10, 10]);
  });

  test('after kill no timer of the node fires, and those of others do', async () => {
    const world = new VirtualWorldClock();
    const killSwitch = new KillSwitch();
    const fired: string[] = [];
    world.nodeClock({ killSwitch }).setTimer(5, () => fired.push('dead'));
    world.nodeClock().setTimer(5, () => fired.push('alive'));
    world.schedule(4, () => killSwitch.kill());
    await world.runUntil(10);
    expect(fired).toEqual(['alive']);
  });
});

test('a crash inside an event ends no run, any other error does', async () => {
  const world = new VirtualWorldClock();
  world.schedule(1, () => {
    throw new SimulatedCrash();
  });
  expect(await world.runUntil(5)).toBe('reached');
  world.schedule(1, () => {
    throw new Error('a bug');
  });
  await expect(world.runUntil(10)).rejects.toThrow('a bug');
});

describe('seeded chance', () => {
  test('the same seed gives the same sequence, another seed another one', () => {
    const draw = (seed: string) => {
      const random = new SeededRandom(seed);
      return [
        ...random.bytes(33),
        random.fraction(),
        random.integer(1, 6),
        random.pick(['a', 'b']),
      ];
    };
    expect(draw('one')).toEqual(draw('one'));
    expect(draw('one')).not.toEqual(draw('two'));
  });

  test('a fork depends on its label and the seed, not on what was drawn before', () => {
    const drawn = new SeededRandom('seed');
    drawn.bytes(100);
    const fresh = new SeededRandom('seed').fork('disk').bytes(16);
    expect(drawn.fork('disk').bytes(16)).toEqual(fresh);
    expect(drawn.fork('network').bytes(16)).not.toEqual(fresh);
  });

  test('numbers stay in range and every value of a die comes about equally often', () => {
    const random = new SeededRandom('die');
    const counts = new Map<number, number>();
    for (let roll = 0; roll < 60_000; roll += 1) {
      const value = random.integer(1, 6);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect(new Set(counts.keys())).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});
