/** A directory as it was, beside what it is now. */
import { describe, expect, test } from 'vitest';
import {
  entriesNamed,
  entryWords,
  type ListedEntry,
  pastEntries,
  summaryWords,
} from '../src/past-entries.js';
import { nowMs } from './example-node.js';

const file: ListedEntry = {
  path: 'docs/report.txt',
  kind: 'file',
  size: 2_048,
  version: 'v1',
  deleted: false,
  thinned: false,
  changed: new Date(nowMs - 3 * 86_400_000).toISOString(),
  device: 'laptop',
};
const deleted = { ...file, path: 'docs/old.txt', version: 'v2', size: 0, deleted: true };

describe('what is listed', () => {
  test('has directories first, and numbers in the order of their values', () => {
    const directory: ListedEntry = { ...file, path: 'docs/z', kind: 'directory' };
    const names = ['report 10', 'report 9'].map((name) => ({ ...file, path: `docs/${name}` }));
    const listed = pastEntries([...names, directory], undefined);
    expect(listed.map(({ name }) => name)).toEqual(['z', 'report 9', 'report 10']);
  });

  test('says what is another one now, and what is gone', () => {
    const then = [file, { ...file, path: 'docs/same' }, { ...file, path: 'docs/gone' }];
    const now = [
      { ...file, version: 'v9' },
      { ...file, path: 'docs/same' },
    ];
    const differing = pastEntries(then, now).filter(({ differs }) => differs);
    expect(differing.map(({ name }) => name)).toEqual(['gone', 'report.txt']);
    expect(pastEntries(then, undefined).some(({ differs }) => differs)).toBe(false);
  });

  test('shows what would break a line or turn its direction, and does not obey it', () => {
    const [entry] = pastEntries([{ ...file, path: 'docs/a\nb\u202egpj.exe' }], undefined);
    expect(entry?.name).toBe('a␊b\ufffdgpj.exe');
    expect(entry?.path).toBe('docs/a\nb\u202egpj.exe');
  });

  test('is found by a part of its name, with or without what was deleted', () => {
    const all = pastEntries([file, deleted], undefined);
    expect(entriesNamed(all, '', true)).toBe(all);
    expect(entriesNamed(all, ' REP', true).map(({ name }) => name)).toEqual(['report.txt']);
    expect(entriesNamed(all, '', false).map(({ name }) => name)).toEqual(['report.txt']);
    expect(entriesNamed(all, 'old', false)).toEqual([]);
  });
});

describe('in words', () => {
  const [shown] = pastEntries([file], undefined);
  const [gone] = pastEntries([deleted], undefined);

  test('an entry says what it is, when it changed and who did it', () => {
    expect(entryWords(shown!, nowMs)).toBe('2.0 kB, 3 days ago by laptop');
    expect(entryWords(gone!, nowMs)).toBe('Deleted 3 days ago by laptop');
    expect(entryWords({ ...shown!, kind: 'directory' }, nowMs)).toMatch(/^Directory, /);
    expect(entryWords({ ...shown!, thinned: true }, nowMs)).toMatch(/its content was let go$/);
  });

  test('a directory says how much there is, what was deleted and what differs', () => {
    expect(summaryWords([])).toBe('Nothing.');
    expect(summaryWords([shown!])).toBe('1 entry.');
    expect(summaryWords([{ ...shown!, differs: true }, gone!])).toBe(
      '1 entry, 1 deleted by then, 1 not the same now.',
    );
  });
});
