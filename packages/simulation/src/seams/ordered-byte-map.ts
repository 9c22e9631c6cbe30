/**
 * An ordered map from byte strings to values, in chunks of sorted entries. A chunk is never changed
 * in place but replaced, so a snapshot costs one short array.
 */
export interface OrderedEntry<Value> {
  readonly key: string;
  readonly value: Value;
}

type Chunk<Value> = readonly OrderedEntry<Value>[];

const maxChunkEntries = 256;

/** The first index whose key is not below `key`. */
function lowerBound<Value>(chunk: Chunk<Value>, key: string): number {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (chunk[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The chunk that holds `key` or would; chunks are never empty, save a single first one. */
function chunkIndex<Value>(chunks: readonly Chunk<Value>[], key: string): number {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (chunks[middle]![0]!.key <= key) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Entries from `from` (included) to `to` (excluded) of a snapshot, in either direction. */
export function* entriesInRange<Value>(
  chunks: readonly Chunk<Value>[],
  from: string,
  to: string,
  reverse: boolean,
): Generator<OrderedEntry<Value>> {
  if (from >= to) return;
  const first = chunkIndex(chunks, from);
  const last = chunkIndex(chunks, to);
  for (let step = 0; step <= last - first; step += 1) {
    const chunk = chunks[reverse ? last - step : first + step]!;
    const inside = chunk.slice(lowerBound(chunk, from), lowerBound(chunk, to));
    yield* reverse ? inside.reverse() : inside;
  }
}

export class OrderedByteMap<Value> {
  #chunks: Chunk<Value>[] = [[]];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    const chunk = this.#chunks[chunkIndex(this.#chunks, key)]!;
    const entry = chunk[lowerBound(chunk, key)];
    return entry?.key === key ? entry.value : undefined;
  }

  /** Puts a value, or removes the key where the value is undefined; gives what was there. */
  set(key: string, value: Value | undefined): Value | undefined {
    const index = chunkIndex(this.#chunks, key);
    const chunk = this.#chunks[index]!;
    const position = lowerBound(chunk, key);
    const existing = chunk[position]?.key === key ? chunk[position] : undefined;
    if (existing === undefined && value === undefined) return undefined;
    const removed = existing === undefined ? 0 : 1;
    const added = value === undefined ? [] : [{ key, value }];
    this.#replace(index, chunk.toSpliced(position, removed, ...added));
    this.#size += added.length - removed;
    return existing?.value;
  }

  /** The chunks as of now, for `entriesInRange`. */
  snapshot(): readonly Chunk<Value>[] {
    return [...this.#chunks];
  }

  #replace(index: number, chunk: Chunk<Value>): void {
    if (chunk.length > maxChunkEntries) {
      const middle = chunk.length >> 1;
      this.#chunks.splice(index, 1, chunk.slice(0, middle), chunk.slice(middle));
    } else if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1);
    else this.#chunks[index] = chunk;
  }
}
