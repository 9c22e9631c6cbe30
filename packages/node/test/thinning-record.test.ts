/** What is remembered of thinning beside the log: figures, and whether members were asked since. */
import type { FolderId } from '@holdfast/model';
import { MemoryDatabase, MemoryKeyValueStore } from '@holdfast/simulation';
import type { ThinnedCount, VersionArchive } from '@holdfast/version-archive';
import { beforeEach, expect, test } from 'vitest';
import { ThinningRecord } from '../src/thinning-record.js';

const folder = 'photosphotosphot' as FolderId;
const storeId = 'aa'.repeat(8);
const nothing = { waiting: 0, freed: 0, markedAtMs: undefined, freeFromMs: undefined };
const dayMs = 24 * 60 * 60_000;
const markedMs = Date.parse('2026-03-02T12:00:00Z');
const mark = (position: number) => ({ position, atMs: markedMs, freeFromMs: markedMs + 7 * dayMs });
let wallMs: number;
let monotonicMs: number;
const clock = {
  now: () => wallMs,
  monotonic: () => monotonicMs,
  setTimer: () => ({ cancel: () => undefined }),
};
let counts: ThinnedCount;
let database: MemoryDatabase;
let record: ThinningRecord;
const archive = { storeId, thinning: { counts: () => counts } } as unknown as VersionArchive;

beforeEach(async () => {
  wallMs = markedMs;
  monotonicMs = 0;
  counts = { ...nothing, waitingMarks: [] };
  database = new MemoryDatabase();
  record = await opened();
});

async function opened(store = storeId): Promise<ThinningRecord> {
  const made = new ThinningRecord(new MemoryKeyValueStore(database), clock);
  await made.load(store);
  return made;
}

test('members are to be asked once after each mark, and that is known after a restart', async () => {
  expect(record.mustAsk(archive, folder)).toBe(false);
  counts = { ...nothing, waiting: 2, waitingMarks: [mark(7)] };
  expect(record.mustAsk(archive, folder)).toBe(true);
  await record.noteAsked(archive, folder);
  for (const one of [record, await opened()]) expect(one.mustAsk(archive, folder)).toBe(false);
  counts = { ...nothing, waiting: 3, waitingMarks: [7, 9].map(mark) };
  for (const one of [record, await opened()]) expect(one.mustAsk(archive, folder)).toBe(true);
});

test('where the record is gone or is of another store, they are asked again', async () => {
  counts = { ...nothing, waiting: 2, waitingMarks: [mark(7)] };
  await record.noteAsked(archive, folder);
  const { thinning } = archive;
  const other = { storeId: 'bb'.repeat(8), thinning } as VersionArchive;
  expect((await opened('bb'.repeat(8))).mustAsk(other, folder)).toBe(true);
  database = new MemoryDatabase();
  expect((await opened()).mustAsk(archive, folder)).toBe(true);
});

test('what waits is told with what freeing it gives, as long as that is remembered', async () => {
  expect(record.shown(archive, folder)).toBeNull();
  await record.noteMarked(storeId, 7, 2, 1_000);
  await record.noteMarked(storeId, 9, 1, 500);
  counts = { ...nothing, waiting: 3, waitingMarks: [7, 8, 9].map(mark), markedAtMs: 5 };
  expect(record.shown(archive, folder)).toMatchObject({
    waiting: 3,
    waitingBytes: 1_500,
    marked: '1970-01-01T00:00:00.005Z',
    freeFrom: '2026-03-09T12:00:00.000Z',
    compacted: null,
  });
  counts = { ...nothing, freed: 3, waitingMarks: [] };
  await record.noteFreed(storeId, 900);
  await record.noteFreed(storeId, 100);
  const freed = { freed: 3, freedBytes: 1_000, compacted: '2026-03-02T12:00:00.000Z' };
  expect((await opened()).shown(archive, folder)).toMatchObject({ waitingBytes: null, ...freed });
});

/** The node runs for so many days, and is told to stop. */
async function runs(days: number): Promise<void> {
  wallMs += days * dayMs;
  monotonicMs += days * dayMs;
  await record.noteTime(archive, [folder]);
}

/** It is started again; the clock says that so many days have passed. */
async function startsAfter(days: number): Promise<void> {
  wallMs += days * dayMs;
  monotonicMs = 0;
  record = await opened();
}

const leftDays = () => record.leftMs(storeId, mark(7)) / dayMs;

async function marked(): Promise<void> {
  counts = { ...nothing, waiting: 2, waitingMarks: [mark(7)] };
  await record.noteMarked(storeId, 7, 1, 1_000);
}

test('a delay passes while the node runs, and while it is away for a night', async () => {
  await marked();
  for (const day of [1, 2, 3, 4, 5]) {
    await runs(0.5);
    await startsAfter(0.5);
    expect(leftDays()).toBeCloseTo(7 - day);
  }
  await runs(2);
  expect(leftDays()).toBe(0);
});

test('a clock that was set forward before the start lets a day pass at most', async () => {
  await marked();
  await runs(1);
  await startsAfter(400);
  expect(leftDays()).toBeCloseTo(5);
  expect(record.freeFromMs(archive, folder)).toBeCloseTo(wallMs + 5 * dayMs, -3);
  await startsAfter(-400);
  expect(leftDays()).toBeCloseTo(6);
  await runs(6);
  expect(leftDays()).toBe(0);
});

test('where nobody remembers when something was marked, the whole delay begins anew', async () => {
  counts = { ...nothing, waiting: 2, waitingMarks: [mark(7)] };
  await runs(30);
  expect(leftDays()).toBe(7);
  await runs(7);
  expect(leftDays()).toBe(0);
});
