/**
 * Ignore patterns as Syncthing documents them (users/ignoring.rst), and what its behaviour is known
 * to be beyond that.
 */
import { type FolderPath, ignoreFileName } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { charactersOf, IgnoreRules } from '../src/index.js';

const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

function rulesOf(text: string, included: Record<string, string> = {}): IgnoreRules {
  const files = Object.entries({ [ignoreFileName]: text, ...included });
  return IgnoreRules.from(files.map(([path, content]) => ({ path, bytes: bytes(content) })));
}

function isIgnored(text: string, path: string): boolean {
  return rulesOf(text).isIgnored(bytes(path) as FolderPath);
}

function faultOf(text: string, included: Record<string, string> = {}): string {
  try {
    rulesOf(text, included);
  } catch (error) {
    if (error instanceof AppError && error.code === 'ignore_faulty') return error.message;
    throw error;
  }
  return 'no fault';
}

/** Each: the patterns, what they match, what they do not. */
const documented: [string, string[], string[]][] = [
  ['foo', ['foo', 'subdir/foo', 'foo/bar', 'subdir/foo/a/b'], ['foofoo', 'xfoo', 'sub/foox']],
  ['  foo bar\t', ['foo bar'], ['foo', 'bar', ' foo bar']],
  ['te*ne', ['telephone', 'subdir/telephone', 'tene'], ['tele/phone', 'teneX']],
  ['te**ne', ['telephone', 'subdir/telephone', 'tele/sub/dir/phone'], ['te/nX']],
  ['te??st', ['tebest', 'a/tebest'], ['teb/st', 'test', 'teest']],
  ['[a-z]', ['q', 'd/q'], ['Q', 'qq', '1']],
  ['x[a-cX0-9-]y', ['xby', 'xXy', 'x7y', 'x-y'], ['xdy', 'xy']],
  ['x[!a-c]y', ['xdy'], ['xby', 'x/y', 'xy']],
  ['{banana,pineapple}', ['banana', 'd/pineapple'], ['apple', 'banana,pineapple']],
  ['a{,b,c{d,e}}f', ['af', 'abf', 'acdf', 'acef'], ['acf', 'abcf']],
  ['{a/b,c}/d', ['a/b/d', 'x/c/d', 'c/d/e'], ['a/d', 'b/d']],
  ['foo,bar.txt', ['foo,bar.txt'], ['foo', 'bar.txt']],
  ['\\{banana\\}', ['{banana}'], ['banana', '\\{banana\\}']],
  ['a\\*b\\?\\[c\\]\\\\', ['a*b?[c]\\'], ['axb?[c]\\']],
  ['/foo', ['foo', 'foo/bar'], ['subdir/foo']],
  ['/foo/*.o', ['foo/a.o'], ['foo/d/a.o', 'x/foo/a.o']],
  ['dir1/cfile', ['dir1/cfile', 'x/dir1/cfile'], ['cfile', 'dir1', 'dir1/x/cfile']],
  ['**/efile', ['efile', 'dir1/efile', 'a/b/efile/c'], ['xefile']],
  ['/**/efile', ['dir1/efile'], ['efile']],
  ['a/**', ['a/b', 'a/b/c', 'x/a/b'], ['a', 'x/a']],
  ['**/c/**', ['a/b/c/d/e', 'c/d'], ['c', 'a/c']],
  ['a**b**c', ['a/b/c', 'abc', 'aXbY/c'], ['ab', 'ac']],
  ['some/directory/', ['some/directory/x', 'some/directory/x/y'], ['some/directory']],
  ['(?i)test', ['test', 'TEST', 'tEsT', 'd/Test'], ['tests']],
  ['(?i)[A-C]Ä', ['bä', 'Bä', 'cÄ'], ['dä']],
  ['test', ['test'], ['TEST']],
  ['// foo\n\n//bar\n  // baz', [], ['foo', 'bar', '// foo', 'baz']],
  ['file // comment', ['file // comment'], ['file']],
  ['#snapshot', ['#snapshot', '#snapshot/foo'], ['snapshot']],
  ['lost+found\n$RECYCLE.BIN', ['lost+found', '$RECYCLE.BIN/S-1/desktop.ini'], ['lostfound']],
  ['200?春\n400[0-9]?', ['2002春', '4004春', '4004x'], ['200春']],
  ['*ä*', ['åäö', 'åa\u0308ö'], ['aou']],
  ['*.😀?', ['a.😀é', 'x.😀😀'], ['a.😀', 'a.😀ab']],
  ['a]b\na}b', ['a]b', 'a}b'], ['ab']],
  ['/', ['a', 'a/b'], []],
  ['*', ['a', 'a/b'], []],
  ['#escape=|\na|*b\nc\\d', ['a*b', 'c\\d'], ['axb', 'a|*b', 'cd']],
  ['// first\n\n#escape=\\\n\\*', ['*'], ['a']],
  ['\ufefffoo\r\nbar\r\n', ['foo', 'bar'], ['foo\r']],
];

describe('a pattern', () => {
  test.each(documented)('%j', (text, matched, passed) => {
    for (const path of matched) expect([path, isIgnored(text, path)]).toEqual([path, true]);
    for (const path of passed) expect([path, isIgnored(text, path)]).toEqual([path, false]);
  });

  test('the first one that matches decides', () => {
    const text = '!iex2\n!ign1/ex\nign1\ni*2\n!ign2';
    const ignored = ['ign1', 'ign2', 'ibla2', 'ign1/ign', 'foo/bar/ign1', 'foo/bar/ign2'];
    const passed = ['iex2', 'ign1/ex', 'ign1/iex2', 'iex2/ign', 'foo/bar/iex2'];
    for (const path of ignored) expect([path, isIgnored(text, path)]).toEqual([path, true]);
    for (const path of passed) expect([path, isIgnored(text, path)]).toEqual([path, false]);
  });

  test("Syncthing's documented example ends as documented", () => {
    const rules = rulesOf('(?d).DS_Store\n!frobble\n!quuz\nfoo\n*2\nqu*\n(?i)my pictures\n');
    const ignored = ['.DS_Store', 'foo', 'bar/quux', 'bar2', 'bar2/baz', 'My Pictures'];
    const passed = ['foofoo', 'bar', 'bar/baz', 'bar/quuz', 'bar2/frobble'];
    for (const path of [...ignored, 'My Pictures/Img15.PNG']) {
      expect([path, rules.isIgnored(path as FolderPath)]).toEqual([path, true]);
    }
    for (const path of passed) {
      expect([path, rules.isIgnored(path as FolderPath)]).toEqual([path, false]);
    }
    expect(rules.match('.DS_Store' as FolderPath).deletable).toBe(true);
    expect(rules.match('foo' as FolderPath)).toEqual({
      ignored: true,
      deletable: false,
      by: { file: '.stignore', line: 4, text: 'foo' },
    });
  });

  test('prefixes stand in any order, each once; a second one is part of the pattern', () => {
    const orders = ['(?i)(?d)!', '(?d)(?i)!', '(?i)!(?d)', '(?d)!(?i)', '!(?i)(?d)', '!(?d)(?i)'];
    for (const prefixes of orders) {
      const match = rulesOf(`${prefixes}IGN\n*`).match('ign' as FolderPath);
      expect([prefixes, match.ignored, match.deletable]).toEqual([prefixes, false, false]);
    }
    expect(isIgnored('(?d)(?d)!ign10', '(?d)!ign10')).toBe(true);
    expect(isIgnored('!!a\n*', '!a')).toBe(false);
    expect(isIgnored('(?di)a', 'a')).toBe(false);
    expect(rulesOf('(?i)(?d)A').match('a' as FolderPath).deletable).toBe(true);
  });

  test('a name that is not UTF-8 is matched byte by byte', () => {
    const name = 'a\xff\xc3b' as FolderPath;
    const rules = (text: string) => IgnoreRules.from([{ path: ignoreFileName, bytes: text }]);
    expect(rules('a??b').isIgnored(name)).toBe(true);
    expect(rules('a?b').isIgnored(name)).toBe(false);
    expect(rules('a*b').isIgnored(name)).toBe(true);
    expect(rules('a\xff\xc3b').isIgnored(name)).toBe(true);
    expect(rules(bytes('a\ufffd\ufffdb')).isIgnored(name)).toBe(false);
    expect(charactersOf('\xe6\x98')).toBe('\udce6\udc98');
  });
});

describe('an ignored directory', () => {
  const walked = (text: string, path: string) => rulesOf(text).mayHoldSynced(path as FolderPath);

  test('is walked where a pattern before the one that takes it may bring something back', () => {
    expect(walked('/foo\n/bar\n!baz\n*', 'foo')).toBe(false);
    expect(walked('/foo\n/bar\n!baz\n*', 'other/deep')).toBe(true);
    expect(walked('!/baz\n*', 'other')).toBe(false);
    expect(walked('!/parent/test\n*', 'parent')).toBe(true);
    expect(walked('!/parent/test\n*', 'whatever')).toBe(false);
    expect(walked('!/pa[sdf]nt/t*t\n*', 'pasnt')).toBe(true);
    expect(walked('ign1\n!ign1/ex', 'ign1')).toBe(false);
    expect(walked('ign1\ni*2', 'ign2')).toBe(false);
    expect(walked('(?i)!/KEEP/*.txt\n*', 'keep')).toBe(true);
  });
});

describe('an ignore file', () => {
  test('includes files by their place, and patterns stay relative to the root', () => {
    const rules = rulesOf('#include excludes\nbfile\n', {
      excludes: 'dir2/dfile\n#include  more/further\n',
      'more/further': '/dir3\n#include third\n',
      'more/third': 'last',
    });
    const ignored = ['bfile', 'dir2/dfile', 'dir3', 'x/last'];
    for (const path of ignored) expect(rules.isIgnored(path as FolderPath)).toBe(true);
    expect(rules.isIgnored('more/dir3' as FolderPath)).toBe(false);
    expect(rules.match('dir3' as FolderPath).by?.file).toBe('more/further');
    expect(rules.isSource('more/third')).toBe(true);
  });

  test.each([
    ['a\n[b\n', '.stignore, line 2, "[b": the [ has no ]'],
    ['{a,b', '"{a,b": the { has no }'],
    ['[]', 'nothing between [ and ]'],
    ['[z-a]', 'runs backward'],
    ['a\\', 'nothing follows the escape'],
    ['!', 'nothing to match'],
    ['(?d)', 'nothing to match'],
    ['#include', 'not named'],
    ['#include \n', 'not named'],
    ['#include missing', 'no such file'],
    ['#include ../outside', 'leads out of the folder'],
    ['#include a/../../outside', 'leads out of the folder'],
    ['#include .stignore', 'more than once'],
    ['#include .holdfast/marker.json', 'not a file of the folder'],
    [
      '#include once\n#include once',
      'line 2, "#include once": the file is included more than once',
    ],
    ['a\n#escape=|', 'stands above all patterns'],
    ['#escape=ab', 'names one character'],
    [`${'{'.repeat(20)}a${'}'.repeat(20)}`, 'nested too deeply'],
  ])('%j is a fault that names its line', (text, reason) => {
    expect(faultOf(text, { once: 'x' })).toContain(reason);
  });

  test('an included file that includes its includer is a fault', () => {
    expect(faultOf('#include a', { a: '#include b', b: '#include a' })).toContain('b, line 1');
  });
});

describe('whatever the patterns are', () => {
  const character = fc.constantFrom(
    'a',
    'b',
    'A',
    '/',
    'ä',
    '*',
    '?',
    '{',
    ',',
    '}',
    '[',
    ']',
    '!',
  );
  const line = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(''));
  const name = fc
    .array(fc.constantFrom('a', 'b', 'A', 'ä', '*', '!', '\xff'), { minLength: 1, maxLength: 4 })
    .map((characters) => characters.join(''));
  const path = fc.array(name, { minLength: 1, maxLength: 4 });

  const rulesIfSound = (text: string): IgnoreRules | undefined =>
    faultOf(text) === 'no fault' ? rulesOf(text) : undefined;

  test('without a negated one, all that lies in an ignored directory is ignored', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), path, (lines, names) => {
        const plain = lines.filter((one) => !one.startsWith('!') && one !== '');
        const rules = rulesIfSound(plain.join('\n'));
        fc.pre(rules !== undefined);
        const whole = names.join('/') as FolderPath;
        for (let depth = 1; depth < names.length; depth += 1) {
          const above = names.slice(0, depth).join('/') as FolderPath;
          if (rules.isIgnored(above)) expect(rules.isIgnored(whole)).toBe(true);
        }
      }),
    );
  });

  test('what an ignored directory holds is not ignored only where the directory is walked', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), path, (lines, names) => {
        const rules = rulesIfSound(lines.filter((one) => one !== '').join('\n'));
        fc.pre(rules !== undefined && !rules.isEmpty);
        if (rules.isIgnored(names.join('/') as FolderPath)) return;
        for (let depth = 1; depth < names.length; depth += 1) {
          const above = names.slice(0, depth).join('/') as FolderPath;
          if (rules.isIgnored(above)) expect(rules.mayHoldSynced(above)).toBe(true);
        }
      }),
    );
  });

  test('an escaped name matches itself, and nothing else of its directory', () => {
    fc.assert(
      fc.property(name, name, (first, second) => {
        const escaped = Array.from(first)
          .map((one) => `\\${one}`)
          .join('');
        const rules = IgnoreRules.from([{ path: ignoreFileName, bytes: escaped }]);
        expect(rules.isIgnored(first as FolderPath)).toBe(true);
        const same = charactersOf(first) === charactersOf(second);
        expect(rules.isIgnored(second as FolderPath)).toBe(same);
      }),
    );
  });
});

test('patterns that would make a backtracking matcher take for ever are no trouble', () => {
  const stars = `${'a*'.repeat(60)}b`;
  const deep = `${'**{a,aa,aaa}'.repeat(40)}b`;
  const rules = rulesOf(`${stars}\n${deep}\n(?i)${'[a-z]*'.repeat(60)}!`);
  const path = 'a'.repeat(255).concat('/', 'a'.repeat(255)) as FolderPath;
  const before = process.cpuUsage().user;
  for (let count = 0; count < 20; count += 1) expect(rules.isIgnored(path)).toBe(false);
  // Bounded by the length of path and patterns; a backtracking matcher would not end.
  expect((process.cpuUsage().user - before) / 1_000).toBeLessThan(5_000);
});
