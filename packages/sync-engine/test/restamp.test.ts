/** What becomes of own versions whose numbers may have been given out twice. */
import {
  emptyEntry,
  localCurrent,
  type PathEntry,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import {
  type ActorId,
  type ContentId,
  chooseCurrent,
  compareVectors,
  counterOf,
  type DeviceId,
  type FolderPath,
  hexFrom,
  maxVectorActors,
  sameContent,
  type Version,
  type VersionVector,
  versionOf,
} from '@holdfast/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { desktop, hash, laptop } from '../../folder-index/test/index-world.js';
import { planPath } from '../src/plan-sync.js';
import { adoptKnown, needsPast, type RestampContext, restamp, undecided } from '../src/restamp.js';

const pi = '12D3KooWPi' as DeviceId;
const former = 'aaaaaaaaaaaaaaaa' as ActorId;
const actor = 'cccccccccccccccc' as ActorId;
const other = 'bbbbbbbbbbbbbbbb' as ActorId;
const path = 'notes/letter.txt' as FolderPath;
const context: RestampContext = {
  device: laptop,
  hash,
  certain: 100,
  former,
  actor,
  unheard: new Set([desktop]),
};

function vectorOf(counts: Readonly<Record<string, number>>): VersionVector {
  return Object.entries(counts)
    .map(([one, counter]) => ({ actor: one as ActorId, counter }))
    .sort((a, b) => (a.actor < b.actor ? -1 : 1));
}

function file(text: string, counts: Readonly<Record<string, number>>, author = laptop): Version {
  const contentId = hexFrom(hash(Buffer.from(text))) as ContentId;
  const blocks = { depth: 0, entries: [{ contentId, lengthBytes: text.length }] };
  const common = { kind: 'file', path, chunker: 'fastcdc-256k', permissions: 0o644 } as const;
  const mtimeNs = BigInt(text.length) * 1_000_000_000n;
  const vector = vectorOf(counts);
  const sizeBytes = text.length;
  return versionOf({ ...common, vector, author, mtimeNs, sizeBytes, blocks }, hash);
}

function deletion(counts: Readonly<Record<string, number>>, author = laptop): Version {
  return versionOf({ kind: 'tombstone', path, vector: vectorOf(counts), author }, hash);
}

/** The entry as this device shows `version`, numbered with `sequence`. */
function showing(version: Version, sequence: number, entry = emptyEntry(path)): PathEntry {
  const shown = withLocalCurrent(entry, version);
  const rows = shown.rows.map((row) =>
    row.local?.state === 'current' ? { ...row, local: { ...row.local, sequence } } : row,
  );
  return { path, rows };
}

function shownBy(entry: PathEntry, device: DeviceId, version: Version): PathEntry {
  return withPeerRow(entry, version, { device, state: 'current', sequence: 1 });
}

function shown(entry: PathEntry): Version {
  const row = localCurrent(entry);
  if (row === undefined) throw new Error('nothing is shown');
  return row.version;
}

const order = (left: Version, right: Version) =>
  compareVectors(left.record.vector, right.record.vector);

describe('an own version with a number in doubt', () => {
  test('is stamped anew, and no version of the former actor beyond the certain ones contains it', () => {
    const counts = fc.integer({ min: 1, max: 200 });
    const rest = fc.dictionary(fc.constantFrom(other, 'dddddddddddddddd'), counts);
    fc.assert(
      fc.property(counts, counts, counts, rest, rest, (mine, base, lost, seen, later) => {
        const own = file('edited offline', { ...seen, [former]: base + mine });
        const before = file('before', { [former]: base });
        const entry = shownBy(showing(own, 101), desktop, before);
        const after = shown(restamp(entry, context));
        // Whatever was published under the former actor, and whatever others made of it.
        const published = file('published', { ...later, [former]: base + lost });
        expect(order(after, published)).toBe('concurrent');
        // What it was truly made of stays contained.
        expect(order(after, before)).toBe('dominates');
        for (const [one, count] of Object.entries(seen)) {
          expect(counterOf(after.record.vector, one as ActorId)).toBe(count);
        }
      }),
    );
  });

  test('keeps its content, and stamping it twice changes nothing more', () => {
    const entry = showing(file('mine', { [former]: 7 }), 140);
    const once = restamp(entry, context);
    expect(shown(once).record).toMatchObject({ sizeBytes: 4, author: laptop });
    expect(shown(once).record.vector).toEqual(vectorOf({ [actor]: 1 }));
    expect(restamp(showing(shown(once), 141, once), context)).toEqual(
      showing(shown(once), 141, once),
    );
  });

  function vectorBeside(relayed: Readonly<Record<string, number>>): VersionVector {
    const mine = showing(file('mine', { [former]: 7 }), 140);
    const entry = shownBy(mine, pi, file('relayed', relayed));
    return shown(restamp(entry, context)).record.vector;
  }

  test('counts on beyond every count of the new actor that is known', () => {
    expect(counterOf(vectorBeside({ [actor]: 4 }), actor)).toBe(5);
  });

  test('believes no count that came after numbers went backward', () => {
    expect(counterOf(vectorBeside({ [former]: 6 }), former)).toBe(0);
  });

  test('a vector without room gives up the certain count rather than fail', () => {
    const full: Record<string, number> = { [former]: 3 };
    for (let at = 0; at < maxVectorActors - 1; at += 1) {
      full[at.toString(16).padStart(16, '0')] = 1;
    }
    const entry = shownBy(
      showing(file('mine', full), 140),
      desktop,
      file('before', { [former]: 2 }),
    );
    const { vector } = shown(restamp(entry, context)).record;
    expect(vector).toHaveLength(maxVectorActors);
    expect([counterOf(vector, former), counterOf(vector, actor)]).toEqual([0, 1]);
  });
});

describe('what is left as it is', () => {
  test('an own version that was numbered before', () => {
    const entry = showing(file('mine', { [former]: 7 }), 100);
    expect(restamp(entry, context)).toBe(entry);
  });

  test('a version of somebody else, whatever counts it contains', () => {
    const entry = showing(file('theirs', { [former]: 7, [other]: 1 }, desktop), 140);
    expect(restamp(entry, context)).toBe(entry);
  });

  test('a count that the witness had shown before', () => {
    const version = file('mine', { [former]: 7 });
    const entry = shownBy(showing(version, 140), desktop, version);
    expect(restamp(entry, context)).toBe(entry);
  });
});

describe('what is known already', () => {
  const doubted = () => restamp(showing(file('content', { [former]: 7 }), 140), context);
  const renumbered = (entry: PathEntry) => showing(shown(entry), 141, entry);

  test('a version of another device that looks the same is taken over', () => {
    const theirs = file('content', { [other]: 2 }, desktop);
    const entry = shownBy(renumbered(doubted()), desktop, theirs);
    expect(shown(adoptKnown(entry, context))).toEqual(theirs);
  });

  test('a deletion of another device stands for the same deletion here', () => {
    const mine = restamp(showing(deletion({ [former]: 7 }), 140), context);
    const theirs = deletion({ [other]: 2 }, desktop);
    expect(shown(adoptKnown(shownBy(renumbered(mine), desktop, theirs), context))).toEqual(theirs);
  });

  test('other content stays apart: both are kept', () => {
    const theirs = file('their content', { [former]: 9 }, desktop);
    const entry = shownBy(renumbered(doubted()), desktop, theirs);
    expect(adoptKnown(entry, context)).toBe(entry);
    const versions = [shown(entry), theirs];
    const choice = chooseCurrent(versions, { merge: true }, hash);
    expect(choice?.conflicting).toHaveLength(1);
  });

  test('history tells that the version here is one that others have moved on from', () => {
    const past = file('content', { [former]: 8 });
    const now = file('newer content', { [former]: 8, [other]: 1 }, desktop);
    const entry = shownBy(renumbered(doubted()), desktop, now);
    expect(needsPast(entry, context)).toBe(true);
    const adopted = adoptKnown(entry, context, [now, past]);
    expect(shown(adopted)).toEqual(past);
    expect(order(now, shown(adopted))).toBe('dominates');
  });

  test('what is older than the version was made of is not taken for it', () => {
    const older = file('content', { [former]: 2 });
    const before = file('another content', { [former]: 3 });
    const between = shownBy(showing(file('content', { [former]: 7 }), 140), desktop, before);
    const entry = renumbered(restamp(between, context));
    expect(adoptKnown(entry, context, [before, older])).toBe(entry);
  });

  test('a time that was cut to microseconds is no edit', () => {
    const before = file('content', { [former]: 3 });
    const { record } = before;
    if (record.kind !== 'file') throw new Error('it is a file');
    const cut = { ...record, mtimeNs: record.mtimeNs - 999n, vector: vectorOf({ [former]: 4 }) };
    const entry = renumbered(
      restamp(shownBy(showing(versionOf(cut, hash), 140), desktop, before), context),
    );
    expect(shown(adoptKnown(entry, context))).toEqual(before);
  });

  test('what others have been told of stays as it was told', () => {
    const told = renumbered(doubted());
    const entry = shownBy(
      shownBy(told, pi, shown(told)),
      desktop,
      file('content', { [other]: 2 }, desktop),
    );
    expect(adoptKnown(entry, context)).toBe(entry);
  });
});

describe('after a loss of the index', () => {
  const lost = { ...context, certain: 0, unheard: new Set<DeviceId>(), lost: true };
  const edited = showing(file('edited offline', { [actor]: 1 }), 1);
  const mine = file('published', { [former]: 4, [other]: 2 });

  test('an edit replaces what this device published itself, once a history has it', () => {
    const entry = shownBy(edited, desktop, mine);
    expect(needsPast(entry, lost)).toBe(true);
    const adopted = adoptKnown(entry, lost, [mine]);
    expect(order(shown(adopted), mine)).toBe('dominates');
    expect(sameContent(shown(adopted).record, shown(edited).record)).toBe(true);
  });

  test('no history, no end of what others show', () => {
    const entry = shownBy(edited, desktop, mine);
    expect(adoptKnown(entry, lost, [])).toBe(entry);
  });

  test('what another device made is not taken for what the edit was made of', () => {
    const theirs = file('published', { [former]: 4, [other]: 2 }, desktop);
    const entry = shownBy(edited, desktop, theirs);
    expect(adoptKnown(entry, lost, [theirs])).toBe(entry);
  });

  test('without a history what differs is kept here and from the members, above what they show', () => {
    const theirs = file('published', { [former]: 4, [other]: 2 }, desktop);
    const entry = shownBy(edited, desktop, theirs);
    const waiting = undecided(entry, lost);
    expect(localCurrent(waiting)?.local.withheld).toBe('kept');
    expect(order(shown(waiting), theirs)).toBe('dominates');
    expect(sameContent(shown(waiting).record, shown(edited).record)).toBe(true);
    expect(planPath(waiting, hash).type).toBe('none');
    expect(undecided(waiting, lost)).toBe(waiting);
    const newer = file('newer', { [former]: 4, [other]: 3 }, desktop);
    expect(planPath(shownBy(waiting, desktop, newer), hash)).toMatchObject({
      type: 'apply',
      target: newer,
    });
  });

  test('what others deleted waits too; what they show the same, or not at all, does not', () => {
    const gone = deletion({ [former]: 5 }, desktop);
    expect(localCurrent(undecided(shownBy(edited, desktop, gone), lost))?.local.withheld).toBe(
      'kept',
    );
    const same = shownBy(edited, desktop, file('edited offline', { [other]: 3 }, desktop));
    expect(undecided(same, lost)).toBe(same);
    expect(undecided(edited, lost)).toBe(edited);
  });

  test('where only numbers went backward, the disk may be the older one: both stay', () => {
    const entry = shownBy(showing(file('edited offline', { [actor]: 1 }), 140), desktop, mine);
    expect(adoptKnown(entry, context, [mine])).toBe(entry);
  });
});
