/**
 * Filling an archive from another one of the same folder: takes every version that the other's log has
 * and this one's never had, with its content. Adds entries beside what the folder shows, and nothing
 * else: what was thinned, here or there, stays so.
 */
import type { FolderIndex } from '@holdfast/folder-index';
import {
  contentBytesOf,
  type DeviceId,
  decodeVersion,
  type FolderId,
  type Hash,
  type HistoryPage,
  type HistoryQuery,
  maxHistoryPageEntries,
  type Version,
} from '@holdfast/model';
import { AppError, inGroups } from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';
import { ArchiveFetcher, type WantedVersion } from './archive-fetcher.js';
import type { BlockSupplier } from './block-client.js';

/** The archive that is filled. */
export interface FilledArchive {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly archive: Pick<VersionArchive, 'knowsVersions' | 'append' | 'blocks'>;
  readonly hash: Hash;
}

/** The other one. */
export interface FillingSource {
  readonly device: DeviceId;
  readonly blocks: BlockSupplier;
  query(query: HistoryQuery): Promise<HistoryPage>;
}

export interface FillResult {
  /** Of the other's log: everything up to it is here, unless something is missing. */
  readonly position: number;
  readonly taken: number;
  /** Versions whose content the other archive could not give. */
  readonly missing: number;
}

export interface FillOptions {
  readonly isStopped: () => boolean;
  /** There is something to take. */
  readonly onLacking: () => void;
}

const batchBound = {
  maxBytes: 16 * 1024 * 1024,
  bytesOf: ({ record }: Version) => contentBytesOf(record),
};

/**
 * Takes what the other archive got behind the position `since` of its log; all of it where its log
 * does not reach so far any more. Ends early, with what it has taken, once `isStopped`.
 */
export async function fillFromArchive(
  filled: FilledArchive,
  source: FillingSource,
  since: number,
  { isStopped, onLacking }: FillOptions,
): Promise<FillResult> {
  const { position: end } = await source.query({ type: 'moment', at: { type: 'head' } });
  if (end === since) return { position: since, taken: 0, missing: 0 };
  const limit = maxHistoryPageEntries;
  const asked = { type: 'versions' as const, since: end < since ? 0 : since, limit };
  let page = await source.query(asked);
  const { position } = page;
  let [taken, missing] = [0, 0];
  for (;;) {
    const lacking = await lackingOf(filled, page);
    if (lacking.length > 0) onLacking();
    for (const batch of inGroups(lacking, batchBound)) {
      if (isStopped()) return { position: since, taken, missing };
      const came = await takeBatch(filled, source, batch);
      taken += came;
      missing += batch.length - came;
    }
    if (page.next === undefined)
      return { position: missing > 0 ? since : position, taken, missing };
    if (isStopped()) return { position: since, taken, missing };
    page = await source.query({ ...asked, cursor: page.next });
  }
}

async function lackingOf(
  { folder, archive, hash }: FilledArchive,
  page: HistoryPage,
): Promise<Version[]> {
  const offered = page.entries.filter(({ thinned }) => !thinned);
  const known = await archive.knowsVersions(
    folder,
    offered.map(({ versionId }) => versionId),
  );
  return offered.flatMap(({ recordBytes, versionId }, at) => {
    if (known[at] === true) return [];
    const version = decodeVersion(recordBytes, hash);
    if (version.id !== versionId) throw notItsVersion();
    return [version];
  });
}

/** Tells how many of them are in the log now. */
async function takeBatch(
  { folder, index, archive }: FilledArchive,
  { device, blocks: client }: FillingSource,
  batch: readonly Version[],
): Promise<number> {
  const fetcher = new ArchiveFetcher(folder, index, archive.blocks);
  const withdrawn = new Set<Version['id']>();
  const wanted: WantedVersion<undefined>[] = [];
  for (const version of batch) {
    const resolved = await fetcher.resolve(client, version, undefined, withdrawn);
    if (resolved !== undefined) wanted.push(resolved);
  }
  const { complete } = await fetcher.fetch(client, wanted, withdrawn, () => undefined);
  const entries = complete.map(({ version, allBlocks }) => ({
    version,
    becameCurrent: false,
    supersedes: undefined,
    sender: device,
    blocks: allBlocks,
  }));
  if (entries.length > 0) await archive.append(folder, entries);
  return entries.length;
}

function notItsVersion(): AppError {
  return new AppError('history_damaged', 'The archive sent a record that is not its version.', {
    hint: 'Nothing was taken of it. Look at that archive with: holdfast verify',
  });
}
