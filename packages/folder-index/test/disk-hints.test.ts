/** Where content lies on this disk: the newest place, and none that is known to be gone. */
import { type DiskState, withLocalCurrent, withoutLocalCurrent } from '@holdfast/folder-index';
import { type FileContentRecord, type Version, versionOf } from '@holdfast/model';
import { MemoryDatabase } from '@holdfast/simulation';
import { expect, test } from 'vitest';
import { fileVersion, hash, openIndex } from './index-world.js';

const disk: DiskState = {
  sizeBytes: 10,
  mtimeNs: 5n,
  ctimeNs: 6n,
  inode: 7n,
  permissions: 0o644,
  racy: false,
};

/** The same content at another path. */
function movedTo(version: Version, path: string): Version {
  const there = fileVersion(path, 1);
  const { blocks, sizeBytes } = version.record as FileContentRecord;
  return versionOf({ ...there.record, blocks, sizeBytes } as FileContentRecord, hash);
}

async function world(database = new MemoryDatabase()) {
  const index = await openIndex({ database });
  const show = (version: Version, at: { disk?: DiskState } = { disk }) =>
    index.update([version.record.path], (entry) => withLocalCurrent(entry, version, at), {
      sync: true,
    });
  const drop = (version: Version) =>
    index.update([version.record.path], (entry) => withoutLocalCurrent(entry, version), {
      sync: true,
    });
  const place = async (version: Version) =>
    (await index.hints.places([version.record as FileContentRecord]))[0]?.path;
  return { index, show, drop, place };
}

test('content is found where it was placed last, until that is gone', async () => {
  const { show, drop, place } = await world();
  const first = fileVersion('a', 1);
  const second = movedTo(first, 'b');
  expect(await place(first)).toBeUndefined();
  await show(first);
  expect(await place(second)).toBe('a');
  await show(second);
  await drop(first);
  expect(await place(first)).toBe('b');
  await drop(second);
  expect(await place(first)).toBeUndefined();
});

test('a version that is not on this disk is no place, and other content is not found', async () => {
  const { show, place } = await world();
  const version = fileVersion('a', 1);
  await show(version, {});
  expect(await place(version)).toBeUndefined();
  await show(version);
  expect(await place(fileVersion('a', 2))).toBeUndefined();
});

test('hints come and go without putting the index in doubt', async () => {
  const database = new MemoryDatabase();
  const { show } = await world(database);
  const version = fileVersion('a', 1);
  await show(version);
  const { index, place } = await world(database);
  expect(index.loss).toBeUndefined();
  expect(await place(version)).toBe('a');
});
