import type { FolderIndex } from '@holdfast/folder-index';
import {
  answeredBy,
  type DeviceId,
  hexFrom,
  type MassChangeAnswer,
  maxMassChanges,
} from '@holdfast/model';
import { SeededRandom } from '@holdfast/simulation';
import { beforeEach, describe, expect, test } from 'vitest';
import { OwnMassChanges } from '../src/own-mass-changes.js';
import { numbers, openIndex } from './guard-world.js';
import { desktop, here, phone } from './place-world.js';

describe('the questions that this device asks', () => {
  let index: FolderIndex;
  let questions: OwnMassChanges;
  let heard: number;
  beforeEach(async () => {
    heard = 0;
    index = await openIndex();
    questions = new OwnMassChanges({
      index,
      device: here,
      onQuestion: () => {
        heard += 1;
      },
    });
  });

  const random = new SeededRandom('questions');
  const open = (author: DeviceId, lastMs: number) => {
    const counts = { files: 20, deleted: 1, rewritten: 2 };
    const id = hexFrom(random.bytes(8));
    return questions.open({ id, author, sinceMs: lastMs - 10, lastMs, ...counts });
  };
  const answers = () => questions.all().map(({ answer }) => answer);
  const answer = (given: MassChangeAnswer) =>
    index.questions.change((known) =>
      known.map((one) => answeredBy(one, { ...one, answer: given })),
    );

  test('one about an author is open at a time, and goes on', async () => {
    const asked = await open(desktop, 1_000);
    await open(phone, 1_000);
    expect(await open(desktop, 2_000)).toBe(asked);
    expect(questions.all().map(({ author, lastMs }) => [author, lastMs])).toEqual([
      [desktop, 2_000],
      [phone, 1_000],
    ]);
    expect(questions.goingOn(desktop, 2_000)?.author).toBe(desktop);
    expect(questions.goingOn(desktop, 2_001)).toBeUndefined();
  });

  test('what is added is told, and what adds nothing is not', async () => {
    await open(desktop, 1_000);
    const [{ id } = { id: '' }] = questions.all();
    await questions.add(id, { deleted: 3, rewritten: 0 }, 900);
    expect(questions.all()).toMatchObject([{ deleted: 4, rewritten: 2, lastMs: 1_000 }]);
    expect(heard).toBe(2);
    await questions.close(() => false);
    expect(heard).toBe(2);
  });

  test('one is over where nothing waits, unless it was answered', async () => {
    await open(desktop, 1_000);
    await open(phone, 1_000);
    await questions.close((author) => author === phone);
    expect(answers()).toEqual(['open', 'over']);
    await answer('confirmed');
    await questions.close(() => true);
    expect(answers()).toEqual(['confirmed', 'confirmed']);
  });

  test('answers only grow: open, over, confirmed, rejected', async () => {
    await open(desktop, 1_000);
    await questions.close(() => true);
    await answer('open');
    expect(answers()).toEqual(['over']);
    await answer('confirmed');
    await answer('over');
    expect(answers()).toEqual(['confirmed']);
    await answer('rejected');
    await answer('confirmed');
    expect(answers()).toEqual(['rejected']);
  });

  test('a rejection goes on being carried out until it is settled', async () => {
    await open(desktop, 1_000);
    expect(questions.isRejecting(desktop)).toBe(false);
    await answer('confirmed');
    const [{ id } = { id: '' }] = questions.all();
    await questions.settled(id, 'confirmed', 1_500);
    expect(questions.lastConfirmedMs(desktop)).toBe(1_500);
    await answer('rejected');
    expect([questions.isRejecting(desktop), questions.isRejecting(phone)]).toEqual([true, false]);
    await questions.settled(id, 'rejected', 1_600);
    expect(questions.lastConfirmedMs(desktop)).toBeUndefined();
    expect(questions.isRejecting(desktop)).toBe(false);
  });

  test('those that are done with make room, open ones stay', async () => {
    await open(phone, 1);
    for (const number of numbers(0, maxMassChanges + 5)) {
      await open(desktop, 1_000 + number);
      await answer('confirmed');
      await index.questions.change((known) =>
        known.map((one) => (one.author === phone ? { ...one, answer: 'open' as const } : one)),
      );
    }
    expect(questions.all().length).toBe(maxMassChanges);
    expect(questions.goingOn(phone, 0)?.answer).toBe('open');
  });
});
