import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { filePathFrom, joinPath } from '@holdfast/platform';
import { ParcelFileWatcher } from '@holdfast/platform-node';
import parcelWatcher from '@parcel/watcher';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

let directory: TemporaryDirectory;
beforeEach(() => {
  directory = createTemporaryDirectory();
});
afterEach(() => directory.dispose());

const watcher = new ParcelFileWatcher(parcelWatcher);
const ignoreEvents = () => undefined;

test('a missing root and one whose name is not UTF-8 are watch_unavailable', async () => {
  const root = filePathFrom(directory.path);
  for (const name of ['missing', '\xff']) {
    const watching = watcher.watch(joinPath(root, name), ignoreEvents);
    await expect(watching).rejects.toMatchObject({ code: 'watch_unavailable' });
  }
});

test('stopping a watch that the kernel ended before is no error; any other failure is', async () => {
  const failing = (message: string) =>
    new ParcelFileWatcher({
      subscribe: async () => ({ unsubscribe: () => Promise.reject(new Error(message)) }),
    }).watch(filePathFrom(directory.path), ignoreEvents);
  const ended = await failing('Unable to remove watcher: Invalid argument');
  await expect(ended.stop()).resolves.toBeUndefined();
  const broken = await failing('Unable to remove watcher: Bad file descriptor');
  await expect(broken.stop()).rejects.toThrow('Bad file descriptor');
});

test('a watch can be stopped after its root is gone', async () => {
  const root = join(directory.path, 'root');
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  const subscription = await watcher.watch(filePathFrom(root), ignoreEvents);
  rmSync(root, { recursive: true });
  await subscription.stop();
});
