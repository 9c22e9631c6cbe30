/** A second name for a file, or a durable copy where the file system has no links. */
import { type FilePath, type FileSystem, fileErrorCode } from '@holdfast/platform';

export function isLinkImpossible(error: unknown): boolean {
  const code = fileErrorCode(error);
  return code === 'EPERM' || code === 'EXDEV' || code === 'ENOTSUP' || code === 'EMLINK';
}

/** A hard link, or a synced copy where links are impossible. */
export function linkOrCopy(fileSystem: FileSystem, from: FilePath, to: FilePath): void {
  try {
    fileSystem.link(from, to);
  } catch (error) {
    if (!isLinkImpossible(error)) throw error;
    copyDurably(fileSystem, from, to);
  }
}

const copyChunkBytes = 1024 * 1024;

function copyDurably(fileSystem: FileSystem, from: FilePath, to: FilePath): void {
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
      fileSystem.syncFile(copy);
    } finally {
      fileSystem.close(copy);
    }
  } finally {
    fileSystem.close(source);
  }
  fileSystem.setModificationTime(to, stat.mtimeNs);
}
