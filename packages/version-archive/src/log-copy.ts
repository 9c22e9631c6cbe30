/**
 * One of the two copies of the history log: writes entries durably, reads them, walks them. Owns
 * the segment stream in the copy's directory.
 */
import { type EntryLocation, SegmentStream, type SegmentStreamInit } from '@holdfast/block-store';
import type { Hash } from '@holdfast/model';
import { inGroups } from '@holdfast/platform';
import { type ChainPoint, type CopyName, fits, historyDamaged } from './follow-chain.js';
import { type LinkedEntry, LogCopyCursor } from './log-copy-cursor.js';
import { headAfter } from './log-entry.js';

/** One write holds at most this much, so that a torn one never spans two segments. */
const writeBound = {
  maxBytes: 1024 * 1024,
  bytesOf: ({ bytes }: ChainedBytes) => bytes.length,
};
const maxLogSegmentBytes = 64 * 1024 * 1024;
/** A copy is completed in steps of so many entries. */
const entriesPerStep = 1000;

export interface ChainedBytes extends ChainPoint {
  readonly bytes: Uint8Array;
}

export type LogCopyInit = Pick<
  SegmentStreamInit,
  'runner' | 'directory' | 'storeId' | 'generation' | 'logger' | 'clock' | 'random' | 'sealAfterMs'
>;

export class LogCopy {
  readonly name: CopyName;
  readonly #stream: SegmentStream;

  private constructor(name: CopyName, stream: SegmentStream) {
    this.name = name;
    this.#stream = stream;
  }

  static async open(name: CopyName, init: LogCopyInit): Promise<LogCopy> {
    const stream = await SegmentStream.open({
      ...init,
      streamName: 'log',
      maxSegmentBytes: maxLogSegmentBytes,
    });
    return new LogCopy(name, stream);
  }

  /** Whether files of it are missing. */
  get lacksSegments(): boolean {
    return this.#stream.recovered.missingSegments.length > 0;
  }

  cursor(from?: EntryLocation): LogCopyCursor {
    return new LogCopyCursor(this.#stream.scan(from));
  }

  /** Durable when it resolves; gives where each entry lies. */
  async write(entries: readonly ChainedBytes[]): Promise<EntryLocation[]> {
    const locations: EntryLocation[] = [];
    for (const group of inGroups(entries, writeBound)) {
      locations.push(...(await this.#stream.append(group.map(({ bytes }) => bytes))));
      await this.#stream.sync();
    }
    return locations;
  }

  /** Undefined for an entry that is damaged, missing, or has no location here. */
  async read(
    locations: readonly (EntryLocation | undefined)[],
  ): Promise<(Uint8Array | undefined)[]> {
    const known = locations.filter((location) => location !== undefined);
    if (known.length === 0) return locations.map(() => undefined);
    const found = await this.#stream.read(known);
    let at = 0;
    return locations.map((location) => (location === undefined ? undefined : found[at++]));
  }

  /**
   * Appends what this copy lacks after `point`, from the other one, where the next entry is `next`.
   * Gives where that entry lies here now, and the end of the chain.
   */
  async completeFrom(
    other: LogCopy,
    point: ChainPoint,
    next: LinkedEntry,
    hash: Hash,
  ): Promise<{ readonly first: EntryLocation | undefined; readonly end: ChainPoint }> {
    const cursor = other.cursor(next.location);
    let end = point;
    let first: EntryLocation | undefined;
    try {
      for (;;) {
        const step = await chainedStep(cursor, end, hash);
        if (step.length === 0) return { first, end };
        const locations = await this.write(step);
        first ??= locations[0];
        end = step.at(-1) ?? end;
      }
    } finally {
      await cursor.close();
    }
  }

  close(): Promise<void> {
    return this.#stream.close();
  }
}

/** The next entries of a copy that alone has them; throws `history_damaged` at a gap. */
async function chainedStep(
  cursor: LogCopyCursor,
  point: ChainPoint,
  hash: Hash,
): Promise<ChainedBytes[]> {
  const step: ChainedBytes[] = [];
  let end = point;
  while (step.length < entriesPerStep) {
    const position = end.position + 1;
    const entry = await cursor.peek(position);
    if (entry === undefined) break;
    if (!fits(entry, position, end.head)) {
      throw historyDamaged(position, 'the only copy that reaches it is damaged');
    }
    const { bytes } = entry;
    const chained = { position, head: headAfter(end.head, bytes, hash), bytes };
    step.push(chained);
    end = chained;
    cursor.skip();
  }
  return step;
}
