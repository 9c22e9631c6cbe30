/** A store that is only read: nothing in it may be written, whatever state it is in. */
import { joinPath, statIfPresent } from '@holdfast/platform';
import type { FileCall, StoreCall } from '@holdfast/simulation';
import { describe, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  fileVersion,
  listAll,
  photos,
  storeDirectory,
} from './archive-world.js';

const reading = new Set(['stat', 'list', 'open', 'handleStat', 'read', 'close']);

/** Opens read-only with an empty database; gives what was called that could have changed something. */
async function openReadOnly(world: ArchiveWorld) {
  world.loseDatabase();
  const changing: string[] = [];
  const onFileCall = (call: FileCall) => {
    if (!reading.has(call.name)) changing.push(call.name);
  };
  return { archive: await world.open({ readOnly: true, onFileCall }), changing };
}

async function withHistory() {
  const world = new ArchiveWorld();
  const archive = await world.open();
  const made = [
    fileVersion('a.txt', 'one'),
    fileVersion('b.txt', 'two'),
    fileVersion('c.txt', 'three'),
  ];
  await archiveAll(archive, made);
  return { world, archive, made };
}

const contents = (made: Awaited<ReturnType<typeof withHistory>>['made']) =>
  made.flatMap(({ envelopes }) => envelopes);

/** Reads all of it with the database that is there; gives what it lists, and how many rows were written. */
async function writtenWhile(world: ArchiveWorld, blocks: ReturnType<typeof contents>) {
  let rows = 0;
  const onStoreCall = (call: StoreCall) => {
    if (call.name === 'batch') rows += call.writeCount;
  };
  const archive = await world.open({ readOnly: true, lineage: 'kept', onStoreCall });
  const listed = await listAll(archive);
  const found = await archive.blocks.read(blocks.map(({ contentId }) => contentId));
  expect(found.map((one) => Buffer.from(one ?? []))).toEqual(
    blocks.map(({ envelope }) => Buffer.from(envelope)),
  );
  await archive.close();
  return { listed, rows };
}

describe('an archive that is only read', () => {
  test('answers as the one that was killed, from the segments alone, and writes nothing', async () => {
    const { world, made } = await withHistory();
    world.crash('killed');
    const { archive, changing } = await openReadOnly(world);
    expect(await listAll(archive)).toHaveLength(3);
    for (const { contentId, envelope } of contents(made)) {
      const [found] = await archive.blocks.read([contentId]);
      expect(Buffer.from(found ?? [])).toEqual(Buffer.from(envelope));
    }
    const head = archive.head().position;
    await archive.close();
    expect([head, changing]).toEqual([3, []]);
  });

  test('does with one copy of the log, and leaves the other as it is', async () => {
    const { world, archive } = await withHistory();
    await archive.close();
    const fileSystem = world.fileSystem();
    const logA = joinPath(storeDirectory, 'log-a');
    for (const { name } of fileSystem.list(logA)) fileSystem.unlink(joinPath(logA, name));
    fileSystem.removeDirectory(logA);
    const opened = await openReadOnly(world);
    expect(await listAll(opened.archive)).toHaveLength(3);
    await opened.archive.close();
    expect(opened.changing).toEqual([]);
    expect(fileSystem.list(storeDirectory).map(({ name }) => name)).not.toContain('log-a');
  });

  test('finds the blocks behind one whose length is rotten', async () => {
    const { world, archive, made } = await withHistory();
    await archive.close();
    const fileSystem = world.fileSystem();
    const blocks = joinPath(storeDirectory, 'blocks');
    const [segment] = fileSystem.list(blocks);
    const handle = fileSystem.open(joinPath(blocks, segment!.name), 'write');
    const bytes = Buffer.alloc(fileSystem.handleStat(handle).sizeBytes);
    fileSystem.read(handle, bytes, 0);
    const first = bytes.indexOf(Buffer.from('\x9eHFe', 'latin1'));
    // The length of the first block: it then seems to reach into the second.
    fileSystem.write(handle, Buffer.from([bytes[first + 19]! + 9]), first + 19);
    fileSystem.close(handle);
    const opened = await openReadOnly(world);
    const ids = contents(made).map(({ contentId }) => contentId);
    const found = await opened.archive.blocks.read(ids);
    expect(found.map((envelope) => envelope !== undefined)).toEqual([false, true, true]);
    expect(opened.changing).toEqual([]);
  });

  test('goes on with the index that was made of it before, and writes only what is new there', async () => {
    const { world, archive, made } = await withHistory();
    world.loseDatabase();
    const first = await writtenWhile(world, contents(made));
    const again = await writtenWhile(world, contents(made));
    expect(again.listed).toEqual(first.listed);
    expect(again.rows).toBeLessThan(3);
    const more = fileVersion('d.txt', 'four');
    await archiveAll(archive, [more]);
    const extended = await writtenWhile(world, contents([...made, more]));
    expect(extended.listed).toHaveLength(4);
    expect(extended.rows).toBeLessThan(first.rows);
    await archive.close();
  });

  test('finds a block that the index of before does not lead to', async () => {
    const { world, archive, made } = await withHistory();
    await archive.close();
    world.loseDatabase();
    await writtenWhile(world, contents(made));
    await world.dropRows('a!bb');
    expect((await writtenWhile(world, contents(made))).listed).toHaveLength(3);
  });

  test('finds it for everybody who asks at once', async () => {
    const { world, archive, made } = await withHistory();
    await archive.close();
    world.loseDatabase();
    await writtenWhile(world, contents(made));
    await world.dropRows('a!bb');
    const opened = await world.open({ readOnly: true, lineage: 'kept' });
    const ids = contents(made).map(({ contentId }) => contentId);
    const found = await Promise.all(ids.map(() => opened.blocks.read(ids)));
    expect(found.flat().filter((envelope) => envelope === undefined)).toEqual([]);
    await opened.close();
  });

  test('does not believe an index that was made of another one under the same name', async () => {
    const { world, archive, made } = await withHistory();
    await archive.close();
    const other = new ArchiveWorld();
    const others = await other.open();
    const texts = ['six', 'five', 'four', 'three', 'two'];
    const madeThere = texts.map((text) => fileVersion(`${text}.txt`, text));
    await archiveAll(others, madeThere);
    await others.close();
    expect(others.storeId).toBe(archive.storeId);
    other.loseDatabase();
    await writtenWhile(other, contents(madeThere));
    world.database = other.database;
    const { listed } = await writtenWhile(world, contents(made));
    expect(listed).toHaveLength(3);
  });

  test('is none where there is no store', async () => {
    const world = new ArchiveWorld();
    await expect(world.open({ readOnly: true })).rejects.toMatchObject({ code: 'store_missing' });
    expect(statIfPresent(world.fileSystem(), storeDirectory)).toBeUndefined();
  });

  test('takes nothing', async () => {
    const { world } = await withHistory();
    const { archive } = await openReadOnly(world);
    expect(() => archive.append(photos, [])).toThrow('only read');
  });
});
