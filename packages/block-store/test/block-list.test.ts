import {
  type BlockListRoot,
  type BlockReference,
  type ContentId,
  hexFrom,
  maxListEntries,
} from '@holdfast/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  buildBlockList,
  decodeListBlock,
  flattenBlockList,
  flattenBlockListSync,
  type ListBlock,
  listBlocksByLevel,
} from '../src/index.js';
import { hash } from './store-world.js';

function entriesOf(count: number, seed = 0): BlockReference[] {
  return Array.from({ length: count }, (_, at) => ({
    contentId: hexFrom(hash(Buffer.from(`${seed} ${at}`))) as ContentId,
    lengthBytes: 1 + (at % 1000),
  }));
}

const sizeOf = (entries: readonly BlockReference[]) =>
  entries.reduce((sum, entry) => sum + entry.lengthBytes, 0);

function reader(listBlocks: readonly ListBlock[]) {
  const byId = new Map(listBlocks.map((block) => [block.contentId, block.bytes]));
  return ({ contentId }: BlockReference) => byId.get(contentId) ?? new Uint8Array();
}

function fetcher(listBlocks: readonly ListBlock[]) {
  const read = reader(listBlocks);
  return (reference: BlockReference) => Promise.resolve(read(reference));
}

describe('block lists', () => {
  test('up to 1,024 entries stay in the root', () => {
    const entries = entriesOf(maxListEntries);
    expect(buildBlockList(entries, hash)).toEqual({ root: { depth: 0, entries }, listBlocks: [] });
  });

  test('one entry more makes list blocks, cut as the format says', () => {
    const { root, listBlocks } = buildBlockList(entriesOf(maxListEntries + 1), hash);
    expect(root.depth).toBe(1);
    expect(listBlocks.map((block) => block.contentId)).toEqual(
      root.entries.map((entry) => entry.contentId),
    );
    const counts = listBlocks.map((block) => decodeListBlock(block.bytes, 0).length);
    expect(counts).toEqual([267, 413, 291, 54]);
    expect(listBlocks[0]?.contentId).toBe(
      'c1cc0638e1e82fbe411069eca8900c1192b822a4d93fb75be184b7095beec368',
    );
  });

  test('lists of any length flatten to what they were made of', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 6000 }), fc.nat(), async (count, seed) => {
        const entries = entriesOf(count, seed);
        const { root, listBlocks } = buildBlockList(entries, hash);
        expect(root.entries.length).toBeLessThanOrEqual(maxListEntries);
        const size = sizeOf(entries);
        expect([...flattenBlockListSync(root, size, reader(listBlocks))]).toEqual(entries);
        const flat: BlockReference[] = [];
        const walk = flattenBlockList(root, size, fetcher(listBlocks));
        for await (const reference of walk) flat.push(reference);
        expect(flat).toEqual(entries);
      }),
      { numRuns: 15 },
    );
  });

  test('an edit in the middle of 100,000 entries changes few list blocks', () => {
    const entries = entriesOf(100_000);
    const known = new Set(buildBlockList(entries, hash).listBlocks.map((block) => block.contentId));
    fc.assert(
      fc.property(fc.nat(99_990), fc.nat(5), fc.nat(5), (place, removed, added) => {
        const edited = entries.toSpliced(place, removed, ...entriesOf(added, 9));
        const { listBlocks } = buildBlockList(edited, hash);
        const changed = listBlocks.filter((block) => !known.has(block.contentId));
        expect(changed.length).toBeLessThanOrEqual(8);
      }),
      { numRuns: 10 },
    );
  });

  test('very long lists nest, and each level is given before it is fetched', async () => {
    const entries = entriesOf(700_000);
    const { root, listBlocks } = buildBlockList(entries, hash);
    expect(root.depth).toBe(2);
    const here = new Map<ContentId, Uint8Array>();
    const all = reader(listBlocks);
    const levels: number[] = [];
    let seen = 0;
    const fetch = async ({ contentId }: BlockReference) => {
      const bytes = here.get(contentId);
      if (bytes === undefined) throw new Error('asked for before it was given');
      return bytes;
    };
    for await (const { level, references } of listBlocksByLevel(root, fetch)) {
      levels.push(level);
      seen += references.length;
      for (const reference of references) here.set(reference.contentId, all(reference));
    }
    expect(levels).toEqual([1, 0]);
    expect(seen).toBe(listBlocks.length);
  });

  test('lists that lie about sizes, depth or length are refused', () => {
    const entries = entriesOf(3000);
    const { root, listBlocks } = buildBlockList(entries, hash);
    const size = sizeOf(entries);
    const flatten = (list: BlockListRoot, sizeBytes: number) => () => [
      ...flattenBlockListSync(list, sizeBytes, reader(listBlocks)),
    ];
    expect(flatten(root, size)).not.toThrow();
    expect(flatten(root, size - 1)).toThrow('exceed');
    expect(flatten(root, size + 1)).toThrow('add up');
    expect(flatten({ ...root, depth: 2 }, size)).toThrow('depth');
    expect(flatten({ ...root, depth: 5 }, size)).toThrow('too deep');
    const [first, ...rest] = root.entries;
    if (first === undefined) throw new Error('a root has entries');
    const longer = { ...first, lengthBytes: first.lengthBytes + 1 };
    expect(flatten({ depth: 1, entries: [longer, ...rest] }, size)).toThrow('another length');
  });
});
