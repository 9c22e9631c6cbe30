/**
 * A store of format 1 is kept beside these tests and is opened for ever: what was archived once can
 * be read by every later version. Where the writer makes other bytes on purpose, the kept store stays
 * as it is, and a second one is kept beside it.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flattenBlockList } from '@holdfast/block-store';
import { type FolderPath, hexFrom } from '@holdfast/model';
import type { VersionArchive } from '@holdfast/version-archive';
import { describe, expect, test } from 'vitest';
import {
  type ArchiveWorld,
  desktop,
  hash,
  laptop,
  listAll,
  papers,
  photos,
} from './archive-world.js';
import {
  album,
  directories,
  type KeptVersion,
  makeStore,
  neverMs,
  stored,
  storeFiles,
  tombstone,
  worldWith,
} from './kept-store.js';
import { verify } from './stored-bytes.js';

const fixture = fileURLToPath(new URL('./fixtures/store-format-1/store', import.meta.url));
/** What the segment that was freed has become; its length is the format's. */
const freedSegment = 'blocks/blocks-00000001.segment';
/** What the log of the kept store comes to: all its entries, byte for byte. */
const lastPosition = 16;

function keptFiles(): Map<string, Uint8Array> {
  const names = readdirSync(fixture, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(fixture, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(fixture, name))]));
}

/** Which files there are, and what each holds; in few words where two differ. */
function digests(files: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...files].map(([name, bytes]) => [name, hexFrom(hash(bytes))]));
}

async function contentOf(archive: VersionArchive, { folder, made }: KeptVersion) {
  const version = await archive.version(folder, made.version.id);
  if (version?.record.kind !== 'file') return undefined;
  const { blocks, sizeBytes } = version.record;
  const plainOf = async (reference: Parameters<typeof archive.blocks.readPlain>[0][number]) => {
    const [plain] = await archive.blocks.readPlain([reference]);
    if (plain === undefined) throw new Error('a block is missing');
    return plain;
  };
  const parts: Uint8Array[] = [];
  for await (const block of flattenBlockList(blocks, sizeBytes, plainOf)) {
    parts.push(await plainOf(block));
  }
  return Buffer.concat(parts).toString('hex');
}

/** Everything that the store says of itself is what went into it, and every byte of it is in order. */
async function expectKept(archive: VersionArchive): Promise<void> {
  const { bad, lost, log } = await verify(archive);
  expect([bad, lost.versions, log.records]).toEqual([0, [], lastPosition + 1]);
  await expectContents(archive);
  await expectLists(archive);
  await expectHistory(archive);
}

async function expectContents(archive: VersionArchive): Promise<void> {
  const { freed, ...readable } = stored;
  for (const [name, one] of Object.entries(readable)) {
    const content = Buffer.from(one.content).toString('hex');
    expect([name, await contentOf(archive, one)]).toEqual([name, content]);
  }
  expect((await archive.version(photos, freed.made.version.id))?.record.path).toBe('letter');
  await expect(contentOf(archive, freed)).rejects.toThrow('a block is missing');
}

async function expectLists(archive: VersionArchive): Promise<void> {
  const idsAt = async (options: Parameters<typeof listAll>[1]) =>
    (await listAll(archive, options)).map(({ versionId }) => versionId).sort();
  const idsOf = (made: readonly { readonly version: { readonly id: string } }[]) =>
    made.map(({ version }) => version.id).sort();
  const { empty, long, gone, shown, note, otherNote, freed } = stored;
  const now = [...directories, empty.made, long.made, shown.made];
  expect(await idsAt({})).toEqual(idsOf(now));
  expect(await idsAt({ deleted: true })).toEqual(idsOf([...now, tombstone]));
  expect(await idsAt({ directory: album })).toEqual(idsOf([empty.made, long.made]));
  expect(await idsAt({ position: 1 })).toEqual(idsOf([freed.made]));
  const atFive = [...directories, stored.waiting.made, gone.made];
  expect(await idsAt({ position: 5 })).toEqual(idsOf(atFive));
  expect(await idsAt({ folder: papers })).toEqual(idsOf([note.made]));
  expect(await idsAt({ folder: papers, position: 10 })).toEqual(idsOf([otherNote.made]));
}

async function expectHistory(archive: VersionArchive): Promise<void> {
  const path = 'letter' as FolderPath;
  const { entries } = await archive.query(photos, { type: 'log', path, limit: 10 });
  const { beside, shown, waiting, freed } = stored;
  expect(
    entries.map((entry) => [entry.versionId, entry.thinned, entry.becameCurrent, entry.sender]),
  ).toEqual([
    [beside.made.version.id, false, false, desktop],
    [shown.made.version.id, false, true, laptop],
    [waiting.made.version.id, true, true, laptop],
    [freed.made.version.id, true, true, laptop],
  ]);
  expect(archive.thinning.counts(photos)).toMatchObject({
    waiting: 1,
    freed: 1,
    freeFromMs: neverMs,
  });
  expect(await archive.folderStatus(photos)).toMatchObject({ files: 3, deletedFiles: 1 });
}

async function openKept(world: ArchiveWorld, readOnly = false): Promise<void> {
  const archive = await world.open({ readOnly });
  await expectKept(archive);
  await archive.close();
}

describe('a store of format 1 that was written once', () => {
  test('is small, and has what the format knows', () => {
    const files = keptFiles();
    const sizes = [...files.values()].map(({ length }) => length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
    expect(files.get(freedSegment)).toHaveLength(178);
    expect(JSON.parse(Buffer.from(files.get('store.json')!).toString())).toMatchObject({
      holdfast: 'store',
      formatMajor: 1,
      complete: true,
    });
  });

  test('opens without an index, with it, and with one that is made anew', async () => {
    const world = worldWith(keptFiles());
    await openKept(world);
    await openKept(world);
    const archive = await world.open();
    expect(archive.logDamage()).toEqual([]);
    await archive.rebuildIndex();
    await expectKept(archive);
    await archive.close();
    world.loseDatabase();
    await openKept(world);
  });

  test('is read where nothing may be written, and stays byte for byte as it was', async () => {
    const world = worldWith(keptFiles());
    await openKept(world, true);
    expect(digests(storeFiles(world))).toEqual(digests(keptFiles()));
  });

  test('is whole with either copy of its log', async () => {
    for (const copy of ['log-a/', 'log-b/']) {
      const files = [...keptFiles()].filter(([name]) => !name.startsWith(copy));
      await openKept(worldWith(new Map(files)));
    }
  });

  test('is written on: what is added stands beside what was there', async () => {
    const world = worldWith(keptFiles());
    const archive = await world.open();
    await archive.blocks.append(stored.freed.made.envelopes);
    const { version } = stored.freed.made;
    const blocks = version.record.kind === 'file' ? version.record.blocks.entries : [];
    const again = { version, becameCurrent: false, supersedes: undefined, sender: desktop, blocks };
    expect(await archive.append(photos, [again])).toEqual([{ position: lastPosition + 1 }]);
    expect(await archive.blocks.has(blocks)).toEqual([true]);
    await archive.close();
    expect(digests(storeFiles(world))).toMatchObject(digests(keptFiles()));
  });
});

describe('the writer that made it', () => {
  test('makes the same bytes still: a changed format shows here', async () => {
    expect(digests(storeFiles(await makeStore()))).toEqual(digests(keptFiles()));
  });

  test('makes a store that reads the same', async () => {
    const world = await makeStore();
    await openKept(world);
    world.loseDatabase();
    await openKept(world);
  });
});
