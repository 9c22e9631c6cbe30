/** What a device remembers of an archive's history log, and when it believes a newer end of it. */
import type { LogWitness } from '@holdfast/folder-index';
import type { FolderId, HistoryPage, HistoryQuery, StoreId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { expect, test } from 'vitest';
import { desktop as member, openIndex } from '../../folder-index/test/index-world.js';
import { forgetWitness, LogWatch } from '../src/log-watch.js';

const storeId = '0123456789abcdef' as StoreId;
const digits = (digit: string) => digit.repeat(64);
const seen: LogWitness = { storeId, position: 7, head: digits('a') };

type Said = Pick<HistoryPage, 'position' | 'head'>;

/** A link to an archive that says so much of its log; the device saw it before where `before` says so. */
async function linked(before: LogWitness | undefined, says: Said | Error) {
  const index = await openIndex();
  const peers = { [member]: { witness: before } };
  await index.update([], (entry) => entry, { sync: true, peers });
  const asked: HistoryQuery[] = [];
  let changes = 0;
  const watch = new LogWatch({
    folder: 'photosphotosphot' as FolderId,
    index,
    logger: silentLogger,
    onReceipt: async () => {
      changes += 1;
    },
    session: {
      device: member,
      async history(_folder, query) {
        asked.push(query);
        if (says instanceof Error) throw says;
        return { storeId, generation: 1, entries: [], ...says };
      },
    },
  });
  const witness = () => index.peer(member).witness;
  return { index, watch, asked, witness, changes: () => changes };
}

const next: LogWitness = { storeId, position: 9, head: digits('b') };

test('where nothing was seen before, what the archive says of its end is taken', async () => {
  const { watch, asked } = await linked(undefined, { position: 9 });
  await watch.judge(storeId);
  expect(watch.seen(next)).toEqual({ witness: next });
  expect(asked).toEqual([]);
});

test('of another store nothing was seen before', async () => {
  const { watch, asked } = await linked(seen, { position: 9 });
  await watch.judge('fedcba9876543210' as StoreId);
  expect(watch.seen(next)).toEqual({ witness: next });
  expect(asked).toEqual([]);
});

test('a log that leads through what was seen may say how it goes on', async () => {
  const { watch, asked, witness, changes } = await linked(seen, { position: 9, head: seen.head });
  expect(watch.seen(next), 'not before the archive was asked').toEqual({});
  await watch.judge(storeId);
  expect(asked).toEqual([{ type: 'chain', position: 7 }]);
  expect(witness(), 'what it said meanwhile is taken then').toEqual(next);
  expect(watch.seen(seen)).toEqual({ witness: seen });
  expect(changes()).toBe(1);
});

test.each([
  ['is shorter than what was seen', { position: 6 }],
  ['has another head there', { position: 9, head: digits('c') }],
])('a log that %s contradicts it, and nothing newer takes its place', async (_, says) => {
  const { watch, witness, changes } = await linked(seen, says);
  watch.seen(next);
  await watch.judge(storeId);
  expect(witness()).toEqual({ ...seen, isContradicted: true });
  expect(watch.seen(next)).toEqual({});
  expect(changes()).toBe(1);
});

test('a contradiction ends with the true log, or with the membership', async () => {
  const doubted = { ...seen, isContradicted: true } as const;
  const back = await linked(doubted, { position: 7, head: seen.head });
  await back.watch.judge(storeId);
  expect(back.witness()).toEqual(seen);
  const left = await linked(doubted, { position: 3 });
  await forgetWitness(left.index, member);
  expect(left.witness()).toBeUndefined();
});

test.each([
  ['cannot say it', { position: 9 }],
  ['does not answer', new Error('gone')],
])('an archive that %s is neither believed nor accused', async (_, says) => {
  const { watch, witness, changes } = await linked(seen, says);
  await watch.judge(storeId);
  expect(watch.seen(next)).toEqual({});
  expect(witness()).toEqual(seen);
  expect(changes()).toBe(0);
});

test('an archive that names its store only after the link began is asked then', async () => {
  const { watch, witness, asked } = await linked(seen, { position: 9, head: digits('c') });
  await watch.judge(undefined);
  expect(watch.seen(next)).toEqual({});
  expect(asked).toEqual([]);
  await watch.judge(storeId);
  expect(witness()).toEqual({ ...seen, isContradicted: true });
});
