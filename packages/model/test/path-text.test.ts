import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayPath, pathBytesFrom } from '../src/index.js';

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
/** Bytes of all kinds, with text and escapes among them. */
const path = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }).map(latin1),
      fc.string({ unit: 'binary', maxLength: 3 }).map(utf8),
      fc.constantFrom('\\', '\\x', '\\x41', '\\\\x5c', 'é', '\xe9', '\xef\xbf\xbd'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('paths as text', () => {
  test('the text of a path leads back to its very bytes', () => {
    fc.assert(fc.property(path, (bytes) => pathBytesFrom(displayPath(bytes)) === bytes));
  });

  test('two paths never have the same text', () => {
    fc.assert(
      fc.property(path, path, (one, other) => {
        fc.pre(one !== other);
        expect(displayPath(one)).not.toBe(displayPath(other));
      }),
    );
  });

  test.each([
    [utf8('größe 🪸/日本'), 'größe 🪸/日本'],
    ['\xe9t\xe9.txt', '\\xE9t\\xE9.txt'],
    [`${utf8('né')}\xc3`, 'né\\xC3'],
    ['a\\b', 'a\\b'],
    ['a\\x41', 'a\\x5Cx41'],
    [utf8('\ufffd'), '\ufffd'],
    ['line\nfeed', 'line\nfeed'],
  ])('%j is shown as %j', (bytes, text) => {
    expect(displayPath(bytes)).toBe(text);
  });
});
