/**
 * A file record: what all devices agree on about one version of one path. Its canonical bytes are
 * passed on verbatim, and their BLAKE3 is the version's id. The byte layout is in
 * `packages/sync-protocol/SPEC.md`, "Shared record".
 */
import type { FolderPath } from './folder-path.js';
import type { ContentId, DeviceId, Hash, VersionId } from './ids.js';
import { hexFrom } from './ids.js';
import type { VersionVector } from './version-vector.js';

/** One entry of a block list. */
export interface BlockReference {
  readonly contentId: ContentId;
  /** Plaintext bytes of the block. */
  readonly lengthBytes: number;
}

/** Plaintext bytes of some blocks together. */
export function plainBytesOf(blocks: readonly BlockReference[]): number {
  return blocks.reduce((sum, block) => sum + block.lengthBytes, 0);
}

/**
 * The root of a block list. At depth 0 the entries are blocks of the file; at depth n they are list
 * blocks, each holding entries of depth n - 1. A root has at most `maxListEntries` entries.
 */
export interface BlockListRoot {
  readonly depth: number;
  readonly entries: readonly BlockReference[];
}

export const maxListEntries = 1024;
export const maxListDepth = 4;

/** The chunkers that a record can name. Smaller files than the minimum are one block. */
export type ChunkerId = 'fastcdc-256k';

interface RecordCommon {
  readonly path: FolderPath;
  readonly vector: VersionVector;
  readonly author: DeviceId;
}

export interface FileContentRecord extends RecordCommon {
  readonly kind: 'file';
  readonly sizeBytes: number;
  /** Nanoseconds since the Unix epoch. */
  readonly mtimeNs: bigint;
  /** The nine permission bits; undefined where the author's disk has none. */
  readonly permissions: number | undefined;
  readonly chunker: ChunkerId;
  readonly blocks: BlockListRoot;
}

export interface DirectoryRecord extends RecordCommon {
  readonly kind: 'directory';
  readonly permissions: number | undefined;
}

export interface SymlinkRecord extends RecordCommon {
  readonly kind: 'symlink';
  /** A byte string, verbatim. */
  readonly target: string;
}

/** The path was deleted. */
export interface TombstoneRecord extends RecordCommon {
  readonly kind: 'tombstone';
}

export type FileRecord = FileContentRecord | DirectoryRecord | SymlinkRecord | TombstoneRecord;

/** A record together with its canonical bytes and their id: the form in which versions travel. */
export interface Version {
  readonly id: VersionId;
  readonly record: FileRecord;
  readonly bytes: Uint8Array;
}

/** A version of a file with content. */
export type FileVersion = Version & { readonly record: FileContentRecord };

export function isFileVersion(version: Version): version is FileVersion {
  return version.record.kind === 'file';
}

export const emptyBlockList: BlockListRoot = { depth: 0, entries: [] };

/** The version id of canonical record bytes. */
export function versionIdOf(recordBytes: Uint8Array, hash: Hash): VersionId {
  return hexFrom(hash(recordBytes)) as VersionId;
}

/** Whether two records hold the same content, whatever their history, time and permissions. */
export function sameContent(left: FileRecord, right: FileRecord): boolean {
  if (left.kind === 'file' && right.kind === 'file') {
    return left.sizeBytes === right.sizeBytes && sameBlocks(left.blocks, right.blocks);
  }
  if (left.kind === 'symlink' && right.kind === 'symlink') return left.target === right.target;
  return left.kind === right.kind;
}

/** Whether two block lists name the same blocks in the same order. */
export function sameBlocks(left: BlockListRoot, right: BlockListRoot): boolean {
  return (
    left.depth === right.depth &&
    left.entries.length === right.entries.length &&
    left.entries.every((entry, at) => entry.contentId === right.entries[at]?.contentId)
  );
}

/** Whether two records would leave the same thing on a disk: content, time and permissions. */
export function sameOnDisk(left: FileRecord, right: FileRecord): boolean {
  if (!sameContent(left, right)) return false;
  if (left.kind === 'file' && right.kind === 'file') {
    return left.mtimeNs === right.mtimeNs && left.permissions === right.permissions;
  }
  if (left.kind === 'directory' && right.kind === 'directory') {
    return left.permissions === right.permissions;
  }
  return true;
}

/** The bytes of content that a record stands for. */
export function contentBytesOf(record: FileRecord): number {
  return record.kind === 'file' ? record.sizeBytes : 0;
}
