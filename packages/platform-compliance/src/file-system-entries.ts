/** Directories, links, renames, permissions, times and durability: all that works on a path. */
import type { FileSystem } from '@holdfast/platform';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileSystemScene } from './file-system.js';
import { thrownCode } from './thrown-code.js';

/** Changes that are repeated until a coarse clock shows them; bounds the wait. */
const maxRepeats = 1_000_000;

export function testFileEntries(scene: FileSystemScene): void {
  testStat(scene);
  testDirectories(scene);
  testRenames(scene);
  testLinks(scene);
  testPermissions(scene);
  testTimes(scene);
  testDurability(scene);
}

function testStat(scene: FileSystemScene): void {
  describe('stat', () => {
    test('tells files, directories and symlinks apart', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'abc');
      fileSystem.makeDirectory(scene.path('directory'));
      fileSystem.makeSymlink('file', scene.path('symlink'));
      expect(fileSystem.stat(file)).toMatchObject({ kind: 'file', sizeBytes: 3 });
      expect(fileSystem.stat(scene.path('directory')).kind).toBe('directory');
      expect(fileSystem.stat(scene.path('symlink'))).toMatchObject({
        kind: 'symlink',
        sizeBytes: 4,
      });
    });

    test('gives one device and different inodes to neighbours', () => {
      const { fileSystem } = scene;
      const first = fileSystem.stat(scene.writeFile('first', ''));
      const second = fileSystem.stat(scene.writeFile('second', ''));
      expect(first.deviceNumber).toBe(second.deviceNumber);
      expect(first.deviceNumber).toBe(fileSystem.stat(scene.root).deviceNumber);
      expect(first.inode).not.toBe(second.inode);
    });

    test('says ENOENT for a missing name and ENOTDIR below a file', () => {
      scene.writeFile('file', '');
      expect(thrownCode(() => scene.fileSystem.stat(scene.path('missing')))).toBe('ENOENT');
      expect(thrownCode(() => scene.fileSystem.stat(scene.path('missing/below')))).toBe('ENOENT');
      expect(thrownCode(() => scene.fileSystem.stat(scene.path('file/below')))).toBe('ENOTDIR');
    });
  });
}

function testDirectories(scene: FileSystemScene): void {
  describe('directories', () => {
    test('list names and kinds, without . and ..', () => {
      const { fileSystem } = scene;
      expect(fileSystem.list(scene.root)).toEqual([]);
      scene.writeFile('file', '');
      fileSystem.makeDirectory(scene.path('directory'));
      scene.writeFile('directory/below', '');
      fileSystem.makeSymlink('nowhere', scene.path('symlink'));
      const byName = Object.fromEntries(fileSystem.list(scene.root).map((e) => [e.name, e.kind]));
      expect(byName).toEqual({ file: 'file', directory: 'directory', symlink: 'symlink' });
    });

    test('list says ENOENT for a missing directory and ENOTDIR for a file', () => {
      scene.writeFile('file', '');
      expect(thrownCode(() => scene.fileSystem.list(scene.path('missing')))).toBe('ENOENT');
      expect(thrownCode(() => scene.fileSystem.list(scene.path('file')))).toBe('ENOTDIR');
    });

    test('are not made recursively, nor where the name is taken', () => {
      const { fileSystem } = scene;
      scene.writeFile('file', '');
      fileSystem.makeDirectory(scene.path('directory'));
      expect(thrownCode(() => fileSystem.makeDirectory(scene.path('a/b')))).toBe('ENOENT');
      expect(thrownCode(() => fileSystem.makeDirectory(scene.path('file/b')))).toBe('ENOTDIR');
      expect(thrownCode(() => fileSystem.makeDirectory(scene.path('file')))).toBe('EEXIST');
      expect(thrownCode(() => fileSystem.makeDirectory(scene.path('directory')))).toBe('EEXIST');
    });

    test('are removed only when empty', () => {
      const { fileSystem } = scene;
      fileSystem.makeDirectory(scene.path('directory'));
      const below = scene.writeFile('directory/below', '');
      const remove = () => fileSystem.removeDirectory(scene.path('directory'));
      expect(thrownCode(remove)).toBe('ENOTEMPTY');
      fileSystem.unlink(below);
      remove();
      expect(thrownCode(remove)).toBe('ENOENT');
      expect(thrownCode(() => fileSystem.removeDirectory(scene.writeFile('f', '')))).toBe(
        'ENOTDIR',
      );
    });

    test('are not removed by unlink', () => {
      scene.fileSystem.makeDirectory(scene.path('directory'));
      const code = thrownCode(() => scene.fileSystem.unlink(scene.path('directory')));
      expect(['EISDIR', 'EPERM']).toContain(code);
      expect(scene.fileSystem.stat(scene.path('directory')).kind).toBe('directory');
    });
  });
}

function testRenames(scene: FileSystemScene): void {
  describe('rename', () => {
    test('moves a file and replaces the one that stood there', () => {
      const { fileSystem } = scene;
      const from = scene.writeFile('from', 'new');
      const to = scene.writeFile('to', 'old');
      const { inode } = fileSystem.stat(from);
      fileSystem.rename(from, to);
      expect(scene.readFile(to)).toBe('new');
      expect(fileSystem.stat(to).inode).toBe(inode);
      expect(thrownCode(() => fileSystem.stat(from))).toBe('ENOENT');
    });

    test('moves a directory with everything in it, also onto an empty one', () => {
      const { fileSystem } = scene;
      fileSystem.makeDirectory(scene.path('from'));
      scene.writeFile('from/below', 'text');
      fileSystem.makeDirectory(scene.path('to'));
      fileSystem.rename(scene.path('from'), scene.path('to'));
      expect(scene.readFile(scene.path('to/below'))).toBe('text');
      expect(fileSystem.list(scene.root).map((entry) => entry.name)).toEqual(['to']);
    });

    test('refuses what would lose something', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'kept');
      for (const name of ['directory', 'full']) fileSystem.makeDirectory(scene.path(name));
      scene.writeFile('full/below', '');
      const rename = (from: string, to: string) =>
        thrownCode(() => fileSystem.rename(scene.path(from), scene.path(to)));
      expect(rename('missing', 'other')).toBe('ENOENT');
      expect(rename('file', 'missing/other')).toBe('ENOENT');
      expect(rename('file', 'directory')).toBe('EISDIR');
      expect(rename('directory', 'file')).toBe('ENOTDIR');
      expect(['ENOTEMPTY', 'EEXIST']).toContain(rename('directory', 'full'));
      expect(rename('full', 'full/inside')).toBe('EINVAL');
      expect(scene.readFile(file)).toBe('kept');
      expect(fileSystem.list(scene.root)).toHaveLength(3);
    });

    test('changes nothing between two names of one file, as POSIX demands', () => {
      const file = scene.writeFile('file', 'text');
      scene.fileSystem.link(file, scene.path('other'));
      scene.fileSystem.rename(file, scene.path('other'));
      scene.fileSystem.rename(file, file);
      const names = scene.fileSystem.list(scene.root).map((entry) => entry.name);
      expect(names.sort()).toEqual(['file', 'other']);
    });
  });
}

function testLinks(scene: FileSystemScene): void {
  describe('link and unlink', () => {
    test('a hard link is a second name of the same file', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'text');
      const other = scene.path('other');
      fileSystem.link(file, other);
      expect(fileSystem.stat(other).inode).toBe(fileSystem.stat(file).inode);
      fileSystem.unlink(file);
      expect(scene.readFile(other)).toBe('text');
      expect(thrownCode(() => fileSystem.unlink(file))).toBe('ENOENT');
    });

    test('a link replaces nothing and needs an existing file', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'one');
      const taken = scene.writeFile('taken', 'two');
      fileSystem.makeDirectory(scene.path('directory'));
      const link = (from: string, to: string) =>
        thrownCode(() => fileSystem.link(scene.path(from), scene.path(to)));
      expect(link('file', 'taken')).toBe('EEXIST');
      expect(link('file', 'directory')).toBe('EEXIST');
      expect(link('missing', 'new')).toBe('ENOENT');
      expect(link('directory', 'new')).toBe('EPERM');
      expect([scene.readFile(file), scene.readFile(taken)]).toEqual(['one', 'two']);
    });
  });
}

function testPermissions(scene: FileSystemScene): void {
  describe.each([0o022, 0o077, 0o000])('permissions under umask %i', (umask) => {
    let before = 0;
    beforeEach(() => {
      before = process.umask(umask);
    });
    afterEach(() => {
      process.umask(before);
    });

    test('of new files and directories are exact', () => {
      const { fileSystem } = scene;
      const permissionsOf = (name: string) => fileSystem.stat(scene.path(name)).permissions;
      for (const permissions of [0o600, 0o666, 0o755, 0o777, 0o400]) {
        scene.writeFile(`file-${permissions}`, 'text', permissions);
        fileSystem.makeDirectory(scene.path(`directory-${permissions}`), permissions);
        expect(permissionsOf(`file-${permissions}`)).toBe(permissions);
        expect(permissionsOf(`directory-${permissions}`)).toBe(permissions);
      }
      scene.writeFile('default', '');
      expect(permissionsOf('default')).toBe(0o600);
    });

    test('are set exactly, with setuid and sticky', () => {
      const file = scene.writeFile('file', '');
      for (const permissions of [0o000, 0o777, 0o640, 0o4711, 0o1755]) {
        scene.fileSystem.setPermissions(file, permissions);
        expect(scene.fileSystem.stat(file).permissions).toBe(permissions);
      }
      const missing = () => scene.fileSystem.setPermissions(scene.path('missing'), 0o600);
      expect(thrownCode(missing)).toBe('ENOENT');
    });
  });
}

function testTimes(scene: FileSystemScene): void {
  describe('times', () => {
    test.each([
      ['now', 1_790_000_000_123_456_789n],
      ['the epoch', 0n],
      ['before the epoch', -86_400_000_000_000n],
      ['beyond 2038', 2_500_000_000_987_654_321n],
    ])('a modification time is kept to the grain: %s', (_name, mtimeNs) => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'text');
      fileSystem.makeDirectory(scene.path('directory'));
      for (const path of [file, scene.path('directory')]) {
        fileSystem.setModificationTime(path, mtimeNs);
        const difference = fileSystem.stat(path).mtimeNs - mtimeNs;
        expect(difference < 0n ? -difference : difference).toBeLessThan(scene.mtimeGrainNs);
      }
      const missing = () => fileSystem.setModificationTime(scene.path('missing'), mtimeNs);
      expect(thrownCode(missing)).toBe('ENOENT');
    });

    test('ctime moves with attributes and with content, whatever mtime says', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'text');
      const moves = (change: () => void) => {
        const before = fileSystem.stat(file).ctimeNs;
        for (let count = 0; count < maxRepeats; count++) {
          change();
          if (fileSystem.stat(file).ctimeNs > before) return true;
        }
        return false;
      };
      expect(moves(() => fileSystem.setPermissions(file, 0o640))).toBe(true);
      expect(moves(() => fileSystem.setModificationTime(file, 1n))).toBe(true);
      expect(moves(() => overwrite(fileSystem, file))).toBe(true);
    });

    test('mtime moves when content is written', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'text');
      fileSystem.setModificationTime(file, 1_000_000_000n);
      overwrite(fileSystem, file);
      expect(fileSystem.stat(file).mtimeNs).toBeGreaterThan(1_000_000_000n);
    });
  });
}

function overwrite(fileSystem: FileSystem, path: Parameters<FileSystem['open']>[0]): void {
  const handle = fileSystem.open(path, 'write');
  fileSystem.write(handle, Buffer.from('more'), 0);
  fileSystem.close(handle);
}

function testDurability(scene: FileSystemScene): void {
  describe('durability and space', () => {
    test('a directory and a whole file system can be synced', () => {
      scene.writeFile('file', 'text');
      scene.fileSystem.syncDirectory(scene.root);
      expect([true, false]).toContain(scene.fileSystem.syncFileSystem(scene.root));
    });

    test('syncing says what is missing or no directory', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', '');
      expect(thrownCode(() => fileSystem.syncDirectory(scene.path('missing')))).toBe('ENOENT');
      expect(thrownCode(() => fileSystem.syncDirectory(file))).toBe('ENOTDIR');
    });

    test('space is counted in whole bytes', () => {
      const { freeBytes, totalBytes } = scene.fileSystem.space(scene.root);
      expect(Number.isSafeInteger(freeBytes) && Number.isSafeInteger(totalBytes)).toBe(true);
      expect(freeBytes).toBeGreaterThan(0);
      expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
      expect(thrownCode(() => scene.fileSystem.space(scene.path('missing')))).toBe('ENOENT');
    });
  });
}
