/**
 * The real key-value store: LevelDB through classic-level, bytes in and out. LevelDB may lose keys
 * without a word when its files are damaged, so it holds only what can be rebuilt.
 *
 * Invariant: after a write that failed, the next one comes only after the database was opened anew.
 * LevelDB itself would go on behind the torn end of its log, and everything that it acknowledged
 * from then on would be gone at the next start.
 */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  AppError,
  errorMessage,
  fileErrorCode,
  fileTrouble,
  isDiskFull,
  type KeyRange,
  type KeyValueEntry,
  type KeyValueStore,
  type KeyValueWrite,
  Mutex,
} from '@holdfast/platform';
import { ClassicLevel } from 'classic-level';
import {
  heldSeal,
  type LevelSeal,
  newSeal,
  OpenRun,
  type RunClock,
  writeSeal,
} from './level-seal.js';
import { systemClock } from './system-clock.js';

/**
 * How much an iteration holds in memory: this many entries or about this many bytes. It begins with
 * few: for each that it is asked for, there or not, the library takes 64 bytes.
 */
const iterationChunkEntries = 1_000;
const firstChunkEntries = 50;
/** So little may lie in an iterator that nobody uses any more. */
const leftEntries = 16;
const iterationChunkBytes = 256 * 1024;
/** Beside the log, which is written out as a table, what opening the database takes on the disk. */
const openingBytes = 256 * 1024;

/**
 * Opens the store in the directory `path` (native text), creating it where there is none. Rejects
 * with code `store_locked` while another process has it open, `store_unwritable` where the disk
 * refuses, `store_damaged` where what lies there is no whole database, `store_unreadable` when
 * LevelDB cannot open it for another reason. Any call may reject with `store_damaged` later. By
 * `clock` it is told how old the rows' last count is.
 */
export async function openLevelStore(
  path: string,
  clock: RunClock = systemClock,
): Promise<KeyValueStore> {
  if (isHeadless(path)) throw damaged(path, undefined);
  const nowMs = clock.now();
  const run = new OpenRun(clock);
  const seal = await heldSeal(path, nowMs);
  const database = new ClassicLevel<Uint8Array, Uint8Array>(path, {
    keyEncoding: 'view',
    valueEncoding: 'view',
  });
  try {
    await database.open();
  } catch (error) {
    throw openError(path, error);
  }
  return new LevelStore(path, database, seal ?? newSeal(nowMs), run);
}

class LevelStore implements KeyValueStore {
  readonly #path: string;
  readonly #database: ClassicLevel<Uint8Array, Uint8Array>;
  readonly #writing = new Mutex();
  /** Why the last write failed; undefined while writing is in order. */
  #failure: unknown;
  #renewing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  readonly #seal: LevelSeal;
  readonly #run: OpenRun;
  /** Whether everything that was asked of the database was done, so that its files can be vouched for. */
  #isSound = true;
  #closed = false;

  constructor(
    path: string,
    database: ClassicLevel<Uint8Array, Uint8Array>,
    seal: LevelSeal,
    run: OpenRun,
  ) {
    this.#path = path;
    this.#database = database;
    this.#seal = seal;
    this.#run = run;
  }

  get lineage(): string | undefined {
    return this.#isVouchedFor() ? this.#seal.lineage : undefined;
  }

  #isVouchedFor(): boolean {
    return this.#isSound && this.#run.isShort;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#whileOpen(() => this.#database.get(key));
  }

  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return this.#whileOpen(() => this.#database.getMany([...keys]));
  }

  batch(writes: readonly KeyValueWrite[], options: { readonly sync: boolean }): Promise<void> {
    return this.#whileOpen(() =>
      // One at a time: LevelDB would put a second one behind the torn end of the first.
      this.#writing.run(async () => {
        if (this.#failure !== undefined) await this.#renew();
        if (this.#closed) throw storeClosed();
        try {
          await this.#write(writes, options.sync);
        } catch (error) {
          this.#failure = error;
          this.#isSound = false;
          throw isDamage(error) ? damaged(this.#path, error) : unwritable(this.#path, error);
        }
      }),
    );
  }

  /** Handed over one by one: a batch given as an array costs the main thread six times as much. */
  async #write(writes: readonly KeyValueWrite[], sync: boolean): Promise<void> {
    const batch = this.#database.batch();
    for (const write of writes) {
      if (write.type === 'put') batch.put(write.key, write.value);
      else batch.del(write.key);
    }
    await batch.write({ sync });
  }

  async *iterate(range: KeyRange): AsyncGenerator<KeyValueEntry, void, undefined> {
    for await (const page of this.iteratePages(range)) {
      for (const entry of page) {
        if (this.#closed) throw storeClosed();
        yield entry;
      }
    }
  }

  async *iteratePages(range: KeyRange): AsyncGenerator<readonly KeyValueEntry[], void, undefined> {
    if (this.#closed) throw storeClosed();
    await this.#opened();
    const iterator = this.#database.iterator({
      gte: range.from,
      lt: range.to,
      reverse: range.reverse ?? false,
      limit: range.limit ?? -1,
      highWaterMarkBytes: iterationChunkBytes,
    });
    let wanted = Math.min(firstChunkEntries, range.limit ?? firstChunkEntries);
    let lastEntries = 0;
    try {
      for (;;) {
        const size = wanted;
        const page = await this.#whileOpen(() => iterator.nextv(size));
        if (page.length === 0) break;
        if (this.#closed) throw storeClosed();
        yield page;
        lastEntries = page.length;
        wanted = Math.min(Math.max(wanted, firstChunkEntries) * 2, iterationChunkEntries);
      }
      if (lastEntries <= leftEntries) return;
      // It keeps a copy of its last page until it is collected, which may be long after.
      iterator.seek(range.to);
      await this.#whileOpen(() => iterator.nextv(1));
    } finally {
      await iterator.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed = true;
    // Whoever waits for the renewal is told that it failed; here only its end counts.
    await Promise.allSettled([this.#renewing]);
    await this.#database.close();
    if (!this.#isVouchedFor()) return;
    try {
      await writeSeal(this.#path, this.#seal);
    } catch (error) {
      // Without a seal everything is counted at the next opening, as after a crash.
      if (fileErrorCode(error) === undefined) throw error;
    }
  }

  async #whileOpen<Result>(action: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw storeClosed();
    try {
      await this.#opened();
      return await action();
    } catch (error) {
      if (this.#closed) throw storeClosed(error);
      if (!isDamage(error)) throw error;
      this.#isSound = false;
      throw damaged(this.#path, error);
    }
  }

  /** Where an earlier renewal failed on the way, it is finished first. */
  async #opened(): Promise<void> {
    if (this.#renewing !== undefined) await this.#renewing;
    else if (this.#database.status !== 'open' && !this.#closed) await this.#renew();
  }

  #renew(): Promise<void> {
    this.#renewing ??= this.#openAnew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  /** What was recorded can be read as long as there is no room to open it anew. */
  async #openAnew(): Promise<void> {
    if (this.#database.status === 'open') {
      if (!hasRoomToOpen(this.#path)) throw unwritable(this.#path, this.#failure);
      await this.#database.close();
    }
    try {
      await this.#database.open();
    } catch (error) {
      throw unwritable(this.#path, error);
    }
    this.#failure = undefined;
  }
}

/** Without `CURRENT` LevelDB would begin a new database and delete the tables that lie there. */
function isHeadless(path: string): boolean {
  if (!existsSync(path)) return false;
  const names = readdirSync(path);
  return !names.includes('CURRENT') && names.some((name) => databaseFile.test(name));
}

const databaseFile = /^(MANIFEST-\d+|\d+\.(log|ldb|sst))$/;

/** A file that LevelDB counts on and that is gone is an I/O error to it. */
function isDamage(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = fileErrorCode(cause);
  const isFileGone = errorMessage(cause).includes('No such file or directory');
  return code === 'LEVEL_CORRUPTION' || (code === 'LEVEL_IO_ERROR' && isFileGone);
}

function damaged(path: string, error: unknown): AppError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const why = cause === undefined ? 'its CURRENT file is gone' : errorMessage(cause);
  return new AppError('store_damaged', `The database in ${path} is damaged: ${why}.`, {
    hint:
      'It holds only what can be made again. Start the node again: it moves the damaged one aside ' +
      'and makes a new one from the files here and from the other devices.',
    cause,
  });
}

function hasRoomToOpen(path: string): boolean {
  const logs = readdirSync(path).filter((name) => name.endsWith('.log'));
  const logBytes = logs.reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize >= logBytes + openingBytes;
}

function unwritable(path: string, error: unknown): AppError {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = systemCode(cause);
  const trouble = fileTrouble(code === undefined ? cause : { code });
  const next = isDiskFull(code) ? 'Make room' : 'Check the disk';
  return new AppError(
    'store_unwritable',
    `The database in ${path} cannot be written: ${trouble}.`,
    {
      hint: `What was recorded before is safe. ${next}; it goes on by itself.`,
      kind: 'retry',
      cause,
    },
  );
}

const systemTroubles = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Read-only file system', 'EROFS'],
  ['Permission denied', 'EACCES'],
  ['Input/output error', 'EIO'],
] as const;

/** LevelDB says in text what the system said (strerror). */
function systemCode(error: unknown): string | undefined {
  const message = errorMessage(error);
  return systemTroubles.find(([text]) => message.includes(text))?.[1];
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
  if (isDamage(cause)) return damaged(path, cause);
  if (systemCode(cause) !== undefined) return unwritable(path, cause);
  return new AppError(
    'store_unreadable',
    `The database in ${path} cannot be opened: ${errorMessage(cause)}.`,
    { hint: 'It holds only what can be rebuilt: move it away and start again.', cause },
  );
}
