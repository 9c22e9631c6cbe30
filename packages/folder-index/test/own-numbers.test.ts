/** An index whose numbers went backward: how it is noticed, what is certain, what others may know. */
import { type FolderIndex, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import type { KeyValueStore, KeyValueWrite } from '@holdfast/platform';
import { MemoryDatabase } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  desktop,
  fileVersion,
  laptop,
  needsWhatOthersShow,
  openIndex,
  pathOf,
} from './index-world.js';

let counter = 0;
async function publish(index: FolderIndex, count: number): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    counter += 1;
    const path = `file-${counter}`;
    const show = (entry: Parameters<typeof withLocalCurrent>[0]) =>
      withLocalCurrent(entry, fileVersion(path, 1));
    await index.update([pathOf(path)], show, { sync: true });
  }
}

async function pathsAfter(index: FolderIndex, sequence: number): Promise<number> {
  let count = 0;
  for await (const paths of index.pathsAfter(sequence)) count += paths.length;
  return count;
}

/** An index that the desktop confirmed, and the state of its database at that time. */
async function copied() {
  const database = new MemoryDatabase();
  const index = await openIndex({ database });
  await publish(index, 3);
  await index.numbers.noteConfirmed(desktop, index.position());
  const image = database.snapshot();
  await publish(index, 2);
  return { database, image, seen: index.position() };
}

describe('numbers that went backward', () => {
  test('a peer that remembers more, or something else, shows it', async () => {
    const { database, image, seen } = await copied();
    database.restore(image);
    const index = await openIndex({ database, seed: 'again' });
    expect(await index.numbers.isContradictedBy(desktop, seen)).toBe(true);
    await publish(index, 2);
    expect(index.position().sequence).toBe(seen.sequence);
    expect(await index.numbers.isContradictedBy(desktop, seen)).toBe(true);
  });

  test('a peer that remembers less, or nothing, does not', async () => {
    const { database, seen } = await copied();
    const index = await openIndex({ database, seed: 'again' });
    expect(await index.numbers.isContradictedBy(desktop, undefined)).toBe(false);
    expect(await index.numbers.isContradictedBy(desktop, seen)).toBe(false);
    const strange = { ...seen, epoch: '0011223344556677' as typeof seen.epoch };
    expect(await index.numbers.isContradictedBy(laptop, strange), 'it never knew this one').toBe(
      false,
    );
  });

  test('a peer that knew this epoch and now knows one that never was shows it too', async () => {
    const { database, image, seen } = await copied();
    database.restore(image);
    const index = await openIndex({ database, seed: 'again' });
    const later = { ...seen, epoch: '0011223344556677' as typeof seen.epoch };
    expect(await index.numbers.isContradictedBy(desktop, later)).toBe(true);
  });

  test('what stood when the old copy was opened is certain, what came later is in doubt', async () => {
    const { database, image, seen } = await copied();
    database.restore(image);
    const first = await openIndex({ database, seed: 'again' });
    await publish(first, 1);
    const index = await openIndex({ database, seed: 'again' });
    await publish(index, 1);
    await index.numbers.beginEpoch(desktop, 0, true);
    expect(index.epoch).not.toBe(seen.epoch);
    expect(index.numbers.published()).toMatchObject({ epoch: index.epoch, sequence: 3 });
    expect(index.numbers.renumbering?.unheard).toEqual([desktop]);
    expect((await index.rowsAfter(0, 10)).rows).toHaveLength(3);
    expect(await pathsAfter(index, 3)).toBe(2);
  });

  test('nothing is certain to a peer that never knew this index', async () => {
    const { database, image } = await copied();
    database.restore(image);
    const index = await openIndex({ database, seed: 'again' });
    await index.numbers.beginEpoch(laptop, 0, true);
    expect(index.numbers.published().sequence).toBe(0);
    expect((await index.rowsAfter(0, 10)).rows).toEqual([]);
  });

  test('a crash in between keeps the doubt; the end of it publishes everything', async () => {
    const { database, image } = await copied();
    database.restore(image);
    const first = await openIndex({ database, seed: 'again' });
    await publish(first, 1);
    await first.numbers.beginEpoch(desktop, 5, true);
    const index = await openIndex({ database, seed: 'again' });
    expect(index.numbers.renumbering).toMatchObject({ witness: desktop, restamped: false });
    await index.numbers.noteRestamped();
    expect(index.numbers.renumbering?.restamped).toBe(true);
    await index.numbers.endRenumbering();
    const { rows, reached } = await index.rowsAfter(0, 10);
    expect(rows).toHaveLength(4);
    expect(reached).toEqual(index.position());
    expect(index.numbers.epochChanges).toEqual([{ witness: desktop, atMs: 5 }]);
  });

  test('receipts of the former epoch count no more', async () => {
    const { database, image, seen } = await copied();
    database.restore(image);
    const index = await openIndex({ database, seed: 'again' });
    const position = index.position();
    expect(await index.numbers.remembers(position)).toBe(true);
    await index.numbers.beginEpoch(desktop, 0, true);
    expect(await index.numbers.remembers(position)).toBe(false);
    expect(await index.numbers.remembers(seen)).toBe(false);
  });
});

/** What became of a batch that was said to have failed. */
type Fate = 'applied' | 'applied with the next batch' | 'lost';

/** Says once that a batch failed, as a database does whose log could not be synced. */
function doubtfulStore() {
  let fate: Fate | undefined;
  let waiting: readonly KeyValueWrite[] = [];
  const wrap = (store: KeyValueStore): KeyValueStore => ({
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    iterate: (range) => store.iterate(range),
    iteratePages: (range) => store.iteratePages(range),
    close: () => store.close(),
    async batch(writes, options) {
      await store.batch(waiting, options);
      waiting = fate === 'applied with the next batch' ? writes : [];
      if (fate === undefined || fate === 'applied') await store.batch(writes, options);
      const failed = fate !== undefined;
      fate = undefined;
      if (failed) throw new Error('the disk reported an error');
    },
  });
  const failNext = (next: Fate) => {
    fate = next;
  };
  return { wrap, failNext };
}

describe('a batch of which nobody knows whether it was written', () => {
  const nothing = async () => undefined;
  const confirm = (index: FolderIndex) => index.numbers.noteConfirmed(desktop, index.position());
  test.each([
    ['nothing happens in between', 'applied', nothing],
    ['a peer confirms something in between', 'applied', confirm],
    ['it comes to light only with the next batch', 'applied with the next batch', nothing],
    ['both', 'applied with the next batch', confirm],
  ] as const)('gives no number out twice, where %s', async (_, fate, meanwhile) => {
    const { wrap, failNext } = doubtfulStore();
    const index = await openIndex({ wrap });
    await publish(index, 1);
    failNext(fate);
    await expect(publish(index, 1)).rejects.toThrow('the disk reported an error');
    await meanwhile(index);
    await publish(index, 1);
    const { rows } = await index.rowsAfter(0, 10);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  test('hides nothing that it may have brought: counts are not believed meanwhile', async () => {
    const { wrap, failNext } = doubtfulStore();
    const index = await openIndex({ wrap, policy: needsWhatOthersShow });
    const shown = fileVersion('theirs', 1);
    const told = index.update(
      [shown.record.path],
      (entry) => {
        failNext('applied');
        return withPeerRow(entry, shown, { device: desktop, state: 'current', sequence: 1 });
      },
      { sync: true },
    );
    await expect(told).rejects.toThrow('the disk reported an error');
    expect(await index.neededPaths(10)).toEqual([shown.record.path]);
  });

  test('leaves what was certain when an old copy was opened as it was', async () => {
    const { database, image } = await copied();
    database.restore(image);
    const { wrap, failNext } = doubtfulStore();
    const first = await openIndex({ database, seed: 'again', wrap });
    failNext('lost');
    await expect(publish(first, 1)).rejects.toThrow('the disk reported an error');
    await publish(first, 2);
    const index = await openIndex({ database, seed: 'again' });
    await index.numbers.beginEpoch(desktop, 0, true);
    expect(index.numbers.published().sequence).toBe(3);
  });
});
