import { emptyEntry, localCurrent, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import { type ActorId, type DeviceId, versionOf } from '@holdfast/model';
import { byteStringFromText, bytesOf, filePathFrom } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { hash, pathOf, type ScanWorld, worldWith } from './scan-world.js';

const wasRead = (world: ScanWorld, path: string) =>
  world.calls.some((call) => call.name === 'read' && call.path === world.at(path));
const vector = [{ actor: '00000000000000bb' as ActorId, counter: 1 }];

const versionsOf = async (world: ScanWorld, path: string) =>
  localCurrent(await world.entry(path))?.version.record.vector;

describe('a scan of the whole folder', () => {
  test('takes in files, directories and symlinks, and nothing of the node’s own', async () => {
    const world = await worldWith('a', 'd/e/f');
    world.user.makeSymlink('nowhere', world.at('link'));
    world.write('d/.holdfast-tmp-0123', 'half');
    const result = await world.scan();
    expect(await world.shown()).toEqual({
      a: 'file 1',
      d: 'directory',
      'd/e': 'directory',
      'd/e/f': 'file 5',
      link: 'symlink',
    });
    expect(result).toMatchObject({ examined: 5, changed: 5, again: [] });
    expect(result.temporaries).toEqual(['d/.holdfast-tmp-0123']);
    expect(world.scanner.problems.count).toBe(0);
  });

  test('that finds nothing changed reads nothing and publishes nothing', async () => {
    const world = await worldWith('a', 'd/e/f');
    await world.scan();
    const before = world.index.position();
    const result = await world.scan();
    expect(result.changed).toBe(0);
    expect(world.index.position()).toEqual(before);
    expect(wasRead(world, 'a')).toBe(false);
    expect(world.calls.some((call) => call.path === world.at('a') && call.name === 'open')).toBe(
      false,
    );
  });

  test('reads the one file that changed, also where size and mtime are the old ones', async () => {
    const world = await worldWith('a', 'b');
    await world.scan();
    const { mtimeNs } = world.user.stat(world.at('a'));
    world.overwrite('a', 'X');
    world.user.setModificationTime(world.at('a'), mtimeNs);
    world.pass(10_000);
    expect(await world.scan()).toMatchObject({ changed: 1 });
    const opened = world.calls.filter((call) => call.name === 'open').map((call) => call.path);
    expect(opened).toContain(world.at('a'));
    expect(opened).not.toContain(world.at('b'));
    expect(await versionsOf(world, 'a')).toMatchObject([{ counter: 2 }]);
  });

  test('turns what was deleted into tombstones, with everything below a directory', async () => {
    const world = await worldWith('a', 'd/e/f');
    await world.scan();
    world.user.unlink(world.at('d/e/f'));
    world.user.removeDirectory(world.at('d/e'));
    world.user.removeDirectory(world.at('d'));
    await world.scan();
    expect(await world.shown()).toEqual({
      a: 'file 1',
      d: 'tombstone',
      'd/e': 'tombstone',
      'd/e/f': 'tombstone',
    });
    expect(await world.scan()).toMatchObject({ changed: 0 });
  });

  test('sees a moved directory at its new place and gone from the old one', async () => {
    const world = await worldWith('d/e/f', 'd/g');
    await world.scan();
    world.user.rename(world.at('d'), world.at('moved'));
    await world.scan();
    expect(await world.shown()).toEqual({
      d: 'tombstone',
      'd/e': 'tombstone',
      'd/e/f': 'tombstone',
      'd/g': 'tombstone',
      moved: 'directory',
      'moved/e': 'directory',
      'moved/e/f': 'file 5',
      'moved/g': 'file 3',
    });
  });

  test('sees a directory become a file, and a file become a directory', async () => {
    const world = await worldWith('d/e/f', 'x');
    await world.scan();
    world.user.unlink(world.at('d/e/f'));
    world.user.removeDirectory(world.at('d/e'));
    world.user.removeDirectory(world.at('d'));
    world.write('d', 'file now');
    world.user.unlink(world.at('x'));
    world.user.makeDirectory(world.at('x'));
    world.write('x/inside', '12');
    await world.scan();
    expect(await world.shown()).toEqual({
      d: 'file 8',
      'd/e': 'tombstone',
      'd/e/f': 'tombstone',
      x: 'directory',
      'x/inside': 'file 2',
    });
  });

  test('does not follow a symlink that takes the place of a directory', async () => {
    const world = await worldWith('d/f');
    await world.scan();
    world.user.makeDirectory(filePathFrom('/outside'));
    world.user.rename(world.at('d'), filePathFrom('/outside/d'));
    world.user.makeSymlink('/outside/d', world.at('d'));
    await world.scan();
    expect(await world.shown()).toEqual({ d: 'symlink', 'd/f': 'tombstone' });
    await world.scanner.scanPaths([pathOf('d/f')], [pathOf('d')]);
    expect(await world.shown()).toEqual({ d: 'symlink', 'd/f': 'tombstone' });
    expect(world.calls.some((call) => call.name === 'open' && call.path.includes('d/f'))).toBe(
      false,
    );
  });

  test('keeps names with line breaks, bytes that are not UTF-8 and 255 bytes as they are', async () => {
    const world = await worldWith();
    const names = ['new\nline', '\xff\xfe\x80', 'x'.repeat(255), byteStringFromText('né'), ' .. '];
    for (const name of names) world.write(name, 'text');
    await world.scan();
    expect(Object.keys(await world.shown()).sort()).toEqual([...names].sort());
    for (const name of names) {
      const version = localCurrent(await world.entry(name))?.version;
      expect(Buffer.from(version?.bytes ?? []).includes(Buffer.from(bytesOf(name)))).toBe(true);
    }
    expect(await world.scan()).toMatchObject({ changed: 0 });
  });

  test('that is called off ends without taking anything for deleted', async () => {
    const world = await worldWith('a', 'd/f');
    await world.scan();
    world.user.unlink(world.at('a'));
    const abort = new AbortController();
    abort.abort(new Error('stop'));
    await expect(world.scanner.scanAll({ signal: abort.signal })).rejects.toThrow('stop');
    expect(await world.shown()).toMatchObject({ a: 'file 1' });
  });
});

describe('files that change', () => {
  test('a file that changes while it is read is not published, and is taken when it is stable', async () => {
    const world = await worldWith('a');
    world.onCall = (call) => {
      if (call.name !== 'read' || call.path !== world.at('a')) return;
      world.onCall = undefined;
      world.overwrite('a', 'longer');
    };
    const result = await world.scan();
    expect(result.again).toEqual(['a']);
    expect(await world.shown()).toEqual({});
    expect(world.scanner.problems.list()).toEqual([
      { path: 'a', reason: 'changes while it is read' },
    ]);
    world.pass(10_000);
    expect((await world.scanner.scanPaths(result.again, [])).again).toEqual([]);
    expect(await world.shown()).toEqual({ a: 'file 6' });
    expect(world.scanner.problems.count).toBe(0);
  });

  test('a file that is replaced between its stat and its opening is not published as either', async () => {
    const world = await worldWith('a');
    world.onCall = (call) => {
      if (call.name !== 'open' || call.path !== world.at('a')) return;
      world.onCall = undefined;
      world.write('a', 'another');
    };
    expect((await world.scan()).again).toEqual(['a']);
    expect(await world.shown()).toEqual({});
  });

  test('a file that was just written is read again until its times can be believed', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.overwrite('a', 'Y');
    const { again } = await world.scan();
    expect(again).toEqual(['a']);
    const first = await versionsOf(world, 'a');
    world.pass(10_000);
    world.calls.length = 0;
    expect((await world.scanner.scanPaths(again, [])).again).toEqual([]);
    expect(wasRead(world, 'a')).toBe(true);
    expect(await versionsOf(world, 'a')).toEqual(first);
    await world.scan();
    expect(wasRead(world, 'a')).toBe(false);
  });

  test('a racy file is read even when its stat is what it was', async () => {
    const world = await worldWith();
    world.write('a', '1');
    world.nowMs -= 10_000;
    await world.scan();
    const before = await versionsOf(world, 'a');
    const row = localCurrent(await world.entry('a'));
    expect(row?.local.disk?.racy).toBe(true);
    world.pass(10_000);
    await world.scan();
    expect(wasRead(world, 'a')).toBe(true);
    expect(await versionsOf(world, 'a')).toEqual(before);
  });

  test('a large file that changed a moment ago is read once, when its times can be believed', async () => {
    const world = await worldWith();
    world.write('large', 'x'.repeat(5 * 1024 * 1024));
    world.nowMs -= 10_000;
    const first = await world.scan();
    expect([first.young, first.again, first.changed]).toEqual([['large'], [], 0]);
    expect([wasRead(world, 'large'), world.scanner.problems.count]).toEqual([false, 0]);
    world.pass(60);
    const second = await world.scanner.scanPaths(first.young, []);
    expect([second.young, second.again, second.changed]).toEqual([[], [], 1]);
    expect(localCurrent(await world.entry('large'))?.local.disk?.racy).toBe(false);
  });

  test('a large file that changed just before each look is listed from the second look on', async () => {
    const world = await worldWith();
    world.write('large', 'x'.repeat(5 * 1024 * 1024));
    world.nowMs -= 10_000;
    const { young } = await world.scan();
    expect(world.scanner.problems.list()).toEqual([]);
    await world.scanner.scanPaths(young, []);
    expect(world.scanner.problems.list()).toEqual([
      { path: 'large', reason: 'changes while it is read' },
    ]);
    world.pass(60);
    await world.scanner.scanPaths(young, []);
    expect([world.scanner.problems.list(), await world.shown()]).toEqual([
      [],
      { large: 'file 5242880' },
    ]);
  });

  test('a file that goes between listing and reading is looked at again, then deleted', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.overwrite('a', 'Z');
    world.pass(10_000);
    world.onCall = (call) => {
      if (call.name !== 'open') return;
      if (call.path !== world.at('a')) return;
      world.onCall = undefined;
      world.user.unlink(world.at('a'));
    };
    const { again } = await world.scan();
    expect(again).toEqual(['a']);
    await world.scanner.scanPaths(again, []);
    expect(await world.shown()).toEqual({ a: 'tombstone' });
  });
});

describe('a scan beside other work', () => {
  test('what is being placed is left alone and looked at again', async () => {
    const world = await worldWith('a');
    world.placing = (path) => path === 'a';
    expect((await world.scan()).again).toEqual(['a']);
    expect(await world.shown()).toEqual({});
    world.placing = () => false;
    await world.scanner.scanPaths([pathOf('a')], []);
    expect(await world.shown()).toEqual({ a: 'file 1' });
  });

  test('an observation counts only while the index says what it said when it began', async () => {
    const world = await worldWith('a');
    await world.scan();
    world.user.unlink(world.at('a'));
    const record = { kind: 'directory', path: pathOf('a'), permissions: 0o755 } as const;
    const version = versionOf({ ...record, author: '12D3KooWDesktop' as DeviceId, vector }, hash);
    let changed: Promise<unknown> | undefined;
    world.onCall = (call) => {
      if (call.name !== 'list') return;
      world.onCall = undefined;
      changed = world.index.update([pathOf('a')], (entry) => withLocalCurrent(entry, version), {
        sync: true,
      });
    };
    const { again } = await world.scan();
    await changed;
    expect(again).toEqual(['a']);
    expect(await world.shown()).toEqual({ a: 'directory' });
  });

  test('what was placed and deleted while it was looked for is looked at again', async () => {
    const world = await worldWith('a');
    await world.scan();
    const { version, local } = localCurrent(await world.entry('a'))!;
    world.user.unlink(world.at('a'));
    const peer = { device: '12D3KooWDesktop' as DeviceId, state: 'current', sequence: 1 } as const;
    const known = withPeerRow(emptyEntry(pathOf('a')), version, peer);
    await world.index.update([pathOf('a')], () => known, { sync: true });
    let placed: Promise<unknown> | undefined;
    world.onCall = (call) => {
      if (call.name !== 'stat' || call.path !== world.at('a')) return;
      world.onCall = undefined;
      const place = (entry: typeof known) =>
        withLocalCurrent(entry, version, { disk: local.disk! });
      placed = world.index.update([pathOf('a')], place, { sync: true });
    };
    const { again } = await world.scanner.scanPaths([pathOf('a')], []);
    await placed;
    expect(again).toEqual(['a']);
    await world.scanner.scanPaths(again, []);
    expect(await world.shown()).toEqual({ a: 'tombstone' });
  });

  test('versions that the user replaced before any archive had them are counted', async () => {
    const world = await worldWith('a', 'b');
    await world.scan();
    world.write('a', 'edited');
    world.user.unlink(world.at('b'));
    await world.scan();
    expect(world.index.counts.overwrittenUncovered).toBe(2);
  });
});

describe('hints', () => {
  test('a hint examines its path alone, and what is new below it', async () => {
    const world = await worldWith('a', 'd/e/f');
    const result = await world.scanner.scanPaths([pathOf('d')], []);
    expect(await world.shown()).toEqual({ d: 'directory', 'd/e': 'directory', 'd/e/f': 'file 5' });
    expect(result.newDirectories).toBeGreaterThan(0);
  });

  test('a hint for a path that is gone makes tombstones of it and what was below', async () => {
    const world = await worldWith('a', 'd/e/f');
    await world.scan();
    world.user.rename(world.at('d'), filePathFrom('/home/out'));
    await world.scanner.scanPaths([pathOf('d')], []);
    expect(await world.shown()).toMatchObject({
      a: 'file 1',
      d: 'tombstone',
      'd/e/f': 'tombstone',
    });
  });

  test('hints for the node’s own names do nothing', async () => {
    const world = await worldWith();
    const own = ['.holdfast/marker.json', '.holdfast', '.stignore', 'd/../x'].map(pathOf);
    await world.scanner.scanPaths(own, []);
    expect(await world.shown()).toEqual({});
  });
});

test('a path that only a peer shows is not deleted by a scan', async () => {
  const world = await worldWith();
  const elsewhere = '12D3KooWDesktop' as DeviceId;
  const version = versionOf(
    { kind: 'directory', path: pathOf('far'), permissions: 0o755, author: elsewhere, vector },
    hash,
  );
  await world.index.update(
    [pathOf('far')],
    () =>
      withPeerRow(emptyEntry(pathOf('far')), version, {
        device: elsewhere,
        state: 'current',
        sequence: 1,
      }),
    { sync: true },
  );
  expect(await world.scan()).toMatchObject({ changed: 0 });
  await world.scanner.scanPaths([pathOf('far')], [pathOf('far')]);
  expect(world.index.position().sequence).toBe(0);
});
