/**
 * The file-system seam over memory disks: one view for one process, a node or a user. Owns the
 * process's open handles and nothing else. Before each call the world's hook runs; then faults
 * apply; then the call happens at once.
 */
import type {
  DirectoryEntry,
  FileHandle,
  FilePath,
  FileStat,
  FileSystem,
  FileSystemSpace,
  OpenMode,
} from '@holdfast/platform';
import type { FileCall } from './disk-faults.js';
import { type FileInode, type Inode, sizeOf } from './disk-inode.js';
import { MemoryFileError } from './file-error.js';
import { KillSwitch } from './kill-switch.js';
import type { MemoryDisk } from './memory-disk.js';
import type { MountTable, ResolvedPath } from './mount-table.js';
import { renameChanges } from './rename-changes.js';

export interface MemoryFileSystemOptions {
  readonly mounts: MountTable;
  readonly killSwitch?: KillSwitch;
  /** Runs before every call; may throw SimulatedCrash, which ends the node. */
  readonly onCall?: (call: FileCall) => void;
}

interface OpenFile {
  readonly disk: MemoryDisk;
  readonly inode: FileInode;
  readonly path: FilePath;
  readonly mode: OpenMode;
  readonly processCount: number;
}

/** As many as a process may hold open on a small machine. */
const maxOpenHandles = 1024;

export class MemoryFileSystem implements FileSystem {
  readonly #mounts: MountTable;
  readonly #killSwitch: KillSwitch;
  readonly #onCall: ((call: FileCall) => void) | undefined;
  readonly #handles = new Map<FileHandle, OpenFile>();
  #nextHandle = 3;

  constructor(options: MemoryFileSystemOptions) {
    this.#mounts = options.mounts;
    this.#killSwitch = options.killSwitch ?? new KillSwitch();
    this.#onCall = options.onCall;
    this.#killSwitch.onKill(() => this.#closeAll());
  }

  get openHandleCount(): number {
    return this.#handles.size;
  }

  stat(path: FilePath): FileStat {
    const { disk, inode } = this.#existing({ name: 'stat', path });
    return statOf(disk, inode);
  }

  list(path: FilePath): DirectoryEntry[] {
    const { inode } = this.#existing({ name: 'list', path });
    if (inode.kind !== 'directory') throw new MemoryFileError('ENOTDIR', 'list', path);
    return Array.from(inode.entries.values(), ({ name, inode: { kind } }) => ({ name, kind }));
  }

  open(path: FilePath, mode: OpenMode, permissions = 0o600): FileHandle {
    const call: FileCall = { name: 'open', path };
    const found = this.#resolve(call);
    if (this.#handles.size >= maxOpenHandles) throw new MemoryFileError('EMFILE', 'open', path);
    const inode = mode === 'create' ? this.#createFile(found, permissions) : found.inode;
    if (inode === undefined) throw new MemoryFileError('ENOENT', 'open', path);
    if (inode.kind === 'symlink') throw new MemoryFileError('ELOOP', 'open', path);
    if (inode.kind === 'directory') throw new MemoryFileError('EISDIR', 'open', path);
    const { disk } = found;
    disk.openInode(inode);
    const handle = this.#nextHandle++ as FileHandle;
    const { processCount } = disk;
    this.#handles.set(handle, { disk, inode, path: found.path, mode, processCount });
    if (mode === 'create') this.#mounts.announce([found.path]);
    return handle;
  }

  handleStat(handle: FileHandle): FileStat {
    const { disk, inode } = this.#opened('handleStat', handle);
    return statOf(disk, inode);
  }

  read(handle: FileHandle, buffer: Uint8Array, position: number): number {
    return this.#opened('read', handle, buffer.length).inode.content.read(buffer, position);
  }

  write(handle: FileHandle, bytes: Uint8Array, position: number): void {
    const { disk, inode, mode, path } = this.#opened('write', handle, bytes.length);
    if (mode === 'read') throw new MemoryFileError('EBADF', 'write', path);
    const count = disk.write(inode, bytes, position);
    this.#mounts.announce([path]);
    if (count < bytes.length) throw new MemoryFileError('ENOSPC', 'write', path);
  }

  /** Not a part of the seam, since no node does it: what a user's editor does with O_TRUNC. */
  truncate(path: FilePath, sizeBytes: number): void {
    const { disk, inode, ...found } = this.#existing({ name: 'write', path });
    if (inode.kind !== 'file') throw new MemoryFileError('EISDIR', 'write', path);
    disk.truncate(inode, sizeBytes);
    this.#mounts.announce([found.path]);
  }

  syncFile(handle: FileHandle): void {
    this.#opened('syncFile', handle, undefined, ({ inode }) => inode.content.poison());
    const { disk, inode } = this.#fileOf('syncFile', handle);
    disk.syncInode(inode);
  }

  close(handle: FileHandle): void {
    const { disk, inode } = this.#opened('close', handle);
    this.#handles.delete(handle);
    disk.closeInode(inode);
  }

  makeDirectory(path: FilePath, permissions = 0o755): void {
    const found = this.#resolve({ name: 'makeDirectory', path });
    this.#addName('makeDirectory', found, (disk) => disk.makeDirectoryInode(permissions));
    this.#mounts.announce([found.path]);
  }

  removeDirectory(path: FilePath): void {
    const { disk, inode, slot, ...found } = this.#existing({ name: 'removeDirectory', path });
    if (inode.kind !== 'directory') throw new MemoryFileError('ENOTDIR', 'removeDirectory', path);
    if (slot === undefined) throw new MemoryFileError('EBUSY', 'removeDirectory', path);
    if (inode.entries.size > 0) throw new MemoryFileError('ENOTEMPTY', 'removeDirectory', path);
    const before = slot.directory.entries.get(slot.key);
    disk.changeNames([{ directory: slot.directory, key: slot.key, before, after: undefined }]);
    this.#mounts.announce([found.path]);
  }

  rename(from: FilePath, to: FilePath): void {
    const call: FileCall = { name: 'rename', path: from, to };
    const source = this.#resolve(call);
    const target = this.#mounts.resolve(to, 'rename');
    const changes = renameChanges(source, target);
    if (changes.length === 0) return;
    source.disk.changeNames(changes);
    this.#mounts.announce([source.path, target.path]);
  }

  link(existing: FilePath, to: FilePath): void {
    const call: FileCall = { name: 'link', path: existing, to };
    const source = this.#existing(call);
    const target = this.#mounts.resolve(to, 'link');
    if (target.inode !== undefined) throw new MemoryFileError('EEXIST', 'link', to);
    if (source.disk !== target.disk) throw new MemoryFileError('EXDEV', 'link', to);
    if (source.inode.kind === 'directory' || source.disk.options.supportsLinks === false) {
      throw new MemoryFileError('EPERM', 'link', existing);
    }
    this.#addName('link', target, () => source.inode);
    this.#mounts.announce([target.path]);
  }

  unlink(path: FilePath): void {
    const { disk, inode, slot, ...found } = this.#existing({ name: 'unlink', path });
    if (inode.kind === 'directory' || slot === undefined) {
      throw new MemoryFileError('EISDIR', 'unlink', path);
    }
    const before = slot.directory.entries.get(slot.key);
    disk.changeNames([{ directory: slot.directory, key: slot.key, before, after: undefined }]);
    this.#mounts.announce([found.path]);
  }

  makeSymlink(target: string, path: FilePath): void {
    const found = this.#resolve({ name: 'makeSymlink', path });
    this.#addName('makeSymlink', found, (disk) => disk.makeSymlinkInode(target));
    this.#mounts.announce([found.path]);
  }

  readSymlink(path: FilePath): string {
    const { inode } = this.#existing({ name: 'readSymlink', path });
    if (inode.kind !== 'symlink') throw new MemoryFileError('EINVAL', 'readSymlink', path);
    return inode.target;
  }

  setPermissions(path: FilePath, permissions: number): void {
    const { disk, inode, ...found } = this.#existing({ name: 'setPermissions', path });
    if (inode.kind === 'symlink') throw new MemoryFileError('ELOOP', 'setPermissions', path);
    disk.touch(inode, { permissions: permissions & 0o7777 });
    this.#mounts.announce([found.path]);
  }

  setModificationTime(path: FilePath, mtimeNs: bigint): void {
    const { disk, inode, ...found } = this.#existing({ name: 'setModificationTime', path });
    disk.touch(inode, { mtimeNs });
    this.#mounts.announce([found.path]);
  }

  syncDirectory(path: FilePath): void {
    const { disk, inode } = this.#existing({ name: 'syncDirectory', path });
    if (inode.kind !== 'directory') throw new MemoryFileError('ENOTDIR', 'syncDirectory', path);
    disk.syncDirectory(inode);
  }

  syncFileSystem(path: FilePath): boolean {
    const { disk } = this.#existing({ name: 'syncFileSystem', path }, (failed) =>
      failed.poisonAll(),
    );
    if (disk.options.supportsSyncFileSystem === false) return false;
    disk.syncAll();
    return true;
  }

  space(path: FilePath): FileSystemSpace {
    const { disk } = this.#existing({ name: 'space', path });
    return { freeBytes: disk.freeBytes, totalBytes: disk.capacityBytes };
  }

  /** The world's hook, then the walk, then the faults of the disk that the walk ends on. */
  #resolve(call: FileCall, onFault?: (disk: MemoryDisk) => void): ResolvedPath {
    this.#enter(call);
    const found = this.#mounts.resolve(call.path as FilePath, call.name);
    checkFaults(found.disk, call, () => onFault?.(found.disk));
    return found;
  }

  #existing(call: FileCall, onFault?: (disk: MemoryDisk) => void) {
    const found = this.#resolve(call, onFault);
    const { inode } = found;
    if (inode === undefined) throw new MemoryFileError('ENOENT', call.name, call.path);
    return { ...found, inode };
  }

  #opened(
    name: FileCall['name'],
    handle: FileHandle,
    lengthBytes?: number,
    onFault?: (file: OpenFile) => void,
  ): OpenFile {
    const { path } = this.#fileOf(name, handle);
    const call: FileCall = { name, path, ...(lengthBytes === undefined ? {} : { lengthBytes }) };
    this.#enter(call);
    const file = this.#fileOf(name, handle);
    checkFaults(file.disk, call, () => onFault?.(file));
    return file;
  }

  #enter(call: FileCall): void {
    this.#killSwitch.assertAlive();
    if (this.#onCall !== undefined) this.#killSwitch.runHook(() => this.#onCall?.(call));
  }

  #fileOf(name: FileCall['name'], handle: FileHandle): OpenFile {
    this.#killSwitch.assertAlive();
    const file = this.#handles.get(handle);
    if (file === undefined || file.processCount !== file.disk.processCount) {
      throw new MemoryFileError('EBADF', name, `handle ${handle}`);
    }
    return file;
  }

  #createFile(found: ResolvedPath, permissions: number): FileInode {
    return this.#addName('open', found, (disk) => disk.makeFileInode(permissions));
  }

  #addName<Kind extends Inode>(
    name: FileCall['name'],
    { disk, inode, slot, path }: ResolvedPath,
    make: (disk: MemoryDisk) => Kind,
  ): Kind {
    if (inode !== undefined || slot === undefined) throw new MemoryFileError('EEXIST', name, path);
    if (name !== 'link' && disk.freeBytes === 0) throw new MemoryFileError('ENOSPC', name, path);
    const made = make(disk);
    const after = { name: slot.name, inode: made };
    disk.changeNames([{ directory: slot.directory, key: slot.key, before: undefined, after }]);
    return made;
  }

  #closeAll(): void {
    for (const { disk, inode, processCount } of this.#handles.values()) {
      if (processCount === disk.processCount) disk.closeInode(inode);
    }
    this.#handles.clear();
  }
}

function checkFaults(disk: MemoryDisk, call: FileCall, onFault: () => void): void {
  try {
    disk.faults.check(call);
  } catch (error) {
    onFault();
    throw error;
  }
}

function statOf(disk: MemoryDisk, inode: Inode): FileStat {
  return {
    kind: inode.kind,
    sizeBytes: sizeOf(inode),
    mtimeNs: inode.attributes.mtimeNs,
    ctimeNs: inode.attributes.ctimeNs,
    permissions: inode.attributes.permissions,
    deviceNumber: disk.deviceNumber,
    inode: inode.number,
  };
}
