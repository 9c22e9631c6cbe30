/**
 * The history log of one store: an append-only, hash-chained list kept in two copies. Owns the
 * directories `log-a` and `log-b`. Invariant: an entry is disclosed only when it is durable in both
 * copies, and nothing that was written is ever changed or taken away.
 */
import type { SegmentFault } from '@holdfast/block-store';
import { type Hash, MalformedBytes } from '@holdfast/model';
import { assert, joinPath, type Logger } from '@holdfast/platform';
import {
  type ChainPoint,
  type CopyLocations,
  type CopyName,
  type CopyPair,
  chainStart,
  fits,
  historyDamaged,
  type LoggedEntry,
  nextInChain,
  onlyIn,
} from './follow-chain.js';
import { type ChainedBytes, LogCopy, type LogCopyInit } from './log-copy.js';
import type { LinkedEntry, LogCopyCursor } from './log-copy-cursor.js';
import {
  decodeLogEntry,
  encodeLogEntry,
  type GenesisEntry,
  headAfter,
  headBeforeGenesis,
  type LogEntry,
  linkOfEntry,
} from './log-entry.js';
import { type LogFault, LogVerification } from './log-verification.js';

/** A batch of recovered entries ends at so many entries or bytes. */
const entriesPerBatch = 1000;
const bytesPerBatch = 2 * 1024 * 1024;
/** More damaged entries than this are neither listed nor logged. */
const maxListedDamage = 1000;

/** A place in the log that was verified before, to go on from. */
export interface LogCheckpoint extends ChainPoint {
  readonly locations: CopyLocations;
}

/** An entry that one copy no longer has whole; the other one answers for it. */
export interface LogDamage {
  readonly copy: CopyName;
  readonly position: number;
}

export type HistoryLogInit = LogCopyInit & { readonly hash: Hash };

export class HistoryLog {
  readonly #copies: CopyPair<LogCopy>;
  readonly #hash: Hash;
  readonly #logger: Logger;
  readonly #readOnly: boolean;
  readonly #damage = new Map<string, LogDamage>();
  #point: ChainPoint = chainStart;
  #staged: readonly (ChainedBytes & { readonly made: LogEntry })[] = [];

  private constructor(copies: CopyPair<LogCopy>, init: HistoryLogInit) {
    this.#copies = copies;
    this.#hash = init.hash;
    this.#logger = init.logger;
    this.#readOnly = init.readOnly === true;
  }

  /** Opens both copies; `recover` has to run to its end before anything is appended. */
  static async open(init: HistoryLogInit): Promise<HistoryLog> {
    const { directory } = init;
    const a = await LogCopy.open('a', { ...init, directory: joinPath(directory, 'log-a') });
    try {
      const b = await LogCopy.open('b', { ...init, directory: joinPath(directory, 'log-b') });
      return new HistoryLog({ a, b }, init);
    } catch (error) {
      await a.close();
      throw error;
    }
  }

  /** The last durable entry. */
  get point(): ChainPoint {
    return this.#point;
  }

  /** Whether a copy was found without some of its segments. */
  get lacksSegments(): boolean {
    return this.#copies.a.lacksSegments || this.#copies.b.lacksSegments;
  }

  /** The log's first entry, from the copy that has it whole; undefined where neither has. */
  async readGenesis(): Promise<GenesisEntry | undefined> {
    const cursors = this.#cursorsFrom(undefined);
    try {
      for (const cursor of [cursors.a, cursors.b]) {
        const first = await cursor.peek(0);
        if (!fits(first, 0, headBeforeGenesis)) continue;
        const { entry } = decodeLogEntry(first.bytes);
        if (entry.kind === 'genesis') return entry;
      }
      return undefined;
    } finally {
      await closeBoth(cursors);
    }
  }

  /** Entries met so far that one copy does not have whole. */
  damage(): readonly LogDamage[] {
    return [...this.#damage.values()];
  }

  /** Whether the checkpoint's entry is whole in both copies and ends the chain that it names. */
  async confirms(checkpoint: LogCheckpoint): Promise<boolean> {
    for (const copy of [this.#copies.a, this.#copies.b]) {
      const [bytes] = await copy.read([checkpoint.locations[copy.name]]);
      const link = bytes === undefined ? undefined : linkOrUndefined(bytes);
      if (bytes === undefined || link?.position !== checkpoint.position) return false;
      if (!this.#endsIn(bytes, checkpoint.head)) return false;
    }
    return true;
  }

  /**
   * Verifies the chain after the checkpoint (from the beginning without one), completes the copy
   * that is shorter (read-only, does without it), and gives the entries in batches. Throws
   * `history_damaged`.
   */
  async *recover(checkpoint: LogCheckpoint | undefined): AsyncGenerator<LoggedEntry[]> {
    this.#point = checkpoint ?? chainStart;
    let cursors = this.#cursorsFrom(checkpoint?.locations);
    let batch: LoggedEntry[] = [];
    let batchBytes = 0;
    try {
      for (;;) {
        const found = await nextInChain(cursors, this.#point, this.#hash, this.#findMended);
        if (found.type === 'end') break;
        const step =
          found.type === 'shorter' && this.#readOnly
            ? onlyIn(cursors, found, this.#point, this.#hash)
            : found;
        if (step.type === 'shorter') {
          const locations = await this.#complete(step.copy, step.next);
          await closeBoth(cursors);
          cursors = this.#cursorsFrom(locations);
          continue;
        }
        for (const copy of step.gapIn) this.#reportDamage(copy, step.entry.position);
        this.#point = step.entry;
        batch.push(step.entry);
        batchBytes += step.entry.bytes.length;
        if (batch.length === entriesPerBatch || batchBytes > bytesPerBatch) {
          yield batch;
          batch = [];
          batchBytes = 0;
        }
      }
      if (batch.length > 0) yield batch;
    } finally {
      await closeBoth(cursors);
    }
  }

  /** Chains entries behind the last one; `settle` makes them durable. */
  stage(entries: readonly LogEntry[]): void {
    assert(this.#staged.length === 0, 'staged entries are settled before others are staged');
    let { position, head } = this.#point;
    this.#staged = entries.map((entry) => {
      position += 1;
      const bytes = encodeLogEntry({ position, previousHead: head }, entry);
      head = headAfter(head, bytes, this.#hash);
      return { position, head, bytes, made: entry };
    });
  }

  /**
   * Writes what is staged to both copies and syncs both. After a failure the same bytes stay staged
   * and the next call writes them again, so that a copy which got them keeps a consistent chain.
   */
  async settle(): Promise<LoggedEntry[]> {
    const staged = this.#staged;
    const { a, b } = this.#copies;
    const [inA, inB] = await bothSettled(a.write(staged), b.write(staged));
    const last = staged.at(-1);
    if (last !== undefined) this.#point = { position: last.position, head: last.head };
    this.#staged = [];
    return staged.map((entry, at) => ({ ...entry, locations: { a: inA[at], b: inB[at] } }));
  }

  /** The bytes of entries, each from a copy that has it whole. Throws `history_damaged`. */
  async read(
    entries: readonly { readonly position: number; readonly locations: CopyLocations }[],
  ): Promise<Uint8Array[]> {
    const fromA = await this.#copies.a.read(entries.map(({ locations }) => locations.a));
    const lacking = entries.filter(({ position }, at) => !holdsPosition(fromA[at], position));
    const fromB = await this.#copies.b.read(lacking.map(({ locations }) => locations.b));
    const others = new Map<number, Uint8Array>();
    for (const [at, { position }] of lacking.entries()) {
      const mended = (await this.#findMended('a', position))?.bytes;
      if (mended === undefined) this.#reportDamage('a', position);
      const found = holdsPosition(fromB[at], position) ? fromB[at] : mended;
      const bytes = found ?? (await this.#findMended('b', position))?.bytes;
      if (!holdsPosition(bytes, position)) {
        throw historyDamaged(position, 'neither copy holds this entry whole');
      }
      others.set(position, bytes);
    }
    return entries
      .map(({ position }, at) => others.get(position) ?? fromA[at])
      .filter((bytes) => bytes !== undefined);
  }

  /** The head of the chain after the entry at a position; undefined where neither copy shows it. */
  async headAt(position: number): Promise<string | undefined> {
    if (position === this.#point.position) return this.#point.head;
    for (const copy of [this.#copies.a, this.#copies.b]) {
      const next = await copy.find(position + 1);
      if (next !== undefined) return next.previousHead;
    }
    return undefined;
  }

  verification(): LogVerification {
    return new LogVerification(this.#copies, this.#hash);
  }

  /**
   * Appends to each copy the entries that it lost and the other has; the rotten ones stay where they
   * are. Nothing else may be written meanwhile. Tells how many entries were appended.
   */
  async mend(faults: readonly LogFault[]): Promise<number> {
    let mended = 0;
    for (const copy of ['a', 'b'] as const) {
      const own = faults.filter((fault) => fault.copy === copy);
      for (let from = 0; from < own.length; from += entriesPerBatch) {
        const group = own.slice(from, from + entriesPerBatch);
        const other = this.#copies[copy === 'a' ? 'b' : 'a'];
        const read = await other.read(group.map(({ intact }) => intact));
        const entries = group.flatMap(({ position, head }, at) => {
          const bytes = read[at];
          const isWhole = bytes !== undefined && this.#endsIn(bytes, head);
          return isWhole ? [{ position, head, bytes }] : [];
        });
        await this.#copies[copy].mend(entries);
        for (const { position } of entries) this.#damage.delete(`${copy}${position}`);
        mended += entries.length;
      }
    }
    return mended;
  }

  /** A trailer again where it rotted and nothing else did. */
  sealAgain(fault: SegmentFault & { readonly copy: CopyName }): Promise<boolean> {
    return this.#copies[fault.copy].sealAgain(fault);
  }

  async close(): Promise<void> {
    await bothSettled(this.#copies.a.close(), this.#copies.b.close());
  }

  readonly #findMended = (copy: CopyName, position: number) => this.#copies[copy].mended(position);

  #endsIn(bytes: Uint8Array, head: string): boolean {
    const link = linkOrUndefined(bytes);
    return link !== undefined && headAfter(link.previousHead, bytes, this.#hash) === head;
  }

  #cursorsFrom(locations: CopyLocations | undefined): CopyPair<LogCopyCursor> {
    const { a, b } = this.#copies;
    return { a: a.cursor(locations?.a), b: b.cursor(locations?.b) };
  }

  /** Appends to a copy what it lacks after the point; gives where the next entry lies in each. */
  async #complete(copy: CopyName, next: LinkedEntry): Promise<CopyLocations> {
    const other = copy === 'a' ? 'b' : 'a';
    const copies = this.#copies;
    const { first, end } = await copies[copy].completeFrom(
      copies[other],
      this.#point,
      next,
      this.#hash,
    );
    this.#logger.warn('one copy of the history log was shorter and has been completed', {
      copy,
      fromPosition: this.#point.position + 1,
      toPosition: end.position,
    });
    return copy === 'a' ? { a: first, b: next.location } : { a: next.location, b: first };
  }

  #reportDamage(copy: CopyName, position: number): void {
    const key = `${copy}${position}`;
    if (this.#damage.has(key) || this.#damage.size >= maxListedDamage) return;
    this.#damage.set(key, { copy, position });
    this.#logger.warn('an entry is damaged in one copy of the history log; the other answers', {
      copy,
      position,
    });
  }
}

function holdsPosition(bytes: Uint8Array | undefined, position: number): bytes is Uint8Array {
  return bytes !== undefined && linkOrUndefined(bytes)?.position === position;
}

function linkOrUndefined(bytes: Uint8Array) {
  try {
    return linkOfEntry(bytes);
  } catch (error) {
    if (error instanceof MalformedBytes) return undefined;
    throw error;
  }
}

async function closeBoth(cursors: CopyPair<LogCopyCursor>): Promise<void> {
  await cursors.a.close();
  await cursors.b.close();
}

/** Waits for both even where one fails, so that nothing runs on behind an error. */
async function bothSettled<A, B>(left: Promise<A>, right: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([left, right]);
  return [await left, await right];
}
