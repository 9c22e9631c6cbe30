/**
 * What a directory showed at a position: the last current row of each path. A path with many rows
 * is skipped by seeking, so that the cost depends on the paths and not on their histories.
 */
import { type FolderId, type FolderPath, nameOf, parentOf } from '@holdfast/model';
import type { KeyRange } from '@holdfast/platform';
import { type CurrentRow, decodeCurrentRow } from './current-row.js';
import type { HistoryIndex } from './history-index.js';
import { after, lastNumberOf, positionBytes } from './index-keys.js';
import { badCursor } from './page-cursor.js';

/** After so many rows of one path, seeking is cheaper than reading on. */
const seekAfterRows = 16;

export interface DirectoryQuestion {
  readonly folder: FolderId;
  readonly directory: FolderPath | '';
  readonly recursive: boolean;
  readonly position: number;
  /** Begins behind this path. */
  readonly behind: FolderPath | undefined;
}

export interface PathAtMoment {
  readonly path: FolderPath;
  /** Undefined where nothing had become current by then. */
  readonly row: CurrentRow | undefined;
}

/**
 * The directory's own children by name, then, if recursive, everything deeper by parent and name.
 * Throws `bad_cursor` where `behind` is not in the directory.
 */
export async function* pathsAtMoment(
  index: HistoryIndex,
  question: DirectoryQuestion,
): AsyncGenerator<PathAtMoment> {
  for (const range of rangesOf(index, question)) {
    yield* pathsInRange(index, range, question.position);
  }
}

function rangesOf(index: HistoryIndex, question: DirectoryQuestion): KeyRange[] {
  const { folder, directory, recursive, behind } = question;
  const { children, deeper } = index.keys.directoryRanges(folder, directory);
  if (behind === undefined) return recursive ? [children, deeper] : [children];
  const from = after(index.keys.pathKey('current', folder, behind));
  if (parentOf(behind) === directory) {
    const rest = { ...children, from };
    return recursive ? [rest, deeper] : [rest];
  }
  const isBelow = directory === '' || behind.startsWith(`${directory}/`);
  if (!recursive || !isBelow || nameOf(behind) === '') throw badCursor();
  return [{ ...deeper, from }];
}

async function* pathsInRange(
  index: HistoryIndex,
  range: KeyRange,
  position: number,
): AsyncGenerator<PathAtMoment> {
  let from: Uint8Array | undefined = range.from;
  while (from !== undefined) {
    const manyRows: Uint8Array | undefined = yield* readAlong(index, { ...range, from }, position);
    if (manyRows === undefined) return;
    const row = await index.lastCurrentRow(manyRows, position);
    yield { path: index.keys.pathOf(manyRows), row };
    from = after(manyRows);
  }
}

/** Stops at a path with many rows and returns its key; undefined at the end of the range. */
async function* readAlong(
  index: HistoryIndex,
  range: KeyRange,
  position: number,
): AsyncGenerator<PathAtMoment, Uint8Array | undefined> {
  const path = new PathRows(index, position);
  for await (const page of index.keyValueStore.iteratePages(range)) {
    for (const [key, value] of page) {
      if (!path.isOf(key)) {
        yield* path.finished();
        path.begin(key);
      }
      path.add(key, value);
      if (path.rowCount > seekAfterRows) return path.pathKey;
    }
  }
  yield* path.finished();
  return undefined;
}

/** The rows of the path that is being read. */
class PathRows {
  readonly #index: HistoryIndex;
  readonly #position: number;
  #pathKey: Uint8Array | undefined;
  #latest: readonly [position: number, value: Uint8Array] | undefined;
  rowCount = 0;

  constructor(index: HistoryIndex, position: number) {
    this.#index = index;
    this.#position = position;
  }

  get pathKey(): Uint8Array | undefined {
    return this.#pathKey;
  }

  /** From the end, where the names of one directory differ; asked of every row. */
  isOf(key: Uint8Array): boolean {
    const pathKey = this.#pathKey;
    if (pathKey?.length !== key.length - positionBytes) return false;
    for (let at = pathKey.length - 1; at >= 0; at -= 1) {
      if (pathKey[at] !== key[at]) return false;
    }
    return true;
  }

  begin(key: Uint8Array): void {
    this.#pathKey = key.subarray(0, key.length - positionBytes);
    this.#latest = undefined;
    this.rowCount = 0;
  }

  add(key: Uint8Array, value: Uint8Array): void {
    this.rowCount += 1;
    const position = lastNumberOf(key);
    if (position <= this.#position) this.#latest = [position, value];
  }

  *finished(): Generator<PathAtMoment> {
    if (this.#pathKey === undefined) return;
    const row = this.#latest && decodeCurrentRow(...this.#latest);
    yield { path: this.#index.keys.pathOf(this.#pathKey), row };
  }
}
