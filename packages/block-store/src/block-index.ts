/**
 * The index of a block store: where each block lies. A cache in a KeyValueStore; the segments are
 * the truth. Owns the keys under its prefix. Invariant: the summary changes in the same batch as
 * the entries that it counts. Bytes: FORMAT.md.
 */
import { ByteReader, ByteWriter, bytesFromHex, type ContentId, hexFrom } from '@holdfast/model';
import {
  type KeyValueStore,
  type KeyValueWrite,
  noteCounted,
  RecentRows,
  wereCounted,
} from '@holdfast/platform';
import { blockPayloadHeaderBytes } from './block-payload.js';
import type { EntryLocation } from './segment-types.js';

const indexFormat = 2;
const blockKeyKind = 0x62;
const summaryKeyKind = 0x6d;
const countedKeyKind = 0x6e;
const sumModulus = 2 ** 48;
const maxBatchEntries = 4096;
/** Who stores a block asks for it several times until its version is archived. */
const maxRemembered = 4_096;

export interface IndexedBlock {
  readonly location: EntryLocation;
  readonly plainBytes: number;
}

export interface NamedBlock extends IndexedBlock {
  readonly contentId: ContentId;
}

export interface IndexChange {
  readonly contentId: ContentId;
  /** What the index holds now. */
  readonly before: IndexedBlock | undefined;
  readonly after: IndexedBlock | undefined;
}

export interface IndexSummary {
  /** Every entry before it is indexed; segment 0 where nothing is. */
  readonly end: { readonly segment: number; readonly offset: number };
  readonly blocks: number;
  readonly plainBytes: number;
  readonly storedBytes: number;
  /** The sum of the first six bytes of all content ids, modulo 2^48. */
  readonly idSum: number;
}

const emptySummary: IndexSummary = {
  end: { segment: 0, offset: 0 },
  blocks: 0,
  plainBytes: 0,
  storedBytes: 0,
  idSum: 0,
};

export class BlockIndex {
  readonly #store: KeyValueStore;
  readonly #prefix: Uint8Array;
  #summary = emptySummary;
  /** What was written lately, as the store holds it. */
  readonly #recent = new RecentRows<ContentId, IndexedBlock>(maxRemembered);

  constructor(store: KeyValueStore, prefix: Uint8Array) {
    this.#store = store;
    this.#prefix = prefix;
  }

  get summary(): IndexSummary {
    return this.#summary;
  }

  /** False where there is no summary, or one of another format: then the index is made again. */
  async load(): Promise<boolean> {
    const bytes = await this.#store.get(this.#key(summaryKeyKind));
    const summary = bytes === undefined ? undefined : readSummary(bytes);
    this.#summary = summary ?? emptySummary;
    return summary !== undefined;
  }

  /** Whether the entries were counted since the database vouches for every byte. */
  wereCounted(): Promise<boolean> {
    return wereCounted(this.#store, this.#key(countedKeyKind));
  }

  noteCounted(): Promise<void> {
    return noteCounted(this.#store, this.#key(countedKeyKind));
  }

  /** Whether the entries are as many, and the same, as the summary counts. Reads all keys. */
  async matchesSummary(): Promise<boolean> {
    let blocks = 0;
    let idSum = 0;
    for await (const [key] of this.#store.iterate(this.#blockRange())) {
      blocks += 1;
      idSum = (idSum + leadingBytes(key.subarray(this.#prefix.length + 1))) % sumModulus;
    }
    return blocks === this.#summary.blocks && idSum === this.#summary.idSum;
  }

  async get(contentIds: readonly ContentId[]): Promise<(IndexedBlock | undefined)[]> {
    return this.#recent.through(contentIds, async (others) => {
      const values = await this.#store.getMany(others.map((id) => this.#blockKey(id)));
      return values.map((value) => (value === undefined ? undefined : readBlock(value)));
    });
  }

  /** Every block with where it lies. */
  async *entries(): AsyncGenerator<readonly [ContentId, IndexedBlock]> {
    for await (const [key, value] of this.#store.iterate(this.#blockRange())) {
      yield [hexFrom(key.subarray(this.#prefix.length + 1)) as ContentId, readBlock(value)];
    }
  }

  /**
   * Writes changes, and that everything before `end` is indexed. Not synced: what a crash takes
   * back is found again beyond the `end` that is left.
   */
  async apply(changes: readonly IndexChange[], end: IndexSummary['end']): Promise<void> {
    for (let from = 0; from < Math.max(1, changes.length); from += maxBatchEntries) {
      const part = changes.slice(from, from + maxBatchEntries);
      const isLast = from + maxBatchEntries >= changes.length;
      for (const { contentId } of part) this.#recent.delete(contentId);
      const summary = this.#summaryAfter(part, isLast ? end : this.#summary.end);
      await this.#write(
        part.map((change) => this.#writeOf(change)),
        summary,
        false,
      );
      for (const { contentId, after } of part) {
        if (after !== undefined) this.#recent.set(contentId, after);
      }
    }
  }

  /** Removes everything. The summary goes first: a half-emptied index is never taken for whole. */
  async clear(): Promise<void> {
    this.#recent.clear();
    await this.#store.batch([{ type: 'delete', key: this.#key(summaryKeyKind) }], { sync: true });
    this.#summary = emptySummary;
    let writes: KeyValueWrite[] = [];
    for await (const [key] of this.#store.iterate(this.#blockRange())) {
      writes.push({ type: 'delete', key });
      if (writes.length < maxBatchEntries) continue;
      await this.#store.batch(writes, { sync: false });
      writes = [];
    }
    await this.#store.batch(writes, { sync: false });
    await this.noteCounted();
  }

  /** What was written so far is durable. */
  async sync(): Promise<void> {
    await this.#write([], this.#summary, true);
  }

  async #write(
    writes: readonly KeyValueWrite[],
    summary: IndexSummary,
    sync: boolean,
  ): Promise<void> {
    const value = summaryBytes(summary);
    const put = { type: 'put', key: this.#key(summaryKeyKind), value } as const;
    await this.#store.batch([...writes, put], { sync });
    this.#summary = summary;
  }

  #summaryAfter(changes: readonly IndexChange[], end: IndexSummary['end']): IndexSummary {
    let { blocks, plainBytes, storedBytes, idSum } = this.#summary;
    for (const { contentId, before, after } of changes) {
      const count = (after === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
      blocks += count;
      plainBytes += (after?.plainBytes ?? 0) - (before?.plainBytes ?? 0);
      storedBytes += storedBytesOf(after) - storedBytesOf(before);
      const id = Number.parseInt(contentId.slice(0, 12), 16);
      idSum = (idSum + count * id + sumModulus) % sumModulus;
    }
    return { end, blocks, plainBytes, storedBytes, idSum };
  }

  #writeOf({ contentId, after }: IndexChange): KeyValueWrite {
    const key = this.#blockKey(contentId);
    return after === undefined
      ? { type: 'delete', key }
      : { type: 'put', key, value: blockBytes(after) };
  }

  #blockKey(contentId: ContentId): Uint8Array {
    return this.#key(blockKeyKind, bytesFromHex(contentId));
  }

  #key(kind: number, rest: Uint8Array = new Uint8Array()): Uint8Array {
    const key = new Uint8Array(this.#prefix.length + 1 + rest.length);
    key.set(this.#prefix);
    key[this.#prefix.length] = kind;
    key.set(rest, this.#prefix.length + 1);
    return key;
  }

  #blockRange() {
    return { from: this.#key(blockKeyKind), to: this.#key(blockKeyKind + 1) };
  }
}

function storedBytesOf(block: IndexedBlock | undefined): number {
  return block === undefined ? 0 : block.location.lengthBytes - blockPayloadHeaderBytes;
}

function leadingBytes(contentId: Uint8Array): number {
  return Number.parseInt(hexFrom(contentId.subarray(0, 6)), 16);
}

function blockBytes({ location, plainBytes }: IndexedBlock): Uint8Array {
  const { segment, offset, lengthBytes } = location;
  const writer = new ByteWriter(32);
  return writer.varint(segment).varint(offset).varint(lengthBytes).varint(plainBytes).bytes();
}

function readBlock(value: Uint8Array): IndexedBlock {
  const reader = new ByteReader(value);
  const segment = reader.varint();
  const offset = reader.varint();
  const lengthBytes = reader.varint();
  return { location: { segment, offset, lengthBytes }, plainBytes: reader.varint() };
}

function summaryBytes(summary: IndexSummary): Uint8Array {
  const { end, blocks, plainBytes, storedBytes, idSum } = summary;
  const writer = new ByteWriter(64).u8(indexFormat);
  writer.u64(end.segment).u64(end.offset);
  return writer.u64(blocks).u64(plainBytes).u64(storedBytes).u64(idSum).bytes();
}

function readSummary(bytes: Uint8Array): IndexSummary | undefined {
  if (bytes.length !== 49 || bytes[0] !== indexFormat) return undefined;
  const reader = new ByteReader(bytes);
  reader.u8();
  const end = { segment: reader.u64(), offset: reader.u64() };
  const blocks = reader.u64();
  const plainBytes = reader.u64();
  const storedBytes = reader.u64();
  return { end, blocks, plainBytes, storedBytes, idSum: reader.u64() };
}
