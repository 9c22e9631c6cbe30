import { describe, expect, test } from 'vitest';
import { itemOf, PlaceWorld, present } from './place-world.js';

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
