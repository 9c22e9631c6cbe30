import { encodeEnvelope, openEnvelope } from '@holdfast/block-store';
import {
  FolderIndex,
  localCurrent,
  withHeld,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { ListBlockStore } from '@holdfast/folder-scanner';
import {
  type ContentId,
  type FolderId,
  type Version,
  type VersionId,
  versionOf,
} from '@holdfast/model';
import {
  InlineBulkRunner,
  MemoryDatabase,
  MemoryKeyValueStore,
  nativeBlake3,
  realZstd,
  SeededRandom,
} from '@holdfast/simulation';
import type { BlockRequestItem } from '@holdfast/sync-protocol';
import { describe, expect, test } from 'vitest';
import { BlockServer, type BlockServerInit } from '../src/block-server.js';
import { actor, desktop, fileVersion, hash, PlaceWorld, pathOf, root } from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
const version = fileVersion('a', 'content', [{ actor: actor('1'), counter: 1 }]);
const unknown = 'ff'.repeat(32) as VersionId;

async function scene(
  known: (entry: Parameters<typeof withLocalCurrent>[0]) => typeof entry,
  archive?: BlockServerInit['archive'],
) {
  const world = new PlaceWorld();
  const store = new MemoryKeyValueStore(new MemoryDatabase());
  const policy = { needOf: () => undefined, queuesOffers: false };
  const random = new SeededRandom('serve');
  const index = await FolderIndex.open({ store, folder, hash, random, policy });
  await index.update([pathOf('a')], known, { sync: true });
  const clock = { now: () => world.nowMs };
  const fileSystem = world.user;
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
  const listBlocks = new ListBlockStore(store, 'lists');
  const server = new BlockServer({ folder, index, runner, listBlocks, root, archive });
  const ask = async (...items: Partial<BlockRequestItem>[]) => {
    const wanted = items.map((item) => {
      return { versionId: version.id, level: 0, first: 0, count: 1, ...item };
    });
    const texts: string[] = [];
    const missing: [number, string][] = [];
    for await (const batch of server.serve(wanted)) {
      for (const { envelope } of batch.blocks) {
        texts.push(Buffer.from(openEnvelope(envelope, realZstd)).toString());
      }
      for (const { item, reason } of batch.missing) missing.push([item, reason]);
    }
    return { texts, missing };
  };
  return { world, ask, index };
}

const shown = (one: Version) => (entry: Parameters<typeof withLocalCurrent>[0]) =>
  withLocalCurrent(entry, one);

describe('serving blocks', () => {
  test('of a version that is shown here', async () => {
    const { world, ask } = await scene(shown(version));
    world.write('a', 'content');
    expect(await ask({})).toEqual({ texts: ['content'], missing: [] });
  });

  test('of a version that is held, from where it is set aside', async () => {
    const { world, ask } = await scene((entry) => withHeld(entry, version, { sinceMs: 1 }));
    world.write('a', 'newer');
    world.write(`.holdfast/held/${version.id}`, 'content');
    expect(await ask({})).toEqual({ texts: ['content'], missing: [] });
  });

  test('never of a version that nobody here knows, though its content lies on the disk', async () => {
    const { world, ask } = await scene(shown(version));
    world.write('a', 'content');
    const same = fileVersion('b', 'content', [{ actor: actor('2'), counter: 1 }]);
    expect(await ask({ versionId: same.id }, { versionId: unknown }, {})).toEqual({
      texts: ['content'],
      missing: [
        [0, 'unknown'],
        [1, 'unknown'],
      ],
    });
  });

  test('never of a version that another device only told of', async () => {
    const { world, ask } = await scene((entry) =>
      withPeerRow(entry, version, { device: desktop, state: 'current', sequence: 1 }),
    );
    world.write('a', 'content');
    world.write(`.holdfast/held/${version.id}`, 'content');
    expect(await ask({})).toEqual({ texts: [], missing: [[0, 'unknown']] });
  });

  test.each([
    ['beyond its end', { first: 1 }],
    ['more than there are', { count: 2 }],
    ['of a level that it does not have', { level: 1 }],
  ])('is refused for blocks %s', async (_name, item) => {
    const { world, ask } = await scene(shown(version));
    world.write('a', 'content');
    expect(await ask(item)).toEqual({ texts: [], missing: [[0, 'unknown']] });
  });

  test('gives no block that is not what the version says any more', async () => {
    const { world, ask } = await scene(shown(version));
    expect(await ask({})).toEqual({ texts: [], missing: [[0, 'gone']] });
    world.write('a', 'CONTENT');
    expect(await ask({})).toEqual({ texts: [], missing: [[0, 'gone']] });
    world.overwrite('a', 'content');
    expect(await ask({})).toMatchObject({ texts: ['content'] });
    world.disk.faults.failNext('read', 'EIO');
    expect(await ask({})).toEqual({ texts: [], missing: [[0, 'gone']] });
  });

  test('of an archive gives no block that is longer or shorter than the version says', async () => {
    for (const [text, texts] of [
      ['content', ['content']],
      ['contents', []],
    ] as const) {
      const archive = {
        versions: async () => [version],
        blocks: { read: async () => [encodeEnvelope(Buffer.from(text))] },
      } as unknown as BlockServerInit['archive'];
      const { ask } = await scene((entry) => entry, archive);
      expect(await ask({})).toMatchObject({ texts });
    }
  });

  test('does not follow a symlink, neither as the file nor above it', async () => {
    const { world, ask } = await scene(shown(version));
    world.write('elsewhere', 'content');
    world.user.makeSymlink('elsewhere', world.at('a'));
    expect(await ask({})).toEqual({ texts: [], missing: [[0, 'gone']] });
  });

  test('has a file read again whose list blocks the database lost', async () => {
    const contentId = 'ab'.repeat(32) as ContentId;
    const blocks = { depth: 1, entries: [{ contentId, lengthBytes: 6 }] };
    const { record } = version;
    if (record.kind !== 'file') throw new TypeError('a file');
    const large = versionOf({ ...record, blocks }, hash);
    const world = new PlaceWorld();
    world.write('a', 'content');
    const disk = world.diskState('a');
    for (const level of [0, 1]) {
      const { ask, index } = await scene((entry) => withLocalCurrent(entry, large, { disk }));
      const { missing } = await ask({ versionId: large.id, level });
      expect(missing).toEqual([[0, 'gone']]);
      const local = localCurrent(await index.entry(pathOf('a')));
      expect(local?.version.id).toBe(large.id);
      expect(local?.local.disk).toEqual({ ...disk, racy: true });
    }
  });

  test('gives nothing for a tombstone or a directory', async () => {
    const directory = { kind: 'directory', permissions: 0o755 } as const;
    const { path, vector, author } = version.record;
    const made = versionOf({ ...directory, path, vector, author }, hash);
    const { ask } = await scene(shown(made));
    expect(await ask({ versionId: made.id })).toEqual({ texts: [], missing: [[0, 'unknown']] });
  });
});
