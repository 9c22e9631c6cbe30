/**
 * Absence is not deletion. The marker in a folder's root says that the disk which is mounted there
 * is the one that was added: it holds a random instance id, so a marker made by hand, or an empty
 * mount point, is not taken for the folder with all of its files gone.
 */
import { type FolderId, hexFrom, ownDirectoryName } from '@holdfast/model';
import {
  AppError,
  type BulkJob,
  byteStringFrom,
  bytesOf,
  ensureDirectory,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  type RandomSource,
  readWholeFileIfPresent,
  textOf,
  writeFileDurably,
} from '@holdfast/platform';

export interface FolderMarker {
  readonly folder: FolderId;
  /** Sixteen random bytes in hexadecimal. */
  readonly instance: string;
}

/** The node's own area in a folder's root. */
export function ownDirectory(root: FilePath): FilePath {
  return joinPath(root, ownDirectoryName);
}

/** Where replaced content waits until archives hold it; on the folder's own file system. */
export function heldDirectory(root: FilePath): FilePath {
  return joinPath(ownDirectory(root), 'held');
}

function markerPath(root: FilePath): FilePath {
  return joinPath(ownDirectory(root), 'marker.json');
}

/** The marker that lies in the root, whosever it is; undefined where there is none. */
export function readMarker(fileSystem: FileSystem, root: FilePath): FolderMarker | undefined {
  try {
    const bytes = readWholeFileIfPresent(fileSystem, markerPath(root), 4096);
    if (bytes === undefined) return undefined;
    const value = JSON.parse(byteStringFrom(bytes)) as FolderMarker | null;
    if (typeof value?.folder === 'string' && typeof value.instance === 'string') return value;
  } catch (error) {
    // Not JSON, or too large to be a marker.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
  }
  return undefined;
}

/** Makes the node's own area with a new marker. */
export function createMarker(
  fileSystem: FileSystem,
  root: FilePath,
  folder: FolderId,
  random: RandomSource,
): FolderMarker {
  const marker: FolderMarker = { folder, instance: hexFrom(random.bytes(16)) };
  ensureDirectory(fileSystem, ownDirectory(root), 0o700);
  ensureDirectory(fileSystem, heldDirectory(root), 0o700);
  writeFileDurably(fileSystem, markerPath(root), bytesOf(JSON.stringify(marker)));
  fileSystem.syncDirectory(root);
  return marker;
}

export interface CheckRootInput {
  readonly root: FilePath;
  readonly marker: FolderMarker;
  /** The file system that held the root before; undefined the first time. */
  readonly deviceNumber: bigint | undefined;
}

export type RootCheck =
  | { readonly type: 'ok'; readonly deviceNumber: bigint }
  | { readonly type: 'stopped'; readonly reason: string };

/** Whether the folder's root is there and is the one that was added. */
export const checkRootJob: BulkJob<CheckRootInput, RootCheck> = {
  name: 'scan-check-root',
  perform({ root, marker, deviceNumber }, { fileSystem }) {
    const shown = textOf(root);
    try {
      const stat = fileSystem.stat(root);
      if (stat.kind !== 'directory') return stopped(`${shown} is not a directory any more.`);
      if (deviceNumber !== undefined && stat.deviceNumber !== deviceNumber) {
        return stopped(`${shown} is on another disk than before. Is the right one mounted?`);
      }
      const found = readMarker(fileSystem, root);
      if (found === undefined) {
        return stopped(`${shown} has lost its folder marker. Is its disk mounted?`);
      }
      if (found.folder !== marker.folder || found.instance !== marker.instance) {
        return stopped(`${shown} holds the marker of another folder or of another copy of it.`);
      }
      return { type: 'ok', deviceNumber: stat.deviceNumber };
    } catch (error) {
      const code = fileErrorCode(error);
      if (code === undefined) throw error;
      if (code === 'ENOENT') return stopped(`${shown} is missing. Is its disk mounted?`);
      return stopped(`${shown} cannot be read (${code}).`);
    }
  },
};

function stopped(reason: string): RootCheck {
  return { type: 'stopped', reason: `${reason} Nothing is deleted anywhere because of this.` };
}

/** What a stopped folder throws at work that needs its root. */
export function folderStopped(reason: string): AppError {
  return new AppError('folder_stopped', reason, {
    kind: 'retry',
    hint: 'Mount the disk or bring the directory back; the folder goes on by itself.',
  });
}
