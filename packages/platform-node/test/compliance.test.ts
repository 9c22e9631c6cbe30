import { filePathFrom } from '@holdfast/platform';
import {
  describeFileSystem,
  describeFileWatcher,
  describeKeyValueStore,
} from '@holdfast/platform-compliance';
import { NodeFileSystem, openLevelStore, ParcelFileWatcher } from '@holdfast/platform-node';
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
  return { watcher: new ParcelFileWatcher(), fileSystem, root: filePathFrom(path), dispose };
});
