import { filePathFrom } from '@holdfast/platform';
import {
  describeFileSystem,
  describeFileWatcher,
  describeKeyValueStore,
} from '@holdfast/platform-compliance';
import {
  NodeFileSystem,
  openFileWatchers,
  openLevelStore,
  PollingFileWatcher,
} from '@holdfast/platform-node';
import { createTemporaryDirectory } from './temporary-directory.js';

const fileSystem = new NodeFileSystem();

describeFileSystem('NodeFileSystem', async () => {
  const { path, dispose } = createTemporaryDirectory();
  return { fileSystem, root: filePathFrom(path), mtimeGrainNs: 1_000n, dispose };
});

describeKeyValueStore('LevelStore', async () => {
  const { path, dispose } = createTemporaryDirectory();
  return { open: () => openLevelStore(path), dispose };
});

describeFileWatcher('ParcelFileWatcher', async () => {
  const { path, dispose } = createTemporaryDirectory();
  const { native } = await openFileWatchers();
  if (native === undefined) throw new Error('there is a build for the platforms of the tests');
  return { watcher: native, fileSystem, root: filePathFrom(path), dispose };
});

describeFileWatcher('PollingFileWatcher', async () => {
  const { path, dispose } = createTemporaryDirectory();
  const watcher = new PollingFileWatcher({ minIntervalMs: 50 });
  return { watcher, fileSystem, root: filePathFrom(path), dispose };
});
