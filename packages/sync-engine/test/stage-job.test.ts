/** Filling a large file piece by piece, from peers and from what lies here already. */
import { describe, expect, test } from 'vitest';
import { beginStagingJob, checkStagedJob } from '../src/resume-jobs.js';
import { stageJob } from '../src/stage-job.js';
import { contentOf, newId, PlaceWorld, pathOf, root } from './place-world.js';

describe('filling a large file', () => {
  const local = (path: string, text: string, sourceOffset: number, fileOffset: number) => ({
    contentId: contentOf(text).contentId,
    path: pathOf(path),
    sourceOffset,
    lengthBytes: text.length,
    fileOffset,
  });
  const stage = (world: PlaceWorld, more: Partial<Parameters<typeof stageJob.perform>[0]>) => {
    const file = { root, path: pathOf('big'), versionId: newId, sizeBytes: 11, ...more };
    world.perform(beginStagingJob, file);
    return world.perform(stageJob, { ...file, buffers: [], pieces: [], local: [], ...more });
  };
  const temporary = `.holdfast-tmp-${newId.slice(0, 32)}`;

  test('takes blocks from the old file and from others, each at its place', () => {
    const world = new PlaceWorld();
    world.write('big', 'one two');
    const { envelope, contentId } = contentOf('NEW ');
    const to = envelope.length;
    const pieces = [{ contentId, lengthBytes: 4, buffer: 0, from: 0, to, fileOffset: 4 }];
    expect(stage(world, { local: [local('big', 'one ', 0, 0)] })).toEqual([]);
    const second = { local: [local('big', 'two', 4, 8)] };
    expect(stage(world, { ...second, buffers: [envelope], pieces })).toEqual([]);
    expect([world.text(temporary), world.text('big')]).toEqual(['one NEW two', 'one two']);
  });

  test('what was synced on the way is there after a power loss', () => {
    for (const sync of [true, false]) {
      const kept = [...Array(20).keys()].filter((seed) => {
        const world = new PlaceWorld();
        world.write('old', 'one two');
        stage(world, { local: [local('old', 'one ', 0, 0)], sync });
        world.user.syncDirectory(root);
        world.crash(`staged ${seed}`);
        return world.text(temporary)?.startsWith('one ') === true;
      });
      expect(kept.length === 20).toBe(sync);
    }
  });

  test('after a sync that failed nothing of the file is gone on with', () => {
    const world = new PlaceWorld();
    world.write('old', 'one two');
    world.disk.faults.failNext('syncFile', 'EIO', () => true);
    const local4 = [local('old', 'one ', 0, 0)];
    expect(() => stage(world, { local: local4, sync: true })).toThrow('EIO');
    expect(world.text(temporary)).toBeUndefined();
    const file = { root, path: pathOf('big'), versionId: newId, sizeBytes: 11 };
    expect(world.perform(beginStagingJob, file)).toBe(0);
  });

  test('a local block that is not what it should be is asked for elsewhere', () => {
    const world = new PlaceWorld();
    world.write('big', 'ONE two');
    const wanted = [
      local('big', 'one ', 0, 0),
      local('gone', 'x', 0, 4),
      local('big', 'too far', 5, 5),
    ];
    expect(stage(world, { local: [...wanted, local('big', 'two', 4, 4)] })).toEqual(wanted);
  });

  test.each([
    ['that lies about itself', 'truth', 5],
    ['of another length than the list of its file says', 'lie', 2],
  ])('a block %s ends the work, and the target stays', (_, expected, lengthBytes) => {
    const world = new PlaceWorld();
    world.write('big', 'old');
    const { envelope } = contentOf('lie');
    const { contentId } = contentOf(expected);
    const to = envelope.length;
    const pieces = [{ contentId, lengthBytes, buffer: 0, from: 0, to, fileOffset: 0 }];
    expect(() => stage(world, { buffers: [envelope], pieces })).toThrow(
      expect.objectContaining({ code: 'block_mismatch' }),
    );
    expect(world.text('big')).toBe('old');
  });

  test('neither the file nor its local blocks lead through a symlink', () => {
    const world = new PlaceWorld();
    world.user.makeDirectory(world.at('real'));
    world.write('real/secret', 'secret');
    world.user.makeSymlink('real', world.at('d'));
    expect(() => stage(world, { path: pathOf('d/big') })).toThrow(
      expect.objectContaining({ code: 'parent_missing' }),
    );
    expect(world.names('real')).toEqual(['secret']);
    const through = local('d/secret', 'secret', 0, 0);
    expect(stage(world, { local: [through] })).toEqual([through]);
  });

  describe('goes on where it stopped:', () => {
    const begin = (world: PlaceWorld, sizeBytes: number) =>
      world.perform(beginStagingJob, { root, path: pathOf('big'), versionId: newId, sizeBytes });
    const blocks = ['one ', 'NEW ', 'two'].map((text, at) => ({
      contentId: contentOf(text).contentId,
      lengthBytes: text.length,
      fileOffset: at * 4,
    }));
    const check = (world: PlaceWorld) =>
      world.perform(checkStagedJob, { root, path: pathOf('big'), versionId: newId, blocks });

    test('what is there is counted, and every block of it hashed again', () => {
      const world = new PlaceWorld();
      expect(begin(world, 11)).toBe(0);
      expect(world.text(temporary)).toBe('');
      world.user.unlink(world.at(temporary));
      world.write(temporary, 'one ....two');
      expect(begin(world, 11)).toBe(11);
      expect(check(world)).toEqual([true, false, true]);
      world.user.unlink(world.at(temporary));
      world.write(temporary, 'one NEW ');
      expect(begin(world, 11)).toBe(8);
      expect(check(world)).toEqual([true, true, false]);
    });

    test('what cannot be part of it is begun anew', () => {
      const world = new PlaceWorld();
      world.write(temporary, 'longer than it');
      expect(begin(world, 11)).toBe(0);
      expect(world.text(temporary)).toBe('');
      world.user.unlink(world.at(temporary));
      world.write('precious', 'precious');
      world.user.makeSymlink('precious', world.at(temporary));
      expect(begin(world, 11)).toBe(0);
      expect([world.text(temporary), world.text('precious')]).toEqual(['', 'precious']);
    });
  });
});
