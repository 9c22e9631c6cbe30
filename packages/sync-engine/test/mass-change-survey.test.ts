import { withGuard, withLocalCurrent, withPeerRow } from '@holdfast/folder-index';
import { versionOf } from '@holdfast/model';
import { describe, expect, test } from 'vitest';
import { type Loss, surveyMassChange } from '../src/mass-change-survey.js';
import {
  disk,
  former,
  nameOf,
  numbers,
  openIndex,
  pathsOf,
  rewritten,
  shown,
} from './guard-world.js';
import { actor, desktop, fileVersion, hash, pathOf, phone } from './place-world.js';

const lossOf = (number: number): Loss => ({
  path: pathOf(nameOf(number)),
  former: former(number),
  change: 'rewritten',
  next: rewritten(number),
});

async function indexWith(files: number) {
  const index = await openIndex();
  await index.update(
    numbers(0, files).map((number) => pathOf(nameOf(number))),
    (entry) => shown(entry, former(Number.parseInt(entry.path, 10))),
    { sync: true },
  );
  return index;
}

/** The content of a file under another name. */
const moved = (number: number, path: string) =>
  fileVersion(path, `former ${number}`, [{ actor: actor('d'), counter: 5 }]);

describe('looking whether content is really lost', () => {
  test('what is nowhere else is lost', async () => {
    const index = await indexWith(3);
    const survey = await surveyMassChange(index, desktop, [lossOf(0), lossOf(1)], { sinceMs: 0 });
    expect(survey).toMatchObject({
      lost: { deleted: 0, rewritten: 2 },
      earlier: { deleted: 0, rewritten: 0 },
      earliestMs: undefined,
    });
    expect(survey.moved.size).toBe(0);
  });

  test('what lies at another path here has only moved', async () => {
    const index = await indexWith(3);
    await index.update([pathOf('new')], (entry) => shown(entry, moved(0, 'new')), { sync: true });
    const survey = await surveyMassChange(index, desktop, [lossOf(0), lossOf(1)], { sinceMs: 0 });
    expect(survey.lost).toEqual({ deleted: 0, rewritten: 1 });
    expect(survey.moved.size).toBe(1);
  });

  test('what a member shows where nothing is here yet has only moved', async () => {
    const index = await indexWith(3);
    const peer = { device: phone, state: 'current', sequence: 9 } as const;
    await index.update([pathOf('new')], (entry) => withPeerRow(entry, moved(0, 'new'), peer), {
      sync: true,
    });
    const survey = await surveyMassChange(index, desktop, [lossOf(0)], { sinceMs: 0 });
    expect(survey.lost).toEqual({ deleted: 0, rewritten: 0 });
  });

  test('what a member still shows at the very path that was deleted here is lost', async () => {
    const index = await indexWith(3);
    const [path] = pathsOf(0, 1);
    const vector = [...former(0).record.vector, { actor: actor('e'), counter: 1 }];
    const gone = versionOf({ kind: 'tombstone', path: path!, vector, author: desktop }, hash);
    const mark = { state: 'noted', atMs: 1_000, former: former(0) } as const;
    await index.update(
      [path!],
      (entry) => withGuard(withLocalCurrent(entry, gone, { disk }), gone, mark),
      { sync: true },
    );
    const survey = await surveyMassChange(index, desktop, [], { sinceMs: 1_000 });
    expect(survey.earlier).toEqual({ deleted: 1, rewritten: 0 });
  });

  test('a second copy that goes away as well saves neither', async () => {
    const index = await indexWith(3);
    await index.update([pathOf('copy')], (entry) => shown(entry, moved(0, 'copy')), { sync: true });
    const vector = [{ actor: actor('d'), counter: 6 }];
    const path = pathOf('copy');
    const next = versionOf({ kind: 'tombstone', path, vector, author: desktop }, hash);
    const copy: Loss = { path, former: moved(0, 'copy'), change: 'deleted', next };
    const survey = await surveyMassChange(index, desktop, [lossOf(0), copy], { sinceMs: 0 });
    expect(survey.lost).toEqual({ deleted: 1, rewritten: 1 });
  });

  test('what swaps places is no loss', async () => {
    const index = await indexWith(2);
    const swapped = [0, 1].map((number) => ({
      ...lossOf(number),
      next: moved(1 - number, nameOf(number)),
    }));
    const survey = await surveyMassChange(index, desktop, swapped, { sinceMs: 0 });
    expect(survey.lost).toEqual({ deleted: 0, rewritten: 0 });
  });

  test('of earlier, what the same author did since then counts, by the marks that it left', async () => {
    const index = await indexWith(4);
    const author = [desktop, desktop, phone, desktop];
    const paths = numbers(0, 4).map((number) => pathOf(nameOf(number)));
    await index.update(
      paths,
      (entry) => {
        const number = Number.parseInt(entry.path, 10);
        const version = rewritten(number, author[number]);
        const atMs = number === 0 ? 999 : 1_000 + number;
        const mark = { state: 'noted', atMs, former: former(number) } as const;
        return withGuard(shown(entry, version), version, mark);
      },
      { sync: true },
    );
    const survey = await surveyMassChange(index, desktop, [], { sinceMs: 1_000 });
    expect(survey).toMatchObject({ earlier: { deleted: 0, rewritten: 2 }, earliestMs: 1_001 });
  });
});
