/** Convergence: every tree is the same, and the archive shows what they show. */
import { leadsOutside } from '@holdfast/folder-scanner';
import {
  decodeVersion,
  type FileRecord,
  type FolderPath,
  type HistoryEntry,
} from '@holdfast/model';
import { nativeBlake3 } from '../seams/native-blake3.js';
import { SeedFailure } from './seed-failure.js';
import { contentKeyOf, type LiveEntry } from './world-content.js';

/** A device that has to write in a directory lets its owner do so, whatever the record says. */
function directoryShape(permissions: number): string {
  return `directory ${((permissions & 0o777) | 0o700).toString(8)}`;
}

/** What two devices must agree on about one path. */
function shapeOfLive({ kind, mtimeNs, content, target, ...entry }: LiveEntry): string {
  const permissions = (entry.permissions & 0o777).toString(8);
  if (kind === 'directory') return directoryShape(entry.permissions);
  if (kind === 'symlink') return `symlink ${target}`;
  return `file ${permissions} ${mtimeNs} ${content ?? 'empty'}`;
}

function shapeOfRecord(record: FileRecord): string {
  switch (record.kind) {
    case 'directory':
      return directoryShape(record.permissions ?? 0);
    case 'symlink':
      return `symlink ${record.target}`;
    case 'tombstone':
      return 'gone';
    case 'file': {
      const content = contentKeyOf(record.blocks) || 'empty';
      return `file ${record.permissions?.toString(8)} ${record.mtimeNs} ${content}`;
    }
  }
}

export function shapesOfTree(label: string, entries: readonly LiveEntry[]): Map<string, string> {
  const inside = entries.filter(({ path }) => path.startsWith(`${label}/`));
  return new Map(inside.map((entry) => [entry.path, shapeOfLive(entry)]));
}

export function shapesOfHistory(
  label: string,
  entries: readonly HistoryEntry[],
): Map<string, string> {
  const records = entries.map(
    (entry) => decodeVersion(entry.recordBytes, (bytes) => nativeBlake3.blake3(bytes)).record,
  );
  return new Map(records.map((record) => [`${label}/${record.path}`, shapeOfRecord(record)]));
}

/** Only the device of its user has a symlink that leads outside; others list it. */
function isNotCreated(path: string, shape: string): boolean {
  if (!shape.startsWith(symlinkMark)) return false;
  const inside = path.slice(path.indexOf('/') + 1);
  return leadsOutside(inside as FolderPath, shape.slice(symlinkMark.length));
}

const symlinkMark = 'symlink ';

export interface NamedShapes {
  readonly name: string;
  readonly shapes: ReadonlyMap<string, string>;
}

/** What the right one counts as different from the others, as paths in the folder. */
export interface CountedPaths {
  readonly label: string;
  readonly counted: ReadonlySet<string> | undefined;
}

/** Throws at the first path that two of them show differently and that is not counted. */
export function assertSame(left: NamedShapes, right: NamedShapes, except?: CountedPaths): void {
  for (const path of new Set([...left.shapes.keys(), ...right.shapes.keys()])) {
    const here = left.shapes.get(path) ?? 'nothing';
    const there = right.shapes.get(path) ?? 'nothing';
    if (here === there) continue;
    if (except?.counted?.has(path.slice(except.label.length + 1))) continue;
    if (here === 'nothing' && isNotCreated(path, there)) continue;
    if (there === 'nothing' && isNotCreated(path, here)) continue;
    const message = `${path}: ${left.name} has ${here}, ${right.name} has ${there}`;
    throw new SeedFailure('divergence', message);
  }
}
