/**
 * What a memory disk is made of: files, directories and symlinks, reached through named entries.
 * Attributes stand apart from content because each becomes durable on its own.
 */
import type { FileContent } from './file-content.js';

export interface InodeAttributes {
  readonly permissions: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

interface InodeBase {
  /** Never used again on the same disk. */
  readonly number: bigint;
  attributes: InodeAttributes;
  durableAttributes: InodeAttributes;
  linkCount: number;
  openCount: number;
}

export interface FileInode extends InodeBase {
  readonly kind: 'file';
  readonly content: FileContent;
}

export interface SymlinkInode extends InodeBase {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface DirectoryInode extends InodeBase {
  readonly kind: 'directory';
  /** By fold key, so that a folding disk finds a name in any of its spellings. */
  readonly entries: Map<string, NamedEntry>;
  /** Where the directory was linked last; tells whether it can still be reached. */
  parent: DirectoryInode | undefined;
  keyInParent: string;
}

export type Inode = FileInode | SymlinkInode | DirectoryInode;

export interface NamedEntry {
  /** The name as it is listed: a byte string. */
  readonly name: string;
  readonly inode: Inode;
}

/** As stat shows it: a symlink's is the length of its target. */
export function sizeOf(inode: Inode): number {
  if (inode.kind === 'file') return inode.content.sizeBytes;
  return inode.kind === 'symlink' ? inode.target.length : 4096;
}

export function setEntry(
  directory: DirectoryInode,
  key: string,
  entry: NamedEntry | undefined,
): void {
  if (entry === undefined) {
    directory.entries.delete(key);
    return;
  }
  directory.entries.set(key, entry);
  if (entry.inode.kind === 'directory') {
    entry.inode.parent = directory;
    entry.inode.keyInParent = key;
  }
}

/** Whether a walk from `root` finds the directory. */
export function isReachable(directory: DirectoryInode, root: DirectoryInode): boolean {
  let current = directory;
  while (current !== root) {
    const { parent, keyInParent }: DirectoryInode = current;
    if (parent?.entries.get(keyInParent)?.inode !== current) return false;
    current = parent;
  }
  return true;
}

/** Every inode that a walk from `root` finds, as often as it is named; the root once. */
export function* walkInodes(root: DirectoryInode): Generator<Inode> {
  const pending: DirectoryInode[] = [root];
  yield root;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { inode } of next.entries.values()) {
      yield inode;
      if (inode.kind === 'directory') pending.push(inode);
    }
  }
}
