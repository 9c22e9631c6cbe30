/** Giving a file its new path: what may happen meanwhile, and at which moment the power may go. */
import { SimulatedCrash } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { type MoveItem, moveFilesJob } from '../src/move-files-job.js';
import { PlaceWorld, pathOf, root } from './place-world.js';

type Disk = ReturnType<PlaceWorld['write']>;

const itemOf = (disk: Disk, more: Partial<MoveItem> = {}): MoveItem => ({
  path: pathOf('new'),
  from: pathOf('old'),
  disk,
  syncs: false,
  ...more,
});
const move = (world: PlaceWorld, ...items: MoveItem[]) =>
  world.perform(moveFilesJob, { root, items });

/** Calls `interfere` when the job has linked the new name and looks at the old one next. */
function onceLinked(world: PlaceWorld, interfere: () => void): void {
  let isLinked = false;
  world.onCall = ({ name }) => {
    if (name === 'syncDirectory' && !isLinked) {
      isLinked = true;
      interfere();
    }
  };
}

describe('a file that is moved', () => {
  test('is the same file under its new path alone', () => {
    const world = new PlaceWorld();
    const disk = world.write('old', 'content');
    const [result] = move(world, itemOf(disk));
    expect(result).toMatchObject({ type: 'moved', leaves: true, stat: { inode: disk.inode } });
    expect(world.names()).toEqual(['new']);
    expect(world.text('new')).toBe('content');
    expect(result).toMatchObject({ stat: { ctimeNs: world.diskState('new').ctimeNs } });
  });

  test('takes no name that somebody else has', () => {
    const world = new PlaceWorld();
    const disk = world.write('old', 'content');
    world.write('new', 'of the user');
    expect(move(world, itemOf(disk))).toEqual([{ type: 'kept' }]);
    expect([world.text('old'), world.text('new')]).toEqual(['content', 'of the user']);
  });

  test('stays where it is when it is not what the index says', () => {
    const world = new PlaceWorld();
    const disk = world.write('old', 'content');
    world.overwrite('old', 'CONTENT');
    expect(move(world, itemOf(disk))).toEqual([{ type: 'kept' }]);
    expect([world.names(), world.text('old')]).toEqual([['old'], 'CONTENT']);
  });

  test('stays where it is on a disk without links', () => {
    const world = new PlaceWorld({ supportsLinks: false });
    const disk = world.write('old', 'content');
    expect(move(world, itemOf(disk))).toEqual([{ type: 'kept' }]);
    expect(world.names()).toEqual(['old']);
  });

  test('stays where it is when its user writes into it at that very moment', () => {
    const world = new PlaceWorld();
    const disk = world.write('old', 'content');
    onceLinked(world, () => world.overwrite('old', 'CONTENT'));
    expect(move(world, itemOf(disk))).toEqual([{ type: 'kept' }]);
    expect([world.names(), world.text('old')]).toEqual([['old'], 'CONTENT']);
  });

  test('leaves what its user puts in its place at that very moment', () => {
    const world = new PlaceWorld();
    const disk = world.write('old', 'content');
    onceLinked(world, () => {
      world.user.unlink(world.at('old'));
      world.write('old', 'put there');
    });
    expect(move(world, itemOf(disk))).toMatchObject([{ type: 'moved', leaves: false }]);
    expect([world.text('new'), world.text('old')]).toEqual(['content', 'put there']);
  });

  test('is not taken away where its user has replaced the new name', () => {
    const world = new PlaceWorld();
    const disk = world.write('old', 'content');
    onceLinked(world, () => {
      world.user.unlink(world.at('new'));
      world.write('new', 'put there');
    });
    expect(move(world, itemOf(disk))).toEqual([{ type: 'kept' }]);
    expect([world.text('old'), world.text('new')]).toEqual(['content', 'put there']);
  });
});

describe.each([
  ['what was durable before', true],
  ['what its user wrote just before', false],
])('power loss at any call, moving %s', (_, isDurable) => {
  test('leaves the content under one of its names at least', () => {
    const seen = new Set<string>();
    for (let moment = 0, ended = false; !ended; moment += 1) {
      for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
        const world = new PlaceWorld();
        const disk = world.write('old', 'content', isDurable);
        let count = 0;
        world.onCall = () => {
          if (count++ === moment) throw new SimulatedCrash();
        };
        try {
          move(world, itemOf(disk, { syncs: !isDurable }));
          ended = true;
        } catch (error) {
          if (!(error instanceof SimulatedCrash)) throw error;
        }
        world.onCall = undefined;
        world.crash(`${moment} ${seed}`);
        const [old, now] = [world.text('old'), world.text('new')];
        seen.add(`${old !== undefined} ${now !== undefined}`);
        // Before the move its content may be torn: nobody had made it durable.
        if (now !== undefined) expect(now, `call ${moment}, seed ${seed}`).toBe('content');
        else expect(old, `call ${moment}, seed ${seed}`).toBeDefined();
        if (ended) expect([old, now]).toEqual([undefined, 'content']);
      }
    }
    expect(seen).toContain('true false');
    expect(seen).toContain('false true');
  });
});
