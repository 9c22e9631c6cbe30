/** The address of a place in the past: any path leads there and back, anything else is no place. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  crumbsOf,
  hashOf,
  historyPath,
  type LookBackPlace,
  placeFromHash,
} from '../src/look-back-place.js';

const root: LookBackPlace = { folder: 'abcd', path: '', file: false, at: undefined };

describe('the address of a place', () => {
  test('leads back to it, whatever the names are made of', () => {
    const names = fc.string({ minLength: 1, unit: 'grapheme' });
    fc.assert(
      fc.property(names, names, fc.boolean(), (folder, path, file) => {
        const at = '2026-03-01T12:00:00.000Z';
        const version = file ? { version: 'ab'.repeat(32) } : {};
        const place = { folder, path, file, at, ...version };
        const address = new URL(hashOf(place), 'http://127.0.0.1/');
        expect(placeFromHash(address.hash)).toEqual(place);
      }),
    );
  });

  test('without a moment is now, and a moment that is none too', () => {
    expect(placeFromHash(hashOf(root))).toEqual(root);
    expect(placeFromHash('#look-back?folder=abcd&at=javascript:1')).toEqual(root);
    expect(placeFromHash('#look-back?folder=abcd&version=<b>')).toEqual(root);
  });

  test('of anything else is no place', () => {
    for (const hash of ['', '#folder-abcd', '#look-back?', '#look-back?path=a', '#look-back']) {
      expect(placeFromHash(hash)).toBeUndefined();
    }
  });
});

test('history is asked by the id of the folder', () => {
  expect(historyPath(root)).toBe('abcd');
  expect(historyPath({ ...root, path: 'a/b' })).toBe('abcd/a/b');
});

test('each directory above is named by its own path, and no name breaks the line', () => {
  expect(crumbsOf('')).toEqual([]);
  expect(crumbsOf('a/b\n/c')).toEqual([
    { name: 'a', path: 'a' },
    { name: 'b␊', path: 'a/b\n' },
    { name: 'c', path: 'a/b\n/c' },
  ]);
});
