import { posix } from 'node:path';
import { leadsOutside } from '@holdfast/folder-scanner';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathOf } from './scan-world.js';

describe('where a symlink leads, by its names alone', () => {
  test.each([
    ['link', 'a.txt'],
    ['link', './d/e/f'],
    ['link', 'nowhere'],
    ['d/link', '..'],
    ['d/link', '../a.txt'],
    ['d/e/link', '../../f/g'],
    ['d/link', '..a'],
    ['d/link', '.holdfast'],
  ])('%s to %s stays inside', (path, target) => {
    expect(leadsOutside(pathOf(path), target)).toBe(false);
  });

  test.each([
    ['link', '/etc/passwd'],
    ['link', '..'],
    ['link', '../other'],
    ['d/link', '../../other'],
    ['d/link', './.././../other'],
    ['link', 'd/..//../other'],
    ['d/e/link', 'up/../x'],
    ['link', '.holdfast/marker.json'],
    ['d/link', '../.Holdfast'],
    ['link', 'd/.holdfast-tmp-1'],
    ['link', ''],
    ['link', 'a\0b'],
  ])('%s to %j does not', (path, target) => {
    expect(leadsOutside(pathOf(path), target)).toBe(true);
  });

  test('whatever stays inside also does so once it is resolved', () => {
    const name = fc.constantFrom('a', 'b', '..', '.', '');
    const names = fc.array(name, { maxLength: 6 }).map((all) => all.join('/'));
    const path = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, names, (from, target) => {
        if (leadsOutside(pathOf(from.join('/')), target)) return;
        const reached = posix.resolve('/root', ...from.slice(0, -1), target);
        expect(reached === '/root' || reached.startsWith('/root/')).toBe(true);
      }),
    );
  });
});
