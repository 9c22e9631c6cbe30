import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLevelStore } from '@holdfast/platform-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = createTemporaryDirectory();
});
afterEach(() => directory.dispose());

test('a store that is open already is store_locked', async () => {
  const path = join(directory.path, 'deeper', 'store');
  const store = await openLevelStore(path);
  await expect(openLevelStore(path)).rejects.toMatchObject({ code: 'store_locked' });
  await store.close();
  await (await openLevelStore(path)).close();
});

test('a store whose files do not belong together is store_damaged, with what to do', async () => {
  await (await openLevelStore(directory.path)).close();
  writeFileSync(join(directory.path, 'CURRENT'), 'MANIFEST-999999\n');
  const opening = openLevelStore(directory.path);
  await expect(opening).rejects.toMatchObject({
    code: 'store_damaged',
    hint: expect.stringContaining('moves the damaged one aside'),
  });
});

test('a store without CURRENT is store_damaged, and its files stay as they are', async () => {
  await (await openLevelStore(directory.path)).close();
  rmSync(join(directory.path, 'CURRENT'));
  const before = readdirSync(directory.path);
  await expect(openLevelStore(directory.path)).rejects.toMatchObject({ code: 'store_damaged' });
  expect(readdirSync(directory.path)).toEqual(before);
});

test('a table that cannot be read is store_damaged when it is read, and vouched for no more', async () => {
  const everything = { from: new Uint8Array(0), to: Buffer.alloc(8, 0xff) };
  const store = await openLevelStore(directory.path);
  const writes = Array.from({ length: 3_000 }, (_, number) => ({
    type: 'put' as const,
    key: Buffer.from(`key ${number}`),
    value: Buffer.from(`value ${number % 7}`),
  }));
  await store.batch(writes, { sync: true });
  await store.close();
  await (await openLevelStore(directory.path)).close();
  const table = readdirSync(directory.path).find((name) => name.endsWith('.ldb')) as string;
  const bytes = readFileSync(join(directory.path, table));
  bytes.fill(0xff, 100, 200);
  writeFileSync(join(directory.path, table), bytes);
  const damaged = await openLevelStore(directory.path);
  const reading = async () => {
    for await (const [key] of damaged.iterate(everything)) expect(key.length).toBeGreaterThan(0);
  };
  expect(damaged.lineage).toMatch(/^[0-9a-f]{32}$/);
  await expect(reading()).rejects.toMatchObject({ code: 'store_damaged' });
  // What is opened anew in this process counts its rows.
  expect(damaged.lineage).toBeUndefined();
  await damaged.close();
});
