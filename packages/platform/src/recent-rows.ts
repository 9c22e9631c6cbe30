/**
 * What the owner of rows in a key-value store read or wrote lately, so that it is not read again.
 * Bounded: the oldest half is forgotten at once, which costs less than finding the oldest row. Its
 * owner sees to it that it never says other than the store: a row is forgotten before it is written,
 * and remembered once it is.
 */
export class RecentRows<Key, Row> {
  readonly #limit: number;
  #young = new Map<Key, Row>();
  #old = new Map<Key, Row>();

  /** It holds at most so many rows. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: Key): Row | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** One answer for each key, in order: what is remembered, and for the others what `read` gives. */
  async through<Other>(
    keys: readonly Key[],
    read: (others: readonly Key[]) => Promise<readonly Other[]>,
  ): Promise<(Row | Other)[]> {
    const known = keys.map((key) => this.get(key));
    const others = keys.filter((_, at) => known[at] === undefined);
    if (others.length === 0) return known as Row[];
    const found = await read(others);
    let next = 0;
    return known.map((row) => row ?? (found[next++] as Other));
  }

  set(key: Key, row: Row): void {
    this.#young.set(key, row);
    if (this.#young.size < this.#limit / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
  }

  delete(key: Key): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }
}
