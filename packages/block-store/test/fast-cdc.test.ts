import type { FilePath } from '@holdfast/platform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chunkHandle, gearTable, maxChunkBytes, minChunkBytes, nextCut } from '../src/index.js';
import { hash, hasher, noise, StoreWorld } from './store-world.js';

function cutsOf(bytes: Uint8Array): number[] {
  const cuts: number[] = [];
  for (let from = 0; from < bytes.length; ) {
    const cut = nextCut(bytes, from, bytes.length, true);
    if (cut === undefined) throw new Error('a cut is always known at the end');
    cuts.push(cut);
    from = cut;
  }
  return cuts;
}

function chunkFile(content: Uint8Array, buffer: Uint8Array, sizeBytes = content.length) {
  const { fileSystem } = new StoreWorld().start();
  const handle = fileSystem.open('/file' as FilePath, 'create');
  fileSystem.write(handle, content, 0);
  return chunkHandle(fileSystem, handle, { from: 0, until: sizeBytes, sizeBytes }, hasher, buffer);
}

const stream = noise(8 * 1024 * 1024, 7);

describe('the chunker', () => {
  test('has the gear table of the format', () => {
    const first = [...gearTable.subarray(0, 4)].map((word) => (word >>> 0).toString(16));
    expect(first).toEqual(['92ca2f0e', '3cd6e3f3', '1b147dcc', '4c081dbf']);
    const digest = Buffer.from(hash(new Uint8Array(gearTable.buffer))).toString('hex');
    expect(digest).toBe('9209c4cdb2cd1b48c01abe80cfab49975a174892ce58d589426beb3f0ba2e2d6');
    expect(new Set(gearTable).size).toBe(256);
  });

  test('cuts where the format says', () => {
    expect(cutsOf(noise(2 * 1024 * 1024, 1))).toEqual([
      235320, 448339, 584427, 821131, 1094692, 1418315, 1636567, 1766551, 2006814, 2097152,
    ]);
  });

  test('keeps a file below the smallest chunk whole, and gives an empty one no block', () => {
    const buffer = new Uint8Array(2 * maxChunkBytes);
    const small = chunkFile(noise(minChunkBytes - 1, 3), buffer);
    expect(small.blocks.map((block) => block.lengthBytes)).toEqual([minChunkBytes - 1]);
    expect(chunkFile(new Uint8Array(), buffer)).toEqual({ blocks: [], bytesRead: 0 });
  });

  test('cuts content without any structure at the largest chunk', () => {
    expect(cutsOf(new Uint8Array(2 * maxChunkBytes + 5))).toEqual([
      maxChunkBytes,
      2 * maxChunkBytes,
      2 * maxChunkBytes + 5,
    ]);
  });

  test('makes chunks of about 256 KiB, none outside its bounds', () => {
    const cuts = cutsOf(noise(64 * 1024 * 1024, 11));
    const lengths = cuts.map((cut, at) => cut - (cuts[at - 1] ?? 0)).slice(0, -1);
    expect(Math.min(...lengths)).toBeGreaterThan(minChunkBytes);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(maxChunkBytes);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(mean).toBeGreaterThan(230 * 1024);
    expect(mean).toBeLessThan(280 * 1024);
  });

  test('names the same blocks whatever the size of the buffer that a file is read through', () => {
    const expected = cutsOf(stream);
    const sizes = fc.integer({ min: 2 * maxChunkBytes, max: 5 * maxChunkBytes });
    fc.assert(
      fc.property(sizes, fc.nat({ max: 4 * maxChunkBytes }), (bufferBytes, cutOff) => {
        const content = stream.subarray(0, stream.length - cutOff);
        const { blocks, bytesRead } = chunkFile(content, new Uint8Array(bufferBytes));
        expect(bytesRead).toBe(content.length);
        let end = 0;
        const ends = blocks.map((block) => (end += block.lengthBytes));
        expect(ends).toEqual(cutsOf(content));
        expect(ends.slice(0, -2)).toEqual(expected.slice(0, ends.length - 2));
      }),
      { numRuns: 15 },
    );
  });

  test('an insertion changes only the chunks around it', () => {
    const place = 3_000_000;
    const edited = Buffer.concat([
      stream.subarray(0, place),
      noise(100, 5),
      stream.subarray(place),
    ]);
    const before = new Set(cutsOf(stream).map((cut) => (cut > place ? cut + 100 : cut)));
    const changed = cutsOf(edited).filter((cut) => !before.has(cut));
    expect(changed.length).toBeLessThanOrEqual(3);
  });

  test('says how much it read of a file that has become shorter', () => {
    const read = chunkFile(noise(1000, 1), new Uint8Array(2 * maxChunkBytes), 5000);
    expect(read.bytesRead).toBe(1000);
  });
});
