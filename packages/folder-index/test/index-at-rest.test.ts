/** What is asked of an index each time something may have changed, while nothing has. */
import { withLocalCurrent } from '@holdfast/folder-index';
import { MemoryDatabase, MemoryKeyValueStore } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { desktop, fileVersion, openIndex, pathOf } from './index-world.js';

test('where nothing is new, needed, queued or held, nothing is read to say so', async () => {
  let reads = 0;
  const store = new MemoryKeyValueStore(new MemoryDatabase(), {
    onCall: ({ name }) => {
      if (name !== 'batch') reads += 1;
    },
  });
  const index = await openIndex({ wrap: () => store });
  await index.update([pathOf('a')], (entry) => withLocalCurrent(entry, fileVersion('a', 1)), {
    sync: true,
  });
  const position = index.position();
  reads = 0;
  expect(await index.rowsAfter(position.sequence, 10)).toEqual({ rows: [], reached: position });
  expect(await index.numbers.remembers(position)).toBe(true);
  expect(await index.numbers.remembers({ ...position, hash: '1'.repeat(64) })).toBe(false);
  expect(await index.neededPaths(10)).toEqual([]);
  expect(await index.queuedOffers(desktop, 10)).toEqual([]);
  expect(await index.sideRows(position.sequence, 10)).toEqual([]);
  expect(await index.entries([])).toEqual([]);
  expect(reads).toBe(0);
});
