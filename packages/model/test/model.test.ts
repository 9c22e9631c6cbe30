import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActorId,
  ByteReader,
  ByteWriter,
  chooseCurrent,
  compareVectors,
  conflictCopyOf,
  type DeviceId,
  decodeRecord,
  encodeRecord,
  type FileRecord,
  type FolderPath,
  folderIdFrom,
  incrementVector,
  isFolderId,
  joinVectors,
  MalformedBytes,
  refusalOfPath,
  sameContent,
  type Version,
  type VersionVector,
  versionOf,
} from '../src/index.js';

/** Any 32-byte hash will do for the laws; BLAKE3 itself is checked where it is provided. */
const hash = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
const authors = ['12D3KooWAnna', '12D3KooWBernd', '12D3KooWCyan'] as DeviceId[];

const actor = fc.constantFrom('0000000000000001', '0000000000000002', '00000000000000ff');
const vector = fc
  .dictionary(actor, fc.integer({ min: 1, max: 4 }), { minKeys: 1 })
  .map((counters) =>
    Object.entries(counters)
      .map(([name, counter]) => ({ actor: name as ActorId, counter }))
      .sort((a, b) => (a.actor < b.actor ? -1 : 1)),
  );
const contentId = fc.constantFrom('aa'.repeat(32), 'bb'.repeat(32));
const path = 'docs/report.txt' as FolderPath;

const record: fc.Arbitrary<FileRecord> = fc.oneof(
  fc
    .tuple(vector, fc.constantFrom(...authors), contentId, fc.bigInt({ min: 0n, max: 3n }))
    .map(([v, author, id, mtimeNs]) => ({
      kind: 'file' as const,
      path,
      vector: v,
      author,
      permissions: 0o644,
      mtimeNs,
      sizeBytes: 10,
      chunker: 'fastcdc-256k' as const,
      blocks: { depth: 0, entries: [{ contentId: id as never, lengthBytes: 10 }] },
    })),
  fc
    .tuple(vector, fc.constantFrom(...authors))
    .map(([v, author]) => ({ kind: 'tombstone' as const, path, vector: v, author })),
  fc.tuple(vector, fc.constantFrom(...authors)).map(([v, author]) => ({
    kind: 'directory' as const,
    path,
    vector: v,
    author,
    permissions: 0o755,
  })),
  fc
    .tuple(vector, fc.constantFrom(...authors))
    .map(([v, author]) => ({ kind: 'symlink' as const, path, vector: v, author, target: '../x' })),
);

describe('version vectors', () => {
  test('a join dominates or equals both sides, in either order', () => {
    fc.assert(
      fc.property(vector, vector, (a: VersionVector, b: VersionVector) => {
        const joined = joinVectors(a, b);
        expect(joined).toEqual(joinVectors(b, a));
        expect(['dominates', 'equal']).toContain(compareVectors(joined, a));
        expect(['dominates', 'equal']).toContain(compareVectors(joined, b));
      }),
    );
  });

  test('an increment dominates what it raised', () => {
    fc.assert(
      fc.property(vector, actor, (a, name) => {
        expect(compareVectors(incrementVector(a, name as ActorId), a)).toBe('dominates');
      }),
    );
  });
});

describe('canonical records', () => {
  test('what is encoded decodes to the same record', () => {
    fc.assert(
      fc.property(record, (original) => {
        expect(decodeRecord(encodeRecord(original))).toEqual(original);
      }),
    );
  });

  test('no damaged byte is accepted as the same record', () => {
    fc.assert(
      fc.property(record, fc.nat(), fc.integer({ min: 1, max: 255 }), (original, where, flip) => {
        const bytes = encodeRecord(original);
        const at = where % bytes.length;
        bytes[at] = bytes[at]! ^ flip;
        let decoded: FileRecord | undefined;
        try {
          decoded = decodeRecord(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedBytes);
        }
        if (decoded !== undefined) expect(encodeRecord(decoded)).toEqual(bytes);
      }),
    );
  });

  test('bytes that go on after the record are refused', () => {
    const tombstone: FileRecord = {
      kind: 'tombstone',
      path,
      vector: [{ actor: '0000000000000001' as ActorId, counter: 1 }],
      author: authors[0]!,
    };
    const bytes = encodeRecord(tombstone);
    expect(() => decodeRecord(new Uint8Array([...bytes, 0]))).toThrow(MalformedBytes);
    expect(() => decodeRecord(bytes.subarray(0, bytes.length - 1))).toThrow(MalformedBytes);
  });

  test('integers have one form only', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = new ByteWriter().varint(value).bytes();
        expect(new ByteReader(bytes).varint()).toBe(value);
      }),
    );
    expect(() => new ByteReader(new Uint8Array([0x80, 0x00])).varint()).toThrow(MalformedBytes);
  });
});

const isWithin = (left: Version, right: Version) =>
  compareVectors(left.record.vector, right.record.vector) === 'dominated';

/** By which device, above which earlier ones, and what it looks like. */
function historyOf(edits: readonly (readonly [number, readonly number[], FileRecord])[]) {
  const history: Version[] = [];
  const last = new Map<number, VersionVector>();
  for (const [device, known, like] of edits) {
    const above = known.flatMap((at) => history[at] ?? []).map((one) => one.record.vector);
    const base = [...above, last.get(device) ?? []].reduce(joinVectors, []);
    const made = incrementVector(base, `000000000000000${device}` as ActorId);
    last.set(device, made);
    history.push(versionOf({ ...like, vector: made }, hash));
  }
  return history;
}

describe('choosing what a path shows', () => {
  const versions = fc.array(record, { minLength: 1, maxLength: 5 });

  test('the order of arrival does not matter', () => {
    fc.assert(
      fc.property(versions, fc.boolean(), (records, merge) => {
        const all = records.map((one) => versionOf(one, hash));
        const forward = chooseCurrent(all, { merge }, hash);
        const backward = chooseCurrent([...all].reverse(), { merge }, hash);
        expect(backward?.current.id).toBe(forward?.current.id);
      }),
    );
  });

  test('merging in pairs and all at once end at the same version', () => {
    fc.assert(
      fc.property(versions, (records) => {
        const all = records.map((one) => versionOf(one, hash));
        const atOnce = chooseCurrent(all, { merge: true }, hash)!;
        const again = chooseCurrent([...all, atOnce.current], { merge: true }, hash)!;
        expect(again.current.id).toBe(atOnce.current.id);
      }),
    );
  });

  test('who knows only a part of what others choose from, and their choice, chooses the same', () => {
    const settle = true;
    const known = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(versions, known, fc.boolean(), (records, isKnown, merge) => {
        const all = records.map((one) => versionOf(one, hash));
        const { current } = chooseCurrent(all, { merge, settle }, hash)!;
        const part = [...all.filter((_, at) => isKnown[at] === true), current];
        const chosen = chooseCurrent(part, { merge: true, settle }, hash)!.current;
        expect(sameContent(chosen.record, current.record)).toBe(true);
        const again = chooseCurrent([...all, chosen], { merge, settle }, hash)!.current;
        expect(sameContent(again.record, current.record)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a choice puts out nothing that was made apart from all that it was chosen among', () => {
    // Each edit is made above some that its device knows, and above its own last one.
    const edits = fc.array(fc.tuple(fc.nat(2), fc.array(fc.nat(9)), record), { maxLength: 10 });
    fc.assert(
      fc.property(edits, fc.array(fc.nat(9), { minLength: 1 }), (made, picked) => {
        const history = historyOf(made);
        const shown = history.filter((_, at) => picked.includes(at));
        const choice = chooseCurrent(shown, { merge: true, settle: true }, hash);
        if (choice === undefined) return;
        const out = history.filter((one) => isWithin(one, choice.current));
        for (const one of out) {
          expect(shown.some((other) => other === one || isWithin(one, other))).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('every undominated content is the current one or is kept as conflicting', () => {
    fc.assert(
      fc.property(versions, (records) => {
        const all = records.map((one) => versionOf(one, hash));
        const { current, conflicting } = chooseCurrent(all, { merge: true }, hash)!;
        for (const version of all) {
          const kept =
            conflicting.some((other) => other.id === version.id) ||
            ['dominates', 'equal'].includes(
              compareVectors(current.record.vector, version.record.vector),
            ) ||
            conflicting.some(
              (o) => compareVectors(o.record.vector, version.record.vector) === 'dominates',
            );
          expect(kept).toBe(true);
        }
      }),
    );
  });

  test('a version that another one contains is neither shown nor in conflict with anything', () => {
    fc.assert(
      fc.property(versions, (records) => {
        const all = records.map((one) => versionOf(one, hash));
        const { current, conflicting } = chooseCurrent(all, { merge: false }, hash)!;
        for (const { record: taken } of [current, ...conflicting]) {
          const isContained = all.some(
            (other) => compareVectors(other.record.vector, taken.vector) === 'dominates',
          );
          expect(isContained).toBe(false);
        }
      }),
    );
  });

  test('an edit beats a concurrent deletion', () => {
    const edit = versionOf(
      {
        kind: 'file',
        path,
        vector: [{ actor: '0000000000000001' as ActorId, counter: 1 }],
        author: authors[0]!,
        permissions: 0o644,
        mtimeNs: 1n,
        sizeBytes: 0,
        chunker: 'fastcdc-256k',
        blocks: { depth: 0, entries: [] },
      },
      hash,
    );
    const deletion = versionOf(
      {
        kind: 'tombstone',
        path,
        vector: [{ actor: '0000000000000002' as ActorId, counter: 9 }],
        author: authors[2]!,
      },
      hash,
    );
    expect(chooseCurrent([deletion, edit], { merge: true }, hash)?.current.id).toBe(edit.id);
  });

  test('a conflict copy has the loser’s time and author, and fits in a name', () => {
    const long = `${'n'.repeat(250)}.txt` as FolderPath;
    const loser = versionOf(
      {
        kind: 'file',
        path: long,
        vector: [{ actor: '0000000000000001' as ActorId, counter: 1 }],
        author: authors[0]!,
        permissions: 0o644,
        mtimeNs: 1_700_000_000_000_000_000n,
        sizeBytes: 0,
        chunker: 'fastcdc-256k',
        blocks: { depth: 0, entries: [] },
      },
      hash,
    );
    const copy = conflictCopyOf(loser, 0, hash);
    expect(copy.record.path).toMatch(/\.sync-conflict-20231114-221320-ooWAnna\.txt$/);
    expect(copy.record.path.length).toBe(255);
    expect(conflictCopyOf(loser, 0, hash).id).toBe(copy.id);
    expect(conflictCopyOf(loser, 1, hash).record.path).not.toBe(copy.record.path);
  });
});

describe('folder paths', () => {
  test.each([
    ['', 'empty'],
    ['/etc/passwd', 'bad-name'],
    ['a/../b', 'bad-name'],
    ['..', 'bad-name'],
    ['a//b', 'bad-name'],
    ['a\0b', 'nul'],
    ['.holdfast', 'reserved'],
    ['.HoldFast/held/x', 'reserved'],
    ['.holdfast.', 'reserved'],
    ['.holdfast::$DATA', 'reserved'],
    ['.stignore', 'reserved'],
    ['a/.holdfast-tmp-12', 'reserved'],
    [`a/${'x'.repeat(256)}`, 'too-long'],
  ])('%j is refused: %s', (text, refusal) => {
    expect(refusalOfPath(text)).toBe(refusal);
  });

  test('a reserved name is found under compatibility folding and ignorable characters', () => {
    const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
    expect(refusalOfPath(bytes('．holdfast'))).toBe('reserved');
    expect(refusalOfPath(bytes('.hold\u200dfast'))).toBe('reserved');
  });

  test.each(['a', '-rf', 'a\nb', 'dir/.holdfast', '\xff\xfe', 'con'])('%j is a path', (text) => {
    expect(refusalOfPath(text)).toBeUndefined();
  });
});

test('a folder id is sixteen lowercase base32 characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (bytes) => {
      expect(isFolderId(folderIdFrom(bytes))).toBe(true);
    }),
  );
});
