/** A folder's ignore patterns for a person: what stands in them, what they say of a path, new ones. */
import {
  checkRootJob,
  folderStopped,
  type IgnoreFile,
  IgnoreRules,
  ignoreUnreadable,
  maxIgnoreBytes,
  ownDirectory,
  readIgnoreFilesJob,
} from '@holdfast/folder-scanner';
import {
  displayPath,
  type FolderPath,
  ignoreFileName,
  pathBytesFrom,
  refusalOfPath,
} from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  byteStringFromText,
  bytesOf,
  type FileSystem,
  fileErrorCode,
  fileTrouble,
  joinPath,
  textOf,
  writeFileDurably,
} from '@holdfast/platform';
import type { FolderEngine } from '@holdfast/sync-engine';
import type { IgnorePatterns, IgnoreTest } from './node-control.js';

export interface IgnoreServiceInit {
  readonly fileSystem: FileSystem;
  readonly runner: BulkRunner;
}

export class IgnoreService {
  readonly #init: IgnoreServiceInit;

  constructor(init: IgnoreServiceInit) {
    this.#init = init;
  }

  /** As they stand on the disk, in order or not. */
  async patterns(folder: FolderEngine): Promise<IgnorePatterns> {
    const { root } = treeOf(folder);
    const files = await this.#read(folder);
    const [first, ...included] = files;
    return {
      file: textOf(joinPath(root, ignoreFileName)),
      text: first === undefined ? '' : textOf(first.bytes),
      included: included.map(({ path }) => displayPath(path)),
      fault: faultOf(files)?.message ?? '',
    };
  }

  /** Replaces them; what cannot be understood is refused, and nothing is changed. */
  async replace(folder: FolderEngine, text: string): Promise<IgnorePatterns> {
    const { root } = treeOf(folder);
    const { fileSystem } = this.#init;
    const bytes = byteStringFromText(text);
    if (bytes.length > maxIgnoreBytes) throw tooLong();
    await this.#checkRoot(folder);
    IgnoreRules.from(await this.#read(folder, bytes));
    const written = joinPath(ownDirectory(root), 'ignore');
    try {
      writeFileDurably(fileSystem, written, bytesOf(bytes), 0o644);
      fileSystem.rename(written, joinPath(root, ignoreFileName));
      fileSystem.syncDirectory(root);
    } catch (error) {
      if (fileErrorCode(error) === undefined) throw error;
      throw new AppError(
        'ignore_unwritable',
        `${ignoreFileName} cannot be written: ${fileTrouble(error)}.`,
        {
          hint: 'The patterns are as they were.',
          cause: error,
        },
      );
    }
    folder.tree?.lookAgain();
    return this.patterns(folder);
  }

  /** What the patterns on the disk say of a path, given from the folder's root or as a native one. */
  async test(folder: FolderEngine, text: string): Promise<IgnoreTest> {
    const { root } = treeOf(folder);
    const rules = IgnoreRules.from(await this.#read(folder));
    const given = pathBytesFrom(text);
    const relative = given.startsWith(`${root}/`) ? given.slice(root.length + 1) : given;
    const path = relative.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
    const refusal = refusalOfPath(path);
    if (refusal === 'reserved') return { path: text, ignored: true, deletable: false, by: null };
    if (refusal !== undefined || path.startsWith('/')) throw notInside(text);
    const { ignored, deletable, by } = rules.match(path as FolderPath);
    return { path: displayPath(path), ignored, deletable, by: by ?? null };
  }

  async #read(folder: FolderEngine, instead?: string): Promise<readonly IgnoreFile[]> {
    const { root } = treeOf(folder);
    const input = instead === undefined ? { root } : { root, instead };
    const reading = await this.#init.runner.run(readIgnoreFilesJob, input);
    if (reading.type === 'unreadable') throw ignoreUnreadable(reading);
    return reading.files;
  }

  async #checkRoot(folder: FolderEngine): Promise<void> {
    const { root, marker } = treeOf(folder);
    const input = { root, marker, deviceNumber: undefined };
    const check = await this.#init.runner.run(checkRootJob, input);
    if (check.type === 'stopped') throw folderStopped(check.reason);
  }
}

function treeOf(folder: FolderEngine) {
  const { tree, label } = folder.config;
  if (tree !== undefined) return tree;
  throw new AppError(
    'usage',
    `"${label}" has no files on this device, so nothing is ignored here.`,
    {
      hint: 'A device that keeps history only takes everything that the others publish.',
    },
  );
}

function faultOf(files: readonly IgnoreFile[]): AppError | undefined {
  try {
    IgnoreRules.from(files);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'ignore_faulty') return error;
    throw error;
  }
}

function tooLong(): AppError {
  return new AppError('ignore_faulty', `More than ${maxIgnoreBytes} bytes of patterns.`, {
    hint: 'Nothing was changed. A pattern may stand for many names: * ? [a-z] {a,b} **',
  });
}

function notInside(text: string): AppError {
  return new AppError('path_invalid', `"${text}" is no path inside the folder.`, {
    hint: 'Give it from the root of the folder, such as Documents/report.odt',
  });
}
