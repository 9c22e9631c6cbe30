import {
  type FolderIndex,
  localCurrent,
  type PathEntry,
  withLocalCurrent,
} from '@holdfast/folder-index';
import { type FileRecord, type Version, versionOf } from '@holdfast/model';
import { MemoryDatabase, MemoryKeyValueStore } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { fileVersion, hash, openIndex, pathOf } from './index-world.js';

const path = pathOf('a');
const [first, second] = [fileVersion('a', 1), fileVersion('a', 2)];

function show(index: FolderIndex, version: Version) {
  return index.update([version.record.path], (entry) => withLocalCurrent(entry, version), {
    sync: true,
  });
}

async function shownBy(index: FolderIndex) {
  return localCurrent(await index.entry(path))?.version.id;
}

/** Of so many blocks, each of which is named in the entry. */
function versionOfBlocks(name: string, blocks: number): Version {
  const record = fileVersion(name, 1).record as Extract<FileRecord, { kind: 'file' }>;
  const entries = Array.from({ length: blocks }, () => record.blocks.entries).flat();
  return versionOf({ ...record, sizeBytes: blocks * 10, blocks: { depth: 0, entries } }, hash);
}

/** An index, and how often it asked its store for rows since this was asked last. */
async function countedIndex() {
  let reads = 0;
  const store = new MemoryKeyValueStore(new MemoryDatabase(), {
    onCall: ({ name }) => {
      if (name === 'get') reads += 1;
    },
  });
  const index = await openIndex({ wrap: () => store });
  const readsSince = () => {
    const since = reads;
    reads = 0;
    return since;
  };
  return { index, readsSince };
}

describe('entries that were read lately', () => {
  test('are not read again, and show every change at once', async () => {
    let reads = 0;
    const database = new MemoryDatabase();
    const store = new MemoryKeyValueStore(database, {
      onCall: ({ name }) => {
        if (name === 'get') reads += 1;
      },
    });
    const index = await openIndex({ wrap: () => store });
    await show(index, first);
    expect(await shownBy(index)).toBe(first.id);
    reads = 0;
    expect(await shownBy(index)).toBe(first.id);
    await show(index, second);
    expect(await shownBy(index)).toBe(second.id);
    expect(reads).toBe(0);
    expect(await shownBy(await openIndex({ database, wasBegun: true }))).toBe(second.id);
  });

  test('a read that a change overtakes is not remembered', async () => {
    let reading = () => {};
    let goOn = () => {};
    const begun = new Promise<void>((resolve) => {
      reading = resolve;
    });
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let slow = false;
    const index = await openIndex({
      wrap: (store) =>
        Object.assign(Object.create(store), {
          batch: store.batch.bind(store),
          iteratePages: store.iteratePages.bind(store),
          get: store.get.bind(store),
          async getMany(keys: readonly Uint8Array[]) {
            const values = await store.getMany(keys);
            if (!slow) return values;
            slow = false;
            reading();
            await gate;
            return values;
          },
        }),
    });
    await show(index, first);
    slow = true;
    const old = shownBy(index);
    await begun;
    await show(index, second);
    goOn();
    expect(await old).toBe(first.id);
    expect(await shownBy(index)).toBe(second.id);
  });

  test.each(['before', 'after'] as const)(
    'a batch that failed %s it was applied leaves what the database has',
    async (when) => {
      let fails = false;
      const fail = () => {
        if (!fails) return;
        fails = false;
        throw new Error('the disk is full');
      };
      const database = new MemoryDatabase();
      const index = await openIndex({
        wrap: () =>
          new MemoryKeyValueStore(database, {
            onCall: ({ name }) => {
              if (name === 'batch' && when === 'before') fail();
            },
            onApplied: ({ name }) => {
              if (name === 'batch' && when === 'after') fail();
            },
          }),
      });
      await show(index, first);
      expect(await shownBy(index)).toBe(first.id);
      fails = true;
      await expect(show(index, second)).rejects.toThrow('full');
      const expected = when === 'before' ? first.id : second.id;
      expect(await shownBy(index)).toBe(expected);
      expect(await shownBy(await openIndex({ database, wasBegun: true }))).toBe(expected);
    },
  );

  test('are read again where they are large, also where they grew large since', async () => {
    const { index, readsSince } = await countedIndex();
    const large = versionOfBlocks('large', 100);
    await show(index, large);
    await show(index, first);
    await index.entries([large.record.path, path]);
    readsSince();
    await index.entry(path);
    expect(readsSince()).toBe(0);
    await index.entry(large.record.path);
    expect(readsSince()).toBeGreaterThan(0);
    await show(index, versionOfBlocks('a', 100));
    readsSince();
    await index.entry(path);
    expect(readsSince()).toBeGreaterThan(0);
  });

  test('are remembered for a whole batch, and no more than 1,024 of them', async () => {
    const { index, readsSince } = await countedIndex();
    const paths = Array.from({ length: 1_024 }, (_, number) => pathOf(`f${number}`));
    const shown = (entry: PathEntry) => withLocalCurrent(entry, fileVersion(entry.path, 1));
    await index.update(paths, shown, { sync: true });
    const batch = paths.slice(0, 500);
    await index.entries(batch);
    readsSince();
    await index.entries(batch);
    expect(readsSince()).toBe(0);
    await index.entries(paths);
    readsSince();
    await index.entries(paths.slice(0, 1));
    expect(readsSince()).toBeGreaterThan(0);
  });
});
