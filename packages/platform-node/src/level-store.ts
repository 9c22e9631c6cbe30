/**
 * The real key-value store: LevelDB through classic-level, bytes in and out. LevelDB may lose keys
 * without a word when its files are damaged, so it holds only what can be rebuilt.
 */
import {
  AppError,
  errorMessage,
  fileErrorCode,
  type KeyRange,
  type KeyValueStore,
  type KeyValueWrite,
} from '@holdfast/platform';
import { ClassicLevel } from 'classic-level';

/** How much an iteration holds in memory: this many entries or about this many bytes. */
const iterationChunkEntries = 1_000;
const iterationChunkBytes = 256 * 1024;

/**
 * Opens the store in the directory `path` (native text), creating it where there is none. Rejects
 * with code `store_locked` while another process has it open, `store_unreadable` when LevelDB
 * cannot open it.
 */
export async function openLevelStore(path: string): Promise<KeyValueStore> {
  const database = new ClassicLevel<Uint8Array, Uint8Array>(path, {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  try {
    await database.open();
  } catch (error) {
    throw openError(path, error);
  }
  return new LevelStore(database);
}

class LevelStore implements KeyValueStore {
  readonly #database: ClassicLevel<Uint8Array, Uint8Array>;
  #closed = false;

  constructor(database: ClassicLevel<Uint8Array, Uint8Array>) {
    this.#database = database;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#whileOpen(() => this.#database.get(key));
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return this.#whileOpen(() => this.#database.getMany([...keys]));
  }

  batch(writes: readonly KeyValueWrite[], options: { readonly sync: boolean }): Promise<void> {
    const operations = writes.map((write) =>
      write.type === 'put' ? write : ({ type: 'del', key: write.key } as const),
    );
    return this.#whileOpen(() => this.#database.batch(operations, { sync: options.sync }));
  }

  async *iterate(
    range: KeyRange,
  ): AsyncGenerator<readonly [key: Uint8Array, value: Uint8Array], void, undefined> {
    if (this.#closed) throw storeClosed();
    const iterator = this.#database.iterator({
      gte: range.from,
      lt: range.to,
      reverse: range.reverse ?? false,
      limit: range.limit ?? -1,
      highWaterMarkBytes: iterationChunkBytes,
    });
    try {
      for (;;) {
        const entries = await this.#whileOpen(() => iterator.nextv(iterationChunkEntries));
        if (entries.length === 0) return;
        for (const entry of entries) {
          if (this.#closed) throw storeClosed();
          yield entry;
        }
      }
    } finally {
      await iterator.close();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#database.close();
  }

  async #whileOpen<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw storeClosed();
    try {
      return await action();
    } catch (error) {
      if (this.#closed) throw storeClosed(error);
      throw error;
    }
  }
}

function storeClosed(cause?: unknown): AppError {
  return new AppError('store_closed', 'The database was used after it was closed.', {
    kind: 'permanent',
    cause,
  });
}

function openError(path: string, error: unknown): AppError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (fileErrorCode(cause) === 'LEVEL_LOCKED') {
    return new AppError('store_locked', `Another process has the database in ${path} open.`, {
      hint: 'Stop the other one first; only one process may use a database.',
      cause,
    });
  }
  return new AppError(
    'store_unreadable',
    `The database in ${path} cannot be opened: ${errorMessage(cause)}.`,
    { hint: 'It holds only what can be rebuilt: move it away and start again.', cause },
  );
}
