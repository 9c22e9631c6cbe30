import { joinPath } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { fileItem, itemOf, newId, oldId, PlaceWorld, pathOf, present } from './place-world.js';

describe('directories that their owner may not write to', () => {
  test('a directory of a peer is made so that what lies in it can be placed', () => {
    const world = new PlaceWorld();
    const results = world.place(
      itemOf('d', { type: 'directory', permissions: 0o555 }),
      itemOf('d/e', { type: 'directory', permissions: 0o050 }),
    );
    expect(results).toMatchObject([
      { type: 'placed', stat: { permissions: 0o755 } },
      { type: 'placed', stat: { permissions: 0o750 } },
    ]);
  });

  test('a touch or a new version of one leaves it writable too', () => {
    const world = new PlaceWorld();
    world.user.makeDirectory(world.at('d'), 0o755);
    const touch = { type: 'touch', mtimeNs: undefined, permissions: 0o511 } as const;
    world.place(itemOf('d', touch, present(world.diskState('d'), 'directory')));
    expect(world.user.stat(world.at('d')).permissions).toBe(0o711);
    const made = { type: 'directory', permissions: 0o500 } as const;
    world.place(itemOf('d', made, present(world.diskState('d'), 'directory')));
    expect(world.user.stat(world.at('d')).permissions).toBe(0o700);
  });

  test('a file keeps its bits', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    const touch = { type: 'touch', mtimeNs: undefined, permissions: 0o444 } as const;
    world.place(itemOf('a', touch, present(disk)));
    expect(world.user.stat(world.at('a')).permissions).toBe(0o444);
  });
});

describe('a file that its user changes between the link aside and the replacing', () => {
  /** Writes in place once a second name was made. */
  function editedWhenLinked(world: PlaceWorld, path: string): void {
    let linked = false;
    world.onCall = ({ name }) => {
      if (linked && name === 'syncDirectory') {
        world.onCall = undefined;
        world.overwrite(path, 'mine');
      }
      if (name === 'link') linked = true;
    };
  }

  test('has no conflict copy that shares its content from then on', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    editedWhenLinked(world, 'a');
    const item = fileItem('a', 'new', { ...present(disk), copyTo: pathOf('a.sync-conflict') });
    expect(world.place(item)).toEqual([{ type: 'changed' }]);
    expect(world.names()).toEqual(['a']);
    expect(world.text('a')).toBe('mine');
  });

  test('is not held under a version that it is not', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    editedWhenLinked(world, 'a');
    expect(world.place(fileItem('a', 'new', { ...present(disk), holdAs: oldId }))).toEqual([
      { type: 'changed' },
    ]);
    expect([world.held(oldId), world.text('a')]).toEqual([undefined, 'mine']);
  });

  test('keeps what was set aside where another file took its place', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    world.write('b', 'other');
    let linked = false;
    world.onCall = ({ name }) => {
      if (linked && name === 'syncDirectory') {
        world.onCall = undefined;
        world.user.rename(world.at('b'), world.at('a'));
      }
      if (name === 'link') linked = true;
    };
    const item = fileItem('a', 'new', { ...present(disk), holdAs: oldId });
    expect(world.place(item)).toEqual([{ type: 'changed', leftAside: true }]);
    expect([world.held(oldId), world.text('a')]).toEqual(['old', 'other']);
  });

  test('keeps no second name where the replacing failed', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    const temporary = joinPath(world.at(''), `.holdfast-tmp-${newId.slice(0, 32)}`);
    world.onCall = ({ name, path }) => {
      if (name === 'rename' && path === temporary) world.user.unlink(temporary);
    };
    const item = fileItem('a', 'new', { ...present(disk), copyTo: pathOf('a.sync-conflict') });
    expect(world.place(item)).toEqual([{ type: 'failed', code: 'ENOENT' }]);
    expect(world.names()).toEqual(['a']);
  });

  test('keeps no copy aside either, on a disk without links', () => {
    const world = new PlaceWorld({ supportsLinks: false });
    const disk = world.write('a', 'old');
    world.disk.faults.failNext('syncDirectory', 'EIO', (call) => call.path.endsWith('/held'));
    const item = fileItem('a', 'new', { ...present(disk), holdAs: oldId });
    expect(world.place(item)).toEqual([{ type: 'failed', code: 'EIO' }]);
    expect([world.text('a'), world.held(oldId)]).toEqual(['old', undefined]);
  });

  test('is not replaced where its name aside may not last, and others are placed', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    world.disk.faults.failNext('syncDirectory', 'EIO', (call) => call.path.endsWith('/held'));
    const item = fileItem('a', 'new', { ...present(disk), holdAs: oldId });
    expect(world.place(item, fileItem('b', 'new'))).toMatchObject([
      { type: 'failed', code: 'EIO' },
      { type: 'placed' },
    ]);
    expect([world.text('a'), world.held(oldId), world.text('b')]).toEqual([
      'old',
      undefined,
      'new',
    ]);
  });

  test('is told of as set aside where it was replaced and the new name may not last', () => {
    const world = new PlaceWorld();
    const disk = world.write('a', 'old');
    world.disk.faults.failNext('syncDirectory', 'EIO', (call) => call.path.endsWith('/photos'));
    const item = fileItem('a', 'new', { ...present(disk), holdAs: oldId });
    expect(world.place(item)).toEqual([{ type: 'failed', code: 'EIO', leftAside: true }]);
    expect([world.text('a'), world.held(oldId)]).toEqual(['new', 'old']);
  });
});

describe('a disk that does not tell A.TXT from a.txt', () => {
  const folding = () => new PlaceWorld({ foldCase: true });

  test('a file is not put in the place of one with another name', () => {
    const world = folding();
    world.write('a.txt', 'mine');
    expect(world.place(fileItem('A.TXT', 'theirs'))).toMatchObject([{ type: 'postponed' }]);
    expect([world.names(), world.text('a.txt')]).toEqual([['a.txt'], 'mine']);
  });

  test('nor is a directory, or what lies in it', () => {
    const world = folding();
    world.user.makeDirectory(world.at('docs'));
    const made = { type: 'directory', permissions: 0o755 } as const;
    const results = world.place(itemOf('DOCS', made), fileItem('DOCS/a', 'theirs'));
    expect(results).toMatchObject([{ type: 'postponed' }, { type: 'postponed' }]);
    expect([world.names(), world.names('docs')]).toEqual([['docs'], []]);
  });

  test('a deletion needs the byte-equal name', () => {
    const world = folding();
    const disk = world.write('a.txt', 'mine');
    const [known, unknown] = world.place(
      itemOf('A.TXT', { type: 'nothing' }, present(disk)),
      itemOf('A.txt', { type: 'nothing' }),
    );
    expect([known, unknown]).toMatchObject([{ type: 'changed' }, { type: 'placed' }]);
    expect(world.text('a.txt')).toBe('mine');
  });

  test('a file goes where the other one was, once that is gone', () => {
    const world = folding();
    const disk = world.write('a.txt', 'old');
    world.place(itemOf('a.txt', { type: 'nothing' }, present(disk)));
    expect(world.place(fileItem('A.TXT', 'new'))).toMatchObject([{ type: 'placed' }]);
    expect([world.names(), world.text('A.TXT')]).toEqual([['A.TXT'], 'new']);
  });
});
