import { filePathFrom } from '@holdfast/platform';
import { MemoryDisk } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { pathOf, root, worldWith } from './scan-world.js';

describe('absence is not deletion', () => {
  test.each(['EIO', 'EACCES'])(
    'a directory that answers %s loses nothing and is listed, also in its parent’s scan',
    async (code) => {
      const world = await worldWith('a', 'd/e/f', 'd/g');
      await world.scan();
      const before = await world.shown();
      const heal = world.disk.faults.failWhile(
        code,
        (call) => call.name === 'list' && call.path === world.at('d'),
      );
      world.user.unlink(world.at('a'));
      await world.scan();
      expect(await world.shown()).toEqual({ ...before, a: 'tombstone' });
      expect(world.scanner.problems.list()).toEqual([{ path: 'd', reason: code }]);
      heal();
      await world.scan();
      expect(world.scanner.problems.list()).toEqual([]);
    },
  );

  test('an entry whose stat fails is listed, and nothing at or below it is deleted', async () => {
    const world = await worldWith('d/e/f', 'x');
    await world.scan();
    const before = await world.shown();
    world.disk.faults.failWhile(
      'EIO',
      (call) => call.name === 'stat' && [world.at('d'), world.at('x')].includes(call.path as never),
    );
    await world.scan();
    await world.scanner.scanPaths(['x', 'd', 'd/e/f'].map(pathOf), [pathOf('d')]);
    expect(await world.shown()).toEqual(before);
    expect(world.scanner.problems.list().map((one) => one.path)).toContain('x');
  });

  test('a file that cannot be read is listed and not published, and is taken once it can', async () => {
    const world = await worldWith('a');
    const heal = world.disk.faults.failWhile(
      'EACCES',
      (call) => call.name === 'open' && call.path === world.at('a'),
    );
    await world.scan();
    expect(await world.shown()).toEqual({});
    expect(world.scanner.problems.list()).toEqual([{ path: 'a', reason: 'EACCES' }]);
    heal();
    await world.scanner.scanPaths([pathOf('a')], []);
    expect(await world.shown()).toEqual({ a: 'file 1' });
    expect(world.scanner.problems.list()).toEqual([]);
  });

  test('a missing root stops the folder', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.user.rename(root, filePathFrom('/home/elsewhere'));
    await expect(world.scan()).rejects.toMatchObject({ code: 'folder_stopped' });
    expect(await world.shown()).toEqual({ a: 'file 1' });
    world.user.rename(filePathFrom('/home/elsewhere'), root);
    expect(await world.scan()).toMatchObject({ changed: 0 });
  });

  test('an empty mount point stops the folder', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.mounts.mount(root, new MemoryDisk({ now: () => 0, deviceNumber: 9n }));
    await expect(world.scan()).rejects.toMatchObject({ code: 'folder_stopped' });
    await expect(world.scanner.scanPaths([pathOf('a')], [])).rejects.toMatchObject({
      code: 'folder_stopped',
    });
    expect(await world.shown()).toEqual({ a: 'file 1' });
  });

  test('another device number under the same marker stops the folder', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.disk.remount(77n);
    world.user.unlink(world.at('a'));
    await expect(world.scan()).rejects.toMatchObject({ code: 'folder_stopped' });
    expect(await world.shown()).toEqual({ a: 'file 1' });
  });

  test('a marker made by hand, a damaged one and none stop the folder', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.user.unlink(world.at('a'));
    const marker = world.at('.holdfast/marker.json');
    world.user.unlink(marker);
    await expect(world.scan()).rejects.toMatchObject({ code: 'folder_stopped' });
    for (const text of [
      JSON.stringify({ folder: 'photosphotosphot', instance: '0'.repeat(32) }),
      '{"folder":',
      'null',
      '[]',
      'x'.repeat(5000),
    ]) {
      world.write('.holdfast/marker.json', text);
      await expect(world.scan()).rejects.toMatchObject({ code: 'folder_stopped' });
    }
    expect(await world.shown()).toEqual({ a: 'file 1' });
  });

  test('a disk that goes away in the middle of a scan deletes nothing', async () => {
    const world = await worldWith('a', 'd/f');
    await world.scan();
    world.user.makeDirectory(filePathFrom('/empty'));
    world.onCall = (call) => {
      if (call.name !== 'list') return;
      world.onCall = undefined;
      world.user.rename(root, filePathFrom('/away'));
      world.user.makeDirectory(root);
    };
    await expect(world.scan()).rejects.toMatchObject({ code: 'folder_stopped' });
    expect(await world.shown()).toEqual({ a: 'file 1', d: 'directory', 'd/f': 'file 3' });
  });
});
