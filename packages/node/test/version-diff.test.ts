import type { BlockReference, ContentId } from '@holdfast/model';
import type { BulkTools } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import { compareBlocks } from '../src/compare-blocks.js';
import { textDiffJob } from '../src/text-diff-job.js';

function blocks(...names: readonly string[]): BlockReference[] {
  return names.map((name) => ({ contentId: name as ContentId, lengthBytes: name.length }));
}

describe('blocks of two versions', () => {
  test('a block that moved is in both; neighbours that are new are one range', () => {
    const found = compareBlocks(blocks('a', 'bb', 'ccc'), blocks('ccc', 'x', 'yy', 'a', 'z'));
    expect(found).toEqual({
      common: 2,
      onlyFrom: 1,
      onlyTo: 3,
      commonBytes: 4,
      onlyFromBytes: 2,
      onlyToBytes: 4,
      ranges: [
        { offset: 3, bytes: 3 },
        { offset: 7, bytes: 1 },
      ],
    });
  });

  test('no more than a thousand ranges are listed, and all are counted', () => {
    const many = Array.from({ length: 3_000 }, (_, at) => (at % 2 === 0 ? 'same' : `new${at}`));
    const found = compareBlocks(blocks('same'), blocks(...many));
    expect([found.onlyTo, found.ranges.length]).toEqual([1_500, 1_000]);
  });
});

describe('a diff of two texts', () => {
  function diff(from: string, to: string, encoding: 'utf8' | 'latin1' = 'utf8') {
    const names = { fromName: 'a', toName: 'a', fromLabel: '1', toLabel: '2' };
    const input = { ...names, from: Buffer.from(from, encoding), to: Buffer.from(to) };
    return textDiffJob.perform(input, {} as BulkTools);
  }

  test('is unified, with three lines around what changed', () => {
    const lines = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''];
    const found = diff(lines.join('\n'), lines.join('\n').replace('5', 'five'));
    expect(found).toEqual({
      type: 'text',
      text: '--- a\t1\n+++ a\t2\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
      addedLines: 1,
      removedLines: 1,
    });
  });

  test('says where a last line has no end', () => {
    expect(diff('a\n', 'a')).toMatchObject({
      text: expect.stringContaining('\\ No newline at end of file'),
    });
  });

  test('is not made of bytes that are no text', () => {
    expect(diff('text\n', 'a\0b')).toEqual({ type: 'not-text' });
    expect(diff('\xff\xfeA', 'text\n', 'latin1')).toEqual({ type: 'not-text' });
  });

  test('ends where more differs than a person would read', () => {
    const lines = (word: string) =>
      Array.from({ length: 5_000 }, (_, at) => `${word} ${at}\n`).join('');
    expect(diff(lines('old'), lines('new'))).toEqual({ type: 'too-different' });
  });
});
