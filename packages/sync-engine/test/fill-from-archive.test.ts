/** What an archive takes of the history of another one. */
import { encodeEnvelope } from '@holdfast/block-store';
import { rowOf } from '@holdfast/folder-index';
import type { HistoryPage, HistoryQuery, Version, VersionId } from '@holdfast/model';
import { NodeClock, VirtualWorldClock } from '@holdfast/simulation';
import { type BlockSupplier, fillFromArchive } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { expect, test } from 'vitest';
import { folder, openArchive, openArchiveIndex } from './archive-scene.js';
import { actor, desktop, fileVersion, hash, PlaceWorld, pathOf, phone } from './place-world.js';

const versionAt = (counter: number) =>
  fileVersion('letter', `content ${counter}`, [{ actor: actor('1'), counter }]);
const versions = [1, 2, 3, 4, 5].map(versionAt);
const whole = { isStopped: () => false, onLacking: () => {} };

const newArchive = () => openArchive(new PlaceWorld(), new NodeClock(new VirtualWorldClock(), {}));

/** An archive that has the first `count` of them; of the last one it is said that it is current. */
async function olderArchive(count: number): Promise<VersionArchive> {
  const archive = await newArchive();
  await addTo(archive, versions.slice(0, count));
  return archive;
}

async function addTo(archive: VersionArchive, added: readonly Version[]): Promise<void> {
  for (const version of added) {
    const { record } = version;
    if (record.kind !== 'file') throw new Error('only files are made here');
    const counter = record.vector[0]?.counter;
    const envelope = encodeEnvelope(Buffer.from(`content ${counter}`));
    const blocks = record.blocks.entries;
    await archive.blocks.append(blocks.map(({ contentId }) => ({ contentId, envelope })));
    await archive.append(folder, [
      { version, becameCurrent: true, supersedes: undefined, sender: phone, blocks },
    ]);
  }
}

/** Gives the blocks of all versions but these. */
function supplierWithout(withheld: ReadonlySet<VersionId> = new Set()): BlockSupplier {
  return {
    async request(_folder, items, onBlock) {
      return items.flatMap(({ versionId, first }, item) => {
        const counter = versions.findIndex(({ id }) => id === versionId) + 1;
        if (withheld.has(versionId)) return [{ item, reason: 'gone' as const }];
        onBlock({
          item,
          index: first,
          envelope: encodeEnvelope(Buffer.from(`content ${counter}`)),
        });
        return [];
      });
    },
  };
}

async function scene(older: VersionArchive) {
  const archive = await newArchive();
  const index = await openArchiveIndex();
  const filled = { folder, index, archive, hash };
  const ask = (query: HistoryQuery) => older.query(folder, query);
  const source = (
    blocks = supplierWithout(),
    query: (asked: HistoryQuery) => Promise<HistoryPage> = ask,
  ) => ({ device: desktop, blocks, query });
  const known = () =>
    archive.knowsVersions(
      folder,
      versions.map(({ id }) => id),
    );
  return { archive, index, filled, source, known, ask };
}

test('every version comes with its content, and what the folder shows stays as it is', async () => {
  const { archive, index, filled, source, known } = await scene(await olderArchive(5));
  await addTo(archive, versions.slice(4));
  const result = await fillFromArchive(filled, source(), 0, whole);
  expect(result).toEqual({ position: 5, taken: 4, missing: 0 });
  expect(await known()).toEqual(versions.map(() => true));
  expect(await archive.currentOf(folder, pathOf('letter'))).toBe(versions[4]?.id);
  for (const version of versions) expect(await archive.hasBlocks(folder, version)).toBe(true);
  const [entry] = await index.entries([pathOf('letter')]);
  expect(entry && versions.map(({ id }) => rowOf(entry, id))).toEqual(
    versions.map(() => undefined),
  );
});

test('what was taken is not asked for again, and what came since is', async () => {
  const older = await olderArchive(2);
  const { filled, source, known } = await scene(older);
  const first = await fillFromArchive(filled, source(), 0, whole);
  expect(first).toEqual({ position: 2, taken: 2, missing: 0 });
  const nothing = await fillFromArchive(filled, source(), first.position, whole);
  expect(nothing).toEqual({ position: 2, taken: 0, missing: 0 });
  await addTo(older, versions.slice(2, 3));
  const later = await fillFromArchive(filled, source(), first.position, whole);
  expect(later).toEqual({ position: 3, taken: 1, missing: 0 });
  expect(await known()).toEqual([true, true, true, false, false]);
});

test('a log that does not reach so far any more is asked from its beginning', async () => {
  const { filled, source } = await scene(await olderArchive(2));
  const result = await fillFromArchive(filled, source(), 9, whole);
  expect(result).toEqual({ position: 2, taken: 2, missing: 0 });
});

test('a version whose content does not come is asked for again, and keeps no other back', async () => {
  const { filled, source, known } = await scene(await olderArchive(3));
  const withheld = new Set(versions.slice(1, 2).map(({ id }) => id));
  const result = await fillFromArchive(filled, source(supplierWithout(withheld)), 0, whole);
  expect(result).toEqual({ position: 0, taken: 2, missing: 1 });
  expect(await known()).toEqual([true, false, true, false, false]);
  const again = await fillFromArchive(filled, source(), result.position, whole);
  expect(again).toEqual({ position: 3, taken: 1, missing: 0 });
});

test('what was thinned, there or here, is left', async () => {
  const { archive, filled, source, ask } = await scene(await olderArchive(4));
  await addTo(archive, versions.slice(1, 3));
  const rules = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
  const needed = async () => new Set<VersionId>();
  const marked = await archive.thinning.mark({ folder, rules, needed }, Number.MAX_SAFE_INTEGER);
  expect(marked.versions.map(({ versionId }) => versionId)).toEqual([versions[1]?.id]);
  const thinnedThere = versions[0]?.id;
  const query = async (asked: HistoryQuery) => {
    const page = await ask(asked);
    const entries = page.entries.map((one) => ({
      ...one,
      thinned: one.versionId === thinnedThere,
    }));
    return { ...page, entries };
  };
  const result = await fillFromArchive(filled, source(supplierWithout(), query), 0, whole);
  expect(result).toEqual({ position: 4, taken: 1, missing: 0 });
  const ids = versions.slice(0, 4).map(({ id }) => id);
  expect(await archive.hasVersions(folder, ids)).toEqual([false, false, true, true]);
});

test('a record that is not its version is refused, and nothing of it is taken', async () => {
  const { filled, source, known, ask } = await scene(await olderArchive(2));
  const query = async (asked: HistoryQuery) => {
    const page = await ask(asked);
    const entries = page.entries.map((one) => ({ ...one, versionId: versions[4]!.id }));
    return { ...page, entries };
  };
  await expect(
    fillFromArchive(filled, source(supplierWithout(), query), 0, whole),
  ).rejects.toMatchObject({ code: 'history_damaged' });
  expect(await known()).toEqual(versions.map(() => false));
});

test('one that is stopped begins again where it began', async () => {
  const { filled, source, known } = await scene(await olderArchive(3));
  const result = await fillFromArchive(filled, source(), 0, { ...whole, isStopped: () => true });
  expect(result).toEqual({ position: 0, taken: 0, missing: 0 });
  expect(await known()).toEqual(versions.map(() => false));
});
