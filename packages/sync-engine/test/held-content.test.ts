import { Coverage, FolderIndex, rowOf, withHeld, withLocalCurrent } from '@holdfast/folder-index';
import type { FolderId, FolderPath, Version, VersionId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import {
  InlineBulkRunner,
  MemoryDatabase,
  MemoryKeyValueStore,
  nativeBlake3,
  SeededRandom,
} from '@holdfast/simulation';
import { HeldKeeper, heldGraceMs, letGoJob } from '@holdfast/sync-engine';
import { beforeEach, describe, expect, test } from 'vitest';
import { HeldReconciler } from '../src/held-reconciler.js';
import { PathClaims } from '../src/path-claims.js';
import { reconcileHeld } from '../src/reconcile-held.js';
import {
  actor,
  contentOf,
  fileVersion,
  hash,
  oldId,
  PlaceWorld,
  pathOf,
  root,
} from './place-world.js';

const folder = 'photosphotosphot' as FolderId;
const heldPath = (id: string) => `.holdfast/held/${id}`;

describe('letting go of set-aside content', () => {
  let world: PlaceWorld;
  beforeEach(() => {
    world = new PlaceWorld();
  });

  const letGo = (covered: boolean, ...copyPaths: string[]) => {
    const { sizeBytes, mtimeNs } = disk;
    const { blocks } = contentOf('old');
    const paths = copyPaths.map(pathOf);
    const item = { id: oldId, sizeBytes, mtimeNs, blocks, covered, copyPaths: paths };
    return world.perform(letGoJob, { root, items: [item] })[0];
  };
  /** As an edit that nobody can tell by size and time. */
  const overwriteUnseen = (text: string) => {
    world.overwrite(heldPath(oldId), text);
    world.user.setModificationTime(world.at(heldPath(oldId)), disk.mtimeNs);
  };
  let disk: ReturnType<PlaceWorld['write']>;
  beforeEach(() => {
    disk = world.write(heldPath(oldId), 'old');
  });

  test('what is as it was set aside goes once it is covered, and not before', () => {
    expect(letGo(false, 'copy')).toMatchObject({ type: 'kept' });
    expect(world.held(oldId)).toBe('old');
    expect(letGo(true, 'copy')).toEqual({ type: 'gone' });
    expect(world.held(oldId)).toBeUndefined();
    expect(world.names()).toEqual([]);
  });

  test('what somebody wrote into comes back as a file of the folder', () => {
    world.overwrite(heldPath(oldId), 'edited');
    expect(letGo(true, 'copy')).toEqual({ type: 'copied', path: 'copy' });
    expect([world.text('copy'), world.held(oldId)]).toEqual(['edited', undefined]);
  });

  test('only its bytes tell that it is the version: size and time may be as they were', () => {
    overwriteUnseen('new');
    expect(letGo(true, 'copy')).toEqual({ type: 'copied', path: 'copy' });
    expect([world.text('copy'), world.held(oldId)]).toEqual(['new', undefined]);
  });

  test('what changes while it is read stays aside', () => {
    world.onCall = ({ name }) => {
      if (name !== 'read') return;
      world.onCall = undefined;
      overwriteUnseen('new');
    };
    expect(letGo(true, 'copy')).toMatchObject({ type: 'failed' });
    expect([world.names(), world.held(oldId)]).toEqual([[], 'new']);
  });

  test('what cannot be read stays aside', () => {
    world.disk.faults.failNext('read', 'EIO');
    expect(letGo(true, 'copy')).toEqual({ type: 'failed', code: 'EIO' });
    expect(world.held(oldId)).toBe('old');
  });

  test('what no archive could take is read once for each state that it is in', () => {
    const { sizeBytes, mtimeNs } = disk;
    const item = { id: oldId, sizeBytes, mtimeNs, covered: false, ...contentOf('old') };
    const perform = (readAtNs: bigint | undefined) => {
      let reads = 0;
      world.onCall = ({ name }) => {
        if (name === 'read') reads += 1;
      };
      const one = { ...item, readAtNs, copyPaths: [pathOf('copy')] };
      return { result: world.perform(letGoJob, { root, items: [one] })[0]!, reads };
    };
    const { ctimeNs } = world.user.stat(world.at(heldPath(oldId)));
    const first = perform(undefined);
    expect(first.result).toEqual({ type: 'kept', readAtNs: ctimeNs });
    expect(first.reads).toBeGreaterThan(0);
    expect(perform(ctimeNs)).toEqual({ result: { type: 'kept', readAtNs: ctimeNs }, reads: 0 });
    overwriteUnseen('new');
    expect(perform(ctimeNs).result).toEqual({ type: 'copied', path: 'copy' });
  });

  test('it takes the first name that is free and never one that is not', () => {
    world.write('first', 'mine');
    world.overwrite(heldPath(oldId), 'edited');
    expect(letGo(true, 'first', 'gone/second', 'third')).toEqual({ type: 'copied', path: 'third' });
    expect([world.text('first'), world.text('third')]).toEqual(['mine', 'edited']);
  });

  test('with no free name it stays aside', () => {
    world.write('first', 'mine');
    world.overwrite(heldPath(oldId), 'edited');
    expect(letGo(true, 'first')).toMatchObject({ type: 'failed' });
    expect([world.text('first'), world.held(oldId)]).toEqual(['mine', 'edited']);
  });

  test('it does not come back through a symlink', () => {
    world.user.makeDirectory(world.at('real'));
    world.user.makeSymlink('real', world.at('d'));
    world.overwrite(heldPath(oldId), 'edited');
    expect(letGo(true, 'd/copy')).toMatchObject({ type: 'failed' });
    expect(world.names('real')).toEqual([]);
  });

  test('a file that somebody creates under the name at that moment is not replaced', () => {
    world.overwrite(heldPath(oldId), 'edited');
    world.onCall = ({ name }) => {
      if (name !== 'rename' && name !== 'link') return;
      world.onCall = undefined;
      world.write('first', 'mine');
    };
    expect(letGo(true, 'first', 'second')).toEqual({ type: 'copied', path: 'second' });
    expect([world.text('first'), world.text('second')]).toEqual(['mine', 'edited']);
    expect(world.held(oldId)).toBeUndefined();
  });

  test('one that came back before a crash does not come back twice', () => {
    world.overwrite(heldPath(oldId), 'edited');
    world.user.link(world.at(heldPath(oldId)), world.at('first'));
    expect(letGo(true, 'first', 'second')).toEqual({ type: 'copied', path: 'first' });
    expect([world.names(), world.held(oldId)]).toEqual([['first'], undefined]);
  });

  test('it comes back on a disk without links too', () => {
    world = new PlaceWorld({ supportsLinks: false });
    disk = world.write(heldPath(oldId), 'old');
    world.write('first', 'mine');
    world.overwrite(heldPath(oldId), 'edited');
    expect(letGo(true, 'first', 'second')).toEqual({ type: 'copied', path: 'second' });
    expect([world.text('first'), world.text('second')]).toEqual(['mine', 'edited']);
    expect(world.held(oldId)).toBeUndefined();
  });

  test('content that is gone already is done, and an error keeps it', () => {
    world.disk.faults.failNext('unlink', 'EROFS');
    expect(letGo(true)).toEqual({ type: 'failed', code: 'EROFS' });
    world.user.unlink(world.at(heldPath(oldId)));
    expect(letGo(true)).toEqual({ type: 'gone' });
  });
});

async function indexed() {
  const world = new PlaceWorld();
  const store = new MemoryKeyValueStore(new MemoryDatabase());
  const policy = { needOf: () => undefined, queuesOffers: false };
  const index = await FolderIndex.open({
    store,
    folder,
    hash,
    random: new SeededRandom('held'),
    policy,
  });
  const clock = {
    now: () => world.nowMs,
    monotonic: () => world.nowMs,
    setTimer: () => ({ cancel: () => undefined }),
  };
  const fileSystem = world.user;
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
  return { world, index, clock, runner };
}

function receiptUpTo(sequence: number, exceptions: VersionId[] = []): Coverage {
  return new Coverage(
    [
      {
        storeId: '55'.repeat(8) as never,
        generation: 1,
        position: { epoch: 'ee'.repeat(8) as never, sequence, hash: '' },
        exceptions,
        logPosition: 0,
        logHead: '',
        receivedAtMs: 0,
      },
    ],
    1,
  );
}

describe('the keeper of set-aside content', () => {
  async function holding() {
    const scene = await indexed();
    const { world, index, clock, runner } = scene;
    const version = fileVersion('d/a.txt', 'old', [{ actor: actor('1'), counter: 1 }]);
    const disk = world.write(heldPath(version.id), 'old');
    const held = { sinceMs: world.nowMs, disk };
    await index.update([version.record.path], (entry) => withHeld(entry, version, held), {
      sync: true,
    });
    const copied: FolderPath[] = [];
    const onCopied = (paths: readonly FolderPath[]) => copied.push(...paths);
    const keeper = new HeldKeeper({ index, runner, root, hash, clock, onCopied });
    return { ...scene, version, keeper, copied };
  }

  test('keeps it while no archive has it, however long', async () => {
    const { world, keeper, version, index } = await holding();
    world.nowMs += heldGraceMs * 100;
    await keeper.release(receiptUpTo(0));
    await keeper.release(new Coverage([], 1));
    expect([world.held(version.id), index.counts.held]).toEqual(['old', 1]);
  });

  test('keeps it through the grace period and says when to look again', async () => {
    const { world, keeper, version, index } = await holding();
    expect(await keeper.release(receiptUpTo(1))).toBe(heldGraceMs);
    expect(world.held(version.id)).toBe('old');
    world.nowMs += heldGraceMs;
    expect(await keeper.release(receiptUpTo(1))).toBeUndefined();
    expect([world.held(version.id), index.counts.held]).toEqual([undefined, 0]);
  });

  test('five hundred that cannot go do not keep a newer one from going', async () => {
    const { world, index, clock, runner } = await indexed();
    const versions = Array.from({ length: 501 }, (_, at) =>
      fileVersion(`f${at}`, 'old', [{ actor: actor('1'), counter: at + 1 }]),
    );
    for (const version of versions) {
      const held = { sinceMs: world.nowMs, disk: world.write(heldPath(version.id), 'old') };
      await index.update([version.record.path], (entry) => withHeld(entry, version, held), {
        sync: true,
      });
    }
    world.nowMs += heldGraceMs;
    const keeper = new HeldKeeper({ index, runner, root, hash, clock, onCopied: () => undefined });
    const without = versions.slice(0, 500).map((version) => version.id);
    await keeper.release(receiptUpTo(501, without));
    expect(index.counts.held).toBe(500);
    expect(world.held(versions[500]!.id)).toBeUndefined();
  });

  test('brings back what no archive could take because its bytes are not the version any more', async () => {
    const { world, keeper, version, index, copied } = await holding();
    const { mtimeNs } = world.diskState(heldPath(version.id));
    world.overwrite(heldPath(version.id), 'new');
    world.user.setModificationTime(world.at(heldPath(version.id)), mtimeNs);
    world.nowMs += heldGraceMs;
    await keeper.release(receiptUpTo(0));
    expect([world.held(version.id), index.counts.held]).toEqual(['new', 1]);
    await keeper.release(receiptUpTo(1, [version.id]));
    expect(copied).toHaveLength(1);
    expect([world.text(copied[0] ?? ''), index.counts.held]).toEqual(['new', 0]);
  });

  test('keeps what no archive could take while its bytes are the version', async () => {
    const { world, keeper, version, index, copied } = await holding();
    world.nowMs += heldGraceMs;
    for (let pass = 0; pass < 2; pass += 1) {
      await keeper.release(receiptUpTo(1, [version.id]));
      expect([world.held(version.id), index.counts.held, copied]).toEqual(['old', 1, []]);
    }
  });

  test('brings back what an editor wrote into it, at the root where its directory is gone', async () => {
    const { world, keeper, version, index, copied } = await holding();
    world.overwrite(heldPath(version.id), 'written by an open editor');
    world.nowMs += heldGraceMs;
    await keeper.release(receiptUpTo(1));
    expect(copied).toHaveLength(1);
    expect(copied[0]).toMatch(/^a\.sync-conflict-.*\.txt$/);
    expect(world.text(copied[0] ?? '')).toBe('written by an open editor');
    expect(index.counts.held).toBe(0);
  });
});

describe('after a crash', () => {
  const version = fileVersion('a', 'old', [{ actor: actor('1'), counter: 1 }]);
  async function showing(prepare: (world: PlaceWorld) => void, known: Version = version) {
    const scene = await indexed();
    prepare(scene.world);
    await scene.index.update(
      [known.record.path],
      (entry) => withLocalCurrent(entry, known, { disk: scene.world.diskState('a') }),
      { sync: true },
    );
    await reconcileHeld({ ...scene, folder, root, hash, logger: silentLogger });
    const row = rowOf(await scene.index.entry(pathOf('a')), version.id);
    return { ...scene, state: row?.local?.state };
  }
  const aside = (world: PlaceWorld) =>
    world.user.link(world.at('a'), world.at(heldPath(version.id)));

  test('content that is still in its place loses its second name and stays current', async () => {
    const { world, state } = await showing((before) => {
      before.write('a', 'old');
      aside(before);
    });
    expect([state, world.text('a'), world.held(version.id)]).toEqual(['current', 'old', undefined]);
  });

  test('content that was replaced becomes a held version', async () => {
    const { world, state, index } = await showing((before) => {
      before.write('a', 'old');
      aside(before);
      before.user.unlink(before.at('a'));
      before.write('a', 'new');
    });
    expect([state, world.held(version.id), index.counts.held]).toEqual(['side', 'old', 1]);
  });

  test('a copy aside, on a disk without links, goes where the content is still in its place', async () => {
    const { world, state, index } = await showing((before) => {
      before.write('a', 'old');
      before.write(heldPath(version.id), 'old');
    });
    expect([state, world.text('a'), world.held(version.id)]).toEqual(['current', 'old', undefined]);
    expect(index.counts.held).toBe(0);
  });

  test('content that nobody knows is left where it is', async () => {
    const { world } = await showing((before) => {
      before.write('a', 'old');
      before.write(heldPath(oldId), 'unknown');
      before.write(heldPath('not-an-id'), 'x');
    });
    expect([world.held(oldId), world.text(heldPath('not-an-id'))]).toEqual(['unknown', 'x']);
  });
});

type Scene = Awaited<ReturnType<typeof indexed>>;

function reconciling(
  { index, clock, runner }: Scene,
  findVersions: (ids: ReadonlySet<VersionId>) => Promise<readonly Version[] | undefined>,
) {
  const copied: FolderPath[] = [];
  const claims = new PathClaims();
  const due: string[] = [];
  const reconciler = new HeldReconciler({
    index,
    clock,
    runner,
    folder,
    root,
    hash,
    logger: silentLogger,
    claims,
    findVersions,
    onDue: () => due.push('due'),
    onCopied: (paths) => copied.push(...paths),
  });
  const settleAll = async () => {
    reconciler.setDue();
    await reconciler.settle();
  };
  return { reconciler, claims, copied, due, settleAll };
}

describe('content that lies aside and that no row lists', () => {
  const version = fileVersion('a', 'old', [{ actor: actor('1'), counter: 1 }]);
  const newer = fileVersion('a', 'new', [{ actor: actor('1'), counter: 2 }]);
  const nobody = async () => [];
  const show = (scene: Scene, shown: Version) =>
    scene.index.update(
      [pathOf('a')],
      (entry) => withLocalCurrent(entry, shown, { disk: scene.world.diskState('a') }),
      { sync: true },
    );
  const stateOf = async ({ index }: Scene, id: VersionId) =>
    rowOf(await index.entry(pathOf('a')), id)?.local?.state;

  test('of a version that came back goes, as its content is in its place again', async () => {
    const scene = await indexed();
    const { world, index } = scene;
    const held = { sinceMs: 1, disk: world.write(heldPath(version.id), 'old') };
    await index.update([pathOf('a')], (entry) => withHeld(entry, version, held), { sync: true });
    world.write('a', 'old');
    await show(scene, version);
    const { reconciler } = reconciling(scene, nobody);
    expect(reconciler.isDue).toBe(true);
    await reconciler.settle();
    expect([world.held(version.id), world.text('a')]).toEqual([undefined, 'old']);
    expect([await stateOf(scene, version.id), reconciler.isDue]).toEqual(['current', false]);
  });

  test('of a version that came back and was replaced by its user is held again', async () => {
    const scene = await indexed();
    const { world, index } = scene;
    const held = { sinceMs: 1, disk: world.write(heldPath(version.id), 'old') };
    await index.update([pathOf('a')], (entry) => withHeld(entry, version, held), { sync: true });
    world.write('a', 'new');
    await show(scene, version);
    await show(scene, newer);
    const { reconciler } = reconciling(scene, nobody);
    await reconciler.settle();
    expect([world.held(version.id), await stateOf(scene, version.id)]).toEqual(['old', 'side']);
    expect(await stateOf(scene, newer.id)).toBe('current');
  });

  test('is left alone while somebody else is changing its path', async () => {
    const scene = await indexed();
    scene.world.write('a', 'old');
    scene.world.write(heldPath(version.id), 'old');
    await show(scene, version);
    const { claims, settleAll } = reconciling(scene, nobody);
    await claims.during([pathOf('a')], settleAll);
    expect(scene.world.held(version.id)).toBe('old');
    await settleAll();
    expect(scene.world.held(version.id)).toBeUndefined();
  });

  test('is held under the version that somebody still knows', async () => {
    const scene = await indexed();
    scene.world.write('a', 'new');
    await show(scene, newer);
    scene.world.write(heldPath(version.id), 'old');
    const { due, settleAll, reconciler } = reconciling(scene, async () => [version]);
    await settleAll();
    await expect.poll(() => due).toEqual(['due']);
    await reconciler.settle();
    expect(await stateOf(scene, version.id)).toBe('side');
    expect(scene.world.held(version.id)).toBe('old');
  });

  test('comes back into the folder where everybody was asked and nobody knows it', async () => {
    const scene = await indexed();
    const { world } = scene;
    world.write(heldPath(oldId), 'unknown');
    const { due, copied, settleAll, reconciler } = reconciling(scene, nobody);
    await settleAll();
    await expect.poll(() => due).toEqual(['due']);
    await reconciler.settle();
    expect(copied).toEqual(['held-20231114-221320-cdcdcdcd']);
    expect([world.text(copied[0] ?? ''), world.held(oldId)]).toEqual(['unknown', undefined]);
  });

  test('waits for an archive that is not connected, for an hour at most', async () => {
    const scene = await indexed();
    const { world } = scene;
    world.write(heldPath(oldId), 'unknown');
    let asked = 0;
    const { due, copied, settleAll, reconciler } = reconciling(scene, async () => {
      asked += 1;
      return undefined;
    });
    await settleAll();
    await expect.poll(() => asked).toBe(1);
    await settleAll();
    expect([world.held(oldId), copied, due]).toEqual(['unknown', [], []]);
    await expect.poll(() => asked).toBe(2);
    world.nowMs += 60 * 60_000;
    await settleAll();
    await expect.poll(() => due).toEqual(['due']);
    await reconciler.settle();
    expect([copied.length, world.held(oldId)]).toEqual([1, undefined]);
  });

  test('and is not what its version is comes back beside the file that is', async () => {
    const scene = await indexed();
    const { world } = scene;
    world.write('a', 'old');
    world.write(heldPath(version.id), 'written into');
    await show(scene, version);
    const { copied, settleAll } = reconciling(scene, nobody);
    await settleAll();
    expect(copied).toHaveLength(1);
    expect(copied[0]).toMatch(/^a\.sync-conflict-/);
    expect([world.text('a'), world.text(copied[0] ?? '')]).toEqual(['old', 'written into']);
    expect([world.held(version.id), await stateOf(scene, version.id)]).toEqual([
      undefined,
      'current',
    ]);
  });

  test('is due again where the disk refuses', async () => {
    const scene = await indexed();
    scene.world.write(heldPath(oldId), 'unknown');
    scene.world.disk.faults.failNext('list', 'EIO');
    const { settleAll, reconciler } = reconciling(scene, nobody);
    await settleAll();
    expect(reconciler.isDue).toBe(true);
  });
});

describe('content that lies aside after the index was lost', () => {
  const version = fileVersion('d/a.txt', 'old', [{ actor: actor('1'), counter: 1 }]);
  const silent = () => undefined;

  test('is held again where somebody knows which version it is', async () => {
    const scene = await indexed();
    const { world, index, clock, runner } = scene;
    world.write(heldPath(version.id), 'old');
    const asked: VersionId[] = [];
    await reconciling(scene, async () => undefined).reconciler.reclaim(async (ids) => {
      asked.push(...ids);
      return [version];
    });
    expect(asked).toEqual([version.id]);
    expect(index.counts.held).toBe(1);
    const keeper = new HeldKeeper({ index, runner, root, hash, clock, onCopied: silent });
    world.nowMs += heldGraceMs;
    await keeper.release(receiptUpTo(1));
    expect(world.held(version.id), 'it goes as any other').toBeUndefined();
  });

  test('comes back as a copy if something else was written into it', async () => {
    const scene = await indexed();
    const { world, index, clock, runner } = scene;
    world.write(heldPath(version.id), 'written since');
    await reconciling(scene, async () => undefined).reconciler.reclaim(async () => [version]);
    const copied: FolderPath[] = [];
    const onCopied = (paths: readonly FolderPath[]) => copied.push(...paths);
    const keeper = new HeldKeeper({ index, runner, root, hash, clock, onCopied });
    world.nowMs += heldGraceMs;
    await keeper.release(receiptUpTo(1));
    expect(copied).toHaveLength(1);
    expect(world.text(copied[0] as FolderPath)).toBe('written since');
  });

  test('comes back into the folder where nobody knows it', async () => {
    const scene = await indexed();
    scene.world.write(heldPath(version.id), 'old');
    const { reconciler, copied } = reconciling(scene, async () => undefined);
    await reconciler.reclaim(async () => []);
    expect([scene.world.held(version.id), scene.index.counts.held]).toEqual([undefined, 0]);
    expect(copied.map((path) => scene.world.text(path))).toEqual(['old']);
  });
});
