/**
 * The stored form of a path entry. It never leaves this device's database, which can be rebuilt, so
 * it may change with the software; a format byte tells one from the other.
 */
import {
  ByteReader,
  ByteWriter,
  decodeRecord,
  type FileRecord,
  type FolderPath,
  MalformedBytes,
  maxRecordBytes,
  readRecordKind,
  type Version,
  type VersionId,
} from '@holdfast/model';
import type { DeviceNumbers } from './device-numbers.js';
import type {
  DiskState,
  GuardMark,
  LocalPart,
  PathEntry,
  PeerPart,
  VersionRow,
} from './path-entry.js';

/** Rows end with a byte that says whether somebody vouches for them, and with the guard's mark. */
const entryFormat = 2;
const formatWithoutGuard = 1;
/** The newest, of a path that is passed over. */
const ignoredFormat = 3;
const archivedBit = 1;
const localBit = 2;
const sideBit = 4;
const diskBit = 8;
const racyBit = 16;
const withheldBit = 32;
const revertingBit = 64;
/** In the byte at the end of a row. */
const checkedBit = 1;
const guardBit = 2;
const guardStates: readonly GuardMark['state'][] = ['noted', 'held', 'rejected', 'moved'];
const maxRows = 1_000_000;
const versionIdBytes = 32;

export function encodeEntry(entry: PathEntry, devices: DeviceNumbers): Uint8Array {
  const writer = new ByteWriter();
  writer.u8(entry.ignored ? ignoredFormat : entryFormat).varint(entry.rows.length);
  for (const row of entry.rows) {
    encodeVersion(writer, row.version);
    writer.u8(flagsOf(row));
    if (row.local !== undefined) encodeLocal(writer, row.local);
    writer.varint(row.peers.length);
    for (const peer of row.peers) {
      writer.varint(devices.numberOf(peer.device)).varint(peer.sequence);
      writer.u8(peer.state === 'side' ? 1 : 0);
    }
    writer.u8((row.checked ? checkedBit : 0) | (row.guard === undefined ? 0 : guardBit));
    if (row.guard !== undefined) encodeGuard(writer, row.guard);
  }
  return writer.view();
}

function encodeVersion(writer: ByteWriter, { id, bytes }: Version): void {
  writer.hex(id).varint(bytes.length).raw(bytes);
}

function encodeGuard(writer: ByteWriter, { state, atMs, former, restoring }: GuardMark): void {
  writer.u8(guardStates.indexOf(state)).varint(atMs);
  encodeVersion(writer, former);
  writer.u8(restoring === undefined ? 0 : 1);
  if (restoring !== undefined) encodeVersion(writer, restoring);
}

export function decodeEntry(
  path: FolderPath,
  bytes: Uint8Array,
  devices: DeviceNumbers,
): PathEntry {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  const ignored = format === ignoredFormat;
  if (format !== entryFormat && format !== formatWithoutGuard && !ignored)
    throw new MalformedBytes(`entry format ${format} is not known`);
  const rowFormat = ignored ? entryFormat : format;
  const rows: VersionRow[] = [];
  const count = reader.varint(maxRows);
  for (let at = 0; at < count; at += 1) rows.push(decodeRow(reader, devices, rowFormat));
  reader.end();
  return ignored ? { path, rows, ignored } : { path, rows };
}

/** What this disk showed at a path when the index last looked, without anything else of the entry. */
export interface ShownState {
  readonly kind: FileRecord['kind'];
  readonly disk: DiskState;
}

/**
 * Reads it without decoding a record; undefined where the disk shows nothing that is known, or the
 * path is passed over.
 */
export function readShownState(bytes: Uint8Array): ShownState | undefined {
  const reader = new ByteReader(bytes);
  const format = reader.u8();
  if (format !== entryFormat && format !== formatWithoutGuard) return undefined;
  const count = reader.varint(maxRows);
  for (let at = 0; at < count; at += 1) {
    reader.skip(versionIdBytes);
    const end = reader.varint(maxRecordBytes) + reader.position;
    const kind = readRecordKind(reader);
    reader.skip(end - reader.position);
    const flags = reader.u8();
    const local = (flags & localBit) === 0 ? undefined : decodeLocal(reader, flags);
    if (local?.state === 'current') {
      return local.disk === undefined ? undefined : { kind, disk: local.disk };
    }
    skipPeersAndGuard(reader, format);
  }
  return undefined;
}

function skipPeersAndGuard(reader: ByteReader, format: number): void {
  const peers = reader.varint(maxRows);
  for (let at = 0; at < peers; at += 1) {
    reader.varint();
    reader.varint();
    reader.skip(1);
  }
  const more = format === formatWithoutGuard ? 0 : reader.u8();
  if ((more & guardBit) !== 0) decodeGuard(reader);
}

function flagsOf(row: VersionRow): number {
  let flags = row.archived ? archivedBit : 0;
  if (row.local !== undefined) {
    flags |= localBit;
    if (row.local.state === 'side') flags |= sideBit;
    if (row.local.disk !== undefined) flags |= diskBit;
    if (row.local.disk?.racy) flags |= racyBit;
    if (row.local.withheld !== undefined) flags |= withheldBit;
    if (row.local.withheld === 'reverting') flags |= revertingBit;
  }
  return flags;
}

function encodeLocal(writer: ByteWriter, local: LocalPart): void {
  writer.varint(local.sequence).varint(local.sinceMs ?? 0);
  if (local.disk === undefined) return;
  const { sizeBytes, mtimeNs, ctimeNs, inode, permissions } = local.disk;
  writer.varint(sizeBytes).i64(mtimeNs).i64(ctimeNs);
  writer.i64(BigInt.asIntN(64, inode)).u16(permissions);
}

function decodeRow(reader: ByteReader, devices: DeviceNumbers, format: number): VersionRow {
  const version = decodeVersion(reader);
  const flags = reader.u8();
  const local = (flags & localBit) === 0 ? undefined : decodeLocal(reader, flags);
  const peers: PeerPart[] = [];
  const count = reader.varint(maxRows);
  for (let at = 0; at < count; at += 1) {
    const device = devices.deviceOf(reader.varint());
    const sequence = reader.varint();
    peers.push({ device, sequence, state: reader.u8() === 1 ? 'side' : 'current' });
  }
  const more = format === formatWithoutGuard ? 0 : reader.u8();
  return {
    version,
    archived: (flags & archivedBit) !== 0,
    peers,
    ...(local === undefined ? {} : { local }),
    ...((more & checkedBit) === 0 ? {} : { checked: true as const }),
    ...((more & guardBit) === 0 ? {} : { guard: decodeGuard(reader) }),
  };
}

function decodeVersion(reader: ByteReader): Version {
  const id = reader.hex(versionIdBytes) as VersionId;
  // A part of the entry's bytes, which live as long: an entry is little more than its records.
  const part = reader.raw(reader.varint(maxRecordBytes));
  const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  return { id, bytes, record: decodeRecord(bytes) };
}

function decodeGuard(reader: ByteReader): GuardMark {
  const number = reader.u8();
  const state = guardStates[number];
  if (state === undefined) throw new MalformedBytes(`guard state ${number} is not known`);
  const mark = { state, atMs: reader.varint(), former: decodeVersion(reader) };
  return reader.u8() === 0 ? mark : { ...mark, restoring: decodeVersion(reader) };
}

function decodeLocal(reader: ByteReader, flags: number): LocalPart {
  const state = (flags & sideBit) === 0 ? 'current' : 'side';
  const sequence = reader.varint();
  const sinceMs = reader.varint();
  const reverting = (flags & revertingBit) !== 0;
  const local: LocalPart = {
    state,
    sequence,
    ...(sinceMs === 0 ? {} : { sinceMs }),
    ...((flags & withheldBit) === 0 ? {} : { withheld: reverting ? 'reverting' : 'kept' }),
  };
  return (flags & diskBit) === 0 ? local : { ...local, disk: decodeDisk(reader, flags) };
}

function decodeDisk(reader: ByteReader, flags: number): DiskState {
  return {
    sizeBytes: reader.varint(),
    mtimeNs: reader.i64(),
    ctimeNs: reader.i64(),
    inode: BigInt.asUintN(64, reader.i64()),
    permissions: reader.u16(),
    racy: (flags & racyBit) !== 0,
  };
}
