/**
 * Keys of one folder in the database: the folder's id, a tag, and what the tag calls for. A path's
 * key is its directory, a zero byte and its name, so that a directory's children lie together.
 */
import {
  bytesFromHex,
  type ContentId,
  childPath,
  type FolderId,
  type FolderPath,
  hexFrom,
  nameOf,
  parentOf,
  type VersionId,
} from '@holdfast/model';
import { byteStringFrom, bytesOf } from '@holdfast/platform';

const tags = {
  entry: 'e',
  sequence: 's',
  boundary: 'h',
  version: 'v',
  need: 'n',
  queue: 'q',
  side: 'x',
  meta: 'm',
  content: 'c',
  localChange: 'l',
  place: 'b',
  directory: 'd',
  conflict: 'k',
  /** Since when the keys need not be counted. */
  counted: 'a',
} as const;

export interface KeySpan {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export class IndexKeys {
  readonly #folder: string;

  /** Indices of one folder that lie side by side have prefixes of their own. */
  constructor(folder: FolderId, prefix = '') {
    this.#folder = prefix + folder;
  }

  entry(path: FolderPath): Uint8Array {
    return this.#key('entry', `${parentOf(path)}\0${nameOf(path)}`);
  }

  need(path: FolderPath): Uint8Array {
    return this.#key('need', `${parentOf(path)}\0${nameOf(path)}`);
  }

  localChange(path: FolderPath): Uint8Array {
    return this.#key('localChange', `${parentOf(path)}\0${nameOf(path)}`);
  }

  conflict(path: FolderPath): Uint8Array {
    return this.#key('conflict', `${parentOf(path)}\0${nameOf(path)}`);
  }

  /** The path of a key made by `entry`, `need`, `localChange` or `conflict`. */
  pathOf(key: Uint8Array): FolderPath {
    const text = byteStringFrom(key).slice(this.#folder.length + 1);
    const zero = text.lastIndexOf('\0');
    return childPath(text.slice(0, zero) as FolderPath | '', text.slice(zero + 1));
  }

  sequence(sequence: number): Uint8Array {
    return this.#key('sequence', number64(sequence));
  }

  boundary(sequence: number): Uint8Array {
    return this.#key('boundary', number64(sequence));
  }

  side(sequence: number): Uint8Array {
    return this.#key('side', number64(sequence));
  }

  version(id: VersionId): Uint8Array {
    return this.#key('version', byteStringFrom(bytesFromHex(id)));
  }

  /** The version is part of the key: a device may give one sequence to two rows. */
  queue(device: number, sequence: number, id: VersionId): Uint8Array {
    const version = byteStringFrom(bytesFromHex(id));
    return this.#key('queue', number64(device) + number64(sequence) + version);
  }

  content(id: ContentId): Uint8Array {
    return this.#key('content', byteStringFrom(bytesFromHex(id)));
  }

  /** Where content of that first block and size lies on this disk. */
  place(first: ContentId, sizeBytes: number): Uint8Array {
    return this.#key('place', byteStringFrom(bytesFromHex(first)) + number64(sizeBytes));
  }

  /** Which directory an inode is. */
  directory(inode: bigint): Uint8Array {
    return this.#key('directory', inode.toString(16));
  }

  /** What a key made by `queue` stands for. */
  queued(key: Uint8Array): { readonly sequence: number; readonly id: VersionId } {
    const id = hexFrom(key.subarray(key.length - 32)) as VersionId;
    return { sequence: this.sequenceOf(key.subarray(0, key.length - 32)), id };
  }

  meta(): Uint8Array {
    return this.#key('meta', '');
  }

  countedSince(): Uint8Array {
    return this.#key('counted', '');
  }

  all(tag: keyof typeof tags): KeySpan {
    return { from: this.#key(tag, ''), to: this.#end(tag) };
  }

  /** Sequences after `from` up to and including `to`. */
  sequences(tag: 'sequence' | 'side' | 'boundary', from: number, to?: number): KeySpan {
    const start = this.#key(tag, number64(from + 1));
    return {
      from: start,
      to: to === undefined ? this.#end(tag) : this.#key(tag, number64(to + 1)),
    };
  }

  /** Paths with such a key after `path`; all of them without one. */
  pathsAfter(tag: 'need' | 'localChange' | 'conflict', path: FolderPath | undefined): KeySpan {
    if (path === undefined) return this.all(tag);
    return { from: Buffer.concat([this[tag](path), Buffer.of(0)]), to: this.#end(tag) };
  }

  queueOf(device: number): KeySpan {
    return this.#span('queue', number64(device), number64(device + 1));
  }

  /** Direct children of a directory ('' is the root). */
  children(directory: FolderPath | ''): KeySpan {
    return this.#span('entry', `${directory}\0`, `${directory}\x01`);
  }

  /** Everything below a directory, without the directory itself: two spans. */
  below(directory: FolderPath | ''): KeySpan[] {
    if (directory === '') return [this.all('entry')];
    return [this.children(directory), this.#span('entry', `${directory}/`, `${directory}0`)];
  }

  /** The number that ends a sequence key. */
  sequenceOf(key: Uint8Array): number {
    const view = new DataView(key.buffer, key.byteOffset + key.byteLength - 8, 8);
    return Number(view.getBigUint64(0));
  }

  /** All keys that the state counts: all but itself, and those before `entry`, which come and go freely. */
  counted(): KeySpan[] {
    const [first, last] = [this.#key('entry', ''), this.everything().to];
    return [
      { from: first, to: this.meta() },
      { from: this.#end('meta'), to: last },
    ];
  }

  /** All keys of the folder. */
  everything(): KeySpan {
    return { from: bytesOf(this.#folder), to: bytesOf(`${this.#folder}\xff`) };
  }

  #key(tag: keyof typeof tags, rest: string): Uint8Array {
    return bytesOf(this.#folder + tags[tag] + rest);
  }

  #end(tag: keyof typeof tags): Uint8Array {
    return bytesOf(this.#folder + String.fromCharCode(tags[tag].charCodeAt(0) + 1));
  }

  #span(tag: keyof typeof tags, from: string, to: string): KeySpan {
    return { from: this.#key(tag, from), to: this.#key(tag, to) };
  }
}

function number64(value: number): string {
  const high = Math.floor(value / 2 ** 32);
  const low = value % 2 ** 32;
  return characters(high) + characters(low);
}

/** A word of four bytes, the first one first, as a byte string. */
function characters(word: number): string {
  return String.fromCharCode(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255);
}
