/** What a worker says of directories: what is as it was is only counted. */
import { type CompareDirectoriesInput, compareDirectoriesJob } from '@holdfast/folder-scanner';
import { describe, expect, test } from 'vitest';
import { pathOf, root, type ScanWorld, worldWith } from './scan-world.js';

async function compare(
  world: ScanWorld,
  more: Partial<CompareDirectoriesInput['directories'][number]> = {},
) {
  const known = await world.index.storedChildren.packed(pathOf('d'));
  const directory = { path: pathOf('d'), known, listsAll: false, ...more };
  const [answer] = await world.runner.run(compareDirectoriesJob, {
    root,
    directories: [directory],
  });
  if (answer?.type !== 'compared') throw new Error(`not compared: ${answer?.type}`);
  const pathAt = (at: number) =>
    world.index.storedChildren.entryAt(pathOf('d'), answer.known, at).path;
  return {
    unchanged: answer.unchanged,
    listed: answer.entries.map(({ name, at }) => [name, at === undefined ? 'new' : pathAt(at)]),
    gone: answer.gone.map(pathAt),
    failed: answer.failed.map(({ name }) => name),
    knownBytes: answer.known.length,
  };
}

describe('a comparison of a directory', () => {
  test('counts what is unchanged, and sends nothing of it back', async () => {
    const world = await worldWith('d/a', 'd/b');
    world.user.makeSymlink('a', world.at('d/link'));
    await world.scan();
    expect(await compare(world)).toEqual({
      unchanged: { files: 2, others: 1 },
      listed: [],
      gone: [],
      failed: [],
      knownBytes: 0,
    });
  });

  test('names what is new, changed, gone or a directory, each with its entry', async () => {
    const world = await worldWith('d/a', 'd/b', 'd/c', 'd/e/f', 'd/z');
    await world.scan();
    world.write('d/b', 'other');
    world.user.unlink(world.at('d/c'));
    world.write('d/0', 'first');
    world.write('d/zz', 'last');
    expect(await compare(world)).toMatchObject({
      unchanged: { files: 2, others: 0 },
      listed: [
        ['0', 'new'],
        ['b', 'd/b'],
        ['e', 'd/e'],
        ['zz', 'new'],
      ],
      gone: ['d/c'],
    });
  });

  test('does not take for gone what could not be looked at', async () => {
    const world = await worldWith('d/a', 'd/b');
    await world.scan();
    world.disk.faults.failWhile(
      'EIO',
      (call) => call.name === 'stat' && call.path === world.at('d/a'),
    );
    expect(await compare(world)).toMatchObject({
      gone: [],
      failed: ['a'],
      unchanged: { files: 1 },
    });
  });

  test('takes another kind under a known name for a change', async () => {
    const world = await worldWith('d/a');
    await world.scan();
    world.user.unlink(world.at('d/a'));
    world.user.makeSymlink('b', world.at('d/a'));
    expect(await compare(world)).toMatchObject({ listed: [['a', 'd/a']], gone: [] });
  });

  test('lists everything where it is asked to', async () => {
    const world = await worldWith('d/a');
    await world.scan();
    expect(await compare(world, { listsAll: true })).toMatchObject({
      unchanged: { files: 0 },
      listed: [['a', 'd/a']],
    });
  });
});
