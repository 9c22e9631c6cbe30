/**
 * The key-value seam over a memory database: one opening of it by one node. Every promise settles
 * on microtasks, and none once the node has ended.
 */
import {
  AppError,
  byteStringFrom,
  bytesOf,
  type KeyRange,
  type KeyValueEntry,
  type KeyValueStore,
  type KeyValueWrite,
} from '@holdfast/platform';
import { KillSwitch, never } from './kill-switch.js';
import type { MemoryDatabase } from './memory-database.js';
import { entriesInRange } from './ordered-byte-map.js';

/** Few, so that what takes several pages does so here too. */
const entriesPerPage = 3;

export type StoreCall =
  | { readonly name: 'get' | 'iterate' | 'close' }
  | { readonly name: 'batch'; readonly sync: boolean; readonly writeCount: number };

/** A copy, because the caller may change its bytes; a Buffer's own `slice` would share them. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function copyOfWrite(write: KeyValueWrite): KeyValueWrite {
  const key = copyOf(write.key);
  return write.type === 'put'
    ? { type: 'put', key, value: copyOf(write.value) }
    : { ...write, key };
}

export interface MemoryKeyValueStoreOptions {
  readonly killSwitch?: KillSwitch;
  /** Without one each opening stands for itself. */
  readonly lineage?: string | undefined;
  /** Runs before every call; may throw an error, or SimulatedCrash, which ends the node. */
  readonly onCall?: (call: StoreCall) => void;
  /** Runs after a batch was applied; what it throws is all that the caller hears of the batch. */
  readonly onApplied?: (call: StoreCall) => void;
}

export class MemoryKeyValueStore implements KeyValueStore {
  readonly lineage: string | undefined;
  readonly #database: MemoryDatabase;
  readonly #killSwitch: KillSwitch;
  readonly #onCall: ((call: StoreCall) => void) | undefined;
  readonly #onApplied: ((call: StoreCall) => void) | undefined;
  #closed = false;

  constructor(database: MemoryDatabase, options: MemoryKeyValueStoreOptions = {}) {
    this.lineage = options.lineage;
    this.#database = database;
    this.#killSwitch = options.killSwitch ?? new KillSwitch();
    this.#onCall = options.onCall;
    this.#onApplied = options.onApplied;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const given = copyOf(key);
    return this.#perform({ name: 'get' }, () => this.#database.get(given)?.slice());
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    const given = keys.map(copyOf);
    return this.#perform({ name: 'get' }, () =>
      given.map((key) => this.#database.get(key)?.slice()),
    );
  }

  batch(writes: readonly KeyValueWrite[], options: { readonly sync: boolean }): Promise<void> {
    const call: StoreCall = { name: 'batch', sync: options.sync, writeCount: writes.length };
    const given = writes.map(copyOfWrite);
    return this.#perform(call, () => {
      this.#database.apply(given, options.sync);
      if (this.#onApplied !== undefined) this.#killSwitch.runHook(() => this.#onApplied?.(call));
    });
  }

  async *iterate(range: KeyRange): AsyncGenerator<KeyValueEntry> {
    for await (const page of this.#pages(range, 1)) yield* page;
  }

  iteratePages(range: KeyRange): AsyncGenerator<readonly KeyValueEntry[]> {
    return this.#pages(range, entriesPerPage);
  }

  async *#pages(range: KeyRange, pageSize: number): AsyncGenerator<readonly KeyValueEntry[]> {
    const snapshot = await this.#perform({ name: 'iterate' }, () => this.#database.snapshot());
    const from = byteStringFrom(range.from);
    const to = byteStringFrom(range.to);
    let left = range.limit ?? Number.POSITIVE_INFINITY;
    let page: KeyValueEntry[] = [];
    for (const { key, value } of entriesInRange(snapshot, from, to, range.reverse ?? false)) {
      if (left <= 0) break;
      left -= 1;
      page.push([bytesOf(key), value.slice()]);
      if (page.length < pageSize) continue;
      yield page;
      page = [];
      if (this.#killSwitch.killed) await never();
      this.#assertOpen();
    }
    if (page.length > 0) yield page;
  }

  /** What is unsynced stays so: closing promises no durability. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#killSwitch.whileAlive(() => undefined);
  }

  #perform<Result>(call: StoreCall, work: () => Result): Promise<Result> {
    const wasClosed = this.#closed;
    return this.#killSwitch.whileAlive(() => {
      if (wasClosed) this.#assertOpen();
      if (this.#onCall !== undefined) this.#killSwitch.runHook(() => this.#onCall?.(call));
      return work();
    });
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new AppError('store_closed', 'The database is closed.', {
      hint: 'Nothing is lost. Start the node again.',
      kind: 'permanent',
    });
  }
}
