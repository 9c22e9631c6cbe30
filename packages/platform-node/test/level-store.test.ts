import { writeFileSync } from 'node:fs';
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

test('a damaged store is store_unreadable, with a hint', async () => {
  await (await openLevelStore(directory.path)).close();
  writeFileSync(join(directory.path, 'CURRENT'), 'MANIFEST-999999\n');
  const opening = openLevelStore(directory.path);
  await expect(opening).rejects.toMatchObject({
    code: 'store_unreadable',
    hint: expect.stringContaining('rebuilt'),
  });
});
