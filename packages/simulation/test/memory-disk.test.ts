import { byteStringFromText, filePathFrom, joinPath } from '@holdfast/platform';
import {
  type FileCall,
  KillSwitch,
  MemoryDisk,
  type MemoryDiskOptions,
  MemoryFileSystem,
  MountTable,
  SeededRandom,
  SimulatedCrash,
} from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';

const at = filePathFrom;

function machine(options: Partial<MemoryDiskOptions> = {}) {
  const disk = new MemoryDisk({ now: () => 1_790_000_000_000, ...options });
  const mounts = new MountTable(disk);
  return { disk, mounts, fileSystem: new MemoryFileSystem({ mounts }) };
}

function write(fileSystem: MemoryFileSystem, path: string, text: string): void {
  const handle = fileSystem.open(at(path), 'create');
  fileSystem.write(handle, Buffer.from(text), 0);
  fileSystem.close(handle);
}

function read(fileSystem: MemoryFileSystem, path: string): string {
  const handle = fileSystem.open(at(path), 'read');
  const buffer = new Uint8Array(fileSystem.handleStat(handle).sizeBytes);
  fileSystem.read(handle, buffer, 0);
  fileSystem.close(handle);
  return Buffer.from(buffer).toString();
}

describe('what a disk can be', () => {
  test('a folding disk takes names that differ in case for one, and a rename changes the case', () => {
    const { fileSystem } = machine({ foldCase: true });
    write(fileSystem, '/Name', 'text');
    expect(() => fileSystem.open(at('/NAME'), 'create')).toThrow('EEXIST');
    expect(read(fileSystem, '/naME')).toBe('text');
    fileSystem.rename(at('/name'), at('/NAME'));
    expect(fileSystem.list(at('/')).map(({ name }) => name)).toEqual(['NAME']);
  });

  test('a normalising disk gives every name back in NFC', () => {
    const { fileSystem } = machine({ normaliseUnicode: true });
    write(fileSystem, '/cafe\u0301', 'text');
    expect(fileSystem.list(at('/'))[0]?.name).toBe(byteStringFromText('caf\u00e9'));
    expect(read(fileSystem, '/cafe\u0301')).toBe('text');
  });

  test('a disk without links refuses them, and one with coarse times cuts them', () => {
    const { fileSystem } = machine({ supportsLinks: false, mtimeGrainNs: 2_000_000_000n });
    write(fileSystem, '/file', 'text');
    expect(() => fileSystem.link(at('/file'), at('/other'))).toThrow('EPERM');
    fileSystem.setModificationTime(at('/file'), 3_999_999_999n);
    expect(fileSystem.stat(at('/file')).mtimeNs).toBe(2_000_000_000n);
  });

  test('no two changes have the same ctime, even in one moment of the clock', () => {
    const { fileSystem } = machine();
    write(fileSystem, '/file', '');
    const times = new Set<bigint>();
    const handle = fileSystem.open(at('/file'), 'write');
    for (let count = 0; count < 100; count += 1) {
      fileSystem.write(handle, Buffer.from('x'), 0);
      times.add(fileSystem.handleStat(handle).ctimeNs);
    }
    expect(times.size).toBe(100);
  });

  test('another disk lies over its mount point, and what it hid shows again without it', () => {
    const { fileSystem, mounts } = machine();
    const usb = new MemoryDisk({ now: () => 0, deviceNumber: 7n });
    fileSystem.makeDirectory(at('/usb'));
    mounts.mount(at('/usb'), usb);
    write(fileSystem, '/usb/file', 'on the usb disk');
    write(fileSystem, '/file', 'on the root disk');
    expect(fileSystem.stat(at('/usb/file')).deviceNumber).toBe(7n);
    expect(() => fileSystem.rename(at('/file'), at('/usb/moved'))).toThrow('EXDEV');
    expect(() => fileSystem.removeDirectory(at('/usb'))).toThrow('EBUSY');
    mounts.unmount(at('/usb'));
    expect(fileSystem.list(at('/usb'))).toEqual([]);
    usb.remount(8n);
    mounts.mount(at('/usb'), usb);
    expect(fileSystem.stat(at('/usb/file')).deviceNumber).toBe(8n);
  });

  test('symlinks in the middle of a path are followed, and a loop ends', () => {
    const { fileSystem } = machine();
    fileSystem.makeDirectory(at('/directory'));
    write(fileSystem, '/directory/file', 'text');
    fileSystem.makeSymlink('directory/../directory', at('/link'));
    fileSystem.makeSymlink('loop', at('/loop'));
    expect(read(fileSystem, '/link/file')).toBe('text');
    expect(() => fileSystem.stat(at('/loop/file'))).toThrow('ELOOP');
    expect(() => fileSystem.open(at('/link'), 'read')).toThrow('ELOOP');
  });

  test('an image brings the old disk back, hard links included, and shares nothing with it', () => {
    const { disk, fileSystem } = machine();
    write(fileSystem, '/file', 'old');
    fileSystem.link(at('/file'), at('/other'));
    const image = disk.takeImage();
    fileSystem.unlink(at('/other'));
    const handle = fileSystem.open(at('/file'), 'write');
    fileSystem.write(handle, Buffer.from('new'), 0);
    disk.restoreImage(image);
    expect(read(fileSystem, '/other')).toBe('old');
    expect(fileSystem.stat(at('/other')).inode).toBe(fileSystem.stat(at('/file')).inode);
    expect(() => fileSystem.close(handle)).toThrow('EBADF');
  });
});

describe('faults', () => {
  test('a full disk takes what fits, then says ENOSPC, and has room again once the file has no name and no handle', () => {
    const { disk, fileSystem } = machine({ capacityBytes: 10 });
    expect(() => write(fileSystem, '/file', 'twelve bytes')).toThrow('ENOSPC');
    expect(fileSystem.stat(at('/file')).sizeBytes).toBe(10);
    expect(() => write(fileSystem, '/other', 'x')).toThrow('ENOSPC');
    fileSystem.unlink(at('/file'));
    expect(disk.usedBytes).toBe(10);
    disk.killProcess();
    write(fileSystem, '/other', 'x');
    expect(fileSystem.space(at('/'))).toEqual({ freeBytes: 9, totalBytes: 10 });
  });

  test('a call fails once, or as long as it is told to', () => {
    const { disk, fileSystem } = machine();
    write(fileSystem, '/file', 'text');
    disk.faults.failNext('stat', 'EIO', ({ path }) => path === '/file');
    expect(fileSystem.stat(at('/')).kind).toBe('directory');
    expect(() => fileSystem.stat(at('/file'))).toThrow('EIO');
    expect(fileSystem.stat(at('/file')).kind).toBe('file');
    const lift = disk.faults.failWhile('EACCES', ({ path }) => path.startsWith('/file'));
    expect(() => fileSystem.open(at('/file'), 'read')).toThrow('EACCES');
    expect(() => fileSystem.unlink(at('/file'))).toThrow('EACCES');
    lift();
    expect(read(fileSystem, '/file')).toBe('text');
  });

  test('bit rot changes one bit and no stat', () => {
    const { disk, fileSystem } = machine();
    write(fileSystem, '/file', 'aaaa');
    const before = fileSystem.stat(at('/file'));
    const position = disk.corrupt(at('/file'), new SeededRandom('rot'));
    const text = read(fileSystem, '/file');
    expect(text).not.toBe('aaaa');
    expect(text.replaceAll('a', '')).toHaveLength(1);
    expect(text[position ?? -1]).not.toBe('a');
    expect(fileSystem.stat(at('/file'))).toEqual(before);
  });

  test('bit rot stays within the part of a file that it is told', () => {
    const { disk, fileSystem } = machine();
    write(fileSystem, '/file', 'aaaa');
    const random = new SeededRandom('rot');
    const found = Array.from({ length: 20 }, () =>
      disk.corrupt(at('/file'), random, { from: 1, to: 3 }),
    );
    expect(new Set(found)).toEqual(new Set([1, 2]));
    expect(disk.corrupt(at('/file'), random, { from: 4, to: 9 })).toBeUndefined();
  });
});

describe('the hook before every call', () => {
  test('a crash that it throws ends the node: no later call has an effect, and handles are closed', () => {
    const { mounts, fileSystem: user } = machine();
    const killSwitch = new KillSwitch();
    const onCall = (call: FileCall) => {
      if (call.name === 'rename') throw new SimulatedCrash();
    };
    const node = new MemoryFileSystem({ mounts, killSwitch, onCall });
    const handle = node.open(at('/file'), 'create');
    expect(() => node.rename(at('/file'), at('/moved'))).toThrow(SimulatedCrash);
    expect(killSwitch.killed).toBe(true);
    expect(() => node.unlink(at('/file'))).toThrow(SimulatedCrash);
    expect(() => node.close(handle)).toThrow(SimulatedCrash);
    expect(node.openHandleCount).toBe(0);
    expect(user.list(at('/')).map(({ name }) => name)).toEqual(['file']);
  });

  test('a user can act in the middle of what the node does', () => {
    const { mounts, fileSystem: user } = machine();
    write(user, '/file', 'text');
    const calls: string[] = [];
    const onCall = ({ name, path }: FileCall) => {
      calls.push(`${name} ${path}`);
      if (name === 'stat') user.unlink(at('/file'));
    };
    const node = new MemoryFileSystem({ mounts, onCall });
    expect(() => node.stat(joinPath(at('/'), 'file'))).toThrow('ENOENT');
    expect(calls).toEqual(['stat /file']);
  });
});
