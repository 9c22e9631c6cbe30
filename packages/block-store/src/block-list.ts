/**
 * Block lists: short ones lie in the record itself; longer ones are cut into list blocks by their
 * content, so that an edit in the middle of a huge file changes few of them. Bytes: FORMAT.md.
 */
import {
  type BlockListRoot,
  type BlockReference,
  ByteReader,
  ByteWriter,
  type ContentId,
  decodeBlockList,
  encodeBlockList,
  type Hash,
  hexFrom,
  MalformedBytes,
  maxListDepth,
  maxListEntries,
} from '@holdfast/model';

/** Except for the last list block of a level, which may be shorter. */
export const minListBlockEntries = 128;
/** Depth, count, and of each entry an id and a length of at most three bytes. */
export const maxListBlockBytes = 1 + 2 + maxListEntries * (32 + 3);
/** A list block ends after an entry whose id has these bits of its first two bytes all zero. */
const cutMask = 0x1ff;

export interface ListBlock {
  readonly contentId: ContentId;
  readonly bytes: Uint8Array;
  /** The depth of its entries: 0 where they are blocks of the file. */
  readonly level: number;
}

export interface BuiltBlockList {
  readonly root: BlockListRoot;
  /** Each is stored as a block of its own. Lowest level first. */
  readonly listBlocks: readonly ListBlock[];
}

/** Throws a RangeError on more blocks than lists can name (beyond 10^10). */
export function buildBlockList(entries: readonly BlockReference[], hash: Hash): BuiltBlockList {
  const listBlocks: ListBlock[] = [];
  let level = 0;
  let current = entries;
  while (current.length > maxListEntries) {
    if (level === maxListDepth) throw new RangeError('too many blocks for one file');
    const upper: BlockReference[] = [];
    for (let from = 0; from < current.length; ) {
      const to = endOfListBlock(current, from);
      const block = makeListBlock({ depth: level, entries: current.slice(from, to) }, hash);
      listBlocks.push(block);
      upper.push({ contentId: block.contentId, lengthBytes: block.bytes.length });
      from = to;
    }
    current = upper;
    level += 1;
  }
  return { root: { depth: level, entries: current }, listBlocks };
}

function endOfListBlock(entries: readonly BlockReference[], from: number): number {
  const limit = Math.min(from + maxListEntries, entries.length);
  for (let to = from + minListBlockEntries; to < limit; to += 1) {
    const last = entries[to - 1];
    if (last !== undefined && isCutAfter(last.contentId)) return to;
  }
  return limit;
}

function isCutAfter(contentId: ContentId): boolean {
  return (Number.parseInt(contentId.slice(0, 4), 16) & cutMask) === 0;
}

function makeListBlock(list: BlockListRoot, hash: Hash): ListBlock {
  const writer = new ByteWriter(4 + list.entries.length * 36);
  encodeBlockList(writer, list);
  const bytes = writer.bytes();
  return { contentId: hexFrom(hash(bytes)) as ContentId, bytes, level: list.depth };
}

/** Throws MalformedBytes on anything but a list block whose entries are at `depth`. */
export function decodeListBlock(bytes: Uint8Array, depth: number): readonly BlockReference[] {
  const reader = new ByteReader(bytes);
  const list = decodeBlockList(reader);
  reader.end();
  if (list.depth !== depth) throw new MalformedBytes(`list block of depth ${list.depth}`);
  if (list.entries.length === 0) throw new MalformedBytes('list block is empty');
  return list.entries;
}

/** Gives the verified bytes of a list block. */
export type ListBlockFetch = (reference: BlockReference) => Promise<Uint8Array>;
export type ListBlockRead = (reference: BlockReference) => Uint8Array;

/**
 * The blocks of a file in order. Throws MalformedBytes where lists are malformed or name more or
 * fewer bytes than `sizeBytes`; reads no further than that.
 */
export async function* flattenBlockList(
  root: BlockListRoot,
  sizeBytes: number,
  fetch: ListBlockFetch,
): AsyncGenerator<BlockReference> {
  const walk = walkLeaves(root, sizeBytes);
  for (let step = walk.next(); !step.done; ) {
    if (step.value.type === 'block') {
      yield step.value.reference;
      step = walk.next();
    } else {
      step = walk.next(await fetch(step.value.reference));
    }
  }
}

/** As flattenBlockList, for worker jobs. */
export function* flattenBlockListSync(
  root: BlockListRoot,
  sizeBytes: number,
  read: ListBlockRead,
): Generator<BlockReference> {
  const walk = walkLeaves(root, sizeBytes);
  for (let step = walk.next(); !step.done; ) {
    if (step.value.type === 'block') {
      yield step.value.reference;
      step = walk.next();
    } else {
      step = walk.next(read(step.value.reference));
    }
  }
}

type WalkStep =
  | { readonly type: 'block'; readonly reference: BlockReference }
  /** Answer with the bytes of the list block. */
  | { readonly type: 'list'; readonly reference: BlockReference };

function* walkLeaves(
  root: BlockListRoot,
  sizeBytes: number,
): Generator<WalkStep, void, Uint8Array | undefined> {
  let total = 0;
  const stack = [{ depth: checkedDepth(root), entries: root.entries, at: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const reference = top.entries[top.at++];
    if (reference === undefined) {
      stack.pop();
    } else if (top.depth === 0) {
      total += reference.lengthBytes;
      if (total > sizeBytes) throw new MalformedBytes('blocks exceed the size of the file');
      yield { type: 'block', reference };
    } else {
      const depth = top.depth - 1;
      const bytes = yield { type: 'list', reference };
      stack.push({ depth, entries: checkedEntries(bytes, reference, depth), at: 0 });
    }
  }
  if (total !== sizeBytes) throw new MalformedBytes('blocks do not add up to the size');
}

/**
 * The list blocks of a file, a level at a time from the top. A level is given before it is fetched,
 * so that the consumer can bring its list blocks to where `fetch` finds them.
 */
export async function* listBlocksByLevel(
  root: BlockListRoot,
  fetch: ListBlockFetch,
): AsyncGenerator<{ readonly level: number; readonly references: readonly BlockReference[] }> {
  let references = root.entries;
  for (let level = checkedDepth(root) - 1; level >= 0; level -= 1) {
    yield { level, references };
    if (level === 0) return;
    const lower: BlockReference[] = [];
    for (const reference of references) {
      lower.push(...checkedEntries(await fetch(reference), reference, level));
    }
    references = lower;
  }
}

function checkedDepth(root: BlockListRoot): number {
  if (root.depth > maxListDepth) throw new MalformedBytes('block list too deep');
  return root.depth;
}

function checkedEntries(
  bytes: Uint8Array | undefined,
  reference: BlockReference,
  depth: number,
): readonly BlockReference[] {
  if (bytes?.length !== reference.lengthBytes) {
    throw new MalformedBytes('list block has another length than its entry says');
  }
  return decodeListBlock(bytes, depth);
}
