import { expect, test } from 'vitest';
import { thinnedWords } from '../src/thinned-words.js';
import { nowMs, photos } from './example-node.js';

const nothing = {
  waiting: 0,
  waitingBytes: null,
  marked: null,
  freeFrom: null,
  freed: 0,
  freedBytes: 0,
  compacted: null,
};
const at = (agoMs: number) => new Date(nowMs - agoMs).toISOString();
const dayMs = 24 * 60 * 60_000;

test('where nothing was thinned, nothing is said', () => {
  expect(thinnedWords(photos, nowMs)).toBeUndefined();
  expect(thinnedWords({ ...photos, thinned: null }, nowMs)).toBeUndefined();
});

test('what waits says when it was marked, what can be freed from when on, and how to keep it', () => {
  const waiting = { ...nothing, waiting: 12, waitingBytes: 3_200_000, marked: at(7_200_000) };
  const soon = { ...waiting, freeFrom: at(-5 * dayMs) };
  const words = thinnedWords({ label: 'my photos', thinned: soon }, nowMs);
  expect(words?.sentences).toEqual([
    'Thinned here, and not freed yet: 12 versions, marked 2 hours ago.',
  ]);
  expect(words?.commands).toEqual([
    {
      text: 'Up to 3.2 MB can be freed, in about 5 days at the earliest, with:',
      command: 'npx holdfast archive compact',
    },
    {
      text: 'Until then, to keep them after all, type:',
      command: "npx holdfast archive thin 'my photos' --undo",
    },
  ]);
  const due = { ...waiting, waitingBytes: null, freeFrom: at(1000) };
  expect(thinnedWords({ label: 'docs', thinned: due }, nowMs)?.commands[0]?.text).toBe(
    'Their space can be freed, with:',
  );
});

test('what is gone says so, and what that freed where it is known', () => {
  const gone = { ...nothing, freed: 1 };
  expect(thinnedWords({ label: 'docs', thinned: gone }, nowMs)).toEqual({
    sentences: ['Thinned here and gone: 1 version.'],
    commands: [],
  });
  const known = { ...gone, freedBytes: 5_000_000, compacted: at(3 * dayMs) };
  expect(thinnedWords({ label: 'docs', thinned: known }, nowMs)?.sentences).toEqual([
    'Thinned here and gone: 1 version.',
    'That freed 5.0 MB of the whole store, last 3 days ago.',
  ]);
});
