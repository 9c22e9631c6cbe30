/**
 * One append-only stream of segment files in one directory: block segments, or one copy of the
 * history log. Owns the directory. Invariant: bytes that a `sync()` vouched for are never written
 * again; a sealed segment is never appended to; nothing is ever truncated. Bytes: FORMAT.md.
 */
import { AppError, assert, Mutex } from '@holdfast/platform';
import { freeSegment } from './freed-segment.js';
import { packedBytes, packFrames, splitIntoBatches } from './segment-batch.js';
import { openFailure, refusal, writeFailure } from './segment-errors.js';
import {
  frameBytes,
  headerBytes,
  largestSegmentBytes,
  maxPayloadBytes,
  nonceBytes,
  noPredecessor,
  nothingValid,
  type SegmentExtent,
  type SegmentHeader,
  trailerBytes,
} from './segment-format.js';
import {
  type AppendOutput,
  appendEntries,
  type SealOutput,
  type SegmentPlace,
  sealSegment,
  syncSegment,
} from './segment-jobs.js';
import { type SegmentLayout, SegmentReader } from './segment-reader.js';
import { type RecoverOutput, recoverSegments } from './segment-recovery.js';
import { SegmentTrailers } from './segment-trailers.js';
import type {
  EntryLocation,
  ScanOptions,
  SegmentEntry,
  SegmentRecovery,
  SegmentStreamInit,
} from './segment-types.js';
import { type VerifiedPart, type VerifyOptions, verifySegments } from './verify-segments.js';

/** A batch of at most this size is one write into one segment. */
export const maxAppendBytes = 8 * 1024 * 1024;

/** The segment that is being written. */
interface OpenSegment {
  readonly segment: number;
  readonly header: SegmentHeader;
  readonly openedAtMs: number;
  /** What was appended. */
  appended: SegmentExtent;
  /** What the last good sync vouched for. */
  synced: SegmentExtent;
}

export class SegmentStream {
  readonly recovered: SegmentRecovery;
  readonly #init: SegmentStreamInit;
  readonly #reader: SegmentReader;
  readonly #writing = new Mutex();
  /** Of the newest segment that is not being written. */
  #last: { readonly segment: number; readonly digest: Uint8Array };
  #open: OpenSegment | undefined;
  /** One that failed with nothing synced and could not be sealed; its number is not free. */
  #doubtful: { readonly open: OpenSegment; readonly cause: unknown } | undefined;
  readonly #trailers: SegmentTrailers;
  #closed = false;

  /** Recovers: rejects with `store_format_unknown` or `store_id_mismatch`, the data untouched. */
  static async open(init: SegmentStreamInit): Promise<SegmentStream> {
    assert(init.maxSegmentBytes <= largestSegmentBytes, 'a segment keeps within its offsets');
    const { directory, streamName, storeId, logger, readOnly = false } = init;
    const passDamage = streamName === 'blocks';
    const found = await init.runner
      .run(recoverSegments, { directory, streamName, storeId, passDamage, readOnly })
      .catch((error: unknown) => {
        throw openFailure(error);
      });
    const { sealed, tornBytes, missingSegments, damagedHeaders, sealFailures } = found;
    const marks = [sealed, missingSegments.length, damagedHeaders.length, sealFailures.length];
    if (marks.some((count) => count > 0)) {
      const fields = { streamName, sealed, tornBytes, missingSegments, damagedHeaders };
      logger.warn('segments needed attention', { ...fields, sealFailures });
    }
    return new SegmentStream(init, found);
  }

  private constructor(init: SegmentStreamInit, found: RecoverOutput) {
    const { sealed, tornBytes, missingSegments, sealFailures } = found;
    this.#init = init;
    this.recovered = { sealed, tornBytes, missingSegments };
    this.#reader = new SegmentReader(init);
    this.#trailers = new SegmentTrailers(init, (...ended) => this.#setEnd(...ended));
    const unsealed = new Set(sealFailures.map(({ segment }) => segment));
    for (const { segment, fileBytes, isFreed, ...extent } of found.segments) {
      this.#setEnd(segment, extent, fileBytes);
      if (isFreed) this.#reader.setFreed(segment, extent.digest, fileBytes);
      if (unsealed.has(segment)) this.#trailers.owe(segment, extent);
    }
    for (const segment of found.damagedHeaders) {
      init.onDamage?.({ type: 'header', segment, offset: 0, lengthBytes: headerBytes });
    }
    for (const segment of missingSegments) {
      init.onDamage?.({ type: 'missing', segment, offset: 0, lengthBytes: headerBytes });
    }
    this.#last = found.segments.at(-1) ?? { segment: 0, digest: noPredecessor };
  }

  /**
   * Written in order, not yet durable. Rejects with `store_write_failed`: then everything appended
   * since the last sync that resolved is absent, and the caller appends it again. With
   * `block_mismatch` or `envelope_codec_unknown` only the batch with the named block is absent. A
   * call of at most `maxAppendBytes` goes into one segment with one write. One logical writer.
   */
  append(payloads: readonly Uint8Array[]): Promise<EntryLocation[]> {
    assert(this.#init.readOnly !== true, 'nothing is appended where everything is only read');
    for (const { length } of payloads) {
      assert(length > 0 && length <= maxPayloadBytes, `no entry of ${length} bytes`);
    }
    return this.#writing.run(async () => {
      this.#assertOpen();
      const room = this.#init.maxSegmentBytes - headerBytes - trailerBytes;
      const locations: EntryLocation[] = [];
      for (const batch of splitIntoBatches(payloads, Math.min(room, maxAppendBytes))) {
        locations.push(...(await this.#appendBatch(batch)));
      }
      return locations;
    });
  }

  /** Durable, names included. Rejects with `store_write_failed` as `append` does. */
  sync(): Promise<void> {
    return this.#writing.run(async () => {
      this.#assertOpen();
      await this.#syncOpen();
      if (this.#isAged()) await this.#seal();
    });
  }

  /** Undefined where the entry is damaged or missing (see `onDamage`); never rejects for rot. */
  async read(locations: readonly EntryLocation[]): Promise<(Uint8Array | undefined)[]> {
    this.#assertOpen();
    return await this.#reader.read(locations);
  }

  /** Every durable valid entry in order, in batches; damaged ones are passed over (see `onDamage`). */
  async *scan(
    from: { readonly segment: number; readonly offset: number } = { segment: 1, offset: 0 },
    options: ScanOptions = {},
  ): AsyncGenerator<SegmentEntry[]> {
    this.#assertOpen();
    yield* this.#reader.scan(from, { prefixBytes: maxPayloadBytes, unverified: false, ...options });
  }

  /** Whether the entry lies in a present segment, within what is durable. */
  holds(location: EntryLocation): boolean {
    return this.#reader.holds(location);
  }

  /** Whether the disk did not give an entry, that would be held, when it was last read. */
  isInDoubt(location: EntryLocation): boolean {
    return this.#reader.isInDoubt(location);
  }

  /** The end of what is durable: where a later entry begins, or in a later segment. */
  durableEnd(): { readonly segment: number; readonly offset: number } {
    return this.#reader.durableEnd();
  }

  /** Sizes of files, trailers and torn bytes included. */
  stats(): { readonly segments: number; readonly bytes: number } {
    return this.#reader.stats();
  }

  /** Every segment with its ends, by rising number; the one that is being written last. */
  layout(): readonly SegmentLayout[] {
    return this.#reader.layout();
  }

  isFreed(segment: number): boolean {
    return this.#reader.isFreed(segment);
  }

  /** Whether the entries of any segment were freed. */
  get hasFreed(): boolean {
    return this.#reader.hasFreed;
  }

  /** Syncs, and ends the segment that is being written: what is appended next begins another one. */
  seal(): Promise<void> {
    return this.#writing.run(async () => {
      this.#assertOpen();
      await this.#seal();
    });
  }

  /**
   * Takes away the bytes of a sealed segment; its header stays, with the extent that it had. Whoever
   * calls this has made durable elsewhere what is needed of it. Rejects with `store_write_failed`.
   */
  free(segment: number, extent: SegmentExtent): Promise<void> {
    assert(this.#init.readOnly !== true, 'nothing is freed where everything is only read');
    return this.#writing.run(async () => {
      this.#assertOpen();
      assert(this.#open?.segment !== segment, 'a segment that is being written is not freed');
      const input = { place: this.#placeOf(segment), extent };
      const fileBytes = await this.#init.runner.run(freeSegment, input).catch((error: unknown) => {
        throw writeFailure(error);
      });
      this.#reader.setFreed(segment, extent.digest, fileBytes);
      this.#trailers.forget(segment);
    });
  }

  /** Every byte that is durable now, read again in order; damage is told, nothing is changed. */
  verify(options: VerifyOptions): AsyncGenerator<VerifiedPart> {
    this.#assertOpen();
    const open = this.#open?.segment;
    const layout = this.#reader.layout();
    const segments = layout.map((ends) => ({ ...ends, isSealed: ends.segment !== open }));
    const isFreed = (segment: number) => this.#reader.isFreed(segment);
    return verifySegments({ ...this.#init, isFreed }, segments, options);
  }

  /** A trailer again, behind one that rotted; `extent` is what a walk just came to. */
  sealAgain(segment: number, extent: SegmentExtent): Promise<void> {
    return this.#writing.run(async () => {
      this.#assertOpen();
      await this.#trailers.write(segment, extent);
    });
  }

  /** Syncs and seals; idempotent. Other methods reject with `store_closed` afterwards. */
  close(): Promise<void> {
    return this.#writing.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#seal();
      await this.#trailers.settle();
    });
  }

  async #appendBatch(payloads: readonly Uint8Array[]): Promise<EntryLocation[]> {
    const frames = packedBytes(payloads);
    const end = this.#open?.appended.validBytes ?? headerBytes;
    const isFull = end + frames + trailerBytes > this.#init.maxSegmentBytes;
    if (this.#open !== undefined && (isFull || this.#isAged())) await this.#seal();
    await this.#settleDoubt();
    const isNew = this.#open === undefined;
    if (isNew) await this.#trailers.settle();
    const open = this.#open ?? this.#nextSegment();
    this.#open = open;
    const offset = isNew ? headerBytes : open.appended.validBytes;
    const output = await this.#runAppend(open, isNew, offset, payloads);
    if (output.type === 'refused') {
      if (isNew) this.#open = undefined;
      throw refusal(output);
    }
    open.appended = {
      validBytes: offset + frames,
      entryCount: open.appended.entryCount + payloads.length,
      digest: output.digest,
    };
    this.#publish(open);
    return locationsOf(open.segment, offset, payloads);
  }

  async #runAppend(
    open: OpenSegment,
    isNew: boolean,
    offset: number,
    payloads: readonly Uint8Array[],
  ): Promise<AppendOutput> {
    const { runner, payloads: kind = 'opaque' } = this.#init;
    const { segment, header } = open;
    const { digest } = open.appended;
    const start = isNew
      ? ({ type: 'new', header } as const)
      : ({ type: 'existing', digest } as const);
    const frames = packFrames(payloads, offset);
    const place = this.#placeOf(segment);
    try {
      const input = { place, start, offset, frames, payloads: kind };
      return await runner.run(appendEntries, input, [frames]);
    } catch (error) {
      await this.#appendTrailer(open);
      throw writeFailure(error);
    }
  }

  async #syncOpen(): Promise<void> {
    const open = this.#open;
    if (open === undefined || open.synced.entryCount === open.appended.entryCount) return;
    const place = this.#placeOf(open.segment);
    try {
      await this.#init.runner.run(syncSegment, { place, isNew: open.synced.validBytes === 0 });
    } catch (error) {
      await this.#appendTrailer(open);
      throw writeFailure(error);
    }
    open.synced = open.appended;
    this.#publish(open);
  }

  async #seal(): Promise<void> {
    await this.#syncOpen();
    if (this.#open !== undefined) await this.#appendTrailer(this.#open);
  }

  #setEnd(segment: number, { validBytes }: SegmentExtent, fileBytes: number): void {
    this.#reader.setEnd(segment, { durable: validBytes, readable: validBytes, fileBytes });
  }

  /**
   * Ends the open segment at what is synced: what came after is absent from now on, whatever is
   * there. A trailer that cannot be written is owed, until the next segment begins or this one is
   * recovered. A segment of which nothing is synced and nobody knows whether its file is there keeps
   * its number, and is looked at again at the next append.
   */
  async #appendTrailer(open: OpenSegment): Promise<void> {
    const { segment, synced } = open;
    this.#open = undefined;
    this.#doubtful = undefined;
    const extent = synced.validBytes === 0 ? undefined : synced;
    let output: SealOutput = { extent: synced, fileBytes: extent?.validBytes };
    try {
      output = await this.#init.runner.run(sealSegment, { place: this.#placeOf(segment), extent });
    } catch (error) {
      if (extent === undefined) this.#doubtful = { open, cause: error };
      else this.#trailers.owe(segment, extent);
      this.#trailers.warn(segment, error);
    }
    const { fileBytes } = output;
    if (fileBytes === undefined && extent === undefined) {
      this.#reader.forget(segment);
      return;
    }
    this.#setEnd(segment, output.extent, fileBytes ?? 0);
    this.#last = { segment, digest: output.extent.digest };
  }

  /** Nothing can be appended before it: the next segment would need the number that is in doubt. */
  async #settleDoubt(): Promise<void> {
    if (this.#open !== undefined || this.#doubtful === undefined) return;
    await this.#appendTrailer(this.#doubtful.open);
    if (this.#doubtful !== undefined) throw writeFailure(this.#doubtful.cause);
  }

  #nextSegment(): OpenSegment {
    const { streamName, storeId, generation, clock, random } = this.#init;
    const segment = this.#last.segment + 1;
    const nonce = random?.bytes(nonceBytes) ?? new Uint8Array(nonceBytes);
    const predecessorDigest = this.#last.digest;
    return {
      segment,
      header: { streamName, storeId, generation, segment, predecessorDigest, nonce },
      openedAtMs: clock.monotonic(),
      appended: nothingValid,
      synced: nothingValid,
    };
  }

  #publish({ segment, appended, synced }: OpenSegment): void {
    const readable = appended.validBytes;
    this.#reader.setEnd(segment, { durable: synced.validBytes, readable, fileBytes: readable });
  }

  #isAged(): boolean {
    const { sealAfterMs, clock } = this.#init;
    if (this.#open === undefined || sealAfterMs === undefined) return false;
    return clock.monotonic() - this.#open.openedAtMs >= sealAfterMs;
  }

  #placeOf(segment: number): SegmentPlace {
    return { directory: this.#init.directory, streamName: this.#init.streamName, segment };
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new AppError('store_closed', 'The store is closed.', { kind: 'permanent' });
  }
}

function locationsOf(
  segment: number,
  start: number,
  payloads: readonly Uint8Array[],
): EntryLocation[] {
  let offset = start;
  return payloads.map(({ length: lengthBytes }) => {
    const location = { segment, offset, lengthBytes };
    offset += frameBytes + lengthBytes;
    return location;
  });
}
