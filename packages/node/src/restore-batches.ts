/** What a restore brings back: grouped into batches of bounded size, and as content to place. */
import { contentBytesOf, type Version } from '@holdfast/model';
import type { BlockPiece, PlacedContent } from '@holdfast/sync-engine';
import type { ExistingEntry } from './restore-jobs.js';

export interface RestoreItem {
  readonly version: Version;
  readonly existing: ExistingEntry;
}

const filesPerBatch = 256;
const bytesPerBatch = 8 * 1024 * 1024;
const smallFileBytes = 1024 * 1024;

export function* batchesOf(items: readonly RestoreItem[]): Generator<RestoreItem[]> {
  let batch: RestoreItem[] = [];
  let bytes = 0;
  for (const item of items) {
    if (isLarge(item.version)) {
      yield [item];
      continue;
    }
    batch.push(item);
    bytes += contentBytesOf(item.version.record);
    if (batch.length < filesPerBatch && bytes < bytesPerBatch) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

export function isLarge({ record }: Version): boolean {
  return record.kind === 'file' && (record.sizeBytes > smallFileBytes || record.blocks.depth > 0);
}

export function fileContent(
  { version }: RestoreItem,
  pieces: readonly BlockPiece[] | 'staged' | undefined,
): PlacedContent | undefined {
  const { record } = version;
  if (record.kind !== 'file' || pieces === undefined) return undefined;
  const { sizeBytes, mtimeNs, permissions } = record;
  const now = pieces === 'staged' ? undefined : pieces;
  return { type: 'file', sizeBytes, mtimeNs, permissions, pieces: now };
}

export function plainContent({ record }: Version): PlacedContent | undefined {
  if (record.kind === 'directory') return { type: 'directory', permissions: record.permissions };
  if (record.kind === 'symlink') return { type: 'symlink', target: record.target };
  return undefined;
}
