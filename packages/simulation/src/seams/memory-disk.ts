/**
 * One simulated disk: owns its inodes, what of them is durable, its space and its faults. It
 * outlives the nodes that use it. Invariant: what was synced is there after `crash`, whatever the
 * chance; what was not may be old, new or torn.
 */
import { assert, type FilePath } from '@holdfast/platform';
import { DiskFaults } from './disk-faults.js';
import {
  type DirectoryInode,
  type FileInode,
  type Inode,
  type InodeAttributes,
  type SymlinkInode,
  setEntry,
  walkInodes,
} from './disk-inode.js';
import { cloneTree, type DiskImage } from './disk-image.js';
import { type ByteSpan, FileContent } from './file-content.js';
import { type NameChange, NameJournal, type NameOrder } from './name-journal.js';
import { type NameRules, NameTable } from './name-table.js';
import type { SeededRandom } from './seeded-random.js';

export interface MemoryDiskOptions extends NameRules {
  /** The wall clock of the machine, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly deviceNumber?: bigint;
  /** False: `link` fails with EPERM, as on FAT. */
  readonly supportsLinks?: boolean;
  /** False: there is no call that syncs the whole file system. */
  readonly supportsSyncFileSystem?: boolean;
  /** Modification times are cut to a multiple of it; 2 s on FAT. */
  readonly mtimeGrainNs?: bigint;
  /** 1 by default: then no two changes have the same ctime. */
  readonly ctimeGrainNs?: bigint;
  readonly capacityBytes?: number;
  readonly nameOrder?: NameOrder;
  /** True: a torn file keeps its old or new ctime, so that no stat shows the damage. */
  readonly silentTearing?: boolean;
}

/** Beyond it everything is written back, as a kernel does in time. */
const maxDirtyInodes = 16_384;

/** A clock that is this far behind the last change was put back. */
const clockStepNs = 1_000_000_000n;

function cutTo(grainNs: bigint, timeNs: bigint): bigint {
  return timeNs - (((timeNs % grainNs) + grainNs) % grainNs);
}

export class MemoryDisk {
  readonly faults = new DiskFaults();
  readonly journal = new NameJournal();
  readonly names: NameTable;
  readonly options: MemoryDiskOptions;
  deviceNumber: bigint;
  capacityBytes: number;
  root: DirectoryInode;
  #dirty = new Set<Inode>();
  #usedBytes = 0;
  #nextInode = 2n;
  #lastChangeNs = 0n;
  #processCount = 0;
  #changeCount = 0;
  #syncCount = 0;

  constructor(options: MemoryDiskOptions) {
    this.options = options;
    this.names = new NameTable(options);
    this.deviceNumber = options.deviceNumber ?? 1n;
    this.capacityBytes = options.capacityBytes ?? 1024 ** 4;
    this.root = this.makeDirectoryInode(0o755);
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get freeBytes(): number {
    return Math.max(0, this.capacityBytes - this.#usedBytes);
  }

  /** Handles opened under an earlier number are gone. */
  get processCount(): number {
    return this.#processCount;
  }

  /** Moves with whatever may change what lies here. */
  get changeCount(): number {
    return this.#changeCount;
  }

  /** Moves with whatever may make durable what lies here. */
  get syncCount(): number {
    return this.#syncCount;
  }

  makeFileInode(permissions: number): FileInode {
    return this.#remember({
      ...this.#newInode(permissions),
      kind: 'file',
      content: new FileContent(),
    });
  }

  makeSymlinkInode(target: string): SymlinkInode {
    return this.#remember({ ...this.#newInode(0o777), kind: 'symlink', target });
  }

  makeDirectoryInode(permissions: number): DirectoryInode {
    const entries = new Map();
    const place = { parent: undefined, keyInParent: '' };
    return this.#remember({ ...this.#newInode(permissions), kind: 'directory', entries, ...place });
  }

  /** Changes names, in one step that a power loss cannot split. */
  changeNames(changes: readonly NameChange[]): void {
    this.#changeCount += 1;
    this.journal.apply(changes);
    for (const { directory, before, after } of changes) {
      this.touch(directory, { content: true });
      if (before !== undefined) before.inode.linkCount -= 1;
      if (after !== undefined) after.inode.linkCount += 1;
    }
    for (const { before, after } of changes) {
      if (before !== undefined) this.touch(before.inode, {});
      if (after !== undefined) this.touch(after.inode, {});
      if (before !== undefined) this.#releaseIfUnused(before.inode);
    }
  }

  /** Writes as much as there is space for; gives how many bytes. */
  write(inode: FileInode, bytes: Uint8Array, position: number): number {
    const growth = position + bytes.length - inode.content.sizeBytes;
    const excess = Math.max(0, growth - this.freeBytes);
    const written = bytes.subarray(0, Math.max(0, bytes.length - excess));
    const sizeBefore = inode.content.sizeBytes;
    inode.content.write(written, position);
    this.#usedBytes += inode.content.sizeBytes - sizeBefore;
    this.touch(inode, { content: true });
    return written.length;
  }

  truncate(inode: FileInode, sizeBytes: number): void {
    const sizeBefore = inode.content.sizeBytes;
    inode.content.truncate(sizeBytes);
    this.#usedBytes += inode.content.sizeBytes - sizeBefore;
    this.touch(inode, { content: true });
  }

  /** Moves ctime, and mtime where content changed or is given. */
  touch(inode: Inode, change: { content?: boolean; mtimeNs?: bigint; permissions?: number }): void {
    this.#changeCount += 1;
    const nowNs = BigInt(this.options.now()) * 1_000_000n;
    const mtimeNs = change.mtimeNs ?? (change.content ? nowNs : inode.attributes.mtimeNs);
    inode.attributes = {
      permissions: change.permissions ?? inode.attributes.permissions,
      mtimeNs: cutTo(this.options.mtimeGrainNs ?? 1n, mtimeNs),
      ctimeNs: this.#changeTimeNs(nowNs),
    };
    this.#markDirty(inode);
  }

  syncInode(inode: Inode): void {
    this.#syncCount += 1;
    if (inode.kind === 'file') inode.content.sync();
    inode.durableAttributes = inode.attributes;
    if (inode.kind !== 'file' || inode.content.isSynced) this.#dirty.delete(inode);
  }

  syncDirectory(directory: DirectoryInode): void {
    this.journal.commitDirectory(directory);
    this.syncInode(directory);
  }

  /** Also what a kernel does by itself in time. */
  syncAll(): void {
    this.#syncCount += 1;
    this.journal.commitAll();
    for (const inode of this.#dirty) this.syncInode(inode);
  }

  /** A sync of the whole disk failed: nothing unsynced may be trusted. */
  poisonAll(): void {
    for (const inode of this.#dirty) if (inode.kind === 'file') inode.content.poison();
  }

  openInode(inode: FileInode): void {
    inode.openCount += 1;
  }

  closeInode(inode: FileInode): void {
    inode.openCount -= 1;
    this.#releaseIfUnused(inode);
  }

  /** Whether no power loss can take the file, or any of its bytes, from this place. */
  isDurable(path: FilePath): boolean {
    let inode: Inode | undefined = this.root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (inode?.kind !== 'directory') return false;
      const key = this.names.keyOf(name);
      if (this.journal.isPending(inode, key)) return false;
      inode = inode.entries.get(key)?.inode;
    }
    return inode?.kind === 'file' && inode.content.isSynced;
  }

  /** SIGKILL: every open handle goes, the page cache stays. */
  killProcess(): void {
    this.#processCount += 1;
    this.#recount();
  }

  /** Power loss: what is unsynced is kept, lost or torn by chance; every open handle goes. */
  crash(random: SeededRandom): void {
    this.#processCount += 1;
    this.#changeCount += 1;
    this.journal.crash(this.root, this.options.nameOrder ?? 'any', random);
    for (const inode of this.#dirty) this.#crashInode(inode, random);
    this.#dirty.clear();
    this.#recount();
  }

  /** The same disk, attached anew under another device number. */
  remount(deviceNumber: bigint): void {
    this.deviceNumber = deviceNumber;
  }

  /** Bit rot: flips one bit of the file, or of a part of it, without a trace in its stat; tells which byte. */
  corrupt(path: FilePath, random: SeededRandom, within?: ByteSpan): number | undefined {
    let inode: Inode | undefined = this.root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      assert(inode?.kind === 'directory', `nothing to corrupt at ${path}`);
      inode = inode.entries.get(this.names.keyOf(name))?.inode;
    }
    assert(inode?.kind === 'file', `no file to corrupt at ${path}`);
    this.#changeCount += 1;
    return inode.content.flipBit(random, within);
  }

  /** A copy of everything as it is now, as somebody would keep one of a whole disk. */
  takeImage(): DiskImage {
    return { root: cloneTree(this.root) };
  }

  /** Puts an old image back; all of it is durable, and every open handle goes. */
  restoreImage(image: DiskImage): void {
    this.#processCount += 1;
    this.#changeCount += 1;
    this.journal.commitAll();
    this.#dirty.clear();
    this.root = cloneTree(image.root);
    this.#recount();
  }

  /** Puts back from an old image what lies under one name of the root; the rest stays as it is. */
  restoreDirectory(image: DiskImage, name: string): void {
    this.#processCount += 1;
    this.syncAll();
    const key = this.names.keyOf(name);
    setEntry(this.root, key, cloneTree(image.root).entries.get(key));
    this.#recount();
  }

  #newInode(permissions: number) {
    const nowNs = BigInt(this.options.now()) * 1_000_000n;
    const attributes: InodeAttributes = {
      permissions: permissions & 0o7777,
      mtimeNs: cutTo(this.options.mtimeGrainNs ?? 1n, nowNs),
      ctimeNs: this.#changeTimeNs(nowNs),
    };
    const number = this.#nextInode++;
    return { number, attributes, durableAttributes: attributes, linkCount: 0, openCount: 0 };
  }

  #remember<Kind extends Inode>(inode: Kind): Kind {
    this.#markDirty(inode);
    return inode;
  }

  #markDirty(inode: Inode): void {
    this.#dirty.add(inode);
    if (this.#dirty.size > maxDirtyInodes) this.syncAll();
  }

  #changeTimeNs(nowNs: bigint): bigint {
    // A clock that was put back takes ctime with it; else no two changes have the same.
    const isBack = nowNs + clockStepNs < this.#lastChangeNs;
    const isOn = nowNs > this.#lastChangeNs;
    this.#lastChangeNs = isOn || isBack ? nowNs : this.#lastChangeNs + 1n;
    return cutTo(this.options.ctimeGrainNs ?? 1n, this.#lastChangeNs);
  }

  #crashInode(inode: Inode, random: SeededRandom): void {
    const outcome =
      inode.kind === 'file' && !inode.content.isSynced ? inode.content.crash(random) : undefined;
    const isNew = outcome === undefined ? random.chance(0.5) : outcome !== 'lost';
    if (!isNew) inode.attributes = inode.durableAttributes;
    if (outcome === 'torn' && !this.options.silentTearing) this.touch(inode, {});
    inode.durableAttributes = inode.attributes;
  }

  #releaseIfUnused(inode: Inode): void {
    if (inode.linkCount > 0 || inode.openCount > 0) return;
    if (inode.kind === 'file') this.#usedBytes -= inode.content.sizeBytes;
    // With unsynced content it stays: a power loss may undo the unlink.
    if (inode.kind !== 'file' || inode.content.isSynced) this.#dirty.delete(inode);
  }

  #recount(): void {
    this.#usedBytes = 0;
    const seen = new Set<Inode>();
    for (const inode of walkInodes(this.root)) {
      if (!seen.has(inode)) {
        seen.add(inode);
        inode.linkCount = 0;
        inode.openCount = 0;
        if (inode.kind === 'file') this.#usedBytes += inode.content.sizeBytes;
      }
      inode.linkCount += 1;
    }
  }
}
