/** A tree of everything that a disk can hold, and what it looks like to the byte and the microsecond. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';

/** Names are bytes. */
export const at = (tree: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${tree}/`), Buffer.from(name, 'latin1')]);
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

/** Names that some program somewhere takes for something else; one character, one byte. */
export const hardNames: readonly string[] = [
  'n'.repeat(255),
  utf8('é'.repeat(127)),
  'two\nlines',
  '-rf',
  '--help',
  ' spaces at both ends ',
  '   ',
  '\xe9t\xe9 in Latin-1',
  '\xff\xfe\x80',
  'half \xc3',
  utf8('caf\u00e9'),
  utf8('cafe\u0301'),
  'README',
  'ReadMe',
  'CON',
  'aux.txt',
  'nul',
  'what?*<>|":',
  'back\\slash',
  'like \\x41 an escape',
  'ends with a dot.',
  '.hidden',
  '...',
  '~',
  '$HOME',
  '%41',
  'tab\tand\x07bell\x7f',
  utf8('\u202egpj.exe'),
  utf8('🪸 reef'),
];

/** Fills an empty directory. */
export function makeWholeTree(tree: string): void {
  mkdirSync(at(tree, 'names'));
  for (const name of hardNames) writeFileSync(at(tree, `names/${name}`), `content of ${name}`);
  mkdirSync(at(tree, 'kinds'));
  mkdirSync(at(tree, 'kinds/empty directory'), { mode: 0o750 });
  mkdirSync(at(tree, 'kinds/closed to others'), { mode: 0o700 });
  writeFileSync(at(tree, 'kinds/closed to others/secret'), 'mine', { mode: 0o600 });
  writeFileSync(at(tree, 'kinds/empty file'), '');
  writeFileSync(at(tree, 'kinds/script'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(at(tree, 'kinds/read-only'), 'look', { mode: 0o444 });
  writeFileSync(at(tree, 'kinds/write-only by others'), 'odd', { mode: 0o602 });
  chmodSync(at(tree, 'kinds/write-only by others'), 0o602);
  for (const size of [1, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 1024 * 1024, 1024 * 1024 + 1]) {
    writeFileSync(at(tree, `kinds/${size} bytes`), Buffer.alloc(size, `${size} `));
  }
  makeSparse(tree);
  writeFileSync(at(tree, 'kinds/one of two names'), 'linked');
  linkSync(at(tree, 'kinds/one of two names'), at(tree, 'kinds/other of two names'));
  symlinkSync('../names/README', at(tree, 'kinds/link'));
  symlinkSync('not there', at(tree, 'kinds/dangling link'));
  symlinkSync('../kinds', at(tree, 'kinds/link to where it lies'));
  symlinkSync(Buffer.from('../names/half \xc3', 'latin1'), at(tree, 'kinds/link to odd bytes'));
  mkdirSync(at(tree, deepPath), { recursive: true });
  writeFileSync(at(tree, `${deepPath}/at the bottom`), 'deep');
  setTimes(tree, 'kinds/script', '1969-07-20 20:17:40.123456789 UTC');
  setTimes(tree, 'kinds/read-only', '2001-09-09 01:46:40.000000001 UTC');
  setTimes(tree, 'kinds/empty file', '2038-01-19 03:14:08.999999999 UTC');
}

const deepPath = `deep/${Array.from({ length: 40 }, (_, depth) => `level ${depth} ${'d'.repeat(60)}`).join('/')}`;

/** Two megabytes, of which a few bytes are written. */
function makeSparse(tree: string): void {
  const path = at(tree, 'kinds/sparse');
  writeFileSync(path, '');
  truncateSync(path, 2 * 1024 * 1024);
  const file = openSync(path, 'r+');
  writeSync(file, 'in the middle', 1024 * 1024);
  closeSync(file);
}

/** As exactly as the disk has them. */
export function setTimes(tree: string, name: string, time: string): void {
  execFileSync('touch', ['-d', time, '--', `${tree}/${name}`]);
}

/** Every path (a byte string) with kind, permissions, time and content. */
export function wholeTree(tree: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (directory: string): void => {
    const names = readdirSync(at(tree, directory), { encoding: 'buffer' });
    for (const name of names.map((bytes) => bytes.toString('latin1')).sort()) {
      if (name.startsWith('.holdfast')) continue;
      const path = directory === '' ? name : `${directory}/${name}`;
      found[path] = described(tree, path);
      if (found[path].startsWith('directory')) walk(path);
    }
  };
  walk('');
  return found;
}

/** Times in microseconds, as exactly as Node sets them. */
function described(tree: string, path: string): string {
  const full = at(tree, path);
  const stat = lstatSync(full, { bigint: true });
  const bits = (Number(stat.mode) & 0o7777).toString(8);
  if (stat.isDirectory()) return `directory ${bits}`;
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(full, { encoding: 'latin1' })}`;
  if (!stat.isFile()) return 'something else';
  const content = readFileSync(full);
  return `file ${bits} ${microseconds(stat.mtimeNs)} ${content.length} ${content.toString('base64').slice(-400)}`;
}

/** Before 1970 too, what is left over is cut off towards the past. */
function microseconds(ns: bigint): bigint {
  return (ns - (((ns % 1000n) + 1000n) % 1000n)) / 1000n;
}
