import fc from 'fast-check';
import { expect, test } from 'vitest';
import { didYouMean, nearNames } from '../src/near-names.js';

const names = ['Documents', 'docs', 'Photos', 'Photos (2)', 'pi', 'desktop'];

test.each([
  ['photos', ['Photos', 'Photos (2)']],
  ['Docments', ['Documents']],
  ['Documnets', ['Documents']],
  ['dosc', ['docs']],
  ['doc', ['docs', 'Documents']],
  ['pu', ['pi']],
  ['dekstop', ['desktop']],
  ['music', []],
  ['', []],
])('who typed "%s" may have meant %j', (typed, expected) => {
  expect(nearNames(typed, names)).toEqual(expected);
});

test('the hint names them, or says nothing', () => {
  expect(didYouMean('dosc', names)).toBe('Did you mean "docs"? ');
  expect(didYouMean('music', names)).toBe('');
});

test('a name with one letter left out, added or replaced is found again', () => {
  const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const name = fc.string({ minLength: 4, maxLength: 12, unit: fc.constantFrom(...letters) });
  const change = fc.constantFrom(
    () => '',
    () => 'z',
    (letter: string) => `${letter}z`,
  );
  fc.assert(
    fc.property(name, fc.nat(11), change, (meant, at, changed) => {
      const place = at % meant.length;
      const typed = meant.slice(0, place) + changed(meant[place]!) + meant.slice(place + 1);
      expect(nearNames(typed, ['unlike anything', meant])).toContain(meant);
    }),
  );
});

test('very long names are compared in no time', () => {
  const long = 'x'.repeat(100_000);
  expect(nearNames(long, [long.replace('x', 'y')])).toHaveLength(1);
});
