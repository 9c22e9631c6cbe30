/**
 * The entries of the history log: their bytes, and the chain of heads that ties each to all before
 * it. Layout: FORMAT.md. Invariant: an entry names its position and the head before it, so that
 * entries can be verified one by one, in whichever copy they are found.
 */
import {
  ByteReader,
  ByteWriter,
  type DeviceId,
  type FileRecord,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  isFolderId,
  MalformedBytes,
  maxListEntries,
  maxRecordBytes,
  type StoredId,
  type StoreId,
  type VersionId,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import {
  readSettled,
  readThinned,
  type SettledEntry,
  type ThinnedEntry,
  writeSettled,
  writeThinned,
} from './thin-entry.js';

const entryFormat = 1;
const kindCodes = { genesis: 1, version: 2, thinned: 3, 'thinning-settled': 4 } as const;
const clearCodec = 0;
const maxDeviceBytes = 128;
const flagBits = { becameCurrent: 1, clockSynchronised: 2, supersedes: 4 } as const;
const headBytes = 32;

/** The head before the first entry. */
export const headBeforeGenesis = '0'.repeat(headBytes * 2);

/** The first entry: which store this log belongs to. Its position is 0. */
export interface GenesisEntry {
  readonly kind: 'genesis';
  readonly storeId: StoreId;
  readonly generation: number;
  readonly formatMajor: number;
  readonly requiredFeatures: number;
  readonly createdAtMs: number;
}

/** A version that the archive received. */
export interface VersionEntry {
  readonly kind: 'version';
  readonly folder: FolderId;
  readonly versionId: VersionId;
  readonly pathToken: string;
  readonly becameCurrent: boolean;
  readonly supersedes: VersionId | undefined;
  readonly author: DeviceId;
  readonly sender: DeviceId;
  readonly receivedAtMs: number;
  /** Sixteen bytes as hexadecimal digits. */
  readonly bootId: string;
  readonly clockSynchronised: boolean;
  /** Of the entries of the record's own block list, in their order. */
  readonly storedIds: readonly StoredId[];
  /** The canonical record, verbatim. */
  readonly recordBytes: Uint8Array;
  /** The same decoded, where whoever makes the entry has it. */
  readonly record?: FileRecord;
}

export type LogEntry = GenesisEntry | VersionEntry | ThinnedEntry | SettledEntry;

/** Where an entry stands in the chain. */
export interface EntryLink {
  readonly position: number;
  readonly previousHead: string;
}

export function encodeLogEntry(link: EntryLink, entry: LogEntry): Uint8Array {
  const writer = new ByteWriter(1024);
  writer.u8(entryFormat).u8(kindCodes[entry.kind]).u64(link.position).hex(link.previousHead);
  if (entry.kind === 'genesis') {
    writer.hex(entry.storeId).u32(entry.generation).u16(entry.formatMajor);
    return writer.u32(entry.requiredFeatures).u64(entry.createdAtMs).bytes();
  }
  if (entry.kind === 'version') writeVersion(writer, entry);
  else if (entry.kind === 'thinned') writeThinned(writer, entry);
  else writeSettled(writer, entry);
  return writer.bytes();
}

function writeVersion(writer: ByteWriter, entry: VersionEntry): void {
  writer.raw(Buffer.from(entry.folder, 'latin1')).hex(entry.versionId).hex(entry.pathToken);
  writer.u8(flagsOf(entry));
  if (entry.supersedes !== undefined) writer.hex(entry.supersedes);
  writer.byteString(entry.author).byteString(entry.sender);
  writer.u64(entry.receivedAtMs).hex(entry.bootId).varint(entry.storedIds.length);
  for (const storedId of entry.storedIds) writer.hex(storedId);
  writer.u8(clearCodec).varint(entry.recordBytes.length).raw(entry.recordBytes);
}

function flagsOf(entry: VersionEntry): number {
  return (
    (entry.becameCurrent ? flagBits.becameCurrent : 0) |
    (entry.clockSynchronised ? flagBits.clockSynchronised : 0) |
    (entry.supersedes === undefined ? 0 : flagBits.supersedes)
  );
}

/** Reads only the link. Throws MalformedBytes, or `store_format_unknown` on a newer layout. */
export function linkOfEntry(bytes: Uint8Array): EntryLink {
  return readStart(new ByteReader(bytes)).link;
}

/** Throws MalformedBytes, or `store_format_unknown` on a newer layout. */
export function decodeLogEntry(bytes: Uint8Array): { link: EntryLink; entry: LogEntry } {
  const reader = new ByteReader(bytes);
  const { link, kindCode } = readStart(reader);
  const entry = readBody(reader, kindCode);
  reader.end();
  return { link, entry };
}

function readBody(reader: ByteReader, kindCode: number): LogEntry {
  if (kindCode === kindCodes.genesis) return readGenesis(reader);
  if (kindCode === kindCodes.version) return readVersion(reader);
  return kindCode === kindCodes.thinned ? readThinned(reader) : readSettled(reader);
}

function readStart(reader: ByteReader): { link: EntryLink; kindCode: number } {
  const format = reader.u8();
  const kindCode = reader.u8();
  const isKnown = Object.values<number>(kindCodes).includes(kindCode);
  if (format !== entryFormat || !isKnown) {
    throw formatUnknown(`a history entry of format ${format} and kind ${kindCode}`);
  }
  return { link: { position: reader.u64(), previousHead: reader.hex(headBytes) }, kindCode };
}

function readGenesis(reader: ByteReader): GenesisEntry {
  return {
    kind: 'genesis',
    storeId: reader.hex(8) as StoreId,
    generation: reader.u32(),
    formatMajor: reader.u16(),
    requiredFeatures: reader.u32(),
    createdAtMs: reader.u64(),
  };
}

function readVersion(reader: ByteReader): VersionEntry {
  const folder = Buffer.from(reader.raw(16)).toString('latin1');
  if (!isFolderId(folder)) throw new MalformedBytes('folder id is malformed');
  const versionId = reader.hex(32) as VersionId;
  const pathToken = reader.hex(16);
  const flags = reader.u8();
  if (flags > 7) throw new MalformedBytes('flags are not known');
  const supersedes = flags & flagBits.supersedes ? (reader.hex(32) as VersionId) : undefined;
  const author = reader.byteString(maxDeviceBytes) as DeviceId;
  const sender = reader.byteString(maxDeviceBytes) as DeviceId;
  const receivedAtMs = reader.u64();
  const bootId = reader.hex(16);
  const storedIds = readStoredIds(reader);
  const codec = reader.u8();
  if (codec !== clearCodec) throw formatUnknown(`a record body of codec ${codec}`);
  const recordBytes = new Uint8Array(reader.raw(reader.varint(maxRecordBytes)));
  const becameCurrent = (flags & flagBits.becameCurrent) !== 0;
  const clockSynchronised = (flags & flagBits.clockSynchronised) !== 0;
  return {
    kind: 'version',
    folder,
    versionId,
    pathToken,
    becameCurrent,
    supersedes,
    author,
    sender,
    receivedAtMs,
    bootId,
    clockSynchronised,
    storedIds,
    recordBytes,
  };
}

function readStoredIds(reader: ByteReader): StoredId[] {
  const count = reader.varint(maxListEntries);
  const storedIds: StoredId[] = [];
  for (let at = 0; at < count; at += 1) storedIds.push(reader.hex(32) as StoredId);
  return storedIds;
}

/** The head after an entry: BLAKE3 of the head before it and the entry's bytes. */
export function headAfter(previousHead: string, entryBytes: Uint8Array, hash: Hash): string {
  return hexFrom(hash(Buffer.concat([Buffer.from(previousHead, 'hex'), entryBytes])));
}

/** Tells entries of one path apart from others without naming it; sixteen bytes as digits. */
export function pathTokenOf(
  storeId: StoreId,
  folder: FolderId,
  path: FolderPath,
  hash: Hash,
): string {
  const seed = Buffer.concat([
    Buffer.from('holdfast path token 1', 'latin1'),
    Buffer.from(storeId, 'hex'),
    Buffer.from(`${folder}\0${path}`, 'latin1'),
  ]);
  return hexFrom(hash(seed).subarray(0, 16));
}

/** The store was written by a newer version of the program. */
export function formatUnknown(what: string): AppError {
  return new AppError('store_format_unknown', `The store holds ${what}, which is not known here.`, {
    hint: 'It was written by a newer version. Update this device; the stored data is untouched.',
  });
}
