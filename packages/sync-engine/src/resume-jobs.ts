/**
 * Going on with the temporary file of a large version where it stopped, for worker threads. What a
 * crash left in it proves nothing: every block is hashed again.
 */
import { ParentChecker } from '@holdfast/folder-scanner';
import { type ContentId, type FolderPath, hexFrom, type VersionId } from '@holdfast/model';
import {
  AppError,
  type BulkJob,
  type FilePath,
  type FileSystem,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';
import { temporaryPath } from './place-jobs.js';

/** Names the temporary file of a version. */
export interface StagedFile {
  readonly root: FilePath;
  readonly path: FolderPath;
  readonly versionId: VersionId;
}

export interface BeginStagingInput extends StagedFile {
  readonly sizeBytes: number;
}

/** Makes the temporary file where it is not there; returns how many bytes of it are. */
export const beginStagingJob: BulkJob<BeginStagingInput, number> = {
  name: 'sync-begin-staging',
  perform(input, { fileSystem }) {
    const temporary = confinedTemporary(input, fileSystem);
    const there = statIfPresent(fileSystem, temporary);
    if (there?.kind === 'file' && there.sizeBytes <= input.sizeBytes) return there.sizeBytes;
    removeIfPresent(fileSystem, temporary);
    fileSystem.close(fileSystem.open(temporary, 'create', 0o600));
    return 0;
  },
};

export interface CheckStagedInput extends StagedFile {
  readonly blocks: readonly {
    readonly contentId: ContentId;
    readonly lengthBytes: number;
    readonly fileOffset: number;
  }[];
}

/** For each block, whether it stands in the temporary file. */
export const checkStagedJob: BulkJob<CheckStagedInput, boolean[]> = {
  name: 'sync-check-staged',
  perform(input, { fileSystem, hasher }) {
    const handle = fileSystem.open(confinedTemporary(input, fileSystem), 'read');
    try {
      return input.blocks.map(({ contentId, lengthBytes, fileOffset }) => {
        const bytes = new Uint8Array(lengthBytes);
        if (fileSystem.read(handle, bytes, fileOffset) !== lengthBytes) return false;
        return hexFrom(hasher.blake3(bytes)) === contentId;
      });
    } finally {
      fileSystem.close(handle);
    }
  },
};

/** Throws `parent_missing` where the directory of the target is not there, or not what it seems. */
export function confinedTemporary(file: StagedFile, fileSystem: FileSystem): FilePath {
  const { root, path, versionId } = file;
  if (new ParentChecker(fileSystem, root).check(path).type === 'ok') {
    return temporaryPath(root, path, versionId);
  }
  throw new AppError('parent_missing', `The directory of ${path} is not there.`, { kind: 'retry' });
}
