/** What others moved: which files go to their new paths, and what waits for the other half of a move. */
import {
  localCurrent,
  type PathEntry,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { type Version, versionOf } from '@holdfast/model';
import { InlineBulkRunner, MemoryFileSystem, nativeBlake3 } from '@holdfast/simulation';
import { needOf, planPath } from '@holdfast/sync-engine';
import { describe, expect, test } from 'vitest';
import { openIndex } from '../../folder-index/test/index-world.js';
import { FileMover } from '../src/file-mover.js';
import { LocalTwins } from '../src/local-twins.js';
import { PathClaims } from '../src/path-claims.js';
import type { PlannedPath } from '../src/placer.js';
import { WorkLimit } from '../src/work-limit.js';
import {
  actor,
  desktop,
  fileVersion,
  hash,
  here,
  PlaceWorld,
  pathOf,
  root,
} from './place-world.js';

const theirs = { author: desktop };

async function scene(more: { guard?: object } = {}) {
  const world = new PlaceWorld();
  const policy = { needOf: (entry: PathEntry) => needOf(entry, hash), queuesOffers: false };
  const index = await openIndex({ policy });
  const { clock } = world;
  const fileSystem = new MemoryFileSystem({ mounts: world.mounts });
  const runner = new InlineBulkRunner({ fileSystem, hasher: nativeBlake3, clock });
  const heard = { more: false };
  const mover = new FileMover(
    {
      ...more,
      index,
      runner,
      root,
      clock,
      plan: (entry) => planPath(entry, hash),
      context: { device: here },
      appearances: { begin: () => undefined, end: () => undefined },
      mayHearMore: () => heard.more,
      onApplied: () => undefined,
    },
    new LocalTwins({ index, runner, root }),
    new PathClaims(),
  );
  /** A file that both devices have. */
  const share = async (path: string, text: string) => {
    const disk = world.write(path, text);
    const version = fileVersion(path, text, [{ actor: actor('d'), counter: 1 }], theirs);
    const change = (entry: PathEntry) => withLocalCurrent(entry, version, { disk });
    await index.update([version.record.path], change, { sync: true });
    return tell(version);
  };
  const tell = async (version: Version, isVouchedFor = false) => {
    const peer = { device: desktop, state: 'current', sequence: 1 } as const;
    const change = (entry: PathEntry) => withPeerRow(entry, version, peer, isVouchedFor);
    await index.update([version.record.path], change, { sync: true });
  };
  const deletion = (path: string) =>
    versionOf(
      {
        kind: 'tombstone',
        path: pathOf(path),
        vector: [{ actor: actor('d'), counter: 2 }],
        author: desktop,
      },
      hash,
    );
  const planned = async (path: string): Promise<PlannedPath> => {
    const entry = await index.entry(pathOf(path));
    const action = planPath(entry, hash);
    if (action.type === 'none') throw new Error('there is something to do');
    return { entry, action };
  };
  /** Brings paths in; returns those that are left to be copied or fetched. */
  const bring = async (...paths: string[]) => {
    const all = await Promise.all(paths.map(planned));
    const rest = await mover.bring(all, new WorkLimit(1), () => true);
    return rest.map(({ entry }) => entry.path);
  };
  const shown = async (path: string) =>
    localCurrent(await index.entry(pathOf(path)))?.version.record.kind;
  return { world, index, mover, heard, share, tell, deletion, bring, shown };
}

const created = (path: string, text: string, more = {}) =>
  fileVersion(path, text, [{ actor: actor('d'), counter: 1 }], { ...theirs, ...more });

describe('a file that was moved elsewhere', () => {
  test('is moved here: nothing is copied, and nothing has to be held', async () => {
    const { world, index, share, tell, deletion, bring, shown } = await scene();
    await share('old', 'content');
    const { inode } = world.diskState('old');
    await tell(created('new', 'content'));
    await tell(deletion('old'));
    expect(await bring('new')).toEqual([]);
    expect([world.names(), world.text('new')]).toEqual([['new'], 'content']);
    expect(world.diskState('new').inode).toBe(inode);
    expect([await shown('new'), await shown('old')]).toEqual(['file', 'tombstone']);
    expect([index.counts.needFiles, index.counts.held, index.counts.files]).toEqual([0, 0, 1]);
  });

  test('gives its content to one path, be it wanted at two', async () => {
    const { world, share, tell, deletion, bring } = await scene();
    await share('old', 'content');
    await tell(created('new', 'content'));
    await tell(created('newer', 'content'));
    await tell(deletion('old'));
    expect(await bring('new', 'newer')).toEqual(['newer']);
    expect(world.names()).toEqual(['new']);
  });

  test.each([
    ['of another time', { mtimeNs: 1_700_000_001_000_000_000n }],
    ['of other permissions', { permissions: 0o600 }],
  ])('is left to be copied where the new one is %s', async (_, more) => {
    const { world, share, tell, deletion, bring } = await scene();
    await share('old', 'content');
    await tell(created('new', 'content', more));
    await tell(deletion('old'));
    expect(await bring('new')).toEqual(['new']);
    expect(world.names()).toEqual(['old']);
  });

  test('stays where its user has changed it meanwhile', async () => {
    const { world, share, tell, deletion, bring, shown } = await scene();
    await share('old', 'content');
    await tell(created('new', 'content'));
    await tell(deletion('old'));
    world.overwrite('old', 'CONTENT');
    expect(await bring('new')).toEqual(['new']);
    expect([world.names(), world.text('old')]).toEqual([['old'], 'CONTENT']);
    expect(await shown('old')).toBe('file');
  });

  test('stays where people are asked about deletions, unless somebody vouches for this one', async () => {
    const { world, share, tell, deletion, bring } = await scene({ guard: {} });
    await share('old', 'content');
    await tell(created('new', 'content'));
    await tell(deletion('old'));
    expect(await bring('new')).toEqual(['new']);
    expect(world.names()).toEqual(['old']);
    await tell(deletion('old'), true);
    expect(await bring('new')).toEqual([]);
    expect(world.names()).toEqual(['new']);
  });

  test('is left to be copied where its old path stays', async () => {
    const { world, share, tell, bring } = await scene();
    await share('old', 'content');
    await tell(created('new', 'content'));
    expect(await bring('new')).toEqual(['new']);
    expect(world.names()).toEqual(['old']);
  });
});

describe('while a member has more to tell', () => {
  test('what is shown here under another name waits for the other half of a move', async () => {
    const { world, mover, heard, share, tell, deletion, bring } = await scene();
    await share('old', 'content');
    await tell(created('new', 'content'));
    heard.more = true;
    expect(await bring('new')).toEqual([]);
    expect([world.names(), mover.waits()]).toEqual([['old'], true]);
    await tell(deletion('old'));
    heard.more = false;
    expect(mover.waits()).toBe(false);
    expect(await bring('new')).toEqual([]);
    expect(world.names()).toEqual(['new']);
  });

  test('it waits for some time only, and what is nowhere here does not wait', async () => {
    const { world, mover, heard, share, tell, bring } = await scene();
    await share('old', 'content');
    await tell(created('new', 'content'));
    await tell(created('other', 'something else'));
    heard.more = true;
    expect(await bring('new', 'other')).toEqual(['other']);
    world.nowMs += 60_000;
    expect(mover.waits()).toBe(false);
    expect(await bring('new')).toEqual(['new']);
  });
});
