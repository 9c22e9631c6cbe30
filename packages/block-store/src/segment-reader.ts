/**
 * Reading of a segment stream: knows which segments there are and how far each may be read. Owns
 * that table; writes no file. Invariant: nothing beyond what is valid is ever given.
 */
import type { BulkRunner, FilePath } from '@holdfast/platform';
import { frameBytes, headerBytes } from './segment-format.js';
import type { PayloadKind } from './segment-jobs.js';
import { listEntries } from './list-entries-job.js';
import { type ReadOutput, readEntries, type ScanOutput, scanEntries } from './segment-read-jobs.js';
import type { EntryLocation, ScanOptions, SegmentDamage, SegmentEntry } from './segment-types.js';

/** What one read or scan job gives at most, or a single entry that is larger. */
const maxJobBytes = 4 * 1024 * 1024;
/** Entries that could not be read are remembered one by one up to here, then by their segments. */
const maxUnreadableEntries = 65_536;

export interface SegmentReaderInit {
  readonly runner: BulkRunner;
  readonly directory: FilePath;
  readonly streamName: string;
  readonly payloads?: PayloadKind;
  readonly onDamage?: (damage: SegmentDamage) => void;
}

interface SegmentPart {
  readonly segment: number;
  readonly from: number;
  readonly limit: number;
  readonly prefixBytes: number;
}

export interface SegmentEnds {
  readonly durable: number;
  /** Not less than `durable`: what was appended can be read. */
  readonly readable: number;
  readonly fileBytes: number;
}

export interface SegmentLayout extends SegmentEnds {
  readonly segment: number;
  /** Of a segment whose entries were freed: the digest that it had. */
  readonly freedDigest: Uint8Array | undefined;
}

export class SegmentReader {
  readonly #init: SegmentReaderInit;
  /** By ascending number, as segments are only added at the end. */
  readonly #ends = new Map<number, SegmentEnds>();
  /** Segments of which no entry counts until one of them is read again. */
  readonly #missing = new Set<number>();
  /** Segments whose entries were freed, with the digests that they had. */
  readonly #freed = new Map<number, Uint8Array>();
  /** Entries that the disk did not give when they were last read. */
  readonly #unreadable = new Set<string>();
  #durableEnd = { segment: 0, offset: 0 };
  #bytes = 0;

  constructor(init: SegmentReaderInit) {
    this.#init = init;
  }

  setEnd(segment: number, ends: SegmentEnds): void {
    this.#bytes += ends.fileBytes - (this.#ends.get(segment)?.fileBytes ?? 0);
    this.#ends.set(segment, ends);
    if (ends.durable > 0) this.#durableEnd = { segment, offset: ends.durable };
  }

  /** Nothing of it is given any more; `digest` is the one that it had. */
  setFreed(segment: number, digest: Uint8Array, fileBytes: number): void {
    this.#bytes += fileBytes - (this.#ends.get(segment)?.fileBytes ?? 0);
    this.#ends.set(segment, { durable: headerBytes, readable: headerBytes, fileBytes });
    this.#freed.set(segment, digest);
  }

  isFreed(segment: number): boolean {
    return this.#freed.has(segment);
  }

  get hasFreed(): boolean {
    return this.#freed.size > 0;
  }

  forget(segment: number): void {
    this.#bytes -= this.#ends.get(segment)?.fileBytes ?? 0;
    this.#ends.delete(segment);
  }

  holds(location: EntryLocation): boolean {
    return this.#isWithin(location) && !this.#wasNotGiven(location);
  }

  /** Whether it would be held, had the disk given it when it was last read: a read tells. */
  isInDoubt(location: EntryLocation): boolean {
    return this.#isWithin(location) && this.#wasNotGiven(location);
  }

  #isWithin({ segment, offset, lengthBytes }: EntryLocation): boolean {
    const durable = this.#ends.get(segment)?.durable ?? 0;
    return offset >= headerBytes && offset + frameBytes + lengthBytes <= durable;
  }

  #wasNotGiven(location: EntryLocation): boolean {
    return this.#missing.has(location.segment) || this.#unreadable.has(keyOf(location));
  }

  durableEnd(): { readonly segment: number; readonly offset: number } {
    return this.#durableEnd;
  }

  /** Every segment with its ends, by rising number. */
  layout(): readonly SegmentLayout[] {
    return [...this.#ends].map(([segment, ends]) => {
      return { segment, ...ends, freedDigest: this.#freed.get(segment) };
    });
  }

  stats(): { readonly segments: number; readonly bytes: number } {
    return { segments: this.#ends.size - this.#freed.size, bytes: this.#bytes };
  }

  async read(locations: readonly EntryLocation[]): Promise<(Uint8Array | undefined)[]> {
    const payloads: (Uint8Array | undefined)[] = locations.map(() => undefined);
    const readable = [...locations.entries()].filter(([, location]) => this.#isReadable(location));
    for (let from = 0; from < readable.length; ) {
      let to = from;
      let bytes = 0;
      do bytes += frameBytes + (readable[to++]?.[1].lengthBytes ?? 0);
      while (to < readable.length && bytes < maxJobBytes);
      const group = readable.slice(from, to);
      const { directory, streamName, runner } = this.#init;
      const entries = group.map(([, location]) => location);
      const output = await runner.run(readEntries, { directory, streamName, entries });
      this.#unpack(group, output, payloads);
      from = to;
    }
    return payloads;
  }

  async *scan(
    from: { readonly segment: number; readonly offset: number },
    options: Required<ScanOptions>,
  ): AsyncGenerator<SegmentEntry[]> {
    const segments = Array.from(this.#ends.keys());
    for (const segment of segments) {
      if (segment < from.segment) continue;
      const start = segment === from.segment ? from.offset : 0;
      let next: number | undefined = Math.max(start, headerBytes);
      let { unverified } = options;
      while (next !== undefined) {
        const limit = this.#ends.get(segment)?.durable ?? 0;
        if (next >= limit) break;
        const part = { segment, from: next, limit, prefixBytes: options.prefixBytes };
        const output: ScanOutput & { readonly isDoubtful?: boolean } = unverified
          ? await this.#listPart(part)
          : await this.#scanPart(part);
        if (output.isDoubtful) unverified = false;
        if (output.entries.length > 0) yield entriesOf(segment, output);
        next = output.next;
      }
    }
  }

  #listPart({ segment, ...part }: SegmentPart) {
    const { directory, streamName, runner } = this.#init;
    const place = { directory, streamName, segment };
    return runner.run(listEntries, { place, ...part, maxBytes: maxJobBytes });
  }

  async #scanPart({ segment, from, limit, prefixBytes }: SegmentPart): Promise<ScanOutput> {
    const { directory, streamName, runner, payloads = 'opaque' } = this.#init;
    const place = { directory, streamName, segment };
    const options = { from, limit, maxBytes: maxJobBytes, prefixBytes, payloads };
    const output = await runner.run(scanEntries, { place, ...options });
    if (output.state === 'missing') {
      this.#report('missing', { segment, offset: from, lengthBytes: limit - from });
    }
    for (const damage of output.damage) this.#report('damaged', { segment, ...damage });
    return output;
  }

  #isReadable(location: EntryLocation): boolean {
    const { segment, offset, lengthBytes } = location;
    const ends = this.#ends.get(segment);
    if (this.#freed.has(segment)) return false;
    if (ends === undefined) this.#report('missing', location);
    else if (offset + frameBytes + lengthBytes <= ends.readable) return true;
    else this.#report('damaged', location);
    return false;
  }

  #unpack(
    group: readonly (readonly [number, EntryLocation])[],
    output: ReadOutput,
    payloads: (Uint8Array | undefined)[],
  ): void {
    let at = 0;
    for (const [place, [index, location]] of group.entries()) {
      const end = at + frameBytes + location.lengthBytes;
      const state = output.states[place] ?? 'missing';
      if (state === 'whole') {
        const { lengthBytes } = location;
        payloads[index] = new Uint8Array(output.bytes, at + frameBytes, lengthBytes);
        this.#missing.delete(location.segment);
        this.#unreadable.delete(keyOf(location));
      } else if (!this.#freed.has(location.segment)) {
        this.#report(state, location);
      }
      at = end;
    }
  }

  #report(type: 'missing' | 'unreadable' | 'damaged', location: EntryLocation): void {
    if (type === 'missing') this.#missing.add(location.segment);
    if (type === 'unreadable') this.#doubt(location);
    this.#init.onDamage?.({ type, ...location });
  }

  #doubt(location: EntryLocation): void {
    if (this.#unreadable.size < maxUnreadableEntries) this.#unreadable.add(keyOf(location));
    else this.#missing.add(location.segment);
  }
}

function keyOf({ segment, offset }: EntryLocation): string {
  return `${segment}:${offset}`;
}

function entriesOf(segment: number, output: ScanOutput): SegmentEntry[] {
  let at = 0;
  return output.entries.map(({ offset, lengthBytes, givenBytes }) => {
    const payload = new Uint8Array(output.bytes, at, givenBytes);
    at += givenBytes;
    return { location: { segment, offset, lengthBytes }, payload };
  });
}
