/** Names are bytes: whatever is neither `/` nor NUL comes back as it was given. */
import { byteStringFromText, joinPath } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import type { FileSystemScene } from './file-system.js';
import { thrownCode } from './thrown-code.js';

const awkwardNames: readonly (readonly [what: string, name: string])[] = [
  ['invalid UTF-8', '\xff\xfe\x80'],
  ['half a UTF-8 sequence', 'caf\xc3'],
  ['a newline', 'two\nlines'],
  ['control bytes', '\x01\x1b[31m\x7f'],
  ['a leading and a trailing space', ' name '],
  ['a trailing dot', 'name.'],
  ['a backslash and a colon', 'a\\b:c'],
  ['three dots', '...'],
  ['text beyond the basic plane', byteStringFromText('h\u00f6ren \u{1f3b5}')],
  ['255 bytes', 'n'.repeat(255)],
];

export function testFileNames(scene: FileSystemScene): void {
  describe('names', () => {
    test.each(awkwardNames)('%s survives creating, listing, renaming and removing', (_, name) => {
      const { fileSystem, root } = scene;
      const path = joinPath(root, name);
      fileSystem.makeDirectory(path);
      expect(fileSystem.list(root)).toEqual([{ name, kind: 'directory' }]);
      fileSystem.close(fileSystem.open(joinPath(path, name), 'create'));
      expect(fileSystem.list(path)).toEqual([{ name, kind: 'file' }]);
      fileSystem.link(joinPath(path, name), joinPath(path, 'plain'));
      fileSystem.rename(joinPath(path, 'plain'), joinPath(path, `x${name.slice(1)}`));
      fileSystem.rename(path, joinPath(root, 'plain'));
      expect(fileSystem.stat(joinPath(joinPath(root, 'plain'), name)).kind).toBe('file');
      for (const entry of fileSystem.list(joinPath(root, 'plain'))) {
        fileSystem.unlink(joinPath(joinPath(root, 'plain'), entry.name));
      }
      fileSystem.removeDirectory(joinPath(root, 'plain'));
      expect(fileSystem.list(root)).toEqual([]);
    });

    test.each(awkwardNames)('%s survives as the target of a symlink', (_, name) => {
      const { fileSystem, root } = scene;
      const path = joinPath(root, name);
      fileSystem.makeSymlink(`../${name}/x`, path);
      expect(fileSystem.readSymlink(path)).toBe(`../${name}/x`);
      expect(fileSystem.stat(path)).toMatchObject({ kind: 'symlink', sizeBytes: name.length + 5 });
      expect(fileSystem.list(root)).toEqual([{ name, kind: 'symlink' }]);
    });

    test('that differ in case or in Unicode form are different', () => {
      const names = ['Name', 'name', '\u00e9', 'e\u0301'].map(byteStringFromText);
      for (const name of names) {
        const handle = scene.fileSystem.open(joinPath(scene.root, name), 'create');
        scene.fileSystem.close(handle);
      }
      const listed = scene.fileSystem.list(scene.root).map((entry) => entry.name);
      expect(listed.sort()).toEqual(names.sort());
    });

    test('longer than 255 bytes are refused', () => {
      const path = joinPath(scene.root, 'n'.repeat(256));
      expect(thrownCode(() => scene.fileSystem.open(path, 'create'))).toBe('ENAMETOOLONG');
      expect(thrownCode(() => scene.fileSystem.makeDirectory(path))).toBe('ENAMETOOLONG');
      expect(thrownCode(() => scene.fileSystem.stat(path))).toBe('ENAMETOOLONG');
    });

    test('by the hundred are all listed', () => {
      const names = Array.from({ length: 700 }, (_, index) => `name-${index}`);
      for (const name of names) scene.writeFile(name, '');
      const listed = scene.fileSystem.list(scene.root).map((entry) => entry.name);
      expect(listed.sort()).toEqual(names.sort());
    });
  });
}
