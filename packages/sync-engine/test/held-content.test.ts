import { Coverage, withHeld } from '@holdfast/folder-index';
import type { FolderPath } from '@holdfast/model';
import { HeldKeeper, heldGraceMs, letGoJob } from '@holdfast/sync-engine';
import { beforeEach, describe, expect, test } from 'vitest';
import { failedAgainMs } from '../src/held-release.js';
import { heldPath, indexed, receiptUpTo } from './held-scene.js';
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

  describe.each([
    ['with links', true],
    ['without links', false],
  ])('on a disk %s', (_, supportsLinks) => {
    beforeEach(() => {
      world = new PlaceWorld({ supportsLinks });
      disk = world.write(heldPath(oldId), 'old');
      world.overwrite(heldPath(oldId), 'edited');
    });
    const whenItCameBack = (act: () => void) => {
      world.onCall = ({ name }) => {
        if (name !== 'syncDirectory') return;
        world.onCall = undefined;
        act();
      };
    };

    test('it does not go where its user replaced what came back before that was durable', () => {
      whenItCameBack(() => {
        world.write('mine', 'mine');
        world.user.rename(world.at('mine'), world.at('first'));
      });
      expect(letGo(true, 'first', 'second')).toEqual({ type: 'copied', path: 'second' });
      expect([world.text('first'), world.text('second')]).toEqual(['mine', 'edited']);
      expect(world.held(oldId)).toBeUndefined();
    });

    test('it does not go where its user removed what came back, and no other name is free', () => {
      whenItCameBack(() => world.user.unlink(world.at('first')));
      expect(letGo(true, 'first')).toMatchObject({ type: 'failed' });
      expect(world.held(oldId)).toBe('edited');
    });
  });

  test('on a disk without links it does not go where its user wrote into what came back', () => {
    world = new PlaceWorld({ supportsLinks: false });
    disk = world.write(heldPath(oldId), 'old');
    world.overwrite(heldPath(oldId), 'edited');
    world.onCall = ({ name }) => {
      if (name !== 'syncDirectory') return;
      world.onCall = undefined;
      world.overwrite('first', 'mine!!');
    };
    expect(letGo(true, 'first', 'second')).toEqual({ type: 'copied', path: 'second' });
    expect([world.text('first'), world.text('second')]).toEqual(['mine!!', 'edited']);
  });

  test('content that is gone already is done, and an error keeps it', () => {
    world.disk.faults.failNext('unlink', 'EROFS');
    expect(letGo(true)).toEqual({ type: 'failed', code: 'EROFS' });
    world.user.unlink(world.at(heldPath(oldId)));
    expect(letGo(true)).toEqual({ type: 'gone' });
  });
});

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

  test('says when to look again where the disk does not let it go', async () => {
    const { world, keeper, version, index } = await holding();
    world.nowMs += heldGraceMs;
    world.disk.faults.failNext('unlink', 'EIO');
    expect(await keeper.release(receiptUpTo(1))).toBe(failedAgainMs);
    expect([world.held(version.id), index.counts.held]).toEqual(['old', 1]);
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
