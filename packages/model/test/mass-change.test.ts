import {
  answeredBy,
  type ChangeWindow,
  type DeviceId,
  isMassChange,
  joinMassChange,
  joinMassChanges,
  type MassChange,
  type MassChangeAnswer,
  maxMassChanges,
  withChanges,
} from '@holdfast/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const limits = { files: 200, sharePercent: 25, windowMs: 600_000 };

function windowOf(changes: readonly (readonly [atMs: number, deleted: number, files: number])[]) {
  return changes.reduce<ChangeWindow>(
    (window, [atMs, deleted, files]) =>
      withChanges(window, { atMs, files, deleted, rewritten: 0 }, limits),
    [],
  );
}

describe('what is a mass change', () => {
  test('more than the floor and more than the share', () => {
    expect(isMassChange(windowOf([[0, 201, 800]]), limits)).toBe(true);
    expect(isMassChange(windowOf([[0, 200, 200]]), limits)).toBe(false);
    expect(isMassChange(windowOf([[0, 201, 804]]), limits)).toBe(false);
  });

  test('the share is of the tree as it was when the window began', () => {
    const shrinking = windowOf([
      [0, 150, 1_000],
      [60_000, 60, 210],
    ]);
    expect(isMassChange(shrinking, limits)).toBe(false);
  });

  test('what is older than the window counts no more', () => {
    const slow = windowOf([
      [0, 150, 400],
      [600_001, 150, 250],
    ]);
    expect(isMassChange(slow, limits)).toBe(false);
    const fast = windowOf([
      [0, 150, 400],
      [600_000, 150, 250],
    ]);
    expect(isMassChange(fast, limits)).toBe(true);
  });

  test('a clock that is set back forgets nothing', () => {
    const back = windowOf([
      [10 ** 12, 150, 400],
      [0, 150, 250],
    ]);
    expect(isMassChange(back, limits)).toBe(true);
  });

  test('however often something changes, few counts are kept', () => {
    const often = windowOf(Array.from({ length: 10_000 }, (_, at) => [at * 60, 1, 9] as const));
    expect(often.length).toBeLessThanOrEqual(34);
    expect(often.reduce((sum, one) => sum + one.deleted, 0)).toBe(10_000);
  });
});

const question: MassChange = {
  id: '00112233445566aa',
  holder: 'laptop-id' as DeviceId,
  author: 'laptop-id' as DeviceId,
  sinceMs: 1_000,
  lastMs: 2_000,
  deleted: 300,
  rewritten: 0,
  files: 1_000,
  answer: 'open',
};

const anyAnswer = fc.constantFrom<MassChangeAnswer>('open', 'over', 'confirmed', 'rejected');
const anyQuestion = fc
  .record({ deleted: fc.nat(9), lastMs: fc.nat(9), answer: anyAnswer })
  .map((some): MassChange => ({ ...question, sinceMs: 0, ...some }));

describe('answers', () => {
  test('a rejection beats a confirmation, in whatever order they come', () => {
    const yes = { ...question, answer: 'confirmed' as const };
    const no = { ...question, answer: 'rejected' as const };
    expect(joinMassChange(yes, no).answer).toBe('rejected');
    expect(joinMassChange(no, yes).answer).toBe('rejected');
    expect(joinMassChange(no, question).answer).toBe('rejected');
  });

  test('everybody ends with the same answer, whoever heard what first', () => {
    fc.assert(
      fc.property(fc.array(anyQuestion, { minLength: 1, maxLength: 6 }), (all) => {
        const [first = question] = all;
        const forward = all.reduce(joinMassChange, first).answer;
        const backward = all.reduceRight((known, one) => joinMassChange(known, one), first).answer;
        expect(forward).toBe(backward);
      }),
    );
  });

  test('what is heard twice changes nothing', () => {
    const known = [question];
    expect(joinMassChanges(known, [{ ...question }])).toBe(known);
  });

  test('others answer a question of this device, and cannot change what it says', () => {
    const heard = { ...question, deleted: 9_999, answer: 'confirmed' as const };
    expect(answeredBy(question, heard)).toEqual({ ...question, answer: 'confirmed' });
    expect(answeredBy(question, { ...question, answer: 'over' })).toBe(question);
  });

  test('the holder of a question is whoever asked first', () => {
    const forged = { ...question, holder: 'another' as DeviceId, answer: 'rejected' as const };
    expect(joinMassChanges([question], [forged])).toEqual([question]);
  });

  test('only so many questions are kept, the newest ones', () => {
    const many = Array.from({ length: maxMassChanges + 5 }, (_, at) => ({
      ...question,
      id: at.toString(16).padStart(16, '0'),
      lastMs: at,
    }));
    const kept = joinMassChanges([], many);
    expect(kept.length).toBe(maxMassChanges);
    expect(Math.min(...kept.map((one) => one.lastMs))).toBe(5);
  });
});
