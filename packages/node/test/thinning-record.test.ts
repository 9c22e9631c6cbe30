/** What is remembered of thinning beside the log: figures, and whether members were asked since. */
import type { FolderId } from '@holdfast/model';
import { MemoryDatabase, MemoryKeyValueStore } from '@holdfast/simulation';
import type { ThinnedCount, VersionArchive } from '@holdfast/version-archive';
import { beforeEach, expect, test } from 'vitest';
import { ThinningRecord } from '../src/thinning-record.js';

const folder = 'photosphotosphot' as FolderId;
const storeId = 'aa'.repeat(8);
const nothing = { waiting: 0, freed: 0, markedAtMs: undefined, freeFromMs: undefined };
let counts: ThinnedCount;
let database: MemoryDatabase;
let record: ThinningRecord;
const archive = { storeId, thinning: { counts: () => counts } } as unknown as VersionArchive;

beforeEach(async () => {
  counts = { ...nothing, waitingAt: [] };
  database = new MemoryDatabase();
  record = await opened();
});

async function opened(store = storeId): Promise<ThinningRecord> {
  const made = new ThinningRecord(new MemoryKeyValueStore(database));
  await made.load(store);
  return made;
}

test('members are to be asked once after each mark, and that is known after a restart', async () => {
  expect(record.mustAsk(archive, folder)).toBe(false);
  counts = { ...nothing, waiting: 2, waitingAt: [7] };
  expect(record.mustAsk(archive, folder)).toBe(true);
  await record.noteAsked(archive, folder);
  for (const one of [record, await opened()]) expect(one.mustAsk(archive, folder)).toBe(false);
  counts = { ...nothing, waiting: 3, waitingAt: [7, 9] };
  for (const one of [record, await opened()]) expect(one.mustAsk(archive, folder)).toBe(true);
});

test('where the record is gone or is of another store, they are asked again', async () => {
  counts = { ...nothing, waiting: 2, waitingAt: [7] };
  await record.noteAsked(archive, folder);
  const { thinning } = archive;
  const other = { storeId: 'bb'.repeat(8), thinning } as VersionArchive;
  expect((await opened('bb'.repeat(8))).mustAsk(other, folder)).toBe(true);
  database = new MemoryDatabase();
  expect((await opened()).mustAsk(archive, folder)).toBe(true);
});

test('what waits is told with what freeing it gives, as long as that is remembered', async () => {
  expect(record.shown(archive, folder)).toBeNull();
  await record.noteMarked(storeId, 7, 1_000);
  await record.noteMarked(storeId, 9, 500);
  counts = { ...nothing, waiting: 3, waitingAt: [7, 8, 9], markedAtMs: 5, freeFromMs: 6 };
  expect(record.shown(archive, folder)).toMatchObject({
    waiting: 3,
    waitingBytes: 1_500,
    marked: '1970-01-01T00:00:00.005Z',
    freeFrom: '1970-01-01T00:00:00.006Z',
    compacted: null,
  });
  counts = { ...nothing, freed: 3, waitingAt: [] };
  await record.noteFreed(storeId, 900, 8);
  await record.noteFreed(storeId, 100, 9);
  const freed = { freed: 3, freedBytes: 1_000, compacted: '1970-01-01T00:00:00.009Z' };
  expect((await opened()).shown(archive, folder)).toMatchObject({ waitingBytes: null, ...freed });
});
