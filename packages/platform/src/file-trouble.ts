/** What the operating system's error codes mean, in words for people. */
import { errorMessage } from './app-error.js';
import { fileErrorCode } from './file-system.js';

const wordsOf: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'permission is denied'],
  ['EPERM', 'the system does not permit it'],
  ['EIO', 'the disk reports an error'],
  ['ENOENT', 'it is not there'],
  ['ENOTDIR', 'a file is where a directory should be'],
  ['EISDIR', 'a directory is where a file should be'],
  ['ELOOP', 'a symlink is in the way'],
  ['ENAMETOOLONG', 'the name is too long for this disk'],
  ['EFBIG', 'the file is too large for this disk'],
  ['EBUSY', 'it is in use'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
]);

/** The words for an operating system's code; undefined where there are none. */
export function wordsForCode(code: string): string | undefined {
  return wordsOf.get(code);
}

/** Why a file operation failed, as a part of a sentence. */
export function fileTrouble(error: unknown): string {
  const code = fileErrorCode(error);
  return wordsOf.get(code ?? '') ?? code ?? errorMessage(error);
}

/** Whether there is no room left, for anyone or for this user. */
export function isDiskFull(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}
