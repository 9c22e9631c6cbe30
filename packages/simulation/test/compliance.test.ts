/** The in-memory seams keep the same contracts as the real ones. */

import { filePathFrom } from '@holdfast/platform';
import {
  describeFileSystem,
  describeFileWatcher,
  describeKeyValueStore,
  describeNetwork,
  describeNetworkDiscovery,
  describeSigner,
} from '@holdfast/platform-compliance';
import {
  MemoryDatabase,
  MemoryDisk,
  MemoryFileSystem,
  MemoryKeyValueStore,
  MemoryNetworkFabric,
  MemorySigner,
  MountTable,
  ScriptedFileWatcher,
  SeededRandom,
  VirtualWorldClock,
} from '@holdfast/simulation';

const nothing = async () => undefined;

describeFileSystem('MemoryFileSystem', async () => {
  const mounts = new MountTable(new MemoryDisk({ now: () => 1_790_000_000_000 }));
  const fileSystem = new MemoryFileSystem({ mounts });
  const root = filePathFrom('/root');
  fileSystem.makeDirectory(root);
  return { fileSystem, root, dispose: nothing };
});

describeKeyValueStore('MemoryKeyValueStore', async () => {
  const database = new MemoryDatabase();
  return { open: async () => new MemoryKeyValueStore(database), dispose: nothing };
});

describeFileWatcher('ScriptedFileWatcher', async () => {
  const world = new VirtualWorldClock();
  const mounts = new MountTable(new MemoryDisk({ now: () => world.wallMs }));
  const fileSystem = new MemoryFileSystem({ mounts });
  const root = filePathFrom('/root');
  fileSystem.makeDirectory(root);
  const { schedule } = world;
  const behaviour = { duplicateChance: 0.5 };
  const random = new SeededRandom('watcher');
  const watcher = new ScriptedFileWatcher({ mounts, schedule, random, behaviour });
  return {
    watcher,
    fileSystem,
    root,
    advance: async () => {
      await world.runUntil(world.nowMs + 100);
    },
    dispose: nothing,
  };
});

const signing = (device: string) => ({ device, signer: new MemorySigner(device) });
describeSigner('MemorySigner', async () => [signing('one'), signing('other')]);

describeNetwork('MemoryNetwork', async () => {
  const fabric = new MemoryNetworkFabric({
    schedule: (_delayMs, callback) => setImmediate(() => callback()),
  });
  let count = 0;
  return { create: async () => fabric.createNetwork(`device-${count++}`), dispose: nothing };
});

describeNetworkDiscovery('MemoryNetwork', async () => {
  const fabric = new MemoryNetworkFabric({
    schedule: (_delayMs, callback) => setImmediate(() => callback()),
    discovery: true,
  });
  let count = 0;
  return { create: async () => fabric.createNetwork(`device-${count++}`), dispose: nothing };
});
