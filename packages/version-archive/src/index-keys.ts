/**
 * The keys and values of the history index: a cache of the log in the key-value store. A path's
 * rows are keyed `parent 0 name 0 position`, so that one directory's entries are contiguous; its
 * subtree is the range of its own children and the range of everything deeper.
 */
import type { EntryLocation } from '@holdfast/block-store';
import {
  ByteReader,
  ByteWriter,
  type ContentId,
  type FolderId,
  type FolderPath,
  hexFrom,
  nameOf,
  parentOf,
  readU64,
  type VersionId,
  writeU64,
} from '@holdfast/model';
import type { KeyRange } from '@holdfast/platform';
import type { CopyLocations } from './follow-chain.js';

/**
 * `head`: the last current row of each path, by its whole path. `current`: entries that became current. `log`: all entries. `version`: the first of each version.
 * `stored`: the stored id of each block that an entry names. `mark`: an entry that thinned. `thinned`: which entry thinned a version.
 * `counted`: since when the rows need not be counted; like `meta` no row that is.
 */
export type RowFamily =
  | 'meta'
  | 'counted'
  | 'folder'
  | 'head'
  | 'current'
  | 'log'
  | 'version'
  | 'stored'
  | 'mark'
  | 'thinned'
  | 'sure-time'
  | 'unsure-time';

const familyCodes: Record<RowFamily, string> = {
  meta: 'm',
  counted: 'n',
  folder: 'f',
  head: 'h',
  current: 'c',
  log: 'l',
  version: 'v',
  stored: 's',
  mark: 'k',
  thinned: 'x',
  'sure-time': 't',
  'unsure-time': 'u',
};

const familyOfCode = new Map(
  (Object.keys(familyCodes) as RowFamily[]).map((name) => [familyCodes[name].charCodeAt(0), name]),
);

export const positionBytes = 8;
const versionIdBytes = 32;
const folderCharacters = 16;

export class IndexKeys {
  readonly #prefix: Buffer;
  readonly #prefixText: string;

  constructor(prefix: Uint8Array) {
    this.#prefix = Buffer.from(prefix);
    this.#prefixText = this.#prefix.toString('latin1');
  }

  /** A key of the family, made of a byte string. */
  key(family: RowFamily, rest = '', position?: number): Buffer {
    const end = position === undefined ? '' : bytesOfNumber(position).toString('latin1');
    return Buffer.from(this.#prefixText + familyCodes[family] + rest + end, 'latin1');
  }

  /** The same, with bytes behind it that are given as hexadecimal digits. */
  #keyWithDigits(family: RowFamily, rest: string, digits: string): Buffer {
    const start = this.#prefixText + familyCodes[family] + rest;
    const key = Buffer.allocUnsafe(start.length + digits.length / 2);
    key.write(digits, key.write(start, 'latin1'), 'hex');
    return key;
  }

  /** The part of a path row's key before its position. */
  pathKey(family: 'current' | 'log', folder: FolderId, path: FolderPath): Buffer {
    return this.key(family, `${folder}${parentOf(path)}\0${nameOf(path)}\0`);
  }

  versionKey(folder: FolderId, versionDigits: string): Buffer {
    return this.#keyWithDigits('version', folder, versionDigits);
  }

  /** The rows of a folder's versions, by their ids; those behind one of them. */
  versionsBehind(folder: FolderId, versionId: VersionId | undefined): KeyRange {
    const { from, to } = this.range('version', folder);
    return { from: versionId === undefined ? from : after(this.versionKey(folder, versionId)), to };
  }

  /** Of a version: folder and digits, as one. */
  thinnedKey(versionKey: string): Buffer {
    const folder = versionKey.slice(0, folderCharacters);
    return this.#keyWithDigits('thinned', folder, versionKey.slice(folderCharacters));
  }

  headKey(folder: FolderId, path: FolderPath): Buffer {
    return this.key('head', folder + path);
  }

  storedKey(contentId: ContentId): Buffer {
    return this.#keyWithDigits('stored', '', contentId);
  }

  /** The exclusive end of a path's rows at or before the position. */
  upTo(pathKey: Uint8Array, position: number): Buffer {
    return Buffer.concat([pathKey, bytesOfNumber(position + 1)]);
  }

  /** Every row of the family, or those whose key goes on with `rest`. */
  range(family: RowFamily, rest = ''): KeyRange {
    const from = this.key(family, rest);
    return { from, to: after(from) };
  }

  /** Every row of the index. */
  all(): KeyRange {
    return { from: this.#prefix, to: after(this.#prefix) };
  }

  /** The current rows of a directory's children, and, apart from them, of everything deeper. */
  directoryRanges(folder: FolderId, directory: string): { children: KeyRange; deeper: KeyRange } {
    const children = this.range('current', `${folder}${directory}\0`);
    if (directory !== '')
      return { children, deeper: this.range('current', `${folder}${directory}/`) };
    const { to } = this.range('current', folder);
    return { children, deeper: { from: children.to, to } };
  }

  /** The path that a current or log row is about. */
  pathOf(pathKey: Uint8Array): FolderPath {
    const skip = this.#prefix.length + 1 + 16;
    const text = Buffer.from(pathKey).toString('latin1', skip, pathKey.length - 1);
    const end = text.indexOf('\0');
    const parent = text.slice(0, end);
    const name = text.slice(end + 1);
    return (parent === '' ? name : `${parent}/${name}`) as FolderPath;
  }

  familyOf(key: Uint8Array): RowFamily | undefined {
    return familyOfCode.get(key[this.#prefix.length] ?? 0);
  }
}

/** The version that a row of the family `version` is about. */
export function versionOfKey(key: Uint8Array): VersionId {
  return hexFrom(key.subarray(-versionIdBytes)) as VersionId;
}

/** The least key that is greater than every key with this prefix. */
export function after(prefix: Uint8Array): Buffer {
  const key = Buffer.from(prefix);
  let end = key.length;
  while (end > 0 && key[end - 1] === 0xff) end -= 1;
  if (end === 0) return Buffer.alloc(prefix.length + 1, 0xff);
  key[end - 1] = (key[end - 1] ?? 0) + 1;
  return key.subarray(0, end);
}

export function bytesOfNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(positionBytes);
  writeU64(bytes, value, 0);
  return bytes;
}

/** The number in the last eight bytes. */
export function lastNumberOf(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return readU64(buffer, buffer.length - positionBytes);
}

/** Segment 0 stands for a copy that does not have the entry. */
export function writeLocations(writer: ByteWriter, locations: CopyLocations): void {
  for (const location of [locations.a, locations.b]) {
    writer
      .u32(location?.segment ?? 0)
      .u64(location?.offset ?? 0)
      .u32(location?.lengthBytes ?? 0);
  }
}

export function readLocations(reader: ByteReader): CopyLocations {
  return { a: readLocation(reader), b: readLocation(reader) };
}

function readLocation(reader: ByteReader): EntryLocation | undefined {
  const segment = reader.u32();
  const offset = reader.u64();
  const lengthBytes = reader.u32();
  return segment === 0 ? undefined : { segment, offset, lengthBytes };
}

export function encodeLocations(locations: CopyLocations): Uint8Array {
  const writer = new ByteWriter(32);
  writeLocations(writer, locations);
  return writer.bytes();
}

export function decodeLocations(bytes: Uint8Array): CopyLocations {
  return readLocations(new ByteReader(bytes));
}
