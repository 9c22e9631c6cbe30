/**
 * The suite that every `FileSystem` passes: each sentence of its contract as a test. The setup
 * gives an empty directory on an ordinary disk (case-sensitive, byte-exact names, hard links,
 * permissions); the suite creates everything that it needs below it.
 */
import { byteStringFromText, type FilePath, type FileSystem, joinPath } from '@holdfast/platform';
import { afterEach, beforeEach, describe } from 'vitest';
import { testFileEntries } from './file-system-entries.js';
import { testFileHandles } from './file-system-handles.js';
import { testFileNames } from './file-system-names.js';
import { testSymlinkRefusal } from './file-system-symlinks.js';

export interface FileSystemUnderTest {
  readonly fileSystem: FileSystem;
  /** An existing, empty directory. */
  readonly root: FilePath;
  /** How exactly a modification time is kept; 1n (every nanosecond) unless given. */
  readonly mtimeGrainNs?: bigint;
  dispose(): Promise<void>;
}

/** What the parts of the suite work with; the getters are valid inside a test only. */
export interface FileSystemScene {
  readonly fileSystem: FileSystem;
  readonly root: FilePath;
  readonly mtimeGrainNs: bigint;
  /** A path below the root; `relative` is text. */
  path(relative: string): FilePath;
  /** Creates a file with this text. */
  writeFile(relative: string, text: string, permissions?: number): FilePath;
  readFile(path: FilePath): string;
}

export function describeFileSystem(name: string, setup: () => Promise<FileSystemUnderTest>): void {
  describe(`${name} as a FileSystem`, () => {
    let current: FileSystemUnderTest | undefined;
    beforeEach(async () => {
      current = await setup();
    });
    afterEach(async () => {
      await current?.dispose();
      current = undefined;
    });
    const scene = sceneOf(() => {
      if (current === undefined) throw new Error('used outside a test');
      return current;
    });
    testFileEntries(scene);
    testFileHandles(scene);
    testFileNames(scene);
    testSymlinkRefusal(scene);
  });
}

function sceneOf(current: () => FileSystemUnderTest): FileSystemScene {
  const path = (relative: string) => joinPath(current().root, byteStringFromText(relative));
  return {
    get fileSystem() {
      return current().fileSystem;
    },
    get root() {
      return current().root;
    },
    get mtimeGrainNs() {
      return current().mtimeGrainNs ?? 1n;
    },
    path,
    writeFile(relative, text, permissions) {
      const { fileSystem } = current();
      const handle = fileSystem.open(path(relative), 'create', permissions);
      fileSystem.write(handle, Buffer.from(text), 0);
      fileSystem.close(handle);
      return path(relative);
    },
    readFile(target) {
      const { fileSystem } = current();
      const handle = fileSystem.open(target, 'read');
      const buffer = new Uint8Array(fileSystem.handleStat(handle).sizeBytes);
      const count = fileSystem.read(handle, buffer, 0);
      fileSystem.close(handle);
      return Buffer.from(buffer.subarray(0, count)).toString();
    },
  };
}
