/** A row of the index: an entry with which a version became what its folder shows. */
import { ByteReader, ByteWriter, type FileRecord, type VersionId } from '@holdfast/model';
import type { CopyLocations } from './follow-chain.js';
import { lastNumberOf, readLocations, writeLocations } from './index-keys.js';

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

export function decodeCurrentRow(key: Uint8Array, value: Uint8Array): CurrentRow {
  const reader = new ByteReader(value);
  const kind = kinds[reader.u8()] ?? 'tombstone';
  const lastKind = kinds[reader.u8()] ?? 'tombstone';
  const versionId = reader.hex(32) as VersionId;
  const locations = readLocations(reader);
  return { position: lastNumberOf(key), kind, lastKind, versionId, locations };
}
