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
