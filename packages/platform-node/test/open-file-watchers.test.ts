import { openFileWatchers } from '@holdfast/platform-node';
import { expect, test } from 'vitest';

test('where the native library cannot be loaded there is polling, and the reason', async () => {
  const watchers = await openFileWatchers(() =>
    Promise.reject(new Error('No prebuild for this platform\nRequire stack: …')),
  );
  expect(watchers.native).toBeUndefined();
  expect(watchers.nativeProblem).toContain('(No prebuild for this platform)');
  expect(watchers.polling).toBeDefined();
});

test('where it can be loaded there is no problem', async () => {
  expect(await openFileWatchers()).toMatchObject({ native: {}, nativeProblem: '' });
});
