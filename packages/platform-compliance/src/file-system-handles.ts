/** Opening, reading, writing and closing. */
import type { FileHandle } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import type { FileSystemScene } from './file-system.js';
import { thrownCode } from './thrown-code.js';

export function testFileHandles(scene: FileSystemScene): void {
  testOpening(scene);
  testReadingAndWriting(scene);
}

function testOpening(scene: FileSystemScene): void {
  describe('open', () => {
    test('create makes a new file, to read and write', () => {
      const { fileSystem } = scene;
      const handle = fileSystem.open(scene.path('file'), 'create', 0o400);
      fileSystem.write(handle, Buffer.from('text'), 0);
      const buffer = new Uint8Array(4);
      expect(fileSystem.read(handle, buffer, 0)).toBe(4);
      expect(Buffer.from(buffer).toString()).toBe('text');
      fileSystem.close(handle);
    });

    test('create says EEXIST where the name is taken, whatever holds it', () => {
      const { fileSystem } = scene;
      scene.writeFile('file', 'kept');
      fileSystem.makeDirectory(scene.path('directory'));
      fileSystem.makeSymlink('nowhere', scene.path('symlink'));
      for (const name of ['file', 'directory', 'symlink']) {
        expect(thrownCode(() => fileSystem.open(scene.path(name), 'create'))).toBe('EEXIST');
      }
      expect(scene.readFile(scene.path('file'))).toBe('kept');
      expect(thrownCode(() => fileSystem.stat(scene.path('nowhere')))).toBe('ENOENT');
    });

    test('read and write need an existing regular file', () => {
      const { fileSystem } = scene;
      fileSystem.makeDirectory(scene.path('directory'));
      for (const mode of ['read', 'write'] as const) {
        const open = (name: string) => thrownCode(() => fileSystem.open(scene.path(name), mode));
        expect(open('missing')).toBe('ENOENT');
        expect(open('directory')).toBe('EISDIR');
      }
      const below = thrownCode(() => fileSystem.open(scene.path('missing/file'), 'create'));
      expect(below).toBe('ENOENT');
    });

    test('write keeps the content that is there', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'abcdef');
      const handle = fileSystem.open(file, 'write');
      fileSystem.write(handle, Buffer.from('XY'), 2);
      expect(fileSystem.handleStat(handle).sizeBytes).toBe(6);
      fileSystem.close(handle);
      expect(scene.readFile(file)).toBe('abXYef');
    });

    test('a handle opened to read cannot write', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'kept');
      const handle = fileSystem.open(file, 'read');
      expect(thrownCode(() => fileSystem.write(handle, Buffer.from('x'), 0))).toBe('EBADF');
      fileSystem.close(handle);
      expect(scene.readFile(file)).toBe('kept');
    });

    test('a closed handle is refused by every call', () => {
      const { fileSystem } = scene;
      const handle = fileSystem.open(scene.path('file'), 'create');
      fileSystem.close(handle);
      const calls: ((closed: FileHandle) => unknown)[] = [
        (closed) => fileSystem.read(closed, new Uint8Array(1), 0),
        (closed) => fileSystem.write(closed, new Uint8Array(1), 0),
        (closed) => fileSystem.handleStat(closed),
        (closed) => fileSystem.syncFile(closed),
        (closed) => fileSystem.close(closed),
      ];
      for (const call of calls) expect(thrownCode(() => call(handle))).toBe('EBADF');
    });

    test('a handle stays with its file when the name moves, goes or is replaced', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'old');
      const handle = fileSystem.open(file, 'read');
      const { inode } = fileSystem.handleStat(handle);
      fileSystem.rename(file, scene.path('moved'));
      fileSystem.unlink(scene.path('moved'));
      scene.writeFile('file', 'new');
      const buffer = new Uint8Array(3);
      expect(fileSystem.read(handle, buffer, 0)).toBe(3);
      expect(Buffer.from(buffer).toString()).toBe('old');
      expect(fileSystem.handleStat(handle).inode).toBe(inode);
      fileSystem.close(handle);
    });

    test('handleStat and stat agree', () => {
      const { fileSystem } = scene;
      const file = scene.writeFile('file', 'text', 0o640);
      const handle = fileSystem.open(file, 'read');
      expect(fileSystem.handleStat(handle)).toEqual(fileSystem.stat(file));
      fileSystem.close(handle);
    });
  });
}

function testReadingAndWriting(scene: FileSystemScene): void {
  describe('read and write', () => {
    test('reading stops at the end and gives 0 there and beyond', () => {
      const { fileSystem } = scene;
      const handle = fileSystem.open(scene.writeFile('file', 'abcdef'), 'read');
      const buffer = new Uint8Array(4);
      expect(fileSystem.read(handle, buffer, 0)).toBe(4);
      expect(Buffer.from(buffer).toString()).toBe('abcd');
      expect(fileSystem.read(handle, buffer, 4)).toBe(2);
      expect(Buffer.from(buffer.subarray(0, 2)).toString()).toBe('ef');
      expect(fileSystem.read(handle, buffer, 6)).toBe(0);
      expect(fileSystem.read(handle, buffer, 1_000_000)).toBe(0);
      expect(fileSystem.read(handle, new Uint8Array(0), 0)).toBe(0);
      fileSystem.close(handle);
    });

    test('reading fills only the given part of a larger buffer', () => {
      const { fileSystem } = scene;
      const handle = fileSystem.open(scene.writeFile('file', 'abcdef'), 'read');
      const whole = new Uint8Array(8).fill(0x2e);
      expect(fileSystem.read(handle, whole.subarray(2, 5), 1)).toBe(3);
      expect(Buffer.from(whole).toString()).toBe('..bcd...');
      fileSystem.close(handle);
    });

    test('writing beyond the end leaves zeros between', () => {
      const { fileSystem } = scene;
      const handle = fileSystem.open(scene.path('file'), 'create');
      fileSystem.write(handle, Buffer.from('z'), 3);
      const buffer = new Uint8Array(8);
      expect(fileSystem.read(handle, buffer, 0)).toBe(4);
      expect([...buffer.subarray(0, 4)]).toEqual([0, 0, 0, 0x7a]);
      fileSystem.write(handle, new Uint8Array(0), 100);
      expect(fileSystem.handleStat(handle).sizeBytes).toBe(4);
      fileSystem.close(handle);
    });

    test('several megabytes are written whole and come back the same', () => {
      const { fileSystem } = scene;
      const bytes = Uint8Array.from({ length: 5_000_011 }, (_, index) => (index * 7) % 251);
      const handle = fileSystem.open(scene.path('file'), 'create');
      fileSystem.write(handle, bytes, 0);
      fileSystem.syncFile(handle);
      const back = new Uint8Array(bytes.length);
      let filled = 0;
      while (filled < back.length) {
        const count = fileSystem.read(handle, back.subarray(filled), filled);
        if (count === 0) break;
        filled += count;
      }
      fileSystem.close(handle);
      expect(Buffer.compare(back, bytes)).toBe(0);
    });

    test('what is written belongs to the file, not to the buffer', () => {
      const { fileSystem } = scene;
      const handle = fileSystem.open(scene.path('file'), 'create');
      const bytes = Buffer.from('kept');
      fileSystem.write(handle, bytes, 0);
      bytes.fill(0);
      fileSystem.close(handle);
      expect(scene.readFile(scene.path('file'))).toBe('kept');
    });

    test('two handles of one file see the same content', () => {
      const { fileSystem } = scene;
      const writer = fileSystem.open(scene.path('file'), 'create');
      const reader = fileSystem.open(scene.path('file'), 'read');
      fileSystem.write(writer, Buffer.from('shared'), 0);
      const buffer = new Uint8Array(6);
      expect(fileSystem.read(reader, buffer, 0)).toBe(6);
      expect(Buffer.from(buffer).toString()).toBe('shared');
      fileSystem.close(writer);
      fileSystem.close(reader);
    });
  });
}
