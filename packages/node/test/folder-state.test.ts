import { describe, expect, test } from 'vitest';
import { type FolderStateFacts, folderState } from '../src/folder-status.js';

const inOrder: FolderStateFacts = {
  paused: false,
  stopReason: '',
  firstScanDone: true,
  scanning: false,
  needFiles: 0,
  problems: [],
  connectedMembers: 1,
  archiveProblem: '',
  localChanges: { count: 0, first: '' },
  massChange: '',
};
const problem = { path: 'a/b', reason: 'EIO' };
const lonely = 'No device that has the missing files is connected.';

describe('what a folder is doing', () => {
  test.each<[string, Partial<FolderStateFacts>, string, string]>([
    ['all is in order', {}, 'up-to-date', ''],
    ['nobody is connected and nothing is missing', { connectedMembers: 0 }, 'up-to-date', ''],
    ['it is paused', { paused: true, needFiles: 3, scanning: true }, 'paused', ''],
    [
      'its disk is gone',
      { stopReason: 'Gone.', paused: true, problems: [problem] },
      'stopped',
      'Gone.',
    ],
    ['it was never scanned', { firstScanDone: false, needFiles: 3 }, 'scanning', ''],
    [
      'its mirror was changed by hand',
      { localChanges: { count: 2, first: 'a/b' } },
      'out-of-sync',
      'Changed in the mirror, archived and not sent to others: a/b and 1 more.',
    ],
    [
      'its index was lost and nobody knows which side is newer',
      { localChanges: { count: 2, first: 'a/b', inMemberTree: true }, undecidedIn: 'docs' },
      'out-of-sync',
      'This device\'s record of the folder was lost, and no archive tells which is newer, what is here or what others show: a/b and 1 more. Both are kept. To send what is here: holdfast folder override "docs". To take what others show: holdfast folder revert "docs".',
    ],
    [
      'a mass change waits for an answer',
      { massChange: 'laptop deleted 300 files.', scanning: true, needFiles: 2 },
      'needs-confirmation',
      'laptop deleted 300 files.',
    ],
    ['an archive shows another history', { rewrittenHistory: 'Other.' }, 'out-of-sync', 'Other.'],
    ['it is scanned again', { scanning: true }, 'scanning', ''],
    [
      'it is scanned again and has problems',
      { scanning: true, problems: [problem] },
      'scanning',
      '',
    ],
    ['files are missing', { needFiles: 3, scanning: true }, 'syncing', ''],
    [
      'files are missing, nobody is there',
      { needFiles: 3, connectedMembers: 0 },
      'waiting',
      lonely,
    ],
    [
      'files are missing and some cannot be placed',
      { needFiles: 3, problems: [problem, { path: 'c', reason: 'x' }] },
      'out-of-sync',
      'a/b: the disk reports an error',
    ],
    [
      'files are missing and the store is full',
      { needFiles: 3, archiveProblem: 'Full.', problems: [problem] },
      'out-of-sync',
      'Full.',
    ],
    [
      'a file cannot be read',
      { problems: [problem] },
      'out-of-sync',
      'a/b: the disk reports an error',
    ],
    [
      'the disk is full',
      { needFiles: 2, problems: [problem, { path: 'c', reason: 'ENOSPC' }] },
      'out-of-sync',
      'The disk is full: c is waiting. What is here is safe. Make room, and it goes on by itself.',
    ],
  ])('when %s', (_name, facts, state, reason) => {
    expect(folderState({ ...inOrder, ...facts })).toEqual({ state, reason });
  });

  test('it never calls itself up to date while something is missing, unread or stopped', () => {
    for (const paused of [true, false])
      for (const stopReason of ['', 'Gone.'])
        for (const firstScanDone of [true, false])
          for (const scanning of [true, false])
            for (const needFiles of [0, 1])
              for (const problems of [[], [problem]])
                for (const connectedMembers of [0, 1]) {
                  const facts = { ...inOrder, paused, stopReason, firstScanDone, scanning };
                  const all = { ...facts, needFiles, problems, connectedMembers };
                  const calm = !paused && stopReason === '' && firstScanDone && !scanning;
                  const whole = calm && needFiles === 0 && problems.length === 0;
                  expect(folderState(all).state === 'up-to-date').toBe(whole);
                }
  });
});
