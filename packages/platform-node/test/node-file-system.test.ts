import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { filePathFrom, fileErrorCode, joinPath } from '@holdfast/platform';
import { NodeFileSystem } from '@holdfast/platform-node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js';

const fileSystem = new NodeFileSystem();
let directory: TemporaryDirectory;
beforeEach(() => {
  directory = createTemporaryDirectory();
});
afterEach(() => directory.dispose());

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return fileErrorCode(error);
  }
  return 'nothing thrown';
}

test.runIf(process.platform === 'linux')('a FIFO is refused at once and listed as other', () => {
  const fifo = join(directory.path, 'fifo');
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
  for (const mode of ['read', 'write'] as const) {
    expect(codeOf(() => fileSystem.open(filePathFrom(fifo), mode))).toBe('EINVAL');
  }
  expect(fileSystem.list(filePathFrom(directory.path))).toEqual([{ name: 'fifo', kind: 'other' }]);
  expect(fileSystem.stat(filePathFrom(fifo)).kind).toBe('other');
});

test.runIf(process.platform === 'linux')('a refused open leaves no descriptor behind', () => {
  const openDescriptors = () => fs.readdirSync('/proc/self/fd').length;
  const path = filePathFrom(directory.path);
  const before = openDescriptors();
  for (let count = 0; count < 50; count++) {
    expect(codeOf(() => fileSystem.open(path, 'read'))).toBe('EISDIR');
  }
  expect(openDescriptors()).toBeLessThan(before + 50);
});

test.runIf(process.platform === 'linux')('the whole file system is synced by any path', () => {
  const awkward = joinPath(filePathFrom(directory.path), '\xff\n-f');
  fileSystem.makeDirectory(awkward);
  expect(fileSystem.syncFileSystem(awkward)).toBe(true);
  const missing = joinPath(awkward, 'missing');
  expect(codeOf(() => fileSystem.syncFileSystem(missing))).toBe('ENOENT');
});

test('a microsecond is kept exactly, whatever the fraction', () => {
  const file = join(directory.path, 'file');
  fs.writeFileSync(file, '');
  for (let step = 0; step < 2_000; step++) {
    const mtimeNs = 1_790_000_000_000_000_000n + BigInt(step) * 499_979_001n;
    fileSystem.setModificationTime(filePathFrom(file), mtimeNs);
    const found = fileSystem.stat(filePathFrom(file)).mtimeNs;
    expect(found / 1_000n).toBe(mtimeNs / 1_000n);
  }
});

test('a set-group-id bit that a directory inherits is not added to the wanted permissions', () => {
  fs.chmodSync(directory.path, 0o2755);
  const path = joinPath(filePathFrom(directory.path), 'below');
  fileSystem.makeDirectory(path, 0o750);
  expect(fileSystem.stat(path).permissions).toBe(0o750);
});

test('what the system takes in pieces is written whole', () => {
  const handle = fileSystem.open(filePathFrom(join(directory.path, 'file')), 'create');
  const write = fs.writeSync.bind(fs);
  const pieces = vi
    .spyOn(fs, 'writeSync')
    .mockImplementation(((descriptor: number, bytes: Uint8Array, ...rest: number[]) =>
      write(
        descriptor,
        bytes,
        rest[0],
        Math.min(rest[1] ?? 0, 3),
        rest[2],
      )) as typeof fs.writeSync);
  fileSystem.write(handle, Buffer.from('abcdefgh'), 2);
  expect(pieces).toHaveBeenCalledTimes(3);
  pieces.mockRestore();
  fileSystem.close(handle);
  expect(fs.readFileSync(join(directory.path, 'file'), 'latin1')).toBe('\0\0abcdefgh');
});
