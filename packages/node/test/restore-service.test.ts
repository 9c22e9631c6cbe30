import { localCurrent, rowOf } from '@holdfast/folder-index';
import {
  type ActorId,
  type DeviceId,
  type FileRecord,
  type FolderPath,
  type Version,
  versionOf,
} from '@holdfast/model';
import { type BulkJob, type BulkRunner, filePathFrom, silentLogger } from '@holdfast/platform';
import { nativeBlake3 } from '@holdfast/simulation';
import type { FolderEngine } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import type { RestoreProgress } from '../src/history-control.js';
import { RestoreInPlace } from '../src/restore-in-place.js';
import { RestoreService } from '../src/restore-service.js';
import { NodeWorld, root, SharedWorld } from './node-world.js';

const hash = (bytes: Uint8Array) => nativeBlake3.blake3(bytes);

function emptyFile(path: string): Version {
  const record: FileRecord = {
    kind: 'file',
    path: path as FolderPath,
    vector: [{ actor: 'aa'.repeat(8) as ActorId, counter: 1 }],
    author: '12D3KooWHere' as DeviceId,
    permissions: 0o644,
    mtimeNs: 5n,
    sizeBytes: 0,
    chunker: 'fastcdc-256k',
    blocks: { depth: 0, entries: [] },
  };
  return versionOf(record, hash);
}

/** A service whose history knows one empty file, with what happens after a piece of bulk work. */
function restoring(
  world: NodeWorld,
  folder: FolderEngine,
  version: Version,
  afterwards: (job: string) => Promise<void> = async () => undefined,
  onProgress: (progress: RestoreProgress) => void = () => undefined,
): RestoreService<FolderEngine> {
  const source = { storeId: '55'.repeat(8), query: async () => ({ position: 0 }), blocks: folder };
  const history = {
    resolveReaching: async () => ({
      source,
      folder,
      inside: version.record.path,
      at: { type: 'head' },
    }),
    find: async () => ({ version }),
  };
  const runner: BulkRunner = {
    ...world.runner,
    parallelism: 1,
    stop: async () => undefined,
    async run<Input, Output>(job: BulkJob<Input, Output>, input: Input): Promise<Output> {
      const output = await world.runner.run(job, input);
      await afterwards(job.name);
      return output;
    },
  };
  const { user: fileSystem, clock } = world;
  const inPlace = (place: FolderEngine) => new RestoreInPlace(place, clock);
  return new RestoreService({
    history: history as never,
    runner,
    fileSystem,
    clock,
    hash,
    logger: silentLogger,
    inPlace,
    onProgress,
  });
}

async function withFolder() {
  const world = await new NodeWorld(new SharedWorld()).start();
  const folder = await world.addFolder();
  return { world, folder };
}

describe('restoring in place', () => {
  test('what is replaced is held although a scan is faster than the index', async () => {
    const { world, folder } = await withFolder();
    world.write('a.txt', 'written here');
    await world.rescan(folder);
    const path = 'a.txt' as FolderPath;
    const replaced = localCurrent(await folder.index.entry(path))!.version;
    const service = restoring(world, folder, emptyFile('a.txt'), async (job) => {
      if (job === 'sync-place') await folder.tree?.rescan();
    });
    const request = { path: 'data/a.txt', overwrite: 'always', dryRun: false } as const;
    const result = await world.shared.complete(service.restore(request));
    expect(result).toMatchObject({ restored: 1, failed: [] });
    expect(world.text('a.txt')).toBe('');
    expect(world.text(`.holdfast/held/${replaced.id}`)).toBe('written here');
    await world.shared.until(() => folder.tree?.isSettled === true);
    const entry = await folder.index.entry(path);
    expect(rowOf(entry, replaced.id)?.local?.state).toBe('side');
    expect(localCurrent(entry)?.version.record).toMatchObject({ kind: 'file', sizeBytes: 0 });
    expect(folder.index.counts.held).toBe(1);
  });
});

describe('a restore that takes a while', () => {
  const request = { path: 'data/a.txt', to: '/elsewhere', overwrite: 'never' } as const;

  /** Each piece of its work takes longer than it waits before it tells how far it is. */
  async function slowly() {
    const { world, folder } = await withFolder();
    const told: RestoreProgress[] = [];
    const pause = () =>
      new Promise<void>((resolve) => {
        world.clock.setTimer(1_500, resolve);
      });
    const service = restoring(world, folder, emptyFile('a.txt'), pause, (one) => told.push(one));
    return { world, told, pause, service };
  }

  test('says how far it is, about once a second, until it ends', async () => {
    const { world, told, pause, service } = await slowly();
    await world.shared.complete(service.restore({ ...request, dryRun: false }));
    expect(told[0]).toMatchObject({ path: 'data/a.txt', to: '/elsewhere' });
    expect(told.at(-1)).toMatchObject({ totalFiles: 1, totalBytes: 0 });
    const count = told.length;
    await world.shared.complete(pause());
    expect(told).toHaveLength(count);
  });

  test('says nothing while it only looks', async () => {
    const { world, told, service } = await slowly();
    await world.shared.complete(service.restore({ ...request, dryRun: true }));
    expect(told).toEqual([]);
  });
});

test.each(['out', './out', '../out', '/out\0'])('a restore to %j is refused', async (to) => {
  const { world, folder } = await withFolder();
  const service = restoring(world, folder, emptyFile('a.txt'));
  const restored = service.restore({ path: 'data/a.txt', to, dryRun: false });
  await expect(world.shared.complete(restored)).rejects.toMatchObject({ code: 'path_invalid' });
});

describe('restoring below a directory that is a symlink', () => {
  test.each([undefined, '/data'])('makes nothing where it leads to (to %s)', async (to) => {
    const { world, folder } = await withFolder();
    world.user.makeDirectory(filePathFrom('/outside'));
    world.user.makeSymlink('/outside', filePathFrom('/data/d'));
    const service = restoring(world, folder, emptyFile('d/deep/a.txt'));
    const restored = service.restore({
      path: 'data/d/deep/a.txt',
      to,
      overwrite: 'always',
      dryRun: false,
    });
    await expect(world.shared.complete(restored)).rejects.toMatchObject({ code: 'path_invalid' });
    expect(world.user.list(filePathFrom('/outside'))).toEqual([]);
  });

  test('makes missing directories where there is none in the way', async () => {
    const { world, folder } = await withFolder();
    const service = restoring(world, folder, emptyFile('d/deep/a.txt'));
    const request = { path: 'data/d/deep/a.txt', overwrite: 'never', dryRun: false } as const;
    await world.shared.complete(service.restore(request));
    expect(world.text('d/deep/a.txt')).toBe('');
    expect(world.user.stat(root).kind).toBe('directory');
  });
});
