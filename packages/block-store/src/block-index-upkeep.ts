/** Bringing the index of blocks up to its segments when a store is opened, or making it anew. */
import { byCount, inGroups, type Logger } from '@holdfast/platform';
import { BlockIndex, type IndexChange } from './block-index.js';
import type { BlockStoreInit } from './block-store-types.js';
import { indexSegments } from './index-segments.js';
import { frameBytes, headerBytes } from './segment-format.js';
import type { SegmentStream } from './segment-stream.js';
import type { SegmentDamage } from './segment-types.js';

export interface IndexUpkeep {
  readonly logger: Logger;
  readonly onDamage?: ((damage: SegmentDamage) => void) | undefined;
}

const beginning = { segment: 0, offset: 0 };

/** The index names every durable block afterwards; one in doubt is made again. */
export async function catchUpIndex(
  stream: SegmentStream,
  index: BlockIndex,
  upkeep: IndexUpkeep,
): Promise<void> {
  const isCounted = await index.wereCounted();
  const reason = await reasonToRebuild(stream, index, { ...upkeep, isCounted });
  if (reason !== undefined) {
    const hasContent = stream.durableEnd().segment > 0;
    if (hasContent) upkeep.logger.warn('the block index is made again', { reason });
    await rebuildIndex(stream, index);
    return;
  }
  if (!isCounted) {
    if (stream.hasFreed) await forgetFreed(stream, index);
    await index.noteCounted();
  }
  await indexSegments(stream, index, index.summary.end);
}

const rowsPerChange = 4_096;

/** Rows of blocks that were freed, where a crash came before they were removed. */
async function forgetFreed(stream: SegmentStream, index: BlockIndex): Promise<void> {
  const freed: IndexChange[] = [];
  for await (const [contentId, before] of index.entries()) {
    if (!stream.isFreed(before.location.segment)) continue;
    freed.push({ contentId, before, after: undefined });
  }
  for (const group of inGroups(freed, byCount(rowsPerChange))) {
    await index.apply(group, index.summary.end);
  }
}

export async function rebuildIndex(stream: SegmentStream, index: BlockIndex): Promise<void> {
  await index.clear();
  await indexSegments(stream, index, beginning);
}

/**
 * By the frames of the segments alone: every block has to be verified when it is read. Goes on from an
 * index that was made so before, unless it is in doubt; tells whether it did.
 */
export async function indexByFrames(stream: SegmentStream, index: BlockIndex): Promise<boolean> {
  const isCounted = await index.wereCounted();
  const doubt = await reasonToRebuild(stream, index, { isCounted });
  const goesOn = doubt === undefined && index.summary.end.segment > 0;
  if (!goesOn) await index.clear();
  else if (!isCounted) await index.noteCounted();
  await indexSegments(stream, index, index.summary.end, { unverified: true });
  return goesOn;
}

/** The same, from the beginning. */
export async function indexByFramesAnew(stream: SegmentStream, index: BlockIndex): Promise<void> {
  await index.clear();
  await indexSegments(stream, index, beginning, { unverified: true });
}

/** Removes the index: it was made of other segments. */
export function forgetBlockIndex(
  init: Pick<BlockStoreInit, 'keyValueStore' | 'keyPrefix'>,
): Promise<void> {
  return new BlockIndex(init.keyValueStore, init.keyPrefix).clear();
}

async function reasonToRebuild(
  stream: SegmentStream,
  index: BlockIndex,
  { onDamage, isCounted }: Pick<IndexUpkeep, 'onDamage'> & { readonly isCounted: boolean },
): Promise<string | undefined> {
  if (!(await index.load())) return 'there is no index';
  const { end } = index.summary;
  if (end.segment > 0) {
    const lengthBytes = end.offset - headerBytes - frameBytes;
    const before = { segment: end.segment, offset: headerBytes, lengthBytes };
    if (!stream.holds(before) && !stream.isFreed(end.segment)) {
      onDamage?.({ type: 'missing', ...before });
      return 'the segments end before what was indexed';
    }
  }
  if (!isCounted && !(await index.matchesSummary())) return 'entries of the index are missing';
  return undefined;
}
