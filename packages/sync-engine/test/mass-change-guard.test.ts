import { localCurrent, rowOf } from '@holdfast/folder-index';
import { compareVectors, sameContent } from '@holdfast/model';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  former,
  GuardWorld,
  mayBePlaced,
  nameOf,
  numbers,
  removed,
  rewritten,
  shown,
  theirs,
  windowMs,
  writtenAnew,
} from './guard-world.js';
import { desktop, fileVersion, pathOf } from './place-world.js';

describe('a guard that asks beyond three files and a tenth of the tree', () => {
  let world: GuardWorld;
  beforeEach(async () => {
    world = await GuardWorld.open(20);
  });

  test('lets three pass, remembers what was there, and asks nobody', async () => {
    await world.hear(0, 3);
    const passed = await world.pass();
    expect(passed.map(({ mark }) => mark?.state)).toEqual(['noted', 'noted', 'noted']);
    expect(world.answers).toEqual([]);
  });

  test('lets none of four pass, and asks', async () => {
    await world.hear(0, 4);
    expect(await world.pass()).toEqual([]);
    expect(world.answers).toEqual(['open']);
    expect(world.index.questions.all()).toMatchObject([
      { author: desktop, rewritten: 4, deleted: 0, files: 20 },
    ]);
    expect(await world.index.neededPaths(10)).toEqual([]);
  });

  test('the share has to be passed too', async () => {
    world.limits = { files: 3, sharePercent: 50, windowMs };
    await world.hear(0, 10);
    expect((await world.pass()).length).toBe(10);
    const other = await GuardWorld.open(20);
    other.limits = world.limits;
    await other.hear(0, 11);
    expect(await other.pass()).toEqual([]);
  });

  test('what passed within the window counts, what is older does not', async () => {
    await world.hear(0, 2);
    await world.place(await world.pass());
    world.nowMs += windowMs + 1;
    await world.hear(2, 4);
    const later = await world.pass();
    expect(later.length).toBe(2);
    await world.place(later);
    world.nowMs += windowMs;
    await world.hear(4, 6);
    expect(await world.pass()).toEqual([]);
    expect(world.index.questions.all()).toMatchObject([{ rewritten: 4 }]);
  });

  test('what the author vouches for is neither counted nor marked', async () => {
    await world.hear(0, 20, true);
    const passed = await world.pass();
    expect(passed.map(({ mark }) => mark)).toEqual(numbers(0, 20).map(() => undefined));
    expect(world.answers).toEqual([]);
  });

  test('where nobody wants to be asked, everything passes', async () => {
    world.limits = undefined;
    await world.hear(0, 20);
    expect((await world.pass()).length).toBe(20);
  });

  test('what is changed on while the question is open waits as well', async () => {
    await world.hear(0, 4);
    await world.pass();
    await world.hear(4, 5);
    expect(await world.pass()).toEqual([]);
    expect(world.index.questions.all()).toMatchObject([{ answer: 'open', rewritten: 5 }]);
  });

  test('where content had moved to, it is missed like any other', async () => {
    const copy = fileVersion('copy', 'former 0', former(0).record.vector);
    await world.index.update([copy.record.path], (entry) => shown(entry, copy), { sync: true });
    await world.hear(0, 5);
    const passed = await world.pass();
    expect(passed.map(({ entry }) => entry.path)).toEqual([nameOf(0)]);
    await world.place(passed);
    await world.hearOf(fileVersion('copy', 'spoiled', theirs, { author: desktop }));
    expect(await world.pass()).toEqual([]);
  });

  test('a question outlives a restart, with everything that waits for it', async () => {
    await world.hear(0, 4);
    await world.pass();
    world.restart();
    await world.hear(4, 5);
    expect(await world.pass()).toEqual([]);
    await world.answer('confirmed');
    expect((await world.pass()).length).toBe(5);
  });

  test('a restart forgets the count and not the marks: a later question takes them in', async () => {
    await world.hear(0, 3);
    await world.place(await world.pass());
    world.restart();
    await world.hear(3, 5);
    const again = await world.pass();
    expect(again.length).toBe(2);
    await world.place(again);
    world.restart();
    await world.hear(5, 9);
    expect(await world.pass()).toEqual([]);
    expect(world.index.questions.all()).toMatchObject([{ rewritten: 9 }]);
  });
});

describe('an answer', () => {
  let world: GuardWorld;
  beforeEach(async () => {
    world = await GuardWorld.open(20);
    await world.hear(0, 2);
    await world.place(await world.pass());
    await world.hear(2, 6);
    await world.pass();
  });
  const entryOf = (number: number) => world.index.entry(pathOf(nameOf(number)));

  test('confirmed lets what waited pass, and vouches for it', async () => {
    await world.answer('confirmed');
    expect((await world.pass()).length).toBe(4);
    const entry = await entryOf(3);
    expect(mayBePlaced(entry).length).toBe(1);
    expect(rowOf(entry, rewritten(3).id)?.checked).toBe(true);
  });

  test('confirmed before all of it is written down is for all that was foreseen', async () => {
    const early = await GuardWorld.open(20);
    await early.hear(0, 12);
    await early.guard.foreseePlaced(await early.planned());
    await early.answer('confirmed');
    const passed = await early.guard.admit(await early.planned());
    expect(passed.length).toBe(12);
    await early.place(passed);
    await early.hear(12, 14);
    expect((await early.pass()).length).toBe(2);
    expect(early.answers).toEqual(['confirmed']);
  });

  test('rejected refuses what waited, above it, and undoes what had passed', async () => {
    await world.answer('rejected');
    const refused = localCurrent(await entryOf(3))!.version;
    expect(sameContent(refused.record, former(3).record)).toBe(true);
    expect(compareVectors(refused.record.vector, rewritten(3).record.vector)).toBe('dominates');
    const passed = await world.pass();
    expect(passed.map(({ entry }) => entry.path)).toEqual([nameOf(0), nameOf(1)]);
    for (const [number, { action }] of passed.entries()) {
      expect(sameContent(action.target.record, former(number).record)).toBe(true);
    }
  });

  test.each([
    ['deleted', removed],
    ['rewritten', rewritten],
  ])(
    'rejected goes back before a path was %s, though it was written anew after that had passed',
    async (_, first) => {
      const other = await GuardWorld.open(20);
      await other.hearOf(first(0));
      await other.place(await other.pass());
      await other.hearOf(writtenAnew(0));
      await other.place(await other.pass());
      await other.hear(1, 6);
      await other.pass();
      await other.answer('rejected');
      const back = await other.pass();
      expect(back.map(({ entry }) => entry.path)).toEqual([nameOf(0)]);
      for (const { action } of back) {
        expect(sameContent(action.target.record, former(0).record)).toBe(true);
      }
    },
  );

  test('rejected brings back both of two files with the same content, of which one passed as moved', async () => {
    const twins = await GuardWorld.open(20);
    const copy = fileVersion('copy', 'former 0', former(0).record.vector);
    await twins.index.update([copy.record.path], (entry) => shown(entry, copy), { sync: true });
    await twins.hear(0, 4);
    await twins.place(await twins.pass());
    await twins.hear(4, 8);
    await twins.hearOf(fileVersion('copy', 'spoiled', theirs, { author: desktop }));
    await twins.place(await twins.pass());
    await twins.answer('rejected');
    const back = (await twins.pass()).map(({ action }) => action.target);
    expect(back.map(({ record }) => record.path)).toEqual(numbers(0, 4).map(nameOf));
    expect(sameContent(back[0]!.record, former(0).record)).toBe(true);
  });

  test('rejected leaves what was only renamed where it is', async () => {
    const renamed = await GuardWorld.open(20);
    await renamed.hearOf(fileVersion('new', 'former 0', theirs, { author: desktop }));
    await renamed.hearOf(removed(0));
    await renamed.hear(1, 4);
    await renamed.place(await renamed.pass());
    await renamed.hear(4, 8);
    await renamed.pass();
    await renamed.answer('rejected');
    const back = (await renamed.pass()).map(({ entry }) => entry.path);
    expect(back).toEqual(numbers(1, 4).map(nameOf));
  });

  test('rejected is for what arrives of it a moment later, too', async () => {
    await world.answer('rejected');
    await world.place(await world.pass());
    await world.hear(6, 8);
    expect(await world.pass()).toEqual([]);
    expect(world.answers).toEqual(['rejected']);
    for (const number of [6, 7]) {
      const { version } = localCurrent(await entryOf(number))!;
      expect(sameContent(version.record, former(number).record)).toBe(true);
      expect(compareVectors(version.record.vector, rewritten(number).record.vector)).toBe(
        'dominates',
      );
    }
    expect(await world.index.neededPaths(10)).toEqual([]);
  });

  test('rejected and not carried out yet lets nothing pass', async () => {
    await world.index.questions.change((known) =>
      known.map((one) => ({ ...one, answer: 'rejected' as const })),
    );
    world.restart();
    await world.hear(6, 8);
    expect(await world.pass()).toEqual([]);
  });

  test('is carried out after the next start where it could not be carried out at once', async () => {
    const update = vi.spyOn(world.index, 'update').mockRejectedValueOnce(new Error('no space'));
    await expect(world.answer('rejected')).rejects.toThrow('no space');
    update.mockRestore();
    world.restart();
    await world.guard.settle();
    const refused = localCurrent(await entryOf(3))!.version;
    expect(compareVectors(refused.record.vector, rewritten(3).record.vector)).toBe('dominates');
    expect(sameContent(refused.record, former(3).record)).toBe(true);
  });

  test('rejected is not for what the author does long after', async () => {
    await world.answer('rejected');
    await world.place(await world.pass());
    world.nowMs += 60_001;
    await world.hear(6, 8);
    expect((await world.pass()).length).toBe(2);
  });

  test('rejected after confirmed undoes what was confirmed', async () => {
    await world.answer('confirmed');
    await world.place(await world.pass());
    await world.index.questions.change((known) =>
      known.map((one) => ({ ...one, answer: 'rejected' as const })),
    );
    await world.guard.settle();
    const back = await world.pass();
    expect(back.map(({ entry }) => entry.path)).toEqual(numbers(0, 6).map(nameOf));
  });

  test('is not waited for any more once nothing waits: the question is over', async () => {
    await world.hear(2, 6, true);
    await world.guard.closeIdle();
    expect(world.answers).toEqual(['over']);
  });
});
