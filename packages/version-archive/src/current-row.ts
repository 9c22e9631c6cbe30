/**
 * Rows of the index about an entry with which a version became what its folder shows: one for each
 * such entry, and one for each path with the last of them.
 */
import { ByteReader, ByteWriter, type FileRecord, type VersionId } from '@holdfast/model';
import type { CopyLocations } from './follow-chain.js';
import { bytesOfNumber, lastNumberOf, readLocations, writeLocations } from './index-keys.js';

export type RecordKind = FileRecord['kind'];

export interface CurrentRow {
  readonly position: number;
  readonly kind: RecordKind;
  /** Of a tombstone: what was deleted, as far as this archive knows; otherwise the kind itself. */
  readonly lastKind: RecordKind;
  readonly versionId: VersionId;
  readonly locations: CopyLocations;
}

const kinds: readonly RecordKind[] = ['file', 'directory', 'symlink', 'tombstone'];

export function encodeCurrentRow(row: Omit<CurrentRow, 'position'>): Uint8Array {
  const writer = new ByteWriter(80).u8(kinds.indexOf(row.kind)).u8(kinds.indexOf(row.lastKind));
  writeLocations(writer.hex(row.versionId), row.locations);
  return writer.bytes();
}

export function decodeCurrentRow(position: number, value: Uint8Array): CurrentRow {
  const reader = new ByteReader(value);
  const kind = kinds[reader.u8()] ?? 'tombstone';
  const lastKind = kinds[reader.u8()] ?? 'tombstone';
  const versionId = reader.hex(32) as VersionId;
  return { position, kind, lastKind, versionId, locations: readLocations(reader) };
}

/** As a current row, with the position behind it. */
export function encodeHeadRow(row: CurrentRow): Uint8Array {
  return Buffer.concat([encodeCurrentRow(row), bytesOfNumber(row.position)]);
}

export function decodeHeadRow(value: Uint8Array): CurrentRow {
  return decodeCurrentRow(lastNumberOf(value), value);
}
