/** Whole-disk copies, for the day when somebody puts an old image back. */
import type { DirectoryInode, Inode } from './disk-inode.js';

/** Opaque; give it back to the disk that made it. */
export interface DiskImage {
  readonly root: DirectoryInode;
}

/** A deep copy that shares nothing; hard links stay links, inode numbers stay. */
export function cloneTree(root: DirectoryInode): DirectoryInode {
  const copies = new Map<Inode, Inode>();
  const pending: { readonly from: DirectoryInode; readonly to: DirectoryInode }[] = [];

  const copyOf = (inode: Inode): Inode => {
    const known = copies.get(inode);
    if (known !== undefined) return known;
    let copy: Inode;
    if (inode.kind === 'file') copy = { ...inode, content: inode.content.clone() };
    else if (inode.kind === 'symlink') copy = { ...inode };
    else {
      copy = { ...inode, entries: new Map() };
      pending.push({ from: inode, to: copy });
    }
    copy.durableAttributes = copy.attributes;
    copies.set(inode, copy);
    return copy;
  };

  const rootCopy = copyOf(root) as DirectoryInode;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [key, { name, inode }] of next.from.entries) {
      const copy = copyOf(inode);
      if (copy.kind === 'directory') copy.parent = next.to;
      next.to.entries.set(key, { name, inode: copy });
    }
  }
  return rootCopy;
}
