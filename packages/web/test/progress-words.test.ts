import { describe, expect, test } from 'vitest';
import {
  nothingMoves as still,
  exampleTransfer as transfer,
} from '../../rest-api/test/example-progress.js';
import type { FolderProgress } from '../src/node-state.js';
import { durationWords } from '../src/plain-words.js';
import { progressRows } from '../src/progress-words.js';
import { nodeWith, photos } from './example-node.js';

function rows(progress: Partial<FolderProgress> | null, archive = false) {
  const folder = { ...photos, archive, progress: progress && { ...still, ...progress } };
  return progressRows(folder, nodeWith().devices);
}

test('a folder at rest has no rows', () => {
  expect(rows(null)).toEqual([]);
});

describe('a scan', () => {
  const scan = { files: 50, knownFiles: 200, hashedBytes: 1_000_000, bytesPerSecond: 500_000 };

  test('says how many of the known files were looked at', () => {
    expect(rows({ scan })).toEqual([
      {
        key: 'scan',
        title: 'Looking through the folder',
        amount: '50 of 200 files, 1.0 MB read',
        pace: '500 kB/s',
        share: 0.25,
      },
    ]);
  });

  test.each([0, 49])('claims no share where %d files were known', (knownFiles) => {
    const [row] = rows({ scan: { ...scan, knownFiles } });
    expect([row?.share, row?.amount]).toEqual([undefined, '50 files, 1.0 MB read']);
  });
});

describe('a transfer', () => {
  test('says what is to go, from whom, how fast and how long', () => {
    expect(rows({ receiving: { ...transfer, from: [{ device: 'pi' }] } })).toEqual([
      {
        key: 'receiving',
        title: 'Arriving here from pi',
        amount: '312 files, 240 MB to go',
        pace: '12.0 MB/s, about 20 seconds left',
        share: 0.75,
      },
    ]);
  });

  test('to an archive counts versions', () => {
    const [row] = rows({ receiving: { ...transfer, from: [] } }, true);
    expect([row?.title, row?.amount]).toEqual(['Archiving', '312 versions, 240 MB to go']);
  });

  test('of files without content goes by their number', () => {
    const empty = { ...transfer, bytes: 0, totalBytes: 0, files: 100, from: [] };
    expect(rows({ receiving: empty })[0]?.share).toBe(0.75);
  });

  test('to another device names it, and promises no end that nobody knows', () => {
    const sending = [{ ...transfer, device: 'pi', secondsLeft: null, bytesPerSecond: 0 }];
    expect(rows({ sending })[0]).toMatchObject({ title: 'Being archived on pi', pace: '' });
  });
});

test('what is left of a time is said no more exactly than it is known', () => {
  expect([0, 9, 20, 94, 3600, 86_400 * 3].map(durationWords)).toEqual([
    'a few seconds',
    'a few seconds',
    'about 20 seconds',
    'about 2 minutes',
    'about 60 minutes',
    'about 3 days',
  ]);
});
