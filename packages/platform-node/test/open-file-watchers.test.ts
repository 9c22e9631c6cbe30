import { openFileWatchers } from '@holdfast/platform-node';
import { expect, test } from 'vitest';

const noBuild = () => Promise.reject(new Error('No prebuild for this platform\nRequire stack: …'));

test('where the native library cannot be loaded there is polling, and the reason', async () => {
  const watchers = await openFileWatchers(noBuild, 'darwin');
  expect(watchers.native).toBeUndefined();
  expect(watchers.nativeProblem).toContain('(No prebuild for this platform)');
  expect(watchers.polling).toBeDefined();
});

test('Linux needs no library', async () => {
  expect(await openFileWatchers(noBuild, 'linux')).toMatchObject({ native: {}, nativeProblem: '' });
});

test('where it can be loaded there is no problem', async () => {
  const watchers = await openFileWatchers(undefined, 'darwin');
  expect(watchers).toMatchObject({ native: {}, nativeProblem: '' });
});
