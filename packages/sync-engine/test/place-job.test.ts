import { filePathFrom } from '@holdfast/platform';
import { temporaryPath } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import {
  fileItem,
  itemOf,
  mtimeNs,
  newId,
  oldId,
  PlaceWorld,
  pathOf,
  present,
  root,
} from './place-world.js';

const held = { holdAs: oldId };

describe('putting a version in place', () => {
  test('a new file has its content, time and permissions, and no temporary file stays', () => {
    const world = new PlaceWorld();
    expect(world.place(fileItem('a', 'new'))).toMatchObject([
      { type: 'placed', stat: { sizeBytes: 3, mtimeNs, permissions: 0o640 } },
    ]);
    expect(world.text('a')).toBe('new');
    expect(world.names()).toEqual(['a']);
  });

  test('an empty file too', () => {
    const world = new PlaceWorld();
    expect(world.place(fileItem('a', ''))).toMatchObject([{ type: 'placed' }]);
    expect(world.text('a')).toBe('');
  });

  test('what it replaces is set aside under its own version', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    const results = world.place(fileItem('a', 'new', { ...present(disk), ...held }));
    expect(results).toMatchObject([{ type: 'placed' }]);
    expect([world.text('a'), world.held(oldId)]).toEqual(['new', 'old']);
  });

  test('what it replaces can stay visible as a conflict copy', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    const copyTo = pathOf('a.sync-conflict');
    expect(world.place(fileItem('a', 'new', { ...present(disk), copyTo }))).toMatchObject([
      { type: 'placed', copyStat: { sizeBytes: 3 } },
    ]);
    expect([world.text('a'), world.text('a.sync-conflict')]).toEqual(['new', 'old']);
  });

  test('a conflict copy never takes the name of another file', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    world.write('taken', 'mine');
    const item = fileItem('a', 'new', { ...present(disk), copyTo: pathOf('taken') });
    expect(world.place(item)).toEqual([{ type: 'changed' }]);
    expect([world.text('a'), world.text('taken')]).toEqual(['old', 'mine']);
    expect(world.names()).toEqual(['a', 'taken']);
  });

  test('directories, what lies in them, and symlinks come in one batch', () => {
    const world = new PlaceWorld();
    const results = world.place(
      itemOf('d', { type: 'directory', permissions: 0o750 }),
      itemOf('d/e', { type: 'directory', permissions: undefined }),
      itemOf('d/link', { type: 'symlink', target: '../\xff' }),
    );
    expect(results.map((result) => result.type)).toEqual(['placed', 'placed', 'placed']);
    expect(world.user.stat(world.at('d')).permissions).toBe(0o750);
    expect(world.user.readSymlink(world.at('d/link'))).toBe('../\xff');
  });

  test('a touch moves time and permissions and leaves the content', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    world.place(itemOf('a', { type: 'touch', mtimeNs: 5n, permissions: 0o600 }, present(disk)));
    expect(world.user.stat(world.at('a'))).toMatchObject({ mtimeNs: 5n, permissions: 0o600 });
    expect(world.text('a')).toBe('old');
  });

  test('seventy files at once are each in place', () => {
    const world = new PlaceWorld();
    const paths = Array.from({ length: 70 }, (_, at) => `f${at}`);
    const items = paths.map((path, at) =>
      fileItem(path, `text ${at}`, {
        versionId: at.toString(16).padStart(2, '0').repeat(32) as never,
      }),
    );
    expect(world.place(...items).every((result) => result.type === 'placed')).toBe(true);
    expect(paths.map((path) => world.text(path))).toEqual(paths.map((_, at) => `text ${at}`));
    world.crash('seventy');
    expect(paths.map((path) => world.text(path))).toEqual(paths.map((_, at) => `text ${at}`));
  });
});

describe('deleting', () => {
  test('a file goes and its content is set aside', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    const results = world.place(itemOf('a', { type: 'nothing' }, { ...present(disk), ...held }));
    expect(results).toEqual([{ type: 'placed', stat: undefined, copyStat: undefined }]);
    expect([world.text('a'), world.held(oldId)]).toEqual([undefined, 'old']);
  });

  test('what is gone already counts as done', () => {
    const world = new PlaceWorld();
    expect(world.place(itemOf('a', { type: 'nothing' }))).toMatchObject([{ type: 'placed' }]);
  });

  test.each([
    ['deleted', itemOf('d', { type: 'nothing' })],
    ['replaced by a file', fileItem('d', 'new')],
    ['replaced by a symlink', itemOf('d', { type: 'symlink', target: 'x' })],
  ])('a directory that holds something is not %s', (_name, made) => {
    const world = new PlaceWorld();
    world.user.makeDirectory(world.at('d'));
    world.write('d/mine', 'mine');
    const expected = present(world.diskState('d'), 'directory').expected;
    const results = world.place({ ...made, item: { ...made.item, expected } });
    expect(results).toEqual([{ type: 'postponed', reason: 'the directory is not empty' }]);
    expect(world.text('d/mine')).toBe('mine');
    expect(world.names()).toEqual(['d']);
  });

  test('an empty directory goes, or gives its place to a file', () => {
    const world = new PlaceWorld();
    for (const path of ['d', 'e']) world.user.makeDirectory(world.at(path));
    const directory = (path: string) => present(world.diskState(path), 'directory');
    const results = world.place(
      itemOf('d', { type: 'nothing' }, directory('d')),
      fileItem('e', 'now a file', directory('e')),
    );
    expect(results.map((result) => result.type)).toEqual(['placed', 'placed']);
    expect([world.names(), world.text('e')]).toEqual([['e'], 'now a file']);
  });
});

describe('a target that is not what was expected', () => {
  const changes: [string, (world: PlaceWorld) => void][] = [
    ['edited', (world) => world.overwrite('a', 'EDITED')],
    [
      'edited without a trace in size and time',
      (world) => {
        world.overwrite('a', 'xxx');
        world.user.setModificationTime(world.at('a'), mtimeNs);
      },
    ],
    [
      'replaced by another file',
      (world) => {
        world.user.unlink(world.at('a'));
        world.write('a', 'mine');
      },
    ],
    [
      'replaced by a symlink',
      (world) => {
        world.user.unlink(world.at('a'));
        world.user.makeSymlink('x', world.at('a'));
      },
    ],
    ['closed to others', (world) => world.user.setPermissions(world.at('a'), 0o600)],
  ];

  test.each(changes)('a file that was %s stays as its user left it', (_name, change) => {
    for (const made of [fileItem('a', 'new'), itemOf('a', { type: 'nothing' })]) {
      const world = new PlaceWorld();
      const disk = world.write('a', 'old');
      change(world);
      const before = world.user.stat(world.at('a'));
      const item = { ...made.item, ...present(disk), ...held };
      expect(world.place({ ...made, item })).toEqual([{ type: 'changed' }]);
      expect(world.user.stat(world.at('a'))).toEqual(before);
      expect(world.names()).toEqual(['a']);
    }
  });

  test.each(changes)(
    'at whatever call of the work it is %s, the edit is in its place or set aside',
    (_name, change) => {
      const calls = callsOf((world, disk) =>
        world.place(fileItem('a', 'new', { ...present(disk), ...held })),
      );
      for (let moment = 0; moment < calls; moment += 1) {
        const world = new PlaceWorld();
        const disk = world.write('a', 'old');
        let count = 0;
        let applied = false;
        let edited: ReturnType<PlaceWorld['user']['stat']> | undefined;
        world.onCall = () => {
          if (count++ !== moment) return;
          applied = world.text('a') !== 'new';
          if (!applied) return;
          change(world);
          edited = world.user.stat(world.at('a'));
        };
        const [result] = world.place(fileItem('a', 'new', { ...present(disk), ...held }));
        if (!applied) continue;
        const now = world.user.stat(world.at('a'));
        const inPlace = now.inode === edited?.inode;
        const aside = world.names('.holdfast/held').length > 0;
        // The last moment before the rename cannot be closed; then what was there is aside.
        expect(inPlace || aside, `call ${moment}`).toBe(true);
        if (inPlace) expect(result?.type, `call ${moment}`).not.toBe('placed');
      }
    },
  );

  test('a new name that is taken meanwhile is left to who took it', () => {
    const world = new PlaceWorld();
    world.onCall = (call) => {
      if (call.name !== 'link') return;
      world.onCall = undefined;
      world.write('a', 'mine');
    };
    expect(world.place(fileItem('a', 'new'))).toEqual([{ type: 'changed' }]);
    expect([world.text('a'), world.names()]).toEqual(['mine', ['a']]);
  });

  test('one item that cannot be placed does not hinder the others', () => {
    const world = new PlaceWorld();
    world.write('a', 'mine');
    world.disk.faults.failWhile('EACCES', (call) => call.path.endsWith('/b'));
    const items = ['a', 'b', 'c'].map((path, at) =>
      fileItem(path, path, { versionId: `${at}`.repeat(64) as never }),
    );
    expect(world.place(...items)).toMatchObject([
      { type: 'changed' },
      { type: 'failed', code: 'EACCES' },
      { type: 'placed' },
    ]);
    expect(world.text('c')).toBe('c');
  });
});

/** How many file-system calls the work makes. */
function callsOf(work: (world: PlaceWorld, disk: ReturnType<PlaceWorld['write']>) => unknown) {
  const world = new PlaceWorld();
  const disk = world.write('a', 'old');
  let calls = 0;
  world.onCall = () => {
    calls += 1;
  };
  work(world, disk);
  return calls;
}

describe('confinement', () => {
  test('nothing is written, set aside or deleted through a symlink that stands for a directory', () => {
    const world = new PlaceWorld();
    world.user.makeDirectory(filePathFrom('/outside'));
    world.write('seed', 'secret');
    world.user.rename(world.at('seed'), filePathFrom('/outside/f'));
    const disk = world.diskState('../outside/f');
    world.user.makeSymlink('/outside', world.at('d'));
    const results = world.place(
      fileItem('d/new', 'new'),
      itemOf('d/f', { type: 'nothing' }, { ...present(disk), ...held }),
      itemOf('d/e', { type: 'directory', permissions: 0o755 }),
      itemOf('d/f', { type: 'touch', mtimeNs: 1n, permissions: 0o777 }, present(disk)),
    );
    expect(results.map((result) => result.type)).toEqual([
      'postponed',
      'changed',
      'postponed',
      'changed',
    ]);
    expect(world.user.list(filePathFrom('/outside')).map((one) => one.name)).toEqual(['f']);
    expect(world.diskState('../outside/f')).toEqual(disk);
    expect(world.held(oldId)).toBeUndefined();
  });

  test('where its directory is gone, so is what is to go', () => {
    const world = new PlaceWorld();
    expect(world.place(itemOf('d/a', { type: 'nothing' }))).toMatchObject([{ type: 'placed' }]);
  });

  test('a directory that does not exist yet is waited for', () => {
    const world = new PlaceWorld();
    expect(world.place(fileItem('d/a', 'new'))).toMatchObject([{ type: 'postponed' }]);
  });

  test('a block that is not what its name says is not written in place', () => {
    const world = new PlaceWorld();
    const lying = { ...fileItem('a', 'new'), envelope: fileItem('a', 'bad').envelope };
    expect(world.place(lying)).toEqual([{ type: 'failed', code: 'block_mismatch' }]);
    expect(world.names()).toEqual([]);
  });

  test('a file that is not whole is not put in place', () => {
    const world = new PlaceWorld();
    const { item, envelope } = fileItem('a', 'new');
    const content = { ...item.content, sizeBytes: 4 } as typeof item.content;
    expect(world.place({ envelope, item: { ...item, content } })).toEqual([
      { type: 'failed', code: 'incomplete' },
    ]);
    expect(world.names()).toEqual([]);
  });
});

describe('disks without links', () => {
  test.each(['EPERM', 'EXDEV'])(
    'where linking says %s, what is replaced is copied aside',
    (code) => {
      const world = new PlaceWorld();
      world.disk.faults.failWhile(code, (call) => call.name === 'link');
      const disk = world.write('a', 'old');
      expect(world.place(fileItem('a', 'new', { ...present(disk), ...held }))).toMatchObject([
        { type: 'placed' },
      ]);
      expect([world.text('a'), world.held(oldId)]).toEqual(['new', 'old']);
      expect(world.user.stat(world.at(`.holdfast/held/${oldId}`)).mtimeNs).toBe(mtimeNs);
      expect(world.place(fileItem('b', 'new'))).toMatchObject([{ type: 'placed' }]);
      expect(world.names()).toEqual(['a', 'b']);
    },
  );

  test('a copy aside that failed half-way is made anew the next time', () => {
    const world = new PlaceWorld({ supportsLinks: false });
    const disk = world.write('a', 'old');
    const item = fileItem('a', 'new', { ...present(disk), ...held });
    world.disk.faults.failNext('syncFile', 'ENOSPC', (call) => call.path.includes('/held/'));
    expect(world.place(item)).toEqual([{ type: 'failed', code: 'ENOSPC' }]);
    expect(world.text('a')).toBe('old');
    expect(world.place(item)).toMatchObject([{ type: 'placed' }]);
    expect([world.text('a'), world.held(oldId)]).toEqual(['new', 'old']);
  });
});

test('the temporary name lies beside its target and is one that no record may carry', () => {
  expect(temporaryPath(root, pathOf('d/a'), newId)).toBe(
    `/photos/d/.holdfast-tmp-${newId.slice(0, 32)}`,
  );
});
