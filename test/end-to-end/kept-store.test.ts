/** The store of format 1 that is kept, read by the command line from a disk. */
import { cpSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LogResult, RestoreResult } from '@holdfast/node';
import { expect, test } from 'vitest';
import { answer, answerFrom, run } from './command-line.js';
import { useTestWorld } from './test-world.js';
import { treeSnapshot } from './tree-snapshot.js';

const fixture = fileURLToPath(
  new URL('../../packages/version-archive/test/fixtures/store-format-1/store', import.meta.url),
);
const photos = 'photosphotosphot';
const papers = 'paperspaperspape';
const world = useTestWorld();

test('a copy of it is listed and restored as of now, and as of a position', async () => {
  const store = world.path('store');
  cpSync(fixture, store, { recursive: true });
  const sizes = () =>
    (readdirSync(store, { recursive: true }) as string[])
      .sort()
      .map((name) => [name, lstatSync(join(store, name)).size]);
  const untouched = sizes();
  const nowhere = world.path('nowhere');
  const alone = <Answer>(...given: readonly string[]) =>
    answer<Answer>(nowhere, [...given, '--store', store]);
  let restores = 0;
  const restored = async (folder: string, ...more: readonly string[]) => {
    const to = world.path(`restored-${restores++}`);
    const result = await alone<RestoreResult>('restore', folder, ...more, '--to', to);
    expect(result).toMatchObject({ failed: [], to });
    return treeSnapshot(to);
  };

  const tree = await restored(photos);
  expect(Object.keys(tree)).toEqual([
    'holiday',
    'holiday/été',
    'holiday/été/empty',
    'holiday/été/long',
    'letter',
  ]);
  const text = (content: string) => Buffer.from(content).toString('base64');
  expect(tree.letter).toBe(text('the letter as it is'));
  expect(tree['holiday/été/empty']).toBe('');
  expect(Buffer.from(tree['holiday/été/long']!, 'base64').length).toBe(229_102);
  expect(await restored(papers)).toEqual({ note: text('A note among the papers.\n'.repeat(200)) });

  // Before a deletion; what was thinned since is named, and nothing else is given in its place.
  const to = world.path('as-of-five');
  const given = ['restore', photos, '--at', '#5', '--to', to, '--store', store];
  const outcome = await run(nowhere, ...given);
  const result = answerFrom<RestoreResult>(outcome, given, 3);
  expect(result.failed).toMatchObject([{ path: 'letter' }]);
  const before = treeSnapshot(to);
  expect(Buffer.from(before['holiday/été/gone.jpg']!, 'base64').length).toBe(700);
  expect(before).not.toHaveProperty('letter');

  const { versions } = await alone<LogResult>('log', `${photos}/letter`);
  expect(versions).toHaveLength(4);
  expect(sizes()).toEqual(untouched);
});
