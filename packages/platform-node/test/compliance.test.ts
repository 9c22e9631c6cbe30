import { filePathFrom } from '@holdfast/platform';
import {
  describeFileSystem,
  describeFileWatcher,
  describeKeyValueStore,
} from '@holdfast/platform-compliance';
import {
  InotifyFileWatcher,
  loadParcelWatcher,
  NodeFileSystem,
  openLevelStore,
  ParcelFileWatcher,
  PollingFileWatcher,
} from '@holdfast/platform-node';
import { describe } from 'vitest';
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
  const watcher = new ParcelFileWatcher(await loadParcelWatcher());
  return { watcher, fileSystem, root: filePathFrom(path), dispose };
});

describe.runIf(process.platform === 'linux')('on Linux', () => {
  describeFileWatcher('InotifyFileWatcher', async () => {
    const { path, dispose } = createTemporaryDirectory();
    const watcher = new InotifyFileWatcher();
    return { watcher, fileSystem, root: filePathFrom(path), dispose };
  });
});

describeFileWatcher('PollingFileWatcher', async () => {
  const { path, dispose } = createTemporaryDirectory();
  const watcher = new PollingFileWatcher({ minIntervalMs: 50 });
  return { watcher, fileSystem, root: filePathFrom(path), dispose };
});
