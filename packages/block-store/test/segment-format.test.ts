import { hexFrom } from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import {
  emptyDigest,
  encodeBlockPayload,
  encodeTrailer,
  firstDigest,
  nextDigest,
  readTrailer,
  segmentNumberOf,
} from '../src/index.js';
import { blockOf, hash, hasher, StoreWorld } from './store-world.js';

describe('the bytes of a segment file', () => {
  test('are those of the format, field by field', async () => {
    const world = new StoreWorld();
    const random = { bytes: (length: number) => new Uint8Array(length).fill(0xaa) };
    const stream = await world.openStream({ streamName: 'blocks', payloads: 'blocks', random });
    const { contentId, envelope } = blockOf(Buffer.from('holdfast'));
    await stream.append([encodeBlockPayload(contentId, envelope)]);
    await stream.close();
    expect(world.fileNames()).toEqual(['blocks-00000001.segment']);
    const bytes = world.readFile('blocks-00000001.segment');
    expect(bytes.subarray(0, 114).toString('hex')).toBe(
      '48465345470d0a1a00010000000000000000dca76c5ba3afceab626c6f636b7300000123456789abcdef000000000000000100000000000000010000000000000000000000000000000000000000000000000000000000000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0d0aee41db12935d',
    );
    expect(bytes.subarray(114, 134).toString('hex')).toBe(
      '9e48466557cbb6ca4f31ff7d000000720000002e',
    );
    expect(bytes.subarray(134, 180).toString('hex')).toBe(
      '016a6e08fa696956cb8cdbc9421d4186a2c6d3d4eb51397275dbf24b9680b2ed300000000008686f6c6466617374',
    );
    expect(bytes.subarray(180).toString('hex')).toBe(
      '48465345414c0d0a00000000000000b4000000000000000100c74332c31fa7e5391a1e8a19959ea7007285cd0852a6a53fea7a21d713bf8940b6be489b6eabc8',
    );
    const entryDigest = hash(bytes.subarray(126, 180));
    const digest = nextDigest(firstDigest(bytes.subarray(0, 114), hasher), entryDigest, hasher);
    expect(hexFrom(bytes.subarray(204, 236))).toBe(hexFrom(digest));
  });

  test('the digest of nothing is the BLAKE3 of nothing', () => {
    expect(hexFrom(emptyDigest)).toBe(hexFrom(hash(new Uint8Array())));
  });

  test('a trailer that names more than its file holds is none', () => {
    const trailer = encodeTrailer({ validBytes: 200, entryCount: 1, digest: emptyDigest }, hasher);
    expect(readTrailer(trailer, 264, hasher)).toMatchObject({ validBytes: 200, entryCount: 1 });
    expect(readTrailer(trailer, 263, hasher)).toBeUndefined();
  });

  test('only names that this version writes are segments', () => {
    expect(segmentNumberOf('log', 'log-00000012.segment')).toBe(12);
    expect(segmentNumberOf('log', 'blocks-00000012.segment')).toBeUndefined();
    expect(segmentNumberOf('log', 'log-0000000012.segment')).toBeUndefined();
    expect(segmentNumberOf('log', 'log-00000000.segment')).toBeUndefined();
  });
});
