/** A folder whose own numbers went backward: how often a member may say so, and when it goes on. */
import {
  type FolderIndex,
  type IndexPosition,
  localCurrent,
  type PathEntry,
  withLocalCurrent,
  withPeerRow,
} from '@holdfast/folder-index';
import { actorOf, type DeviceId, type FolderId, type FolderPath, versionOf } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { VirtualWorldClock } from '@holdfast/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { desktop, hash, laptop, openIndex } from '../../folder-index/test/index-world.js';
import type { FolderLink } from '../src/folder-link.js';
import { FolderRenumbering } from '../src/folder-renumbering.js';
import type { PeerSession } from '../src/peer-session.js';

const folder = 'photosphotosphot' as FolderId;
const pi = '12D3KooWPi' as DeviceId;
const path = 'letter.txt' as FolderPath;
const clock = new VirtualWorldClock();

let index: FolderIndex;
let links: FolderLink[];
let hasScanned: boolean;
let told: string[];
let done: number;
let reclaimed: number;
let members: DeviceId[];

beforeEach(async () => {
  [links, hasScanned, told, done] = [[], true, [], 0];
  members = [desktop, pi];
  reclaimed = 0;
  index = await openIndex();
});

function renumbering(): FolderRenumbering {
  const silent = () => undefined;
  const reclaimHeld = async () => {
    reclaimed += 1;
  };
  return new FolderRenumbering({
    folder,
    device: laptop,
    index,
    mirrorIndex: undefined,
    archive: undefined,
    hash,
    clock: clock.nodeClock(),
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    links: () => links,
    members: () => members,
    nameOf: (device) => (device === desktop ? 'desktop' : 'pi'),
    tree: () => ({ hasScanned, wake: silent, reclaimHeld }),
    onNewEpoch: (message) => told.push(message),
    onDone: () => {
      done += 1;
    },
  });
}

/** What histories answer, to each question anew. */
let answerOf: () => Promise<object>;
beforeEach(() => {
  answerOf = async () => ({ entries: [] });
});

/** As far as renumbering looks at a link. */
function linkTo(
  device: DeviceId,
  seen?: IndexPosition,
  hasArrived = true,
  archive?: object,
): FolderLink {
  const session = { history: () => answerOf() } as unknown as PeerSession;
  const announcement = { archive, ...(seen && { seen }) };
  return { device, session, announcement, hasArrived } as unknown as FolderLink;
}

/** A member that claims to have seen more than there is. */
const liar = () => linkTo(desktop, { ...index.position(), sequence: 999 });

async function edit(): Promise<void> {
  const actor = actorOf(laptop, index.epoch, hash);
  const vector = [{ actor, counter: 5 }];
  const version = versionOf({ kind: 'symlink', path, vector, author: laptop, target: 'x' }, hash);
  await index.update([path], (entry: PathEntry) => withLocalCurrent(entry, version), {
    sync: true,
  });
}

describe('a member that contradicts', () => {
  test('makes the folder begin a new epoch, and a person is told why', async () => {
    const former = index.epoch;
    const folderNumbers = renumbering();
    expect(await folderNumbers.accepts(liar())).toBe(false);
    expect(index.epoch).not.toBe(former);
    expect(told).toEqual([folderNumbers.note]);
    expect(folderNumbers.note).toContain('older than what desktop remembers');
    expect(folderNumbers.isPending).toBe(true);
  });

  test('at the same moment as another one makes one new epoch, not two', async () => {
    const folderNumbers = renumbering();
    const seen = { ...index.position(), sequence: 999 };
    const both = [linkTo(desktop, seen), linkTo(pi, seen)];
    const accepted = await Promise.all(both.map((link) => folderNumbers.accepts(link)));
    expect(told).toHaveLength(1);
    expect(accepted, 'the second hears of the new epoch before its link begins').toEqual([
      false,
      true,
    ]);
  });

  test('is not believed for ever: the fourth time within a day its session is refused', async () => {
    const folderNumbers = renumbering();
    for (let time = 0; time < 3; time += 1) await folderNumbers.accepts(liar());
    const { epoch } = index;
    const link = liar();
    expect(await folderNumbers.accepts(link)).toBe(false);
    expect(index.epoch).toBe(epoch);
    expect(folderNumbers.refuses(link.session)).toBe(true);
    expect(folderNumbers.refusals[0]).toContain('Two machines may run with this device');
    expect(await folderNumbers.accepts(linkTo(pi)), 'others go on').toBe(true);
  });

  test('may say so again in a new session, a day later', async () => {
    const folderNumbers = renumbering();
    for (let time = 0; time < 3; time += 1) await folderNumbers.accepts(liar());
    clock.schedule(25 * 3_600_000, () => undefined);
    await clock.runUntil(() => false, { deadlineMs: clock.nowMs + 25 * 3_600_000 });
    const { epoch } = index;
    await folderNumbers.accepts(liar());
    expect(index.epoch).not.toBe(epoch);
  });
});

describe('own versions in doubt', () => {
  test('are stamped anew before the folder says anything', async () => {
    await edit();
    const former = actorOf(laptop, index.epoch, hash);
    await renumbering().accepts(liar());
    const actors = localCurrent(await index.entry(path))?.version.record.vector.map(
      (one) => one.actor,
    );
    expect(actors).toEqual([actorOf(laptop, index.epoch, hash)]);
    expect(actors).not.toContain(former);
    expect(index.numbers.published().sequence).toBe(0);
  });

  test('wait for the first scan and for one whole index; then all is published', async () => {
    await edit();
    const folderNumbers = renumbering();
    await folderNumbers.accepts(liar());
    folderNumbers.check();
    expect(folderNumbers.isPending, 'nobody is linked').toBe(true);
    hasScanned = false;
    links = [linkTo(desktop)];
    folderNumbers.check();
    expect(folderNumbers.isPending, 'the disk was not looked at').toBe(true);
    hasScanned = true;
    folderNumbers.check();
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 1_000 });
    expect(folderNumbers.isPending).toBe(false);
    expect(index.numbers.published()).toEqual(index.position());
  });

  test('do not wait for ever for a member whose index does not come', async () => {
    await edit();
    const folderNumbers = renumbering();
    await folderNumbers.accepts(liar());
    links = [linkTo(desktop), linkTo(pi, undefined, false)];
    folderNumbers.check();
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 14_000 });
    expect(done, 'it is given some time').toBe(0);
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 2_000 });
    expect(done).toBe(1);
  });
});

describe('an index that was lost', () => {
  beforeEach(async () => {
    index = await openIndex({ wasBegun: true, waitsAfterLoss: true });
  });

  test('is told to people, and nothing is published before others were heard', async () => {
    const folderNumbers = renumbering();
    await folderNumbers.resume();
    expect(told).toEqual([folderNumbers.note]);
    expect(folderNumbers.note).toMatch(/made anew from the files here .* nothing was deleted/);
    await edit();
    expect(folderNumbers.isPending).toBe(true);
    expect(index.numbers.published().sequence).toBe(0);
  });

  test('waits a while for members that are not connected: one may be an archive', async () => {
    const folderNumbers = renumbering();
    await folderNumbers.resume();
    links = [linkTo(desktop)];
    folderNumbers.check();
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 14_000 });
    expect(done).toBe(0);
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 2_000 });
    expect([done, reclaimed]).toEqual([1, 1]);
    expect(index.numbers.renumbering).toBeUndefined();
  });

  test.each([
    ['without an archive, what differs waits for a person', undefined, true],
    ['with an archive connected, nothing does', { storeId: 'x' }, false],
  ])('%s', async (_, archive, isUndecided) => {
    members = [desktop];
    const folderNumbers = renumbering();
    await folderNumbers.resume();
    await edit();
    const vector = [{ actor: actorOf(desktop, index.epoch, hash), counter: 1 }];
    const record = { kind: 'symlink', path, vector, author: desktop, target: 'y' } as const;
    const peer = { device: desktop, state: 'current', sequence: 1 } as const;
    await index.update([path], (entry) => withPeerRow(entry, versionOf(record, hash), peer), {
      sync: true,
    });
    links = [linkTo(desktop, undefined, true, archive)];
    folderNumbers.check();
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 1_000 });
    expect(index.numbers.isUndecided).toBe(isUndecided);
    const withheld = localCurrent(await index.entry(path))?.local.withheld;
    expect(withheld).toBe(isUndecided ? 'kept' : undefined);
    await index.numbers.noteDecided();
    expect(index.numbers.isUndecided).toBe(false);
  });

  describe('whose archive is asked over a connection that breaks off', () => {
    let folderNumbers: FolderRenumbering;
    let asked: number;
    const breaksOff = async () => {
      asked += 1;
      throw new AppError('connection_lost', 'The connection ended.', { kind: 'retry' });
    };

    beforeEach(async () => {
      [members, asked, answerOf] = [[desktop], 0, breaksOff];
      folderNumbers = renumbering();
      await folderNumbers.resume();
      await edit();
      const vector = [{ actor: actorOf(desktop, index.epoch, hash), counter: 1 }];
      const record = { kind: 'symlink', path, vector, author: desktop, target: 'y' } as const;
      const peer = { device: desktop, state: 'current', sequence: 1 } as const;
      await index.update([path], (entry) => withPeerRow(entry, versionOf(record, hash), peer), {
        sync: true,
      });
      links = [linkTo(desktop, undefined, true, { storeId: 'x' })];
      folderNumbers.check();
    });

    test('goes on once the history has answered, and not before', async () => {
      await clock.runUntil(() => asked === 2, { deadlineMs: clock.nowMs + 5_000 });
      expect([asked, done, folderNumbers.isPending]).toEqual([2, 0, true]);
      answerOf = async () => ({ entries: [] });
      await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 5_000 });
      expect([done, folderNumbers.isPending]).toEqual([1, false]);
    });

    test('does not wait for ever for one whose answers always break off', async () => {
      await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 60_000 });
      expect(done).toBe(1);
    });
  });

  test('of a folder that nobody shares waits for nobody', async () => {
    members = [];
    const folderNumbers = renumbering();
    await folderNumbers.resume();
    folderNumbers.check();
    await clock.runUntil(() => done > 0, { deadlineMs: clock.nowMs + 1_000 });
    expect(folderNumbers.isPending).toBe(false);
  });

  test('stays lost when its numbers go backward too, before it has heard of anybody', async () => {
    const folderNumbers = renumbering();
    await folderNumbers.resume();
    await folderNumbers.accepts(liar());
    expect(index.numbers.renumbering).toMatchObject({ witness: desktop, lost: true });
  });
});
