/** Taking content from a file that has it under another name. */
import { describe, expect, test } from 'vitest';
import { copyTwinsJob } from '../src/copy-twins-job.js';
import { contentOf, newId, PlaceWorld, pathOf, root } from './place-world.js';

describe('copying content that is here under another name', () => {
  const temporary = `.holdfast-tmp-${newId.slice(0, 32)}`;
  const copy = (world: PlaceWorld, source: string, text: string) =>
    world.perform(copyTwinsJob, {
      root,
      items: [
        {
          path: pathOf('new'),
          versionId: newId,
          source: pathOf(source),
          blocks: contentOf(text).blocks.entries,
        },
      ],
    });

  test('gives a file of its own with the same bytes', () => {
    const world = new PlaceWorld();
    world.write('old', 'content');
    expect(copy(world, 'old', 'content')).toEqual([true]);
    expect(world.text(temporary)).toBe('content');
    expect(world.user.stat(world.at(temporary)).inode).not.toBe(
      world.user.stat(world.at('old')).inode,
    );
  });

  test.each([
    ['of other bytes', 'CONTENT'],
    ['that is shorter', 'conten'],
  ])('leaves nothing of a file %s', (_, text) => {
    const world = new PlaceWorld();
    world.write('old', text);
    expect(copy(world, 'old', 'content')).toEqual([false]);
    expect(world.names('')).not.toContain(temporary);
    expect(world.text('old')).toBe(text);
  });

  test('does without a file that is gone, and follows no symlink', () => {
    const world = new PlaceWorld();
    world.user.makeDirectory(world.at('real'));
    world.write('real/old', 'content');
    world.user.makeSymlink('real', world.at('d'));
    expect([copy(world, 'gone', 'content'), copy(world, 'd/old', 'content')]).toEqual([
      [false],
      [false],
    ]);
    expect(world.names('')).not.toContain(temporary);
  });
});
