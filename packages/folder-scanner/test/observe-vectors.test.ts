/** The vectors of local edits, whatever others claim about the path. */
import {
  type DiskState,
  emptyEntry,
  localCurrent,
  type PathEntry,
  withHeld,
  withLocalCurrent,
} from '@holdfast/folder-index';
import { diskStateOf, nextVector, observe } from '@holdfast/folder-scanner';
import {
  type ActorId,
  compareVectors,
  counterOf,
  decodeRecord,
  maxVectorActors,
  maxVectorCounter,
  type VersionVector,
} from '@holdfast/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  file,
  fileVersion,
  heard,
  mine,
  other,
  path,
  recordOf,
  statOf,
  theirs,
} from './observe-world.js';
import { context } from './scan-world.js';

test('the next vector contains all that was shown here and never uses a count again', () => {
  const vector = fc
    .tuple(fc.nat(5), fc.nat(5))
    .map(
      ([here, there]): VersionVector =>
        [...mine(here), ...theirs(there)].filter((entry) => entry.counter > 0),
    )
    .filter((one) => one.length > 0);
  const row = fc.record({ vector, local: fc.boolean(), text: fc.string({ maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
      const disk: DiskState = diskStateOf(statOf('one'), false);
      const entry: PathEntry = {
        path,
        rows: rows.map(({ vector: known, local, text }) => ({
          version: fileVersion(text, known),
          archived: false,
          peers: [],
          ...(local && { local: { state: 'side' as const, sequence: 1, disk } }),
        })),
      };
      const next = nextVector(entry, context.actor);
      for (const { version, local } of entry.rows) {
        const known = version.record.vector;
        expect(counterOf(next, context.actor)).toBeGreaterThan(counterOf(known, context.actor));
        if (local !== undefined) expect(compareVectors(next, known)).toBe('dominates');
      }
      const seen = rows.filter((one) => one.local).map((one) => counterOf(one.vector, other));
      expect(counterOf(next, other)).toBe(Math.max(0, ...seen));
    }),
  );
});

describe('a vector that somebody made as large as it can be', () => {
  const many = (count: number, first = 1): VersionVector =>
    Array.from({ length: count }, (_, at) => ({
      actor: `1${(first + at).toString(16).padStart(15, '0')}` as ActorId,
      counter: 1,
    }));
  const shown = (vector: VersionVector) =>
    withLocalCurrent(emptyEntry(path), fileVersion('one', vector), {
      disk: diskStateOf(statOf('one'), false),
    });

  test('a local edit after a hostile count of our own actor can be stored, and dominates it', () => {
    const entry = shown([{ actor: context.actor, counter: maxVectorCounter }]);
    const edited = observe(entry, file('two'), context);
    expect(decodeRecord(localCurrent(edited)!.version.bytes)).toEqual(recordOf(edited));
    expect(compareVectors(recordOf(edited)!.vector, recordOf(entry)!.vector)).toBe('dominates');
  });

  test('a local edit after 256 actors can be stored', () => {
    const edited = observe(shown(many(maxVectorActors)), file('two'), context);
    expect(decodeRecord(localCurrent(edited)!.version.bytes)).toEqual(recordOf(edited));
  });

  test('a deletion keeps above what is shown where the versions beside it have too many actors', () => {
    const beside = fileVersion('other', many(200, 1_000));
    const entry = withHeld(shown(many(100)), beside, { sinceMs: 1 });
    const next = nextVector(entry, context.actor);
    expect(compareVectors(next, many(100))).toBe('dominates');
    expect(next).toHaveLength(101);
  });

  test('whatever is known of a path, the next vector can be stored and counts on', () => {
    const counter = fc.constantFrom(1, 7, maxVectorCounter - 1, maxVectorCounter);
    const row = fc.record({
      actors: fc.constantFrom(0, 1, 100, maxVectorActors - 1),
      first: fc.constantFrom(1, 500),
      mine: counter,
      local: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
        const known = rows.map(({ actors, first, mine: count }) =>
          [...many(actors, first), { actor: context.actor, counter: count }].sort((a, b) =>
            a.actor < b.actor ? -1 : 1,
          ),
        );
        const entry = rows.reduce(
          (all, { local }, at) =>
            local
              ? withHeld(all, fileVersion(`${at}`, known[at]!), { sinceMs: 1 })
              : heard(all, fileVersion(`${at}`, known[at]!)),
          emptyEntry(path),
        );
        const next = nextVector(entry, context.actor);
        const version = fileVersion('next', next);
        expect(decodeRecord(version.bytes)).toEqual(version.record);
        for (const row of entry.rows) {
          const { vector } = row.version.record;
          expect(['dominates', 'concurrent']).toContain(compareVectors(next, vector));
        }
      }),
    );
  });
});
