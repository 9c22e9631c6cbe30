/**
 * Ignore files as patterns, in the order in which they count: lines, comments, prefixes, includes.
 * Nothing is guessed: a line that cannot be understood is a fault, and then there are no patterns.
 */

import { displayPath, type FolderPath, ignoreFileName, refusalOfPath } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { charactersOf, foldedCase } from './characters.js';
import { type Glob, GlobFault, parseGlob } from './glob.js';

/** One ignore file as it was read: byte strings. */
export interface IgnoreFile {
  readonly path: string;
  readonly bytes: string;
}

/** Where a pattern, or a fault, stands; for people. */
export interface IgnoreLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface IgnorePattern {
  readonly source: IgnoreLine;
  readonly negated: boolean;
  readonly foldsCase: boolean;
  /** What it matches may go where it keeps a directory from being deleted. */
  readonly deletable: boolean;
  readonly rooted: boolean;
  readonly contentOnly: boolean;
  readonly glob: Glob;
}

/** Bounds of what a person writes, and of what an included file may bring from another device. */
export const maxIgnoreFiles = 64;
export const maxIgnoreBytes = 128 * 1024;
const maxPatterns = 10_000;

const includePrefix = '#include';
const escapePrefix = '#escape=';
const defaultEscape = '\\';

/** The patterns of `.stignore` and of what it includes; `files` has them all. Throws `ignore_faulty`. */
export function parseIgnoreFiles(files: readonly IgnoreFile[]): IgnorePattern[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const patterns: IgnorePattern[] = [];
  const first = byPath.get(ignoreFileName);
  if (first !== undefined) addPatterns(first, byPath, new Set(), patterns);
  return patterns;
}

/** Files that a file includes, in order; what cannot be one is left to `parseIgnoreFiles`. */
export function includedBy(file: IgnoreFile): FolderPath[] {
  return linesOf(file).flatMap((line) => {
    if (!line.text.startsWith(includePrefix)) return [];
    const included = includedPath(file.path, line.text);
    return included.type === 'path' ? [included.path] : [];
  });
}

export function ignoreFault({ file, line, text }: IgnoreLine, reason: string): AppError {
  const where = `${file}, line ${line}, "${text}"`;
  return new AppError('ignore_faulty', `The ignore patterns cannot be used: ${where}: ${reason}.`, {
    hint: 'Mend that line. The other patterns count only once all of them can be understood.',
  });
}

function addPatterns(
  file: IgnoreFile,
  files: ReadonlyMap<string, IgnoreFile>,
  seen: Set<string>,
  patterns: IgnorePattern[],
): void {
  seen.add(file.path);
  let escapeMark: string | undefined;
  for (const line of linesOf(file)) {
    const { text } = line;
    if (text === '' || text.startsWith('//')) continue;
    if (text.startsWith(escapePrefix)) {
      if (escapeMark !== undefined)
        throw ignoreFault(line, '#escape= stands above all patterns, once');
      escapeMark = escapeOf(line);
    } else if (text.startsWith(includePrefix)) {
      addPatterns(included(file, line, files, seen), files, seen, patterns);
    } else {
      escapeMark ??= defaultEscape;
      patterns.push(patternOf(line, escapeMark));
      if (patterns.length > maxPatterns) throw ignoreFault(line, 'there are too many patterns');
    }
  }
}

function linesOf({ path, bytes }: IgnoreFile): IgnoreLine[] {
  const text = charactersOf(bytes).replace(/^\ufeff/, '');
  const file = displayPath(path);
  return text.split('\n').map((line, at) => ({ file, line: at + 1, text: line.trim() }));
}

function escapeOf(line: IgnoreLine): string {
  const [escapeMark, ...more] = Array.from(line.text.slice(escapePrefix.length).trim());
  if (escapeMark !== undefined && more.length === 0) return escapeMark;
  throw ignoreFault(line, '#escape= names one character');
}

function included(
  from: IgnoreFile,
  line: IgnoreLine,
  files: ReadonlyMap<string, IgnoreFile>,
  seen: ReadonlySet<string>,
): IgnoreFile {
  const target = includedPath(from.path, line.text);
  if (target.type === 'refused') throw ignoreFault(line, target.reason);
  if (seen.has(target.path)) throw ignoreFault(line, 'the file is included more than once');
  const file = files.get(target.path);
  if (file === undefined) throw ignoreFault(line, 'there is no such file in the folder');
  return file;
}

/** Relative to the directory of the file that includes it, and never outside the folder. */
function includedPath(
  from: string,
  line: string,
):
  | { readonly type: 'path'; readonly path: FolderPath }
  | { readonly type: 'refused'; readonly reason: string } {
  const named = line.slice(includePrefix.length);
  const wanted = Buffer.from(named.trim(), 'utf8').toString('latin1');
  if (wanted === '' || !/^\s/.test(named)) {
    return { type: 'refused', reason: 'the file to include is not named' };
  }
  const names = from.split('/').slice(0, -1);
  for (const name of wanted.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') names.push(name);
    else if (names.pop() === undefined) {
      return { type: 'refused', reason: 'it leads out of the folder' };
    }
  }
  const path = names.join('/');
  if (path === ignoreFileName) {
    return { type: 'refused', reason: 'the file is included more than once' };
  }
  const refusal = refusalOfPath(path);
  if (refusal === undefined) return { type: 'path', path: path as FolderPath };
  return { type: 'refused', reason: 'it is not a file of the folder' };
}

interface Prefixes {
  readonly negated: boolean;
  readonly foldsCase: boolean;
  readonly deletable: boolean;
  readonly rest: string;
}

const prefixMarks = { negated: '!', foldsCase: '(?i)', deletable: '(?d)' } as const;
const prefixNames = ['negated', 'foldsCase', 'deletable'] as const;

/** In any order, each once: a second one is part of the pattern. */
function prefixesOf(text: string): Prefixes {
  const found = { negated: false, foldsCase: false, deletable: false };
  let rest = text;
  for (;;) {
    const next = prefixNames.find((name) => !found[name] && rest.startsWith(prefixMarks[name]));
    if (next === undefined) return { ...found, rest };
    found[next] = true;
    rest = rest.slice(prefixMarks[next].length);
  }
}

function patternOf(source: IgnoreLine, escapeMark: string): IgnorePattern {
  const { negated, foldsCase, deletable, rest } = prefixesOf(source.text);
  if (rest === '') throw ignoreFault(source, 'there is nothing to match');
  const rooted = rest.startsWith('/');
  const named = rooted ? rest.slice(1) : rest.replace(/^\*\*\//, '');
  const escapedEnd = escapeMark !== '/' && named.endsWith(`${escapeMark}/`);
  const contentOnly = !escapedEnd && (named === '' || named.endsWith('/'));
  const body = contentOnly && named !== '' ? named.slice(0, -1) : named;
  const read = foldsCase ? foldedCase(body) : body;
  try {
    const glob = parseGlob(read, escapeMark);
    return {
      source,
      negated,
      foldsCase,
      deletable: deletable && !negated,
      rooted,
      contentOnly,
      glob,
    };
  } catch (error) {
    if (error instanceof GlobFault) throw ignoreFault(source, error.message);
    throw error;
  }
}
