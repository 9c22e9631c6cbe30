/** What reading the block lists of a member's file may cost: few bytes must not name lists without end. */
import { buildBlockList, maxListBlockBytes } from '@holdfast/block-store';
import {
  type BlockReference,
  ByteWriter,
  type ContentId,
  encodeBlockList,
  MalformedBytes,
  maxListEntries,
} from '@holdfast/model';
import { expect, test } from 'vitest';
import { referencesAt } from '../src/block-layout.js';
import { hash } from './place-world.js';

function references(count: number, lengthBytes: number): BlockReference[] {
  return Array.from({ length: count }, (_, at) => ({
    contentId: at.toString(16).padStart(64, '0') as ContentId,
    lengthBytes,
  }));
}

/** Reads a file whose upper lists, all alike, name full lists of `lengthBytes` each. */
async function reading(upperLists: number, lengthBytes: number) {
  const writer = new ByteWriter();
  encodeBlockList(writer, { depth: 1, entries: references(maxListEntries, lengthBytes) });
  const upper = writer.bytes();
  const root = { depth: 2, entries: references(upperLists, upper.length) };
  const askedLevels: number[] = [];
  const outcome = await referencesAt(root, Number.MAX_SAFE_INTEGER, 0, async (lists, level) => {
    askedLevels.push(level);
    return level === 2 ? lists.map(() => upper) : [];
  }).catch((error: unknown) => error);
  return { askedLevels, outcome };
}

test.each([
  ['long', 2, maxListBlockBytes],
  ['many', 9, 40],
])('lists that together are too %s for any file are not asked for', async (_, lists, length) => {
  const { askedLevels, outcome } = await reading(lists, length);
  expect(outcome).toBeInstanceOf(MalformedBytes);
  expect(askedLevels).toEqual([2]);
});

test('the lists of a large file are read', async () => {
  const blocks = references(20_000, 65_536);
  const { root, listBlocks } = buildBlockList(blocks, hash);
  const byId = new Map(listBlocks.map(({ contentId, bytes }) => [contentId, bytes]));
  const read = await referencesAt(root, 20_000 * 65_536, 0, async (lists) =>
    lists.map(({ contentId }) => byId.get(contentId) ?? new Uint8Array(0)),
  );
  expect(read).toEqual(blocks);
});
