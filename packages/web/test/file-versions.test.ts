/** A file's versions: which one is meant, and what it can be compared with. */
import { describe, expect, test } from 'vitest';
import {
  chosenVersion,
  comparableTo,
  type FileVersion,
  isDirectory,
  versionTitle,
  versionWords,
} from '../src/file-versions.js';
import { nowMs } from './example-node.js';

const dayMs = 86_400_000;

function versionOf(
  version: string,
  daysAgo: number,
  change: Partial<FileVersion> = {},
): FileVersion {
  return {
    version,
    time: new Date(nowMs - daysAgo * dayMs).toISOString(),
    device: 'laptop',
    kind: 'file',
    size: 2_048,
    deleted: false,
    current: true,
    thinned: false,
    ...change,
  };
}

const deletion = versionOf('d', 1, { kind: 'tombstone', deleted: true, size: 0 });
const beside = versionOf('c', 2, { current: false, device: 'desktop' });
const second = versionOf('b', 3);
const first = versionOf('a', 9);
const versions = [deletion, beside, second, first];

describe('the version that is meant', () => {
  test('is the one that is named', () => {
    expect(chosenVersion(versions, { version: 'c', at: first.time })).toBe(beside);
  });

  test('is otherwise what the folder showed at the moment', () => {
    expect(chosenVersion(versions, { at: undefined })).toBe(deletion);
    expect(chosenVersion(versions, { at: beside.time })).toBe(second);
    expect(chosenVersion(versions, { at: first.time })).toBe(first);
    expect(chosenVersion(versions, { at: '2001-01-01T00:00:00Z' })).toBe(deletion);
    expect(chosenVersion([], { at: undefined })).toBeUndefined();
  });

  test('can be compared with those that have content, the one before it first', () => {
    expect(comparableTo(versions, deletion)).toEqual([beside, second, first]);
    expect(comparableTo(versions, second)).toEqual([first, beside]);
    const thinned = { ...first, thinned: true };
    expect(comparableTo([second, thinned], second)).toEqual([]);
  });
});

test('a deletion of a directory is told from that of a file', () => {
  expect(isDirectory([deletion, versionOf('x', 4, { kind: 'directory' })])).toBe(true);
  expect(isDirectory(versions)).toBe(false);
});

test('a version says when it came, who made it, and what there is of it', () => {
  expect(versionTitle(second, nowMs)).toBe('3 days ago by laptop');
  expect(versionWords(second)).toBe('2.0 kB');
  expect(versionWords(deletion)).toBe('Deleted');
  expect(versionWords({ ...beside, thinned: true })).toBe(
    '2.0 kB, its content was let go, kept beside, never shown in the folder',
  );
});
