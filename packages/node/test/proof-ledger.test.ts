/** What a device believes, keeps and passes on of what others did to prove an archive. */
import type { DeviceId, FolderId, StoreId } from '@holdfast/model';
import {
  MemoryDatabase,
  MemoryKeyValueStore,
  MemorySigner,
  NodeClock,
  VirtualWorldClock,
} from '@holdfast/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { ProofLedger } from '../src/proof-ledger.js';

const id = 'photosphotosphot' as FolderId;
const [laptop, desktop, stranger] = ['laptop', 'desktop', 'stranger'] as DeviceId[] as [
  DeviceId,
  DeviceId,
  DeviceId,
];
const dayMs = 24 * 60 * 60_000;
const done = {
  kind: 'drilled' as const,
  storeId: '55'.repeat(8) as StoreId,
  items: 3,
  bytes: 300,
  bad: 0,
  tookMs: 20,
  allWouldTakeMs: 2_000,
};

let world: VirtualWorldClock;
let databases: Map<DeviceId, MemoryDatabase>;
let news: DeviceId[];

beforeEach(() => {
  world = new VirtualWorldClock();
  databases = new Map();
  news = [];
});

async function ledgerOf(device: DeviceId, aheadMs = 0): Promise<ProofLedger> {
  const database = databases.get(device) ?? new MemoryDatabase();
  databases.set(device, database);
  const ledger = new ProofLedger({
    keyValueStore: new MemoryKeyValueStore(database),
    signer: new MemorySigner(device),
    clock: new NodeClock(world, { wallOffsetMs: aheadMs }),
    localDevice: device,
    onNews: () => news.push(device),
  });
  await ledger.open(id);
  return ledger;
}

const folder = { id, members: [laptop, desktop] };
const pass = async (from: ProofLedger, to: ProofLedger) => to.hear(folder, from.announced(id, 16));

describe('what was done to prove an archive', () => {
  test('is known here, after a restart too, and to members that hear of it, once', async () => {
    const own = await ledgerOf(laptop);
    await own.add(id, done);
    const other = await ledgerOf(desktop);
    await pass(own, other);
    await pass(own, other);
    expect(news).toEqual([laptop, desktop]);
    const again = await ledgerOf(desktop);
    expect(again.latest(id, 'drilled')).toMatchObject({ ...done, device: laptop });
    expect(again.dateOf(id, 'drilled')).toBe(own.dateOf(id, 'drilled'));
    expect(again.dateOf(id, 'verified')).toBeNull();
  });

  test('is the newest of its kind and device, whatever order it is heard in', async () => {
    const own = await ledgerOf(laptop);
    await own.add(id, { ...done, items: 1 });
    const early = own.announced(id, 16);
    await world.runUntil(world.nowMs + dayMs);
    await own.add(id, { ...done, items: 2 });
    const other = await ledgerOf(desktop);
    await pass(own, other);
    await other.hear(folder, early);
    expect(other.announced(id, 16).map(({ items }) => items)).toEqual([2]);
  });

  test('is not believed from a stranger, changed on the way, of another folder or far ahead of time', async () => {
    const other = await ledgerOf(desktop);
    const foreign = await ledgerOf(stranger);
    await foreign.add(id, done);
    await pass(foreign, other);
    const ahead = await ledgerOf(laptop, 2 * dayMs);
    await ahead.add(id, done);
    await pass(ahead, other);
    databases.delete(laptop);
    const own = await ledgerOf(laptop);
    await own.add(id, { ...done, bad: 1 });
    await other.hear(
      folder,
      own.announced(id, 16).map((proof) => ({ ...proof, bad: 0 })),
    );
    await other.hear({ ...folder, id: 'papersphotosphot' as FolderId }, own.announced(id, 16));
    expect(other.announced(id, 16)).toEqual([]);
  });

  test('is a date only where all was in order; a drill that failed is told until the next one', async () => {
    const own = await ledgerOf(laptop);
    await own.add(id, done);
    const good = own.dateOf(id, 'drilled');
    await world.runUntil(world.nowMs + dayMs);
    await own.add(id, { ...done, bad: 2 });
    expect([own.dateOf(id, 'drilled'), own.failedDrill(id)?.bad]).toEqual([null, 2]);
    await world.runUntil(world.nowMs + dayMs);
    await own.add(id, done);
    expect(own.failedDrill(id)).toBeUndefined();
    expect(Date.parse(own.dateOf(id, 'drilled')!) - Date.parse(good!)).toBe(2 * dayMs);
  });

  test('is at most as much as may be announced, the own before others', async () => {
    const other = await ledgerOf(desktop);
    const members = Array.from({ length: 20 }, (_, at) => `device-${at}` as DeviceId);
    await other.add(id, done);
    for (const member of members) {
      await world.runUntil(world.nowMs + 1_000);
      const theirs = await ledgerOf(member);
      await theirs.add(id, done);
      await other.hear({ id, members }, theirs.announced(id, 16));
    }
    const kept = other.announced(id, 100).map(({ device }) => device);
    expect([kept.length, kept[0], kept[1]]).toEqual([16, desktop, 'device-19']);
    expect(other.announced(id, 0)).toEqual([]);
  });
});
