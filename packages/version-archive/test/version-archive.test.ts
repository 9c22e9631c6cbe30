import { encodeEnvelope } from '@holdfast/block-store';
import {
  ByteWriter,
  type ContentId,
  decodeRecord,
  encodeBlockList,
  type FileRecord,
  type FolderPath,
  type HistoryEntry,
  hexFrom,
  type StoreId,
  versionOf,
} from '@holdfast/model';
import { ensureDirectory, statIfPresent } from '@holdfast/platform';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  desktop,
  directoryVersion,
  entryOf,
  fileVersion,
  hash,
  laptop,
  listAll,
  papers,
  photos,
  storeDirectory,
  tombstoneVersion,
} from './archive-world.js';

const pathsOf = (entries: readonly HistoryEntry[]) =>
  entries.map((entry) => decodeRecord(entry.recordBytes).path);
const pathOf = (text: string) => text as FolderPath;

describe('an archive', () => {
  test('begins with its first entry, and has the same id and head when it is opened again', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    expect(archive.head().position).toBe(0);
    expect([archive.generation, await archive.folders()]).toEqual([1, []]);
    const { storeId } = archive;
    const head = archive.head();
    await archive.close();
    const again = await world.open();
    expect([again.storeId, again.head()]).toEqual([storeId, head]);
    expect(world.warnings).toEqual([]);
  });

  test('has what was appended, also when it is opened again', async () => {
    const world = new ArchiveWorld();
    const archive = await world.open();
    const first = fileVersion('a/one.txt', 'one');
    const second = fileVersion('two.txt', 'two');
    expect(await archiveAll(archive, [first, second])).toEqual([1, 2]);
    await archive.close();
    const again = await world.open();
    const unknown = fileVersion('three.txt', 'three').version.id;
    const ids = [first.version.id, unknown, second.version.id];
    expect(await again.hasVersions(photos, ids)).toEqual([true, false, true]);
    expect(await again.hasVersions(papers, ids)).toEqual([false, false, false]);
    expect(await again.version(photos, first.version.id)).toEqual(first.version);
    expect(await again.currentOf(photos, pathOf('two.txt'))).toBe(second.version.id);
    expect(pathsOf(await listAll(again))).toEqual(['two.txt', 'a/one.txt']);
    expect(world.warnings).toEqual([]);
  });

  test('refuses versions whose blocks are not there, and records nothing', async () => {
    const archive = await new ArchiveWorld().open();
    const made = fileVersion('a', 'content');
    await expect(archive.append(photos, [entryOf(made)])).rejects.toMatchObject({
      code: 'blocks_missing',
      kind: 'retry',
    });
    const claimed = entryOf(made, { blocks: [] });
    await expect(archive.append(photos, [claimed])).rejects.toMatchObject({
      code: 'blocks_missing',
    });
    expect(archive.head().position).toBe(0);
    expect(await archiveAll(archive, [made])).toEqual([1]);
  });

  test('refuses a version whose list lies about the length of a block, whatever else names it', async () => {
    const archive = await new ArchiveWorld().open();
    const made = fileVersion('a', 'content');
    await archiveAll(archive, [made]);
    const { record } = fileVersion('b', 'content').version;
    if (record.kind !== 'file') throw new TypeError('a file');
    const entries = record.blocks.entries.map((entry) => ({ ...entry, lengthBytes: 1 }));
    const blocks = { depth: 0, entries };
    const lie = { ...made, version: versionOf({ ...record, sizeBytes: 1, blocks }, hash) };
    await expect(archive.append(photos, [entryOf(lie), entryOf(made)])).rejects.toMatchObject({
      code: 'blocks_missing',
    });
    expect(archive.head().position).toBe(1);
  });

  test('skips what it has, but records a version that becomes current again', async () => {
    const archive = await new ArchiveWorld().open();
    const first = fileVersion('a', 'one', 1);
    const second = fileVersion('a', 'two', 2);
    expect(await archiveAll(archive, [first, second, second])).toEqual([1, 2, 2]);
    expect(await archiveAll(archive, [second])).toEqual([2]);
    const side = entryOf(first, { becameCurrent: false });
    expect(await archive.append(photos, [side])).toEqual([{ position: 1 }]);
    expect(await archiveAll(archive, [first, first])).toEqual([3, 1]);
    expect(await archive.currentOf(photos, pathOf('a'))).toBe(first.version.id);
    expect(await archive.folderStatus(photos)).toMatchObject({
      versions: 2,
      files: 1,
      position: 3,
    });
  });

  test('a side version is in the log and not in the list', async () => {
    const archive = await new ArchiveWorld().open();
    const shown = fileVersion('a', 'shown', 1);
    const side = fileVersion('a', 'side', 2);
    await archiveAll(archive, [shown]);
    await archive.blocks.append(side.envelopes);
    await archive.append(photos, [entryOf(side, { becameCurrent: false, sender: desktop })]);
    const log = await archive.query(photos, { type: 'log', path: pathOf('a'), limit: 10 });
    expect(log.entries.map((entry) => [entry.position, entry.becameCurrent, entry.sender])).toEqual(
      [
        [2, false, desktop],
        [1, true, laptop],
      ],
    );
    expect((await listAll(archive)).map((entry) => entry.versionId)).toEqual([shown.version.id]);
  });

  test('counts versions, files and deleted files for each folder', async () => {
    const archive = await new ArchiveWorld().open();
    await archiveAll(archive, [
      directoryVersion('d'),
      fileVersion('d/a', 'a'),
      fileVersion('d/b', 'b'),
      tombstoneVersion('d/a', 2),
      tombstoneVersion('d', 2),
    ]);
    await archiveAll(archive, [fileVersion('x', 'x')], papers);
    expect(await archive.folderStatus(photos)).toMatchObject({
      versions: 5,
      files: 1,
      deletedFiles: 1,
      position: 5,
    });
    expect(await archive.folderStatus(papers)).toMatchObject({
      versions: 1,
      files: 1,
      deletedFiles: 0,
      position: 6,
      head: archive.head().hash,
    });
    expect(await archive.folders()).toEqual([papers, photos]);
    await archiveAll(archive, [fileVersion('d/a', 'back', 3)]);
    expect(await archive.folderStatus(photos)).toMatchObject({ files: 2, deletedFiles: 0 });
  });
});

describe('a store that is not what it should be', () => {
  test('of a newer format is refused and left as it is', async () => {
    const world = new ArchiveWorld();
    await (await world.open()).close();
    const change = (from: string, to: string) => editFile(world, 'store.json', from, to);
    change('"formatMajor": 1', '"formatMajor": 2');
    await expect(world.open()).rejects.toMatchObject({ code: 'store_format_unknown' });
    change('"formatMajor": 2', '"formatMajor": 1');
    change('"requiredFeatures": 0', '"requiredFeatures": 4');
    await expect(world.open()).rejects.toMatchObject({ code: 'store_format_unknown' });
    change('"requiredFeatures": 4', '"requiredFeatures": 0');
    expect((await world.open()).head().position).toBe(0);
  });

  test('whose log names another generation or store is refused', async () => {
    const world = new ArchiveWorld();
    const { storeId } = await world.open();
    world.crash('x');
    editFile(world, 'store.json', '"generation": 1', '"generation": 2');
    await expect(world.open()).rejects.toMatchObject({ code: 'store_identity_mismatch' });
    editFile(world, 'store.json', '"generation": 2', '"generation": 1');
    editFile(world, 'store.json', storeId, '00000000000000ff');
    await expect(world.open()).rejects.toMatchObject({ code: 'store_identity_mismatch' });
  });

  test('is not made anew where one is expected, nor is another taken for it', async () => {
    const world = new ArchiveWorld();
    world.expected = 'aaaaaaaaaaaaaaaa' as StoreId;
    const away = { code: 'store_away', kind: 'retry' };
    await expect(world.open()).rejects.toMatchObject(away);
    expect(statIfPresent(world.fileSystem(), storeDirectory)).toBeUndefined();
    ensureDirectory(world.fileSystem(), storeDirectory, 0o700);
    await expect(world.open()).rejects.toMatchObject(away);
    expect(world.fileSystem().list(storeDirectory)).toEqual([]);

    world.expected = undefined;
    const { storeId } = await world.open();
    world.crash('x');
    world.expected = storeId;
    expect((await world.open()).storeId).toBe(storeId);
    world.crash('y');
    world.expected = 'bbbbbbbbbbbbbbbb' as StoreId;
    await expect(world.open()).rejects.toMatchObject({ code: 'store_identity_mismatch' });
  });

  test('is not created in a directory with files of someone else', async () => {
    const world = new ArchiveWorld();
    await (await world.open()).close();
    world
      .fileSystem()
      .rename(
        `${storeDirectory}/store.json` as typeof storeDirectory,
        `${storeDirectory}/other` as typeof storeDirectory,
      );
    await expect(world.open()).rejects.toMatchObject({ code: 'store_identity_mismatch' });
  });
});

function editFile(world: ArchiveWorld, name: string, from: string, to: string): void {
  const fileSystem = world.fileSystem();
  const path = `${storeDirectory}/${name}` as typeof storeDirectory;
  const handle = fileSystem.open(path, 'write');
  const bytes = Buffer.alloc(fileSystem.handleStat(handle).sizeBytes);
  fileSystem.read(handle, bytes, 0);
  const text = bytes.toString('latin1').replace(from, to);
  expect(text.length).toBe(bytes.length);
  fileSystem.write(handle, Buffer.from(text, 'latin1'), 0);
  fileSystem.close(handle);
}

test('a version counts as held only with every block below its lists', async () => {
  const archive = await new ArchiveWorld().open();
  const plains = [0, 1, 2].map((at) => Buffer.from(`a part of a large file, ${at}`));
  const contentIdOf = (bytes: Uint8Array) => hexFrom(hash(bytes)) as ContentId;
  const parts = plains.map((plain) => {
    return { contentId: contentIdOf(plain), envelope: encodeEnvelope(plain) };
  });
  const listed = plains.map((plain) => {
    return { contentId: contentIdOf(plain), lengthBytes: plain.length };
  });
  const writer = new ByteWriter(256);
  encodeBlockList(writer, { depth: 0, entries: listed });
  const list = writer.bytes();
  const entries = [{ contentId: contentIdOf(list), lengthBytes: list.length }];
  const { record } = fileVersion('large', 'text').version;
  const sizeBytes = plains.reduce((sum, { length }) => sum + length, 0);
  const blocks = { depth: 1, entries };
  const large = versionOf({ ...record, sizeBytes, blocks } as FileRecord, hash);
  await archive.blocks.append([
    { contentId: contentIdOf(list), envelope: encodeEnvelope(list) },
    ...parts.slice(0, 2),
  ]);
  await archive.blocks.sync([...entries, ...listed.slice(0, 2)]);
  expect(await archive.hasBlocks(photos, large)).toBe(false);
  await archive.blocks.append(parts.slice(2));
  await archive.blocks.sync(listed);
  expect(await archive.hasBlocks(photos, large)).toBe(true);
});
