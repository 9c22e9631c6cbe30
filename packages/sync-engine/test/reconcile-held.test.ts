import { rowOf, withHeld, withLocalCurrent } from '@holdfast/folder-index';
import type { FolderPath, Version, VersionId } from '@holdfast/model';
import { silentLogger } from '@holdfast/platform';
import { HeldKeeper, heldGraceMs } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import { HeldReconciler } from '../src/held-reconciler.js';
import { PathClaims } from '../src/path-claims.js';
import { reconcileHeld } from '../src/reconcile-held.js';
import { folder, heldPath, indexed, receiptUpTo } from './held-scene.js';
import { actor, fileVersion, hash, oldId, type PlaceWorld, pathOf, root } from './place-world.js';

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
