/** Which blocks a version consists of, list blocks included, as its record and the store say. */
import { type BlockStore, decodeListBlock } from '@holdfast/block-store';
import type { BlockReference, Version } from '@holdfast/model';

/** As many blocks as the largest file that is accepted has. */
const maxReferences = 1_048_576;

export interface BlockLevel {
  /** 0: blocks of the file; n: list blocks of depth n. */
  readonly level: number;
  readonly references: readonly BlockReference[];
}

/** From the record's own list downward; the last one is above 0 where list blocks are not held whole. */
export async function* blockLevels(
  store: Pick<BlockStore, 'readPlain'>,
  { record }: Version,
): AsyncGenerator<BlockLevel> {
  if (record.kind !== 'file') return;
  let references: readonly BlockReference[] = record.blocks.entries;
  for (let level = record.blocks.depth; ; level -= 1) {
    yield { level, references };
    if (level === 0) return;
    const lower = await below(store, references, level, record.sizeBytes);
    if (lower === undefined) return;
    references = lower;
  }
}

async function below(
  store: Pick<BlockStore, 'readPlain'>,
  lists: readonly BlockReference[],
  level: number,
  sizeBytes: number,
): Promise<readonly BlockReference[] | undefined> {
  const read = await store.readPlain(lists);
  const lower: BlockReference[] = [];
  for (const bytes of read) {
    if (bytes === undefined) return undefined;
    lower.push(...decodeListBlock(bytes, level - 1));
    if (lower.length > Math.min(maxReferences, sizeBytes)) return undefined;
  }
  return lower;
}
