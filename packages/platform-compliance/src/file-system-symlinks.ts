/** No method follows a symlink in the last name of a path; before the last name it is followed. */
import { joinPath } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import type { FileSystemScene } from './file-system.js';
import { thrownCode } from './thrown-code.js';

export function testSymlinkRefusal(scene: FileSystemScene): void {
  describe('a symlink in the last name', () => {
    testReadingSymlinks(scene);
    testHandlingSymlinks(scene);
  });
}

function testReadingSymlinks(scene: FileSystemScene): void {
  test('is read as itself, dangling or not', () => {
    const { fileSystem } = scene;
    const file = scene.writeFile('file', '');
    fileSystem.makeSymlink('/nowhere/at all', scene.path('dangling'));
    expect(fileSystem.readSymlink(scene.path('dangling'))).toBe('/nowhere/at all');
    expect(fileSystem.stat(scene.path('dangling')).kind).toBe('symlink');
    expect(thrownCode(() => fileSystem.readSymlink(file))).toBe('EINVAL');
    expect(thrownCode(() => fileSystem.readSymlink(scene.path('missing')))).toBe('ENOENT');
    expect(thrownCode(() => fileSystem.makeSymlink('x', file))).toBe('EEXIST');
    expect(thrownCode(() => fileSystem.makeSymlink('x', scene.path('dangling')))).toBe('EEXIST');
  });

  test('is refused by open with ELOOP, in every mode that opens', () => {
    const { fileSystem } = scene;
    scene.writeFile('file', 'text');
    fileSystem.makeSymlink('file', scene.path('symlink'));
    fileSystem.makeSymlink('nowhere', scene.path('dangling'));
    for (const mode of ['read', 'write'] as const) {
      for (const name of ['symlink', 'dangling']) {
        expect(thrownCode(() => fileSystem.open(scene.path(name), mode))).toBe('ELOOP');
      }
    }
  });

  test('is refused where a directory is asked for', () => {
    const { fileSystem } = scene;
    fileSystem.makeDirectory(scene.path('directory'));
    fileSystem.makeSymlink('directory', scene.path('symlink'));
    const symlink = scene.path('symlink');
    expect(thrownCode(() => fileSystem.list(symlink))).toBe('ENOTDIR');
    expect(thrownCode(() => fileSystem.syncDirectory(symlink))).toBe('ENOTDIR');
    expect(thrownCode(() => fileSystem.removeDirectory(symlink))).toBe('ENOTDIR');
    expect(thrownCode(() => fileSystem.makeDirectory(symlink))).toBe('EEXIST');
    expect(fileSystem.stat(scene.path('directory')).kind).toBe('directory');
  });

  test('is followed before the last name', () => {
    const { fileSystem } = scene;
    fileSystem.makeDirectory(scene.path('directory'));
    scene.writeFile('directory/file', 'text');
    fileSystem.makeSymlink('directory', scene.path('relative'));
    fileSystem.makeSymlink(scene.path('directory'), scene.path('absolute'));
    fileSystem.makeSymlink('circle', scene.path('circle'));
    expect(scene.readFile(scene.path('relative/file'))).toBe('text');
    expect(scene.readFile(scene.path('absolute/file'))).toBe('text');
    expect(thrownCode(() => fileSystem.stat(scene.path('circle/file')))).toBe('ELOOP');
  });
}

function testHandlingSymlinks(scene: FileSystemScene): void {
  test('stands for the file system that holds it, not for its target', () => {
    const { fileSystem } = scene;
    fileSystem.makeSymlink('nowhere', scene.path('dangling'));
    const { totalBytes } = fileSystem.space(scene.root);
    expect(fileSystem.space(scene.path('dangling')).totalBytes).toBe(totalBytes);
    expect([true, false]).toContain(fileSystem.syncFileSystem(scene.path('dangling')));
  });

  test('is itself moved, replaced, linked and removed', () => {
    const { fileSystem } = scene;
    const file = scene.writeFile('file', 'kept');
    const symlink = scene.path('symlink');
    fileSystem.makeSymlink('file', symlink);
    fileSystem.link(symlink, scene.path('second'));
    expect(fileSystem.readSymlink(scene.path('second'))).toBe('file');
    fileSystem.rename(symlink, scene.path('moved'));
    expect(fileSystem.readSymlink(scene.path('moved'))).toBe('file');
    fileSystem.rename(scene.writeFile('other', 'new'), scene.path('moved'));
    expect(scene.readFile(scene.path('moved'))).toBe('new');
    fileSystem.unlink(scene.path('second'));
    expect(scene.readFile(file)).toBe('kept');
    expect(fileSystem.list(scene.root)).toHaveLength(2);
  });

  test('keeps setPermissions and setModificationTime away from its target', () => {
    const { fileSystem } = scene;
    const file = scene.writeFile('file', 'text', 0o640);
    const before = fileSystem.stat(file);
    const symlink = joinPath(scene.root, 'symlink');
    fileSystem.makeSymlink('file', symlink);
    expect(thrownCode(() => fileSystem.setPermissions(symlink, 0o777))).toBe('ELOOP');
    fileSystem.setModificationTime(symlink, 1_000_000_000_000n);
    const difference = fileSystem.stat(symlink).mtimeNs - 1_000_000_000_000n;
    expect(difference < 0n ? -difference : difference).toBeLessThan(scene.mtimeGrainNs);
    expect(fileSystem.stat(file)).toEqual(before);
  });
}
