import { localCurrent, type Withheld, withHeld, withLocalCurrent } from '@holdfast/folder-index';
import { MemoryDatabase } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { fileVersion, needsNothing, openIndex, pathOf } from './index-world.js';

const disk = {
  sizeBytes: 1,
  mtimeNs: 2n,
  ctimeNs: 3n,
  inode: 4n,
  permissions: 0o644,
  racy: false,
};
const listsWithheld = {
  ...needsNothing,
  isLocalChange: (entry: Parameters<typeof localCurrent>[0]) =>
    localCurrent(entry)?.local.withheld === 'kept',
};

/** An index that shows one version of each path, withheld, and how to say something new of them. */
async function scene(...paths: string[]) {
  const database = new MemoryDatabase();
  const index = await openIndex({ database, policy: listsWithheld });
  const show = (path: string, count: number, withheld?: Withheld | 'no') =>
    index.update(
      [pathOf(path)],
      (entry) =>
        withLocalCurrent(entry, fileVersion(path, count), {
          disk,
          ...(withheld === undefined ? {} : { withheld }),
        }),
      { sync: true },
    );
  for (const path of paths) await show(path, 1, 'kept');
  const offered = async () =>
    (await index.rowsAfter(0, 100)).rows.map(({ path, state, sequence }) => [
      path,
      state,
      sequence,
    ]);
  return { database, index, show, offered };
}

describe('what this device shows and keeps from the members', () => {
  test('it is offered beside, and is not among what is set aside', async () => {
    const { index, offered } = await scene('a');
    expect(await offered()).toEqual([['a', 'side', 1]]);
    expect(await index.sideRows(10, 10)).toEqual([]);
    expect(index.counts).toMatchObject({ held: 0, files: 1, localChanges: 1 });
  });

  test('it stays so when it is only looked at again, and after a restart', async () => {
    const { database, index, show, offered } = await scene('a');
    await show('a', 1);
    expect(await offered()).toEqual([['a', 'side', 1]]);
    const again = await openIndex({ database, policy: listsWithheld });
    const local = localCurrent(await again.entry(pathOf('a')))?.local;
    expect(local).toEqual(localCurrent(await index.entry(pathOf('a')))?.local);
    expect(local).toMatchObject({ withheld: 'kept', disk });
  });

  test('once it is shared, it is offered anew as current', async () => {
    const { index, show, offered } = await scene('a', 'b');
    await show('a', 1, 'no');
    expect(await offered()).toEqual([
      ['b', 'side', 2],
      ['a', 'current', 3],
    ]);
    expect(index.counts.localChanges).toBe(1);
  });

  test('taking it back is remembered and is nothing new for others', async () => {
    const { database, show, offered } = await scene('a');
    await show('a', 1, 'reverting');
    expect(await offered()).toEqual([['a', 'side', 1]]);
    const again = await openIndex({ database, policy: listsWithheld });
    expect(localCurrent(await again.entry(pathOf('a')))?.local.withheld).toBe('reverting');
    expect(again.counts.localChanges).toBe(0);
  });

  test('a version that takes its place is not withheld; the old one is set aside', async () => {
    const { index, offered } = await scene('a');
    await index.update(
      [pathOf('a')],
      (entry) =>
        withHeld(withLocalCurrent(entry, fileVersion('a', 2)), fileVersion('a', 1), { sinceMs: 1 }),
      { sync: true },
    );
    const states = (await offered()).map(([, state]) => state);
    expect(new Set(states)).toEqual(new Set(['current', 'side']));
    expect(states).toHaveLength(2);
    expect(index.counts).toMatchObject({ held: 1, localChanges: 0 });
  });

  test('it is listed a page at a time', async () => {
    const { index } = await scene('a', 'b', 'c');
    expect(await index.localChanges(2)).toEqual(['a', 'b']);
    expect(await index.localChanges(2, pathOf('b'))).toEqual(['c']);
    expect(await index.localChanges(2, pathOf('c'))).toEqual([]);
  });
});
