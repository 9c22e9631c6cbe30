/**
 * The stored ids of a record's own block list, and the check that its blocks are held. A block's
 * stored id is worked out once, when it is appended or by reading it back, and then remembered with
 * the log entry.
 */
import { type BlockStore, storedIdOf } from '@holdfast/block-store';
import type { BlockReference, ContentId, Hash, StoredId, Version } from '@holdfast/model';
import { AppError, fileErrorCode, inGroups } from '@holdfast/platform';

const blocksPerQuestion = 10_000;
const readBound = {
  maxBytes: 8 * 1024 * 1024,
  maxItems: 256,
  bytesOf: ({ lengthBytes }: BlockReference) => lengthBytes,
};

/** The entries of the record's own block list. */
export function topLevelBlocks(version: Version): readonly BlockReference[] {
  return version.record.kind === 'file' ? version.record.blocks.entries : [];
}

/** Syncs the blocks and throws `blocks_missing` unless each is live, durable and as long as said. */
export async function requireBlocks(
  blocks: Pick<BlockStore, 'has' | 'sync'>,
  references: readonly BlockReference[],
): Promise<void> {
  const wanted = distinct(references);
  if (wanted.length === 0) return;
  let cause: unknown;
  try {
    await blocks.sync(wanted);
  } catch (error) {
    if (fileErrorCode(error) !== 'store_write_failed') throw error;
    cause = error;
  }
  let missing = 0;
  for (let from = 0; from < wanted.length; from += blocksPerQuestion) {
    const held = await blocks.has(wanted.slice(from, from + blocksPerQuestion));
    missing += held.filter((isHeld) => !isHeld).length;
  }
  if (missing > 0) throw blocksMissing(missing, cause);
}

/** One content id under two lengths is two references: at most one of them is true. */
function distinct(references: readonly BlockReference[]): BlockReference[] {
  const named = references.map((one) => [`${one.contentId} ${one.lengthBytes}`, one] as const);
  return [...new Map(named).values()];
}

/** The stored ids of blocks that are held but that no log entry names yet. */
export async function readStoredIds(
  blocks: Pick<BlockStore, 'read' | 'recentStoredId'>,
  references: readonly BlockReference[],
  hash: Hash,
): Promise<Map<ContentId, StoredId>> {
  const storedIds = new Map<ContentId, StoredId>();
  const others = references.filter(({ contentId }) => {
    const storedId = blocks.recentStoredId(contentId);
    if (storedId !== undefined) storedIds.set(contentId, storedId);
    return storedId === undefined;
  });
  for (const group of inGroups(others, readBound)) {
    const envelopes = await blocks.read(group.map(({ contentId }) => contentId));
    for (const [at, { contentId }] of group.entries()) {
      const envelope = envelopes[at];
      if (envelope === undefined) throw blocksMissing(1);
      storedIds.set(contentId, storedIdOf(envelope, hash));
    }
  }
  return storedIds;
}

function blocksMissing(count: number, cause?: unknown): AppError {
  return new AppError('blocks_missing', `${count} blocks of the versions are not in the store.`, {
    hint: 'Nothing was recorded. The blocks are fetched again, then the versions.',
    kind: 'retry',
    cause,
  });
}
