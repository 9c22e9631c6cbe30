/** The blocks of a version, level by level: list blocks above, blocks of the file below. */
import { decodeListBlock, maxListBlockBytes, minListBlockEntries } from '@holdfast/block-store';
import {
  type BlockListRoot,
  type BlockReference,
  MalformedBytes,
  plainBytesOf,
} from '@holdfast/model';

/** Gives the plain bytes of list blocks, verified, in order. */
export type ListBlockReader = (
  references: readonly BlockReference[],
  level: number,
) => Promise<readonly Uint8Array[]>;

/** A file of more blocks than this (256 GB at the average size) is refused. */
const maxReferences = 1_048_576;
/** All lists of one level: each but the last has some entries, and an entry is an id and a length. */
const maxLists = maxReferences / minListBlockEntries + 1;
const maxListsBytes = maxReferences * 36;

/**
 * The references at one level: those of the root at its own depth, and below it what the list
 * blocks say. Throws MalformedBytes on list blocks that are not what they should be, or that name
 * more than a file of `sizeBytes` can hold: few bytes of lists could name blocks without end.
 */
export async function referencesAt(
  root: BlockListRoot,
  sizeBytes: number,
  level: number,
  read: ListBlockReader,
): Promise<readonly BlockReference[]> {
  let references = root.entries;
  for (let depth = root.depth; depth > level; depth -= 1) {
    requireListSizes(references);
    const lower: BlockReference[] = [];
    for (const bytes of await read(references, depth)) {
      lower.push(...decodeListBlock(bytes, depth - 1));
      if (lower.length > Math.min(maxReferences, sizeBytes)) {
        throw new MalformedBytes('block lists name more than the file can hold');
      }
    }
    references = lower;
  }
  if (level === 0) requireSize(references, sizeBytes);
  return references;
}

/** Few bytes of compressed blocks could otherwise fill the memory of whoever opens them. */
function requireListSizes(references: readonly BlockReference[]): void {
  if (references.some(({ lengthBytes }) => lengthBytes > maxListBlockBytes)) {
    throw new MalformedBytes('a list block is longer than a list can be');
  }
  if (references.length > maxLists || plainBytesOf(references) > maxListsBytes) {
    throw new MalformedBytes('a file has more list blocks than its blocks can need');
  }
}

function requireSize(references: readonly BlockReference[], sizeBytes: number): void {
  if (plainBytesOf(references) !== sizeBytes) {
    throw new MalformedBytes('blocks do not add up to the size');
  }
}
