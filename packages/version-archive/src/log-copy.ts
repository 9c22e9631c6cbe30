/**
 * One of the two copies of the history log: writes entries durably, reads them, walks them. Owns
 * the segment stream in the copy's directory.
 */
import {
  type EntryLocation,
  type SegmentFault,
  SegmentStream,
  type SegmentStreamInit,
  sealAgain,
  type VerifiedPart,
  type VerifyOptions,
} from '@holdfast/block-store';
import type { Hash } from '@holdfast/model';
import { inGroups } from '@holdfast/platform';
import { type ChainPoint, type CopyName, fits, historyDamaged } from './follow-chain.js';
import { type LinkedEntry, LogCopyCursor, linked } from './log-copy-cursor.js';
import { headAfter } from './log-entry.js';

/** One write holds at most this much, so that a torn one never spans two segments. */
const writeBound = {
  maxBytes: 1024 * 1024,
  bytesOf: ({ bytes }: ChainedBytes) => bytes.length,
};
const maxLogSegmentBytes = 64 * 1024 * 1024;
/** More entries than this are not looked for out of their places. */
const maxMended = 1_000_000;
/** Enough of an entry to know its position. */
const linkBytes = 42;
/** A copy is completed in steps of so many entries. */
const entriesPerStep = 1000;

export interface ChainedBytes extends ChainPoint {
  readonly bytes: Uint8Array;
}

export type LogCopyInit = Pick<
  SegmentStreamInit,
  | 'runner'
  | 'directory'
  | 'storeId'
  | 'generation'
  | 'logger'
  | 'clock'
  | 'random'
  | 'sealAfterMs'
  | 'readOnly'
>;

export class LogCopy {
  readonly name: CopyName;
  readonly #stream: SegmentStream;
  /** Entries behind later ones: written again after a failure, or because they rotted. */
  #mended: Promise<Map<number, EntryLocation>> | undefined;

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

  cursor(from?: Pick<EntryLocation, 'segment' | 'offset'>): LogCopyCursor {
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
   * The entry at a position, whole and in its place; undefined where there is none. It is looked for from
   * the end: who asks mostly asks for one that is not old.
   */
  async find(position: number): Promise<LinkedEntry | undefined> {
    for (let { segment } = this.#stream.durableEnd(); segment > 0; segment -= 1) {
      const cursor = this.cursor({ segment, offset: 0 });
      try {
        const first = await cursor.peek(0);
        if (first === undefined || first.position > position) continue;
        const found = await cursor.peek(position);
        return found?.position === position ? found : undefined;
      } finally {
        await cursor.close();
      }
    }
    return undefined;
  }

  /** Every byte of it, read again. */
  verify(options: VerifyOptions): AsyncGenerator<VerifiedPart> {
    return this.#stream.verify(options);
  }

  /** A trailer again where it rotted and nothing else did. */
  sealAgain(fault: SegmentFault): Promise<boolean> {
    return sealAgain(this.#stream, fault);
  }

  /** An entry that lies behind later ones; undefined where there is none of that position. */
  async mended(position: number): Promise<LinkedEntry | undefined> {
    this.#mended ??= this.#findMended();
    const location = (await this.#mended).get(position);
    if (location === undefined) return undefined;
    const [payload] = await this.#stream.read([location]);
    return payload === undefined ? undefined : linked({ location, payload });
  }

  /** Appends entries that rotted in their places; durable when it resolves. */
  async mend(entries: readonly ChainedBytes[]): Promise<void> {
    this.#mended ??= this.#findMended();
    const known = await this.#mended;
    const locations = await this.write(entries);
    for (const [at, { position }] of entries.entries()) {
      const location = locations[at];
      if (location !== undefined) known.set(position, location);
    }
  }

  async #findMended(): Promise<Map<number, EntryLocation>> {
    const found = new Map<number, EntryLocation>();
    let last = -1;
    for await (const entries of this.#stream.scan(undefined, { prefixBytes: linkBytes })) {
      for (const entry of entries) {
        const position = linked(entry)?.position;
        if (position === undefined) continue;
        if (position > last) last = position;
        else if (found.size < maxMended) found.set(position, entry.location);
      }
    }
    return found;
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
