/**
 * Walks the entries of one open segment file, whatever state it is in. Reads through one window;
 * believes nothing that a checksum does not confirm.
 */
import {
  type FileHandle,
  type FileSystem,
  fileErrorCode,
  type Hasher,
  readFully,
} from '@holdfast/platform';
import {
  entryMarker,
  frameBytes,
  framePayloadBytes,
  maxPayloadBytes,
  verifyFrame,
} from './segment-format.js';

/** Holds at least one largest entry. */
const windowBytes = 4 * 1024 * 1024;
/** What a search behind damaged bytes may hash in all: content can look like many frames. */
const searchHashLimitBytes = 512 * 1024 * 1024;
const pageBytes = 4096;
/** A disk that fails more often than this in one walk is not walked any further. */
const maxUnreadablePages = 256;
/** How often a page is asked for before it counts as unreadable. */
const pageTries = 3;

export type WalkStep =
  | {
      readonly type: 'entry';
      readonly offset: number;
      /** A view that is good until the next step. */
      readonly payload: Uint8Array;
      /** Its frame and payload: such a view as well. */
      readonly bytes: Uint8Array;
      readonly digest: Uint8Array;
    }
  /** Bytes between two valid entries, or after the last one, that are no valid entry. */
  | {
      readonly type: 'damage';
      readonly offset: number;
      readonly lengthBytes: number;
      /** Whether the disk did not give all of it: another time it may. */
      readonly isUnreadable: boolean;
    };

export interface WalkOptions {
  readonly from: number;
  /** Nothing at or after it is looked at. */
  readonly limit: number;
  /** Whether to look for further entries behind one that is not valid; otherwise the walk ends. */
  readonly passDamage: boolean;
}

export function* walkEntries(
  fileSystem: FileSystem,
  handle: FileHandle,
  hasher: Hasher,
  options: WalkOptions,
): Generator<WalkStep, void, undefined> {
  const window = new FileWindow(fileSystem, handle, options);
  const search = { hashedBytes: 0 };
  let at = options.from;
  while (at < options.limit) {
    const entry = entryAt(window, at, hasher);
    if (entry !== undefined) {
      yield entry;
      at = entry.offset + frameBytes + entry.payload.length;
      continue;
    }
    const next = options.passDamage ? nextEntry(window, at + 1, hasher, search) : undefined;
    const end = next ?? options.limit;
    const isUnreadable = window.metUnreadable(at, end);
    yield { type: 'damage', offset: at, lengthBytes: end - at, isUnreadable };
    at = end;
  }
}

function entryAt(window: FileWindow, at: number, hasher: Hasher) {
  const frame = window.view(at, frameBytes);
  if (frame === undefined || frame.compare(entryMarker, 0, 4, 0, 4) !== 0) return undefined;
  const payloadBytes = framePayloadBytes(frame, 0);
  if (payloadBytes > maxPayloadBytes) return undefined;
  const bytes = window.view(at, frameBytes + payloadBytes);
  if (bytes === undefined) return undefined;
  const digest = verifyFrame(bytes, 0, at, hasher);
  if (digest === undefined) return undefined;
  const payload = bytes.subarray(frameBytes);
  return { type: 'entry', offset: at, payload, bytes, digest } as const;
}

/** Where the next valid entry from `at` on begins; undefined where there is none. */
function nextEntry(
  window: FileWindow,
  from: number,
  hasher: Hasher,
  search: { hashedBytes: number },
): number | undefined {
  let at = from;
  while (search.hashedBytes < searchHashLimitBytes) {
    const found = window.find(entryMarker, at);
    if (found === undefined) return undefined;
    const frame = window.view(found, frameBytes);
    if (frame === undefined) return undefined;
    if (frame.readUInt32BE(12) === found) {
      search.hashedBytes += Math.min(framePayloadBytes(frame, 0), maxPayloadBytes);
      if (entryAt(window, found, hasher) !== undefined) return found;
    }
    at = found + 1;
  }
  return undefined;
}

/** Part of a file in memory. */
class FileWindow {
  readonly #buffer: Buffer;
  readonly #fileSystem: FileSystem;
  readonly #handle: FileHandle;
  readonly #limit: number;
  readonly #passUnreadable: boolean;
  #base = 0;
  #filled = 0;
  /** Where they begin, in the order in which they were met. */
  readonly #unreadablePages: number[] = [];

  constructor(fileSystem: FileSystem, handle: FileHandle, options: WalkOptions) {
    this.#fileSystem = fileSystem;
    this.#handle = handle;
    this.#buffer = Buffer.allocUnsafeSlow(
      Math.max(0, Math.min(windowBytes, options.limit - options.from)),
    );
    this.#limit = options.limit;
    this.#passUnreadable = options.passDamage;
  }

  /** Exactly `count` bytes from `at`; undefined where the file or the limit ends before. */
  view(at: number, count: number): Buffer | undefined {
    if (at + count > this.#limit) return undefined;
    if (at < this.#base || at + count > this.#base + this.#filled) this.#fill(at);
    const start = at - this.#base;
    return start + count <= this.#filled ? this.#buffer.subarray(start, start + count) : undefined;
  }

  /** Where `wanted` is met next, from `from` on. */
  find(wanted: Buffer, from: number): number | undefined {
    let at = from;
    while (this.view(at, wanted.length) !== undefined) {
      const held = this.#buffer.subarray(0, this.#filled);
      const found = held.indexOf(wanted, at - this.#base);
      if (found !== -1) return this.#base + found;
      at = this.#base + this.#filled - wanted.length + 1;
    }
    return undefined;
  }

  /** Whether a page that the disk did not give lies between the two places. */
  metUnreadable(from: number, to: number): boolean {
    return this.#unreadablePages.some((page) => page < to && page + pageBytes > from);
  }

  #fill(at: number): void {
    const count = Math.min(windowBytes, this.#limit - at);
    this.#base = at;
    this.#filled = this.#read(this.#buffer.subarray(0, count), at);
  }

  #read(target: Buffer, position: number): number {
    try {
      return readFully(this.#fileSystem, this.#handle, target, position);
    } catch (error) {
      if (!this.#passUnreadable || fileErrorCode(error) !== 'EIO') throw error;
      return this.#readByPages(target, position);
    }
  }

  /** Pages that the disk cannot read count as zeros, which no checksum confirms. */
  #readByPages(target: Buffer, position: number): number {
    for (let at = 0; at < target.length; at += pageBytes) {
      const page = target.subarray(at, at + pageBytes);
      const count = this.#readPage(page, position + at);
      if (count < page.length) return at + count;
    }
    return target.length;
  }

  #readPage(page: Buffer, position: number): number {
    for (let tries = 1; ; tries += 1) {
      try {
        return readFully(this.#fileSystem, this.#handle, page, position);
      } catch (error) {
        if (fileErrorCode(error) !== 'EIO') throw error;
        if (tries < pageTries) continue;
        this.#unreadablePages.push(position);
        if (this.#unreadablePages.length > maxUnreadablePages) throw error;
        page.fill(0);
        return page.length;
      }
    }
  }
}
