/** An entry of history, checked against its id, and what is told of it. */
import {
  contentBytesOf,
  type DeviceId,
  decodeRecord,
  displayPath,
  type FileRecord,
  type Hash,
  type HistoryEntry,
  type Version,
  versionIdOf,
} from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { HistoryVersion, ListEntry } from './history-control.js';

/** An entry with its record: an archive cannot pass off another. */
export interface CheckedEntry {
  readonly entry: HistoryEntry;
  readonly version: Version;
}

/** Throws `history_damaged` where an archive says something else than the id stands for. */
export function checkedEntry(entry: HistoryEntry, hash: Hash): CheckedEntry {
  const { recordBytes, versionId } = entry;
  if (versionIdOf(recordBytes, hash) !== versionId) {
    throw new AppError('history_damaged', 'The archive sent a record that is not its version.', {
      hint: 'Nothing was restored from it. Ask another archive with --store-id.',
    });
  }
  return {
    entry,
    version: { id: versionId, bytes: recordBytes, record: decodeRecord(recordBytes) },
  };
}

export function historyVersion(
  storeId: string,
  { entry, version }: CheckedEntry,
  nameOf: (device: DeviceId) => string,
): HistoryVersion {
  const { record } = version;
  return {
    version: version.id,
    position: `${storeId}#${entry.position}`,
    time: new Date(entry.receivedAtMs).toISOString(),
    device: nameOf(record.author),
    deviceId: record.author,
    kind: record.kind,
    size: contentBytesOf(record),
    mtime: mtimeOf(record),
    deleted: record.kind === 'tombstone',
    blocks: record.kind === 'file' ? record.blocks.entries.length : 0,
    current: entry.becameCurrent,
    thinned: entry.thinned,
  };
}

export function listEntry(
  { version, entry }: CheckedEntry,
  nameOf: (device: DeviceId) => string,
): ListEntry {
  const { record } = version;
  return {
    path: displayPath(record.path),
    kind: record.kind === 'tombstone' ? 'file' : record.kind,
    size: contentBytesOf(record),
    mtime: mtimeOf(record),
    version: version.id,
    deleted: record.kind === 'tombstone',
    thinned: entry.thinned,
    changed: new Date(entry.receivedAtMs).toISOString(),
    device: nameOf(record.author),
  };
}

/** Throws `version_thinned` where the content was let go. */
export function withContent(checked: CheckedEntry): CheckedEntry {
  const { entry, version } = checked;
  if (!entry.thinned) return checked;
  const path = displayPath(version.record.path);
  throw new AppError(
    'version_thinned',
    `This version of ${path} was thinned: its archive does not keep it.`,
    {
      hint: 'See which are kept with: holdfast log. Until the archive is compacted, this brings it back there: holdfast archive thin FOLDER --undo',
    },
  );
}

/** ISO 8601; null where the record has no time. */
export function mtimeOf(record: FileRecord): string | null {
  if (record.kind !== 'file') return null;
  return new Date(Number(record.mtimeNs / 1_000_000n)).toISOString();
}
