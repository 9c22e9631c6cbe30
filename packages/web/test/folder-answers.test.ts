import { expect, test } from 'vitest';
import { availableAnswer, intactAnswer, privateAnswer } from '../src/folder-answers.js';
import { agoWords, sizeWords } from '../src/plain-words.js';
import { nodeWith, nowMs, photos } from './example-node.js';

test('an archive of history alone says that it keeps it', () => {
  const archive = { ...photos, archive: true, path: null, copies: 0, lastArchived: null };
  expect(availableAnswer(archive, nowMs)).toEqual({
    tone: 'good',
    text: 'Its history is kept here.',
  });
});

test('private names who can read the folder', () => {
  const { devices } = nodeWith();
  expect(privateAnswer(photos, devices).text).toBe('This device and pi only.');
  expect(privateAnswer({ ...photos, members: [] }, devices).text).toBe('This device only.');
  expect(privateAnswer({ ...photos, members: ['x'] }, devices).text).toContain('unknown here');
});

test('intact never claims a check that was not made', () => {
  expect(intactAnswer(photos, nowMs)).toEqual({ tone: 'quiet', text: 'Not checked yet.' });
  const time = '2026-03-01T10:00:00Z';
  expect(intactAnswer({ ...photos, lastVerified: time }, nowMs).text).toBe(
    'Checked 2 hours ago; no restore proven yet.',
  );
  expect(intactAnswer({ ...photos, lastDrill: time }, nowMs)).toMatchObject({ tone: 'good', time });
});

test('available is good only when every change is archived', () => {
  expect(availableAnswer(photos, nowMs)).toMatchObject({ tone: 'good' });
  expect(availableAnswer({ ...photos, unarchivedFiles: 2 }, nowMs)).toEqual({
    tone: 'warning',
    text: '2 changes not archived yet.',
  });
  const never = { ...photos, copies: 0, lastArchived: null, unarchivedFiles: 5 };
  expect(availableAnswer(never, nowMs).text).toBe('In no archive yet.');
});

test('sizes and times are words', () => {
  expect([0, 1, 999, 1000, 999_950, 215e9].map(sizeWords)).toEqual([
    '0 bytes',
    '1 byte',
    '999 bytes',
    '1.0 kB',
    '1.0 MB',
    '215 GB',
  ]);
  const ago = (ms: number): string => agoWords(new Date(nowMs - ms).toISOString(), nowMs);
  expect([0, 40_000, 120_000, 7_200_000, 3 * 86_400_000].map(ago)).toEqual([
    'just now',
    '40 seconds ago',
    '2 minutes ago',
    '2 hours ago',
    '3 days ago',
  ]);
});
