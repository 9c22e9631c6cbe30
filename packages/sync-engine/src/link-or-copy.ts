/**
 * A second name for a file, or a durable copy where the file system has no links. The name is never
 * that of half a copy, also after a crash.
 */
import { temporaryPrefix } from '@holdfast/model';
import {
  AppError,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  lastName,
  parentPath,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';

export function isLinkImpossible(error: unknown): boolean {
  const code = fileErrorCode(error);
  return code === 'EPERM' || code === 'EXDEV' || code === 'ENOTSUP' || code === 'EMLINK';
}

/** A hard link, or a synced copy where links are impossible. */
export function linkOrCopy(
  fileSystem: FileSystem,
  from: FilePath,
  to: FilePath,
): 'linked' | 'copied' {
  try {
    fileSystem.link(from, to);
    return 'linked';
  } catch (error) {
    if (!isLinkImpossible(error)) throw error;
    copyDurably(fileSystem, from, to);
    return 'copied';
  }
}

const copyChunkBytes = 1024 * 1024;
/** The end of a name tells copies apart; the whole may be too long with a prefix. */
const nameTailBytes = 128;

function copyDurably(fileSystem: FileSystem, from: FilePath, to: FilePath): void {
  const tail = lastName(to).slice(-nameTailBytes);
  const temporary = joinPath(parentPath(to), `${temporaryPrefix}${tail}`);
  removeIfPresent(fileSystem, temporary);
  try {
    copyContent(fileSystem, from, temporary);
    // Without links there is no call that takes a free name only: this is the last moment to look.
    if (statIfPresent(fileSystem, to) !== undefined) throw nameTaken();
    fileSystem.rename(temporary, to);
  } catch (error) {
    if (fileErrorCode(error) !== undefined) removeIfPresent(fileSystem, temporary);
    throw error;
  }
}

function nameTaken(): AppError {
  return new AppError('EEXIST', 'The name of the copy is taken.', { kind: 'retry' });
}

function copyContent(fileSystem: FileSystem, from: FilePath, to: FilePath): void {
  const stat = fileSystem.stat(from);
  const source = fileSystem.open(from, 'read');
  try {
    const copy = fileSystem.open(to, 'create', stat.permissions);
    try {
      const buffer = new Uint8Array(copyChunkBytes);
      let at = 0;
      for (let count = fileSystem.read(source, buffer, at); count > 0; ) {
        fileSystem.write(copy, buffer.subarray(0, count), at);
        at += count;
        count = fileSystem.read(source, buffer, at);
      }
      fileSystem.setModificationTime(to, stat.mtimeNs);
      fileSystem.syncFile(copy);
    } finally {
      fileSystem.close(copy);
    }
  } finally {
    fileSystem.close(source);
  }
}
