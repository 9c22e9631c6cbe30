/**
 * The canonical bytes of a shared record. There is exactly one encoding of a record, and the
 * decoder accepts no other: what decodes, encodes to the same bytes. Layout: SPEC.md of
 * `sync-protocol`, "Shared record".
 */
import { ByteReader, ByteWriter, MalformedBytes } from './byte-codec.js';
import {
  type BlockListRoot,
  type BlockReference,
  type ChunkerId,
  type FileRecord,
  maxListDepth,
  maxListEntries,
  plainBytesOf,
  type Version,
  versionIdOf,
} from './file-record.js';
import { type FolderPath, maxPathBytes, refusalOfPath } from './folder-path.js';
import type { ActorId, ContentId, DeviceId, Hash } from './ids.js';
import {
  maxVectorActors,
  maxVectorCounter,
  type VectorEntry,
  type VersionVector,
} from './version-vector.js';

const recordFormat = 1;
const maxAuthorBytes = 128;
const maxBlockBytes = 1024 * 1024;
const maxTargetBytes = 4096;
/** The largest canonical record: a full vector and a full block list. */
export const maxRecordBytes = 64 * 1024;

const kindCodes = { file: 1, directory: 2, symlink: 3, tombstone: 4 } as const;
const kindsByCode = new Map(
  Object.entries(kindCodes).map(([kind, code]) => [code as number, kind as FileRecord['kind']]),
);
const chunkerCodes: Record<ChunkerId, number> = { 'fastcdc-256k': 1 };
const chunkers = new Map(
  Object.entries(chunkerCodes).map(([name, code]) => [code, name as ChunkerId]),
);
const noPermissions = 0xffff;

/** Throws MalformedBytes where the decoder would refuse the bytes: such a record is never stored. */
export function encodeRecord(record: FileRecord): Uint8Array {
  requirePath(record.path);
  requireVector(record.vector);
  const writer = new ByteWriter();
  writer.u8(recordFormat).u8(kindCodes[record.kind]).byteString(record.path);
  writer.varint(record.vector.length);
  for (const { actor, counter } of record.vector) writer.hex(actor).varint(counter);
  writer.byteString(record.author);
  switch (record.kind) {
    case 'file':
      writer
        .u16(record.permissions ?? noPermissions)
        .i64(record.mtimeNs)
        .varint(record.sizeBytes);
      writer.u8(chunkerCodes[record.chunker]);
      encodeBlockList(writer, record.blocks);
      break;
    case 'directory':
      writer.u16(record.permissions ?? noPermissions);
      break;
    case 'symlink':
      writer.byteString(record.target);
      break;
    case 'tombstone':
      break;
  }
  requireRecordSize(writer.length);
  return writer.bytes();
}

function requirePath(path: FolderPath): void {
  if (path.length > maxPathBytes) throw new MalformedBytes('path too long');
}

function requireVector(vector: VersionVector): void {
  if (vector.length === 0) throw new MalformedBytes('vector is empty');
  if (vector.length > maxVectorActors) throw new MalformedBytes('vector has too many actors');
  for (const { counter } of vector) {
    if (counter < 1 || counter > maxVectorCounter) throw new MalformedBytes('counter out of range');
  }
}

function requireRecordSize(sizeBytes: number): void {
  if (sizeBytes > maxRecordBytes) throw new MalformedBytes('record too large');
}

/** A record with its bytes and id. */
export function versionOf(record: FileRecord, hash: Hash): Version {
  const bytes = encodeRecord(record);
  return { id: versionIdOf(bytes, hash), record, bytes };
}

/** Decodes bytes from a peer or a disk; throws MalformedBytes on anything but canonical bytes. */
export function decodeVersion(bytes: Uint8Array, hash: Hash): Version {
  return { id: versionIdOf(bytes, hash), record: decodeRecord(bytes), bytes };
}

/** Throws MalformedBytes on anything but the canonical bytes of a valid record. */
export function decodeRecord(bytes: Uint8Array): FileRecord {
  requireRecordSize(bytes.length);
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== recordFormat) throw new MalformedBytes(`record format ${format} is not known`);
  const kindCode = reader.u8();
  const path = decodePath(reader);
  const vector = decodeVector(reader);
  const author = decodeAuthor(reader);
  const record = decodeKind(reader, kindCode, { path, vector, author });
  reader.end();
  return record;
}

/** The kind of the record that a reader stands before, of which it reads no more. */
export function readRecordKind(reader: ByteReader): FileRecord['kind'] {
  const format = reader.u8();
  if (format !== recordFormat) throw new MalformedBytes(`record format ${format} is not known`);
  const code = reader.u8();
  const kind = kindsByCode.get(code);
  if (kind === undefined) throw new MalformedBytes(`record kind ${code} is not known`);
  return kind;
}

function decodeKind(
  reader: ByteReader,
  kindCode: number,
  common: { path: FolderPath; vector: VersionVector; author: DeviceId },
): FileRecord {
  switch (kindCode) {
    case kindCodes.file: {
      const permissions = decodePermissions(reader);
      const mtimeNs = reader.i64();
      const sizeBytes = reader.varint();
      const chunker = decodeChunker(reader);
      const blocks = decodeBlockList(reader);
      requireSize(blocks, sizeBytes);
      return { kind: 'file', ...common, permissions, mtimeNs, sizeBytes, chunker, blocks };
    }
    case kindCodes.directory:
      return { kind: 'directory', ...common, permissions: decodePermissions(reader) };
    case kindCodes.symlink:
      return { kind: 'symlink', ...common, target: reader.byteString(maxTargetBytes) };
    case kindCodes.tombstone:
      return { kind: 'tombstone', ...common };
    default:
      throw new MalformedBytes(`record kind ${kindCode} is not known`);
  }
}

function decodePath(reader: ByteReader): FolderPath {
  const path = reader.byteString(maxPathBytes);
  const refusal = refusalOfPath(path);
  if (refusal !== undefined) throw new MalformedBytes(`path refused: ${refusal}`);
  return path as FolderPath;
}

function decodeAuthor(reader: ByteReader): DeviceId {
  const author = reader.byteString(maxAuthorBytes);
  if (!/^[1-9A-HJ-NP-Za-km-z]{8,}$/.test(author))
    throw new MalformedBytes('author is not a device');
  return author as DeviceId;
}

function decodeVector(reader: ByteReader): VersionVector {
  const count = reader.varint(maxVectorActors);
  if (count === 0) throw new MalformedBytes('vector is empty');
  const entries: VectorEntry[] = [];
  let previous = '';
  for (let at = 0; at < count; at += 1) {
    const actor = reader.hex(8);
    const counter = reader.varint(maxVectorCounter);
    if (actor <= previous) throw new MalformedBytes('vector is not sorted');
    if (counter === 0) throw new MalformedBytes('counter is zero');
    previous = actor;
    entries.push({ actor: actor as ActorId, counter });
  }
  return entries;
}

function decodePermissions(reader: ByteReader): number | undefined {
  const permissions = reader.u16();
  if (permissions === noPermissions) return undefined;
  if (permissions > 0o777) throw new MalformedBytes('permissions out of range');
  return permissions;
}

function decodeChunker(reader: ByteReader): ChunkerId {
  const code = reader.u8();
  const chunker = chunkers.get(code);
  if (chunker === undefined) throw new MalformedBytes(`chunker ${code} is not known`);
  return chunker;
}

/** Writes depth, count and entries; also the layout of a list block. */
export function encodeBlockList(writer: ByteWriter, list: BlockListRoot): void {
  writer.u8(list.depth).varint(list.entries.length);
  for (const { contentId, lengthBytes } of list.entries) writer.hex(contentId).varint(lengthBytes);
}

/** Reads what encodeBlockList wrote. */
export function decodeBlockList(reader: ByteReader): BlockListRoot {
  const depth = reader.u8();
  if (depth > maxListDepth) throw new MalformedBytes('block list too deep');
  const count = reader.varint(maxListEntries);
  const entries: BlockReference[] = [];
  for (let at = 0; at < count; at += 1) {
    const contentId = reader.hex(32) as ContentId;
    const lengthBytes = reader.varint(maxBlockBytes);
    if (lengthBytes === 0) throw new MalformedBytes('block is empty');
    entries.push({ contentId, lengthBytes });
  }
  return { depth, entries };
}

/** At depth 0 the entries make up the size exactly; deeper lists are checked as they are read. */
function requireSize(blocks: BlockListRoot, sizeBytes: number): void {
  if (blocks.depth > 0) {
    if (blocks.entries.length === 0) throw new MalformedBytes('nested block list is empty');
    return;
  }
  if (plainBytesOf(blocks.entries) !== sizeBytes)
    throw new MalformedBytes('blocks do not add up to the size');
}
