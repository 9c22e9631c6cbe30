/**
 * The children of a directory as the database has them, packed into one run of bytes: what goes to a
 * worker thread to be compared with the disk there, without an object for each file on the way.
 * Nothing else reads the layout: for each child, in byte order of their names, the name's length in
 * two bytes, the name, the entry's length in four, the entry.
 */
import { childPath, type FolderPath } from '@holdfast/model';
import type { KeyValueEntry, KeyValueStore } from '@holdfast/platform';
import type { DeviceNumbers } from './device-numbers.js';
import { decodeEntry } from './entry-codec.js';
import type { IndexKeys } from './index-keys.js';
import type { PathEntry } from './path-entry.js';

export interface StoredChild {
  /** Where it lies in the packed bytes. */
  readonly at: number;
  readonly name: string;
  /** A view of the stored entry. */
  readonly entry: Uint8Array;
}

const nameLengthBytes = 2;
const entryLengthBytes = 4;

export class StoredChildren {
  readonly #store: KeyValueStore;
  readonly #keys: IndexKeys;
  readonly #devices: () => DeviceNumbers;

  constructor(store: KeyValueStore, keys: IndexKeys, devices: () => DeviceNumbers) {
    this.#store = store;
    this.#keys = keys;
    this.#devices = devices;
  }

  /** The direct children of a directory; the bytes have a buffer of their own. */
  packed(directory: FolderPath | ''): Promise<Uint8Array<ArrayBuffer>> {
    const span = this.#keys.children(directory);
    return packPages(this.#store.iteratePages(span), span.from.length);
  }

  /** The entry of the child that lies at a place which `unpackChildren` gave. */
  entryAt(directory: FolderPath | '', packed: Uint8Array, at: number): PathEntry {
    const { name, entry } = childAt(packed, at);
    // A copy: what is decoded keeps its bytes, and those of all others must not live as long.
    return decodeEntry(childPath(directory, name), new Uint8Array(entry), this.#devices());
  }
}

/** `prefixBytes`: what stands before the name in each key. */
async function packPages(
  pages: AsyncIterable<readonly KeyValueEntry[]>,
  prefixBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed: Uint8Array<ArrayBuffer>[] = [];
  for await (const page of pages) packed.push(packPage(page, prefixBytes));
  const [first] = packed;
  if (first !== undefined && packed.length === 1) return first;
  const whole = new Uint8Array(packed.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of packed) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function packPage(page: readonly KeyValueEntry[], prefixBytes: number): Uint8Array<ArrayBuffer> {
  const overhead = nameLengthBytes + entryLengthBytes - prefixBytes;
  const total = page.reduce((sum, [key, value]) => sum + key.length + value.length + overhead, 0);
  const packed = new Uint8Array(total);
  const view = new DataView(packed.buffer);
  let at = 0;
  for (const [key, value] of page) {
    view.setUint16(at, key.length - prefixBytes);
    at += nameLengthBytes;
    packed.set(prefixBytes === 0 ? key : key.subarray(prefixBytes), at);
    at += key.length - prefixBytes;
    view.setUint32(at, value.length);
    at += entryLengthBytes;
    packed.set(value, at);
    at += value.length;
  }
  return packed;
}

function childAt(packed: Uint8Array, at: number): StoredChild {
  const bytes = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  const nameFrom = at + nameLengthBytes;
  const nameTo = nameFrom + bytes.readUInt16BE(at);
  const entryFrom = nameTo + entryLengthBytes;
  const entry = bytes.subarray(entryFrom, entryFrom + bytes.readUInt32BE(nameTo));
  return { at, name: bytes.toString('latin1', nameFrom, nameTo), entry };
}

/** In byte order of their names. */
export function* unpackChildren(packed: Uint8Array): Generator<StoredChild, void, undefined> {
  for (let at = 0; at < packed.length; ) {
    const child = childAt(packed, at);
    yield child;
    at += nameLengthBytes + child.name.length + entryLengthBytes + child.entry.length;
  }
}
