/**
 * Reading a folder's ignore files, for worker threads: `.stignore` and what it includes, each a real
 * file inside the folder. Which of them are missed is for the parser to say, with the line.
 */
import { displayPath, type FolderPath, ignoreFileName } from '@holdfast/model';
import {
  AppError,
  type BulkJob,
  byteStringFrom,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  fileTrouble,
  joinPath,
  readWholeFile,
  statIfPresent,
} from '@holdfast/platform';
import { ParentChecker } from './confinement.js';
import { type IgnoreFile, includedBy, maxIgnoreBytes, maxIgnoreFiles } from './ignore-patterns.js';

export type IgnoreReading =
  | { readonly type: 'read'; readonly files: readonly IgnoreFile[] }
  | { readonly type: 'unreadable'; readonly path: string; readonly reason: string };

export interface ReadIgnoreInput {
  readonly root: FilePath;
  /** Read in place of `.stignore`, to try it; a byte string. */
  readonly instead?: string;
}

export const readIgnoreFilesJob: BulkJob<ReadIgnoreInput, IgnoreReading> = {
  name: 'scan-read-ignore-files',
  perform({ root, instead }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    const files: IgnoreFile[] = [];
    const first = ignoreFileName as FolderPath;
    if (instead !== undefined) files.push({ path: first, bytes: instead });
    const waiting = instead === undefined ? [first] : includedBy({ path: first, bytes: instead });
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      if (files.some((file) => file.path === path)) continue;
      try {
        if (files.length >= maxIgnoreFiles) return unreadable(path, 'there are too many files');
        const file = readOne(path, root, { fileSystem, parents });
        if (file === 'refused') return unreadable(path, refusal);
        if (file === undefined) continue;
        files.push(file);
        waiting.push(...includedBy(file));
      } catch (error) {
        if (error instanceof RangeError) return unreadable(path, 'it is too large');
        if (fileErrorCode(error) === undefined) throw error;
        return unreadable(path, fileTrouble(error));
      }
    }
    return { type: 'read', files };
  },
};

/** What is thrown where an ignore file is there and cannot be read. */
export function ignoreUnreadable({ path, reason }: { path: string; reason: string }): AppError {
  const file = displayPath(path);
  return new AppError('ignore_faulty', `The patterns in ${file} cannot be read: ${reason}.`, {
    hint: 'Put the file in order: without it nobody knows what is to be ignored.',
  });
}

const refusal = 'it is not a plain file inside the folder';

/** Undefined where there is no such file. */
function readOne(
  path: FolderPath,
  root: FilePath,
  { fileSystem, parents }: { fileSystem: FileSystem; parents: ParentChecker },
): IgnoreFile | 'refused' | undefined {
  const check = parents.check(path);
  if (check.type === 'absent') return undefined;
  if (check.type !== 'ok') return 'refused';
  const target = joinPath(root, path);
  const stat = statIfPresent(fileSystem, target);
  if (stat === undefined) return undefined;
  if (stat.kind !== 'file') return 'refused';
  return { path, bytes: byteStringFrom(readWholeFile(fileSystem, target, maxIgnoreBytes)) };
}

function unreadable(path: string, reason: string): IgnoreReading {
  return { type: 'unreadable', path, reason };
}
