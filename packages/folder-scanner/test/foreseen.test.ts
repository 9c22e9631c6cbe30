/** What a guard is told of before it is committed: what this device's user did, and nothing else. */
import { localCurrent, type PathEntry, withLocalCurrent } from '@holdfast/folder-index';
import type { ActorId } from '@holdfast/model';
import { expect, test } from 'vitest';
import { observe } from '../src/observe.js';
import { context, pathOf, type ScanWorld, worldWith } from './scan-world.js';

test('what was deleted and rewritten here is foreseen', async () => {
  const world = await worldWith('a', 'b', 'c');
  await world.scan();
  world.user.unlink(world.at('a'));
  world.write('b', 'other');
  await world.scan();
  expect(world.foreseen.toSorted()).toEqual(['a', 'b']);
});

test('what others changed and is being placed at this moment is not', async () => {
  const world = await worldWith('a', 'b', 'c');
  await world.scan();
  for (const path of ['a', 'b']) world.user.unlink(world.at(path));
  world.placing = (path) => path === 'a';
  await world.scan();
  expect(world.foreseen).toEqual(['b']);
});

test('what was placed between the look at the disk and the end of the scan is not', async () => {
  const world = await worldWith('a', 'b', 'c');
  await world.scan();
  for (const path of ['a', 'b']) world.user.unlink(world.at(path));
  const gone = (before: PathEntry) => {
    const { version } = localCurrent(
      observe(before, { type: 'absent' }, { ...context, actor: '00000000000000bb' as ActorId }),
    )!;
    return withLocalCurrent(before, version, {});
  };
  let placed: Promise<unknown> | undefined;
  world.onCall = ({ name }) => {
    if (name !== 'list') return;
    placed ??= world.index.update([pathOf('a')], gone, { sync: true });
  };
  await world.scan();
  await placed;
  expect(placed).toBeDefined();
  expect(world.foreseen).toEqual(['b']);
});

test.each([
  [
    'a symlink',
    (world: ScanWorld) => world.user.makeSymlink('elsewhere', world.at('d')),
    'symlink',
  ],
  ['a file', (world: ScanWorld) => world.write('d', 'file'), 'file 4'],
])('%s for a directory waits with the absence of what that held', async (_, takePlace, shown) => {
  const world = await worldWith('d/e/f');
  await world.scan();
  world.user.unlink(world.at('d/e/f'));
  for (const path of ['d/e', 'd']) world.user.removeDirectory(world.at(path));
  takePlace(world);
  world.believesEarly = false;
  const early = await world.scanner.scanPaths([pathOf('d')], []);
  expect(early).toMatchObject({ mustLookAtAll: true, again: ['d'] });
  expect(await world.shown()).toEqual({ d: 'directory', 'd/e': 'directory', 'd/e/f': 'file 5' });
  await world.scan();
  expect(await world.shown()).toEqual({ d: shown, 'd/e': 'tombstone', 'd/e/f': 'tombstone' });
});

test('nothing is foreseen while another batch of the scan is on its way to the index', async () => {
  const names = Array.from({ length: 600 }, (_, number) => `${number}`);
  const world = await worldWith(...names);
  await world.scan();
  Object.assign(world.runner, { parallelism: 3 });
  // As where a whole index is looked through: the other batches are read meanwhile.
  world.foreseeing = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  for (const name of names) world.write(name, 'other');
  world.guarded.length = 0;
  await world.scan();
  expect(world.guarded.length).toBeGreaterThanOrEqual(6);
  for (const [at, what] of world.guarded.entries()) {
    expect(what).toBe(at % 2 === 0 ? 'foresees' : 'committed');
  }
});
