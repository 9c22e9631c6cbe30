/** What is asked of a placing, one item for each path, and what came of it: plain data for worker threads. */
import type { DiskState } from '@holdfast/folder-index';
import type { FolderPath, VersionId } from '@holdfast/model';
import type { FilePath, FileStat } from '@holdfast/platform';
import type { BlockPiece } from './block-piece.js';

/** What must be at the target for the work to go on. */
export type Expected =
  | { readonly type: 'absent' }
  | { readonly type: 'present'; readonly kind: FileStat['kind']; readonly disk: DiskState };

export type PlacedContent =
  | {
      readonly type: 'file';
      readonly sizeBytes: number;
      readonly mtimeNs: bigint;
      readonly permissions: number | undefined;
      /** Blocks to write now; undefined where the temporary file was filled before. */
      readonly pieces: readonly BlockPiece[] | undefined;
    }
  | { readonly type: 'directory'; readonly permissions: number | undefined }
  | { readonly type: 'symlink'; readonly target: string }
  | { readonly type: 'nothing' }
  /** The content stays; time and permissions are set. */
  | {
      readonly type: 'touch';
      readonly mtimeNs: bigint | undefined;
      readonly permissions: number | undefined;
    };

export interface PlaceItem {
  readonly path: FolderPath;
  readonly versionId: VersionId;
  readonly content: PlacedContent;
  readonly expected: Expected;
  /** Link what is there aside under this version's id. */
  readonly holdAs: VersionId | undefined;
  /** Keep what is there visible under this path as well. */
  readonly copyTo: FolderPath | undefined;
  /** What is there was written by this device's user: nobody may have made it durable yet. */
  readonly syncAside: boolean;
}

export interface PlaceInput {
  readonly root: FilePath;
  readonly buffers: readonly Uint8Array[];
  readonly items: readonly PlaceItem[];
}

export type PlaceResult =
  | {
      readonly type: 'placed';
      readonly stat: FileStat | undefined;
      readonly copyStat: FileStat | undefined;
    }
  | NotPlaced;

type NotPlaced = (
  | {
      /** The target is not what was expected: look at it again. */
      readonly type: 'changed';
    }
  /** Something else has to happen first, such as a directory being emptied. */
  | { readonly type: 'postponed'; readonly reason: string }
  | { readonly type: 'failed'; readonly code: string }
) & {
  /** What was there was set aside and is not in its place any more: it has to be held. */
  readonly leftAside?: true;
};

/** The names at which somebody who watches sees something appear. */
export function namesMadeBy({ path, content, copyTo }: PlaceItem): FolderPath[] {
  const copy = copyTo === undefined ? [] : [copyTo];
  const appears = content.type !== 'nothing' && content.type !== 'touch';
  return appears ? [path, ...copy] : copy;
}

/** Why something was not placed: nothing can lie there yet. */
export const directoryMissing = 'its directory is not there';
/** Why something was not placed: the name is another's here. */
export const nameTaken = 'this disk does not tell its name from that of another';
/** Why something was not placed: it is looked at again first. */
export const changedMeanwhile = 'it changed here meanwhile';
/** Why something was not placed: not all of its content came. */
export const contentMissing = 'the other device does not have it any more';

const ofThisDisk: ReadonlySet<string> = new Set([directoryMissing, nameTaken, changedMeanwhile]);
const errorNumber = /^E[A-Z0-9]+$/;

/**
 * Whether who was asked did not give the content, or not so that it can be used: so it is with all
 * that says nothing of this disk.
 */
export function isNotGiven(reason: string): boolean {
  return !ofThisDisk.has(reason) && !errorNumber.test(reason);
}

/** Whether it counts as gone; what is packed in a way that is unknown here is there all the same. */
export function isGone(reason: string): boolean {
  return isNotGiven(reason) && reason !== 'envelope_codec_unknown';
}
