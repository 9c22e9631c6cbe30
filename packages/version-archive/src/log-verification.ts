/**
 * Verifying the history log: every byte of both copies, the whole chain of heads, and that the copies
 * agree. Changes nothing; what one copy lacks and the other has can be mended afterwards.
 */
import type { EntryLocation, SegmentFault } from '@holdfast/block-store';
import type { Hash } from '@holdfast/model';
import { type ChainPoint, type CopyName, type CopyPair, chainStart, fits } from './follow-chain.js';
import type { LogCopy } from './log-copy.js';
import type { LinkedEntry, LogCopyCursor } from './log-copy-cursor.js';
import { headAfter } from './log-entry.js';

/** An entry that one copy does not have whole, and where the other has it. */
export interface LogFault extends ChainPoint {
  readonly copy: CopyName;
  readonly intact: EntryLocation;
}

export interface LogFindings {
  readonly records: number;
  readonly bytes: number;
  readonly faults: readonly LogFault[];
  /** Positions that neither copy has whole, or that the copies do not agree on. */
  readonly lost: readonly number[];
  /** Whether the chain ends in the head that was told to others. */
  readonly endsInHead: boolean;
  readonly segmentFaults: readonly (SegmentFault & { readonly copy: CopyName })[];
}

/** More than these are counted as the last of them. */
const maxFaults = 100_000;
const partBytes = 16 * 1024 * 1024;

/** An entry of the chain, as it is in a copy that has it whole. */
export interface VerifiedEntry {
  readonly position: number;
  readonly bytes: Uint8Array;
}

export class LogVerification {
  readonly #copies: CopyPair<LogCopy>;
  readonly #hash: Hash;
  readonly #faults: LogFault[] = [];
  readonly #lost: number[] = [];
  readonly #segmentFaults: (SegmentFault & { readonly copy: CopyName })[] = [];
  #bytes = 0;
  #records = 0;
  #endsInHead = false;

  constructor(copies: CopyPair<LogCopy>, hash: Hash) {
    this.#copies = copies;
    this.#hash = hash;
  }

  get findings(): LogFindings {
    return {
      records: this.#records,
      bytes: this.#bytes,
      faults: this.#faults,
      lost: this.#lost,
      endsInHead: this.#endsInHead,
      segmentFaults: this.#segmentFaults,
    };
  }

  /** Reads all segments of both copies; gives how much each part was. */
  async *readSegments(): AsyncGenerator<number> {
    for (const copy of [this.#copies.a, this.#copies.b]) {
      for await (const part of copy.verify({ sample: 0, seed: 0, partBytes })) {
        this.#bytes += part.bytes;
        this.#segmentFaults.push(...part.faults.map((fault) => ({ ...fault, copy: copy.name })));
        yield part.bytes;
      }
    }
  }

  /** Follows the chain up to a point that was disclosed; gives each entry that some copy has whole. */
  async *followChain(upTo: ChainPoint): AsyncGenerator<VerifiedEntry> {
    const cursors = { a: this.#copies.a.cursor(), b: this.#copies.b.cursor() };
    /** Undefined behind an entry that is lost: the next one names it. */
    let head: string | undefined = chainStart.head;
    try {
      for (let position = 0; position <= upTo.position; position += 1) {
        const entry = await this.#entryAt(cursors, position, head);
        head = undefined;
        if (entry === undefined) continue;
        this.#records += 1;
        head = headAfter(entry.previousHead, entry.bytes, this.#hash);
        yield { position, bytes: entry.bytes };
      }
    } finally {
      await cursors.a.close();
      await cursors.b.close();
    }
    this.#endsInHead = head === upTo.head;
  }

  async #entryAt(
    cursors: CopyPair<LogCopyCursor>,
    position: number,
    head: string | undefined,
  ): Promise<LinkedEntry | undefined> {
    const a = await this.#inCopy('a', cursors, position, head);
    const b = await this.#inCopy('b', cursors, position, head);
    const entry = a ?? b;
    const agree = a === undefined || b === undefined || Buffer.compare(a.bytes, b.bytes) === 0;
    if (entry === undefined || !agree) {
      if (this.#lost.length < maxFaults) this.#lost.push(position);
      return undefined;
    }
    if (a === undefined || b === undefined) this.#fault(a === undefined ? 'a' : 'b', entry);
    return entry;
  }

  /** In its place, or where it was appended again because it rotted there. */
  async #inCopy(
    name: CopyName,
    cursors: CopyPair<LogCopyCursor>,
    position: number,
    head: string | undefined,
  ): Promise<LinkedEntry | undefined> {
    const found = await cursors[name].peek(position);
    const isNext = (entry: LinkedEntry | undefined) =>
      head === undefined ? entry?.position === position : fits(entry, position, head);
    if (isNext(found)) return found;
    const mended = await this.#copies[name].mended(position);
    return isNext(mended) ? mended : undefined;
  }

  #fault(copy: CopyName, { position, previousHead, bytes, location }: LinkedEntry): void {
    if (this.#faults.length >= maxFaults) return;
    const head = headAfter(previousHead, bytes, this.#hash);
    this.#faults.push({ copy, position, head, intact: location });
  }
}
