/** What a retention would let go, and what that would free: only said, nothing is changed. */
import type { DeviceId, VersionId } from '@holdfast/model';
import type { VersionArchive } from '@holdfast/version-archive';
import { beforeEach, expect, test } from 'vitest';
import {
  ArchiveWorld,
  archiveAll,
  desktop,
  entryOf,
  fileVersion,
  laptop,
  listAll,
  type MadeVersion,
  papers,
  photos,
  tombstoneVersion,
} from './archive-world.js';

const hourMs = 60 * 60_000;
const nothing = { allWithinMs: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0 };
const nobody = async () => new Set<VersionId>();

let world: ArchiveWorld;
let archive: VersionArchive;

beforeEach(async () => {
  world = new ArchiveWorld();
  world.nowMs = Date.parse('2026-03-02T08:00:00Z');
  archive = await world.open();
});

/** Archives each version an hour after the one before. */
async function hourly(made: readonly MadeVersion[], folder = photos): Promise<void> {
  for (const one of made) {
    await archiveAll(archive, [one], folder);
    world.nowMs += hourMs;
  }
}

async function plan(rules: Partial<typeof nothing> = {}, needed = nobody) {
  return archive.thinning.plan({ folder: photos, rules: { ...nothing, ...rules }, needed });
}

const idsOf = (made: readonly MadeVersion[]) => made.map(({ version }) => version.id);

test('versions that no rule keeps would go, the last one of each file never', async () => {
  const letter = [1, 2, 3, 4, 5].map((at) => fileVersion('letter', `text ${at}`, at));
  await hourly([...letter, fileVersion('once', 'once')]);
  const found = await plan({ hourly: 2 });
  expect(found.versions.map(({ versionId }) => versionId)).toEqual(idsOf(letter.slice(0, 3)));
  expect(found).toMatchObject({ files: 1, contentBytes: 18, kept: 3, isMore: false });
  expect((await plan({ allWithinMs: 100 * hourMs })).versions).toEqual([]);
  expect((await plan()).versions).toHaveLength(4);
});

test('times are those at which the archive received, whatever devices say', async () => {
  const made = [1, 2, 3].map((at) => fileVersion('letter', `text ${at}`, at));
  await archiveAll(archive, made);
  expect((await plan({ hourly: 3 })).versions.map(({ versionId }) => versionId)).toEqual(
    idsOf(made.slice(0, 2)),
  );
});

test('what would become free is what blocks take that nothing else needs', async () => {
  const shared = fileVersion('letter', 'shared with another folder', 1);
  const own = fileVersion('letter', 'only here', 2);
  const back = fileVersion('letter', 'and shared with another file', 3);
  await hourly([shared, own, back, fileVersion('letter', 'the last', 4)]);
  await hourly([fileVersion('elsewhere', 'shared with another folder')], papers);
  await hourly([fileVersion('copy', 'and shared with another file')]);
  const found = await plan();
  expect(found.versions).toHaveLength(3);
  const [stored] = await archive.blocks.storedBytes(
    own.envelopes.map(({ contentId }) => contentId),
  );
  expect(found.freedBytes).toBe(stored);
});

test('the last content of a deleted file stays, and so does its deletion', async () => {
  const last = fileVersion('letter', 'last', 2);
  await hourly([fileVersion('letter', 'first', 1), last, tombstoneVersion('letter', 3)]);
  const found = await plan();
  expect(found.versions).toHaveLength(1);
  expect(found.versions[0]?.versionId).not.toBe(last.version.id);
});

test('what devices show, hold or want is left alone', async () => {
  const made = [1, 2, 3].map((at) => fileVersion('letter', `text ${at}`, at));
  await hourly(made);
  const [first] = idsOf(made);
  const asked: unknown[] = [];
  const found = await archive.thinning.plan({
    folder: photos,
    rules: nothing,
    needed: async (...question) => {
      asked.push(question);
      return new Set(first === undefined ? [] : [first]);
    },
  });
  expect(asked).toEqual([[photos, ['letter']]]);
  expect(found.versions.map(({ versionId }) => versionId)).toEqual(idsOf(made.slice(1, 2)));
});

test('what a device keeps beside is not let go because another one kept something beside later', async () => {
  const mine = fileVersion('letter', 'what the desktop shows, and nobody else', 2);
  const beside = async (made: MadeVersion, sender: DeviceId) => {
    await archive.blocks.append(made.envelopes);
    await archive.append(photos, [entryOf(made, { becameCurrent: false, sender })]);
    world.nowMs += hourMs;
  };
  await hourly([fileVersion('letter', 'what the folder shows', 1)]);
  await beside(fileVersion('letter', 'what the desktop showed before', 3), desktop);
  await beside(mine, desktop);
  await beside(fileVersion('letter', 'what the laptop shows', 4), laptop);
  const before = fileVersion('letter', 'what the desktop showed before', 3);
  expect((await plan()).versions.map(({ versionId }) => versionId)).toEqual(idsOf([before]));
});

test('nor because a version from before was kept again', async () => {
  const [before, mine] = [1, 2].map((at) => fileVersion('letter', `text ${at}`, at));
  if (before === undefined || mine === undefined) throw new Error('two versions were made');
  const beside = { becameCurrent: false, sender: desktop };
  for (const made of [before, mine]) {
    await archive.blocks.append(made.envelopes);
    await archive.append(photos, [entryOf(made, beside)]);
    world.nowMs += hourMs;
  }
  await archive.thinning.mark({ folder: photos, rules: nothing, needed: nobody }, 0);
  await archive.append(photos, [entryOf(before, beside)]);
  expect((await plan()).versions).toEqual([]);
});

test('a version that became current again counts by its last entry', async () => {
  const [first, second] = [1, 2].map((at) => fileVersion('letter', `text ${at}`, at));
  if (first === undefined || second === undefined) throw new Error('two versions were made');
  await hourly([first, second]);
  await archive.append(photos, [entryOf(first)]);
  const found = await plan();
  expect(found.versions.map(({ versionId }) => versionId)).toEqual(idsOf([second]));
});

test('what came while the clock was not synchronised takes the next sure time, or stays', async () => {
  const made = [1, 2, 3, 4].map((at) => fileVersion('letter', `text ${at}`, at));
  await hourly(made.slice(0, 1));
  world.clockSynchronised = false;
  world.nowMs -= 30 * 365 * 24 * hourMs;
  await hourly(made.slice(1, 3));
  const before = await plan({ hourly: 1 });
  expect(before.versions).toEqual([]);
  world.clockSynchronised = true;
  world.nowMs = Date.parse('2026-03-02T10:00:00Z');
  await hourly(made.slice(3));
  const found = await plan({ hourly: 1 });
  expect(found.versions.map(({ versionId }) => versionId)).toEqual(idsOf(made.slice(0, 3)));
});

test('an entry from a time to come is not newer than what was received after it', async () => {
  const made = [1, 2, 3].map((at) => fileVersion('letter', `text ${at}`, at));
  world.nowMs += 20 * 365 * 24 * hourMs;
  await hourly(made.slice(0, 1));
  world.nowMs = Date.parse('2026-03-02T10:00:00Z');
  await hourly(made.slice(1));
  const found = await plan({ hourly: 1 });
  expect(found.versions.map(({ versionId }) => versionId)).toEqual(idsOf(made.slice(0, 2)));
});

test('only saying it changes nothing', async () => {
  await hourly([1, 2, 3].map((at) => fileVersion('letter', `text ${at}`, at)));
  const before = { head: archive.head(), list: await listAll(archive, { deleted: true }) };
  await plan();
  expect({ head: archive.head(), list: await listAll(archive, { deleted: true }) }).toEqual(before);
});
