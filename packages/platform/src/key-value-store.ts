/**
 * An ordered map from bytes to bytes, for data that can be rebuilt. A batch is atomic. A batch
 * with `sync` is durable when it resolves; one without may be lost in a crash, newest first. One
 * that rejects was applied as a whole or not at all; only reading tells which, and only after the
 * next batch, be it empty: what could not be read before it may be there afterwards.
 * After `close()` every method rejects with code `store_closed`; `close()` twice is harmless.
 */
export type KeyValueWrite =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: Uint8Array };

export interface KeyRange {
  /** Inclusive. */
  readonly from: Uint8Array;
  /** Exclusive. */
  readonly to: Uint8Array;
  readonly reverse?: boolean;
  readonly limit?: number;
}

export type KeyValueEntry = readonly [key: Uint8Array, value: Uint8Array];

export interface KeyValueStore {
  /**
   * Names a time during which the data was, at each opening, byte for byte what the closing before it
   * left: what was counted under this name need not be counted again. Undefined: that is not known.
   */
  readonly lineage?: string | undefined;
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** One answer for each key, in order. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  batch(writes: readonly KeyValueWrite[], options: { readonly sync: boolean }): Promise<void>;
  /** Keys in byte order, as of the moment when iteration begins. */
  iterate(range: KeyRange): AsyncIterable<KeyValueEntry>;
  /** The same, a page at a time: for those who go through a great many. No page is empty. */
  iteratePages(range: KeyRange): AsyncIterable<readonly KeyValueEntry[]>;
  close(): Promise<void>;
}
