import { type FileCall, SimulatedCrash } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import { fileItem, itemOf, oldId, PlaceWorld, pathOf, present } from './place-world.js';

const held = { holdAs: oldId };

type Work = (world: PlaceWorld, disk: ReturnType<PlaceWorld['write']>) => unknown;

/** Ends the node at each of its calls, then the power goes, for several outcomes of that. */
function* powerLosses(work: Work, options: ConstructorParameters<typeof PlaceWorld>[0] = {}) {
  for (let moment = 0; ; moment += 1) {
    let ended = false;
    for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const world = new PlaceWorld(options);
      const disk = world.write('a', 'old');
      let count = 0;
      world.onCall = (_call: FileCall) => {
        if (count++ === moment) throw new SimulatedCrash();
      };
      try {
        work(world, disk);
        ended = true;
      } catch (error) {
        if (!(error instanceof SimulatedCrash)) throw error;
      }
      world.onCall = undefined;
      world.crash(`${moment} ${seed}`);
      yield { world, disk, context: `call ${moment}, seed ${seed}`, ended };
    }
    if (ended) return;
  }
}

describe.each([
  ['with links', {}],
  ['without links', { supportsLinks: false }],
])('power loss at any call, on a disk %s', (_name, options) => {
  test('leaves the old or the new content at the path; where it is new the old is aside', () => {
    const seen = new Set<string | undefined>();
    const work: Work = (world, disk) =>
      world.place(fileItem('a', 'new', { ...present(disk), ...held }));
    for (const { world, context, ended } of powerLosses(work, options)) {
      const text = world.text('a');
      seen.add(text);
      expect(['old', 'new'], context).toContain(text);
      if (text === 'new') expect(world.held(oldId), context).toBe('old');
      if (ended) expect(text, context).toBe('new');
    }
    expect(seen).toEqual(new Set(['old', 'new']));
  });

  test('what the user wrote just before is whole where it is set aside', () => {
    const more = { ...held, syncAside: true };
    const work: Work = (world) => {
      const disk = world.write('b', 'just written', false);
      return world.place(fileItem('b', 'new', { ...present(disk), ...more }));
    };
    let set = 0;
    for (const { world, context } of powerLosses(work, options)) {
      if (world.text('b') !== 'new') continue;
      set += 1;
      expect(world.held(oldId), context).toBe('just written');
    }
    expect(set).toBeGreaterThan(0);
  });

  test('loses nothing of a file that is deleted', () => {
    const work: Work = (world, disk) =>
      world.place(itemOf('a', { type: 'nothing' }, { ...present(disk), ...held }));
    for (const { world, context, ended } of powerLosses(work, options)) {
      expect([world.text('a'), world.held(oldId)], context).toContain('old');
      if (ended) expect(world.text('a'), context).toBeUndefined();
    }
  });

  test('loses nothing of a file that becomes a symlink or a conflict copy', () => {
    const symlink: Work = (world, disk) =>
      world.place(itemOf('a', { type: 'symlink', target: 'x' }, { ...present(disk), ...held }));
    for (const { world, context } of powerLosses(symlink, options)) {
      const isLink = world.names().includes('a') && world.user.stat(world.at('a')).kind !== 'file';
      expect(isLink ? undefined : (world.text('a') ?? world.held(oldId)), context).toBe(
        isLink ? undefined : 'old',
      );
      if (isLink) expect(world.held(oldId), context).toBe('old');
    }
    const copyTo = pathOf('copy');
    const copy: Work = (world, disk) =>
      world.place(fileItem('a', 'new', { ...present(disk), copyTo }));
    for (const { world, context } of powerLosses(copy, options)) {
      expect([world.text('a'), world.text('copy')], context).toContain('old');
      expect(['old', 'new'], context).toContain(world.text('a'));
      // A half-made copy would be published as a file of the user's.
      expect(['old', undefined], context).toContain(world.text('copy'));
    }
  });

  test('a new file is whole or not there', () => {
    const work: Work = (world) => world.place(fileItem('b', 'new'));
    for (const { world, context, ended } of powerLosses(work, options)) {
      expect(['new', undefined], context).toContain(world.text('b'));
      if (ended) expect(world.text('b'), context).toBe('new');
    }
  });

  test('the work can be done again afterwards, and ends as if nothing had happened', () => {
    const work: Work = (world, disk) =>
      world.place(fileItem('a', 'new', { ...present(disk), ...held }));
    for (const { world, context } of powerLosses(work, options)) {
      if (world.text('a') === 'new') continue;
      const disk = world.diskState('a');
      const again = world.place(fileItem('a', 'new', { ...present(disk), ...held }));
      expect(again, context).toMatchObject([{ type: 'placed' }]);
      expect([world.text('a'), world.held(oldId)], context).toEqual(['new', 'old']);
    }
  });
});

test('time and permissions that were set are still so after a power loss', () => {
  const world = new PlaceWorld();
  const disk = world.write('a', 'old');
  for (const name of ['d', 'e']) world.user.makeDirectory(world.at(name), 0o755);
  world.user.syncFileSystem(world.at(''));
  const touch = { type: 'touch', mtimeNs: 5n, permissions: 0o600 } as const;
  const bits = { mtimeNs: undefined, permissions: 0o700 };
  const results = world.place(
    itemOf('a', touch, present(disk)),
    itemOf('d', { type: 'touch', ...bits }, present(world.diskState('d'), 'directory')),
    itemOf('e', { type: 'directory', ...bits }, present(world.diskState('e'), 'directory')),
  );
  expect(results.map((result) => result.type)).toEqual(['placed', 'placed', 'placed']);
  for (const seed of ['a', 'b', 'c', 'd', 'e', 'f']) {
    world.crash(seed);
    expect(world.user.stat(world.at('a'))).toMatchObject({ mtimeNs: 5n, permissions: 0o600 });
    expect(world.user.stat(world.at('d')).permissions).toBe(0o700);
    expect(world.user.stat(world.at('e')).permissions).toBe(0o700);
  }
});
