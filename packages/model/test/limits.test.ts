import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActorId,
  ByteWriter,
  chooseCurrent,
  conflictCopyOf,
  type DeviceId,
  decodeRecord,
  encodeRecord,
  type FileRecord,
  type FolderPath,
  MalformedBytes,
  maxPathBytes,
  maxVectorActors,
  maxVectorCounter,
  type VersionVector,
  versionOf,
} from '../src/index.js';

const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const author = '12D3KooWAnna' as DeviceId;
const path = 'docs/report.txt' as FolderPath;
const actor = (number: number) => number.toString(16).padStart(16, '0') as ActorId;

/** So many actors, from a number on. */
const vectorOf = (count: number, first = 1, counter = 1): VersionVector =>
  Array.from({ length: count }, (_, at) => ({ actor: actor(first + at), counter }));

const directory = (vector: VersionVector): FileRecord => ({
  kind: 'directory',
  path,
  vector,
  author,
  permissions: 0o755,
});

function tombstoneBytes(counter: number): Uint8Array {
  const writer = new ByteWriter().u8(1).u8(4).byteString(path).varint(1);
  return writer.hex(actor(1)).varint(counter).byteString(author).bytes();
}

describe('what a record may carry', () => {
  test('a counter that leaves no room to count on is refused when it is decoded', () => {
    expect(decodeRecord(tombstoneBytes(maxVectorCounter)).vector[0]?.counter).toBe(2 ** 48);
    expect(() => decodeRecord(tombstoneBytes(maxVectorCounter + 1))).toThrow(MalformedBytes);
    expect(() => decodeRecord(tombstoneBytes(Number.MAX_SAFE_INTEGER))).toThrow(MalformedBytes);
  });

  test('no record is encoded that the decoder would refuse', () => {
    const counter = fc.oneof(
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom(0, maxVectorCounter, maxVectorCounter + 1, Number.MAX_SAFE_INTEGER),
    );
    const actors = fc.constantFrom(0, 1, 2, maxVectorActors, maxVectorActors + 1);
    const length = fc.constantFrom(10, maxPathBytes, maxPathBytes + 1);
    fc.assert(
      fc.property(actors, counter, length, (count, value, bytes) => {
        const names = 'd/'
          .repeat(bytes)
          .slice(0, bytes - 1)
          .replace(/\/$/, 'd');
        const long = `${names}f`;
        const record = { ...directory(vectorOf(count, 1, value)), path: long as FolderPath };
        let encoded: Uint8Array;
        try {
          encoded = encodeRecord(record);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes);
          return;
        }
        expect(decodeRecord(encoded)).toEqual(record);
      }),
    );
  });

  test('a conflict copy has a path that a record may carry, however long the loser’s path is', () => {
    const digits = 'n'.repeat(255);
    const deep = (bytes: number) => `${`${digits}/`.repeat(15)}${'m'.repeat(bytes - 15 * 256)}`;
    for (const bytes of [3_900, 4_000, 4_060, maxPathBytes - 1]) {
      const tooDeep = deep(bytes) as FolderPath;
      const inside = `${deep(4_080)}/${'f'.repeat(bytes > 4_080 ? 15 : 1)}` as FolderPath;
      for (const lost of [tooDeep, inside]) {
        const record = { kind: 'symlink', path: lost, vector: vectorOf(1), author } as const;
        const loser = versionOf({ ...record, target: 'x' }, hash);
        const copies = [0, 1, 8].map((attempt) => conflictCopyOf(loser, attempt, hash));
        for (const copy of copies) expect(decodeRecord(copy.bytes)).toEqual(copy.record);
        expect(new Set(copies.map((copy) => copy.record.path)).size).toBe(copies.length);
      }
    }
  });
});

describe('equal content under more actors than a vector may have', () => {
  test('is not joined: everybody takes the winner, and a merge is never one that cannot be stored', () => {
    const count = fc.integer({ min: 1, max: maxVectorActors });
    fc.assert(
      fc.property(fc.array(count, { minLength: 2, maxLength: 4 }), (counts) => {
        const all = counts.map((one, at) =>
          versionOf(directory(vectorOf(one, 1 + at * 200)), hash),
        );
        const forward = chooseCurrent(all, { merge: true }, hash)!;
        const backward = chooseCurrent([...all].reverse(), { merge: true }, hash)!;
        expect(forward.current.id).toBe(backward.current.id);
        expect(forward.conflicting).toEqual([]);
        expect(decodeRecord(forward.current.bytes)).toEqual(forward.current.record);
        const again = chooseCurrent([...all, forward.current], { merge: true }, hash)!;
        expect(again.current.id).toBe(forward.current.id);
      }),
    );
  });
});
