/** The blocks of a version, level by level: list blocks above, blocks of the file below. */
import { decodeListBlock } from '@holdfast/block-store';
import type { BlockListRoot, BlockReference } from '@holdfast/model';

/** Gives the plain bytes of list blocks, verified, in order. */
export type ListBlockReader = (
  references: readonly BlockReference[],
  level: number,
) => Promise<readonly Uint8Array[]>;

/**
 * The references at one level: those of the root at its own depth, and below it what the list
 * blocks say. Throws MalformedBytes on list blocks that are not what they should be.
 */
export async function referencesAt(
  root: BlockListRoot,
  level: number,
  read: ListBlockReader,
): Promise<readonly BlockReference[]> {
  let references = root.entries;
  for (let depth = root.depth; depth > level; depth -= 1) {
    const blocks = await read(references, depth);
    references = blocks.flatMap((bytes) => decodeListBlock(bytes, depth - 1));
  }
  return references;
}
