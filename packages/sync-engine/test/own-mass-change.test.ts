/** What this device's own user did: one question about one change, and none about what is no loss. */
import { guardedRows, localCurrent, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import { beforeEach, expect, test } from 'vitest';
import { disk, former, GuardWorld, gone, pathsOf, spoiled, windowMs } from './guard-world.js';
import { desktop, here } from './place-world.js';

let world: GuardWorld;
beforeEach(async () => {
  world = await GuardWorld.open(30);
});

const asked = () =>
  world.index.questions
    .all()
    .map(
      ({ answer, deleted, rewritten }) => `${answer}: ${deleted} deleted, ${rewritten} rewritten`,
    );
const waiting = async (from: number, to: number) => {
  const entries = await world.index.entries(pathsOf(from, to));
  return entries.filter((entry) => guardedRows(entry) > 0).length;
};

test('more than a few deletions wait, and a confirmation lets them go', async () => {
  await world.change(0, 6);
  expect(asked()).toEqual(['open: 6 deleted, 0 rewritten']);
  expect(await waiting(0, 6)).toBe(6);
  await world.answer('confirmed');
  expect(asked()).toEqual(['confirmed: 6 deleted, 0 rewritten']);
  expect(await waiting(0, 6)).toBe(0);
});

test('who confirms while a scan goes on is not asked again about what it still finds', async () => {
  await world.foresee(0, 6, spoiled);
  await world.commit(0, 6, spoiled);
  await world.answer('confirmed');
  for (const from of [6, 12]) {
    await world.foresee(from, from + 6, spoiled);
    await world.commit(from, from + 6, spoiled);
  }
  await world.guard.scanned();
  expect(asked()).toEqual(['confirmed: 0 deleted, 18 rewritten']);
  expect(await waiting(0, 18)).toBe(0);
});

test('a confirmation before the first part is written down is for every part', async () => {
  await world.foresee(0, 12, spoiled);
  await world.answer('confirmed');
  await world.foresee(12, 14, spoiled);
  await world.commit(0, 12, spoiled);
  await world.commit(12, 14, spoiled);
  await world.guard.scanned();
  expect(asked()).toEqual(['confirmed: 0 deleted, 14 rewritten']);
});

test('the next scan asks again, about what is new alone', async () => {
  await world.change(0, 6);
  await world.answer('confirmed');
  await world.change(6, 10);
  expect(asked()).toEqual(['confirmed: 6 deleted, 0 rewritten', 'open: 4 deleted, 0 rewritten']);
});

test('what passed in the midst of a confirmed change is not asked about later either', async () => {
  await world.foresee(0, 6);
  await world.answer('confirmed');
  await world.commit(0, 6);
  await world.guard.scanned();
  await world.change(6, 8);
  expect(asked()).toEqual(['confirmed: 6 deleted, 0 rewritten']);
  await world.change(8, 10);
  expect(asked()[1]).toBe('open: 4 deleted, 0 rewritten');
});

test('a rejection that comes after a confirmation is for all that was confirmed', async () => {
  await world.foresee(0, 12);
  await world.answer('confirmed');
  world.nowMs += 1_000;
  await world.commit(0, 12);
  await world.guard.scanned();
  await world.index.questions.change((known) =>
    known.map((one) => ({ ...one, answer: 'rejected' as const })),
  );
  await world.guard.settle();
  expect(world.index.counts.needFiles).toBe(12);
});

test('files whose rewriting was confirmed are asked about once more when they are deleted', async () => {
  await world.change(0, 6, spoiled);
  await world.answer('confirmed');
  await spread(0, 6);
  await world.change(0, 6);
  expect(asked()).toEqual(['confirmed: 0 deleted, 6 rewritten', 'open: 6 deleted, 0 rewritten']);
});

test('what others deleted and this disk does not show any more is not asked about', async () => {
  await world.index.update(
    pathsOf(0, 12),
    (entry) => {
      const { version } = localCurrent(gone(entry))!;
      const theirs = { ...version, record: { ...version.record, author: desktop } };
      return withPeerRow(entry, theirs, { device: desktop, state: 'current', sequence: 99 }, true);
    },
    { sync: true },
  );
  await world.change(0, 12);
  expect(asked()).toEqual([]);
});

test('what nobody else has, or a person wished for here, is not asked about', async () => {
  await world.index.update(
    pathsOf(30, 50),
    (entry) => withLocalCurrent(entry, former(Number.parseInt(entry.path, 10)), { disk }),
    { sync: true },
  );
  await world.change(30, 50);
  world.guard.expect(pathsOf(0, 12));
  await world.change(0, 12, spoiled);
  expect(asked()).toEqual([]);
});

test('a question for which nothing came to wait is over with the scan that asked', async () => {
  await world.foresee(0, 6);
  await world.guard.committed();
  expect(asked()).toEqual(['open: 0 deleted, 0 rewritten']);
  await world.guard.scanned();
  expect(asked()).toEqual(['over: 0 deleted, 0 rewritten']);
});

test('after a clock was set back, a rejection brings back what was confirmed before', async () => {
  await world.change(0, 6, spoiled);
  await world.answer('confirmed');
  await spread(0, 6);
  const shown = async () =>
    (await world.index.entries(pathsOf(0, 6))).map((entry) => localCurrent(entry)!.version.id);
  const confirmedIds = await shown();
  world.nowMs -= 2 * windowMs;
  await world.change(0, 6);
  await world.answer('rejected');
  const entries = await world.index.entries(pathsOf(0, 6));
  expect(entries.map((entry) => localCurrent(entry)?.guard?.former.id)).toEqual(confirmedIds);
});

test('a clock that was set back after a confirmation makes nobody ask less', async () => {
  await world.change(0, 6);
  await world.answer('confirmed');
  world.nowMs -= windowMs / 2;
  await world.change(6, 8);
  await world.change(8, 11);
  expect(asked().length).toBe(2);
});

test.each([
  ['what had passed before is counted', 2, 10],
  ['a question that is open goes on', 6, 12],
])(
  'a rejection is for what was done after the clock was set back: %s',
  async (_, earlier, meant) => {
    await world.change(0, earlier);
    world.nowMs -= windowMs / 2;
    await world.change(earlier, 12);
    await world.answer('confirmed');
    await world.index.questions.change((known) =>
      known.map((one) => ({ ...one, answer: 'rejected' as const })),
    );
    await world.guard.settle();
    expect(world.index.counts.needFiles).toBe(meant);
  },
);

/** Another device has taken over what is here. */
async function spread(from: number, to: number): Promise<void> {
  const peer = { device: desktop, state: 'current', sequence: 99 } as const;
  await world.index.update(
    pathsOf(from, to),
    (entry) => withPeerRow(entry, localCurrent(entry)!.version, peer, true),
    { sync: true },
  );
  expect(
    localCurrent((await world.index.entries(pathsOf(from, to)))[0]!)?.version.record.author,
  ).toBe(here);
}
