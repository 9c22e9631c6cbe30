/** The world's clock, chance and bulk work keep the contracts of their seams. */
import {
  describeBulkRunner,
  describeClock,
  describeRandomSource,
} from '@holdfast/platform-compliance';
import {
  InlineBulkRunner,
  MemoryDisk,
  MemoryFileSystem,
  MountTable,
  nativeBlake3,
  SeededRandom,
  VirtualWorldClock,
} from '@holdfast/simulation';

describeClock('a node of the virtual world', () => {
  const world = new VirtualWorldClock();
  return {
    clock: world.nodeClock(),
    advance: async (ms) => {
      await world.runUntil(world.nowMs + ms);
    },
  };
});

describeRandomSource('SeededRandom', () => new SeededRandom('compliance'));

describeBulkRunner('InlineBulkRunner', () => {
  const clock = new VirtualWorldClock().nodeClock();
  const fileSystem = new MemoryFileSystem({
    mounts: new MountTable(new MemoryDisk({ now: () => clock.now() })),
  });
  return new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
});
