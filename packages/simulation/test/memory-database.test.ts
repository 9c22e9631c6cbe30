import {
  drainMicrotasks,
  KillSwitch,
  MemoryDatabase,
  MemoryKeyValueStore,
  SeededRandom,
  SimulatedCrash,
} from '@holdfast/simulation';
import { expect, test } from 'vitest';

const keyOf = (index: number) => Buffer.from(String(index).padStart(6, '0'));
const put = (index: number) => ({ type: 'put', key: keyOf(index), value: keyOf(index) }) as const;

async function keysIn(store: MemoryKeyValueStore): Promise<number[]> {
  const keys: number[] = [];
  const range = { from: Buffer.from(''), to: Buffer.from('z') };
  for await (const [key] of store.iterate(range)) keys.push(Number(Buffer.from(key).toString()));
  return keys;
}

test('power loss keeps every synced batch and takes the newest unsynced ones first', async () => {
  const survivors = new Set<number>();
  for (let seed = 0; seed < 100; seed += 1) {
    const database = new MemoryDatabase();
    const store = new MemoryKeyValueStore(database);
    await store.batch([put(0)], { sync: false });
    await store.batch([put(1)], { sync: true });
    for (let index = 2; index < 6; index += 1) await store.batch([put(index)], { sync: false });
    await store.batch([{ type: 'delete', key: keyOf(0) }], { sync: false });
    database.crash(new SeededRandom(seed));
    const keys = await keysIn(new MemoryKeyValueStore(database));
    const written = keys.filter((key) => key > 1);
    expect(written).toEqual([2, 3, 4, 5].slice(0, written.length));
    expect(keys).toContain(1);
    expect(keys.includes(0) || written.length === 4).toBe(true);
    survivors.add(written.length);
  }
  expect(survivors).toEqual(new Set([0, 1, 2, 3, 4]));
});

test('a lost batch that wrote one key twice leaves what was there before it', async () => {
  const found = new Set<string | undefined>();
  for (let seed = 0; seed < 20; seed += 1) {
    const database = new MemoryDatabase();
    const store = new MemoryKeyValueStore(database);
    await store.batch([put(1)], { sync: true });
    const writes = ['first', 'second'].map(
      (text) => ({ type: 'put', key: keyOf(1), value: Buffer.from(text) }) as const,
    );
    await store.batch(writes, { sync: false });
    database.crash(new SeededRandom(seed));
    const value = await new MemoryKeyValueStore(database).get(keyOf(1));
    found.add(value && Buffer.from(value).toString());
  }
  expect(found).toEqual(new Set(['000001', 'second']));
});

test('dropped keys vanish from anywhere, synced or not', async () => {
  const database = new MemoryDatabase();
  const store = new MemoryKeyValueStore(database);
  const writes = Array.from({ length: 1000 }, (_, index) => put(index));
  await store.batch(writes, { sync: true });
  expect(database.dropKeys(new SeededRandom('drop'), 73)).toBe(73);
  const keys = await keysIn(store);
  expect(keys).toHaveLength(927);
  expect(keys).toEqual(keys.toSorted((left, right) => left - right));
});

test('twenty thousand keys put in random order are found and deleted again', async () => {
  const store = new MemoryKeyValueStore(new MemoryDatabase());
  const indexes = Array.from({ length: 20_000 }, (_, index) => index);
  for (const index of new SeededRandom('order').shuffle(indexes)) {
    await store.batch([put(index)], { sync: true });
  }
  expect(await keysIn(store)).toEqual(indexes);
  for (const index of new SeededRandom('other').shuffle(indexes)) {
    if (index % 3 > 0) await store.batch([{ type: 'delete', key: keyOf(index) }], { sync: true });
  }
  expect(await keysIn(store)).toEqual(indexes.filter((index) => index % 3 === 0));
});

test('a crash in the hook ends the node: the batch has no effect and no promise settles', async () => {
  const database = new MemoryDatabase();
  const killSwitch = new KillSwitch();
  const onCall = () => {
    throw new SimulatedCrash();
  };
  const store = new MemoryKeyValueStore(database, { killSwitch, onCall });
  let settled = false;
  const note = () => {
    settled = true;
  };
  void store.batch([put(1)], { sync: true }).then(note, note);
  void store.get(keyOf(1)).then(note, note);
  await drainMicrotasks();
  expect({ settled, killed: killSwitch.killed, size: database.size }).toEqual({
    settled: false,
    killed: true,
    size: 0,
  });
});
