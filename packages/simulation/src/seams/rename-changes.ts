/** What a rename changes, or why it may not: the rules of rename(2) as a pure function. */
import type { DirectoryInode } from './disk-inode.js';
import { MemoryFileError } from './file-error.js';
import type { ResolvedPath } from './mount-table.js';
import type { NameChange } from './name-journal.js';

/** The changes of one atomic operation; none where both names are links to one file. */
export function renameChanges(source: ResolvedPath, target: ResolvedPath): NameChange[] {
  const fail = (code: string): never => {
    throw new MemoryFileError(code, 'rename', source.path);
  };
  const { inode, slot: from } = source;
  const { inode: replaced, slot: to } = target;
  if (inode === undefined) return fail('ENOENT');
  if (from === undefined || to === undefined) return fail('EBUSY');
  if (source.disk !== target.disk) return fail('EXDEV');
  if (inode.kind === 'directory' && isInside(to.directory, inode)) return fail('EINVAL');
  const before = from.directory.entries.get(from.key);
  const after = { name: to.name, inode };
  if (from.directory === to.directory && from.key === to.key) {
    if (before?.name === to.name) return [];
    return [{ directory: to.directory, key: to.key, before, after }];
  }
  if (replaced === inode) return [];
  if (replaced !== undefined) {
    if (replaced.kind === 'directory' && inode.kind !== 'directory') return fail('EISDIR');
    if (replaced.kind !== 'directory' && inode.kind === 'directory') return fail('ENOTDIR');
    if (replaced.kind === 'directory' && replaced.entries.size > 0) return fail('ENOTEMPTY');
  }
  return [
    { directory: from.directory, key: from.key, before, after: undefined },
    { directory: to.directory, key: to.key, before: to.directory.entries.get(to.key), after },
  ];
}

function isInside(directory: DirectoryInode, ancestor: DirectoryInode): boolean {
  let current: DirectoryInode | undefined = directory;
  while (current !== undefined) {
    if (current === ancestor) return true;
    current = current.parent;
  }
  return false;
}
