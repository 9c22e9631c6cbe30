/**
 * The blocks of an archive, by content id: a stream of segments, which is the truth, and an index
 * over it. Invariant: the index names only blocks that were verified and are durable.
 */
import type { ContentId, StoreId } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  type FilePath,
  type KeyValueStore,
  type Logger,
  Mutex,
  type RandomSource,
} from '@holdfast/platform';
import { BlockIndex, type IndexChange, type IndexedBlock } from './block-index.js';
import {
  blockPayloadIndexBytes,
  encodeBlockPayload,
  readBlockPayload,
  readBlockPayloadHeader,
} from './block-payload.js';
import { envelopeHeader, maxEnvelopeBytes } from './envelope.js';
import { frameBytes, headerBytes } from './segment-format.js';
import { SegmentStream } from './segment-stream.js';
import type { SegmentDamage, SegmentEntry, SegmentRecovery } from './segment-types.js';

export const defaultSegmentBytes = 64 * 1024 * 1024;
/** More blocks than this are not left without a sync. */
const maxPendingBlocks = 65_536;

export interface BlockStoreInit {
  readonly runner: BulkRunner;
  readonly directory: FilePath;
  readonly keyValueStore: KeyValueStore;
  /** The index owns every key that begins with it. */
  readonly keyPrefix: Uint8Array;
  readonly storeId: StoreId;
  readonly generation: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Makes the nonces of segments. Leave it out only where no stranger's bytes are stored. */
  readonly random?: RandomSource;
  readonly maxSegmentBytes?: number;
  readonly sealAfterMs?: number;
  readonly onDamage?: (damage: SegmentDamage) => void;
}

export interface StoredBlock {
  readonly contentId: ContentId;
  readonly envelope: Uint8Array;
}

export interface BlockStoreStats {
  readonly blocks: number;
  readonly plainBytes: number;
  /** Envelopes of the blocks that the index names. */
  readonly storedBytes: number;
  readonly segments: number;
  /** Size of all segment files. */
  readonly segmentBytes: number;
}

export class BlockStore {
  readonly #stream: SegmentStream;
  readonly #index: BlockIndex;
  readonly #logger: Logger;
  readonly #changing = new Mutex();
  /** Appended, not indexed. */
  readonly #pending = new Map<ContentId, IndexChange & { readonly after: IndexedBlock }>();
  /** Whether blocks that an `append` took were lost, and no `sync` has said so yet. */
  #lost = false;
  #closed = false;

  /** Recovers the segments and brings the index up to them. */
  static async open(init: BlockStoreInit): Promise<BlockStore> {
    const { maxSegmentBytes = defaultSegmentBytes } = init;
    const stream = await SegmentStream.open({
      ...init,
      streamName: 'blocks',
      payloads: 'blocks',
      maxSegmentBytes,
    });
    const index = new BlockIndex(init.keyValueStore, init.keyPrefix);
    const store = new BlockStore(stream, index, init.logger);
    await store.#catchUp();
    return store;
  }

  private constructor(stream: SegmentStream, index: BlockIndex, logger: Logger) {
    this.#stream = stream;
    this.#index = index;
    this.#logger = logger;
  }

  get recovered(): SegmentRecovery {
    return this.#stream.recovered;
  }

  /** Whether each block is live and durable now. */
  async has(contentIds: readonly ContentId[]): Promise<boolean[]> {
    const blocks = await this.#index.get(contentIds);
    return blocks.map((block) => this.#isHeld(block));
  }

  /**
   * Verifies and appends; blocks that are here already are passed over. Not durable before `sync`.
   * Rejects with `block_mismatch` naming the first block that is not what its id says: nothing of
   * it is stored. Rejects with `store_write_failed` when unsynced blocks, these included, are absent.
   */
  append(blocks: readonly StoredBlock[]): Promise<void> {
    return this.#changing.run(async () => {
      this.#assertOpen();
      const fresh = await this.#notHeld(blocks);
      if (fresh.length === 0) return;
      const payloads = fresh.map(({ block }) => payloadOf(block));
      const locations = await this.#failing(() => this.#stream.append(payloads));
      for (const [at, { block, before }] of fresh.entries()) {
        const location = locations[at];
        if (location === undefined) continue;
        const { plainBytes } = envelopeHeader(block.envelope);
        const { contentId } = block;
        this.#pending.set(contentId, { contentId, before, after: { location, plainBytes } });
      }
      if (this.#pending.size > maxPendingBlocks) await this.#syncPending();
    });
  }

  /**
   * Everything that was appended is durable and indexed. Rejects with `store_write_failed` where it
   * is not, also when an `append` or `sync` of another caller failed since; `required` names the
   * blocks that this caller counts on, and then only they matter.
   */
  sync(required?: readonly ContentId[]): Promise<void> {
    return this.#changing.run(async () => {
      this.#assertOpen();
      await this.#syncPending();
      const isHeld = required === undefined ? [!this.#lost] : await this.has(required);
      if (required === undefined) this.#lost = false;
      if (isHeld.every((held) => held)) return;
      throw new AppError('store_write_failed', 'Blocks were lost before they were durable.', {
        hint: 'What was stored before is safe. They are fetched and stored again.',
        kind: 'retry',
      });
    });
  }

  /** Envelopes, also of blocks not yet durable. A block found damaged is taken out of the index. */
  async read(contentIds: readonly ContentId[]): Promise<(Uint8Array | undefined)[]> {
    this.#assertOpen();
    const indexed = await this.#index.get(contentIds);
    const found = contentIds.map((id, at) => this.#pending.get(id)?.after ?? indexed[at]);
    const wanted = found.flatMap((block, at) => (block === undefined ? [] : [{ block, at }]));
    const payloads = await this.#stream.read(wanted.map(({ block }) => block.location));
    const envelopes: (Uint8Array | undefined)[] = contentIds.map(() => undefined);
    const damaged: IndexChange[] = [];
    for (const [place, { block, at }] of wanted.entries()) {
      const contentId = contentIds[at];
      const payload = payloads[place];
      const stored = payload === undefined ? undefined : readBlockPayload(payload);
      if (contentId !== undefined && stored?.contentId === contentId) {
        envelopes[at] = stored.envelope;
      } else if (contentId !== undefined && this.#isHeld(block)) {
        damaged.push({ contentId, before: block, after: undefined });
      }
    }
    if (damaged.length > 0) await this.#unindex(damaged);
    return envelopes;
  }

  stats(): BlockStoreStats {
    const { blocks, plainBytes, storedBytes } = this.#index.summary;
    const { segments, bytes } = this.#stream.stats();
    return { blocks, plainBytes, storedBytes, segments, segmentBytes: bytes };
  }

  /** Makes the index again from the segments alone. */
  rebuildIndex(): Promise<void> {
    return this.#changing.run(async () => {
      this.#assertOpen();
      await this.#syncPending();
      await this.#rebuild();
    });
  }

  /** Syncs; idempotent. The key-value store stays open. */
  close(): Promise<void> {
    return this.#changing.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      try {
        await this.#syncPending();
        await this.#index.markClean();
      } finally {
        await this.#stream.close();
      }
    });
  }

  async #catchUp(): Promise<void> {
    const reason = await this.#reasonToRebuild();
    if (reason !== undefined) {
      const hasContent = this.#stream.durableEnd().segment > 0;
      if (hasContent) this.#logger.warn('the block index is made again', { reason });
      await this.#rebuild();
      return;
    }
    await this.#indexFrom(this.#index.summary.end);
  }

  async #reasonToRebuild(): Promise<string | undefined> {
    if (!(await this.#index.load())) return 'there is no index';
    const { end, clean } = this.#index.summary;
    if (end.segment > 0) {
      const lengthBytes = end.offset - headerBytes - frameBytes;
      const before = { segment: end.segment, offset: headerBytes, lengthBytes };
      if (!this.#stream.holds(before)) return 'the segments end before what was indexed';
    }
    if (!clean && !(await this.#index.matchesSummary())) return 'entries of the index are missing';
    return undefined;
  }

  async #rebuild(): Promise<void> {
    await this.#index.clear();
    await this.#indexFrom({ segment: 0, offset: 0 });
  }

  async #indexFrom(from: { readonly segment: number; readonly offset: number }): Promise<void> {
    const options = { prefixBytes: blockPayloadIndexBytes };
    for await (const entries of this.#stream.scan(from, options)) {
      const last = entries.at(-1)?.location;
      if (last === undefined) continue;
      const end = { segment: last.segment, offset: last.offset + frameBytes + last.lengthBytes };
      await this.#index.apply(await this.#changesFor(entries), end);
    }
    await this.#index.apply([], this.#stream.durableEnd());
  }

  async #changesFor(entries: readonly SegmentEntry[]): Promise<IndexChange[]> {
    const found = new Map<ContentId, IndexedBlock>();
    for (const { location, payload } of entries) {
      const header = readBlockPayloadHeader(payload);
      if (header === undefined) continue;
      found.set(header.contentId, { location, plainBytes: header.plainBytes });
    }
    const before = await this.#index.get([...found.keys()]);
    return [...found].map(([contentId, after], at) => ({ contentId, before: before[at], after }));
  }

  async #notHeld(blocks: readonly StoredBlock[]) {
    const distinct = new Map(blocks.map((block) => [block.contentId, block]));
    const unknown = [...distinct.values()].filter(({ contentId }) => !this.#pending.has(contentId));
    const known = await this.#index.get(unknown.map(({ contentId }) => contentId));
    return unknown
      .map((block, at) => ({ block, before: known[at] }))
      .filter(({ before }) => !this.#isHeld(before));
  }

  /** Segments first, then the index. */
  async #syncPending(): Promise<void> {
    await this.#failing(() => this.#stream.sync());
    if (this.#pending.size === 0) return;
    await this.#index.apply([...this.#pending.values()], this.#stream.durableEnd());
    this.#pending.clear();
  }

  /** After a failed write, what was not durable is absent. */
  async #failing<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      for (const [contentId, { after }] of this.#pending) {
        const isLost = error instanceof AppError && error.code === 'store_write_failed';
        if (!isLost || this.#stream.holds(after.location)) continue;
        this.#pending.delete(contentId);
        this.#lost = true;
      }
      throw error;
    }
  }

  #unindex(damaged: readonly IndexChange[]): Promise<void> {
    return this.#changing.run(async () => {
      const now = await this.#index.get(damaged.map(({ contentId }) => contentId));
      const changes = damaged.filter(({ before }, at) => isSamePlace(before, now[at]));
      if (changes.length === 0) return;
      this.#logger.warn('damaged blocks are to be fetched again', { blocks: changes.length });
      await this.#index.apply(changes, this.#index.summary.end);
    });
  }

  #isHeld(block: IndexedBlock | undefined): boolean {
    return block !== undefined && this.#stream.holds(block.location);
  }

  #assertOpen(): void {
    if (!this.#closed) return;
    throw new AppError('store_closed', 'The store is closed.', { kind: 'permanent' });
  }
}

function isSamePlace(left: IndexedBlock | undefined, right: IndexedBlock | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  const { segment, offset } = left.location;
  return segment === right.location.segment && offset === right.location.offset;
}

function payloadOf({ contentId, envelope }: StoredBlock): Uint8Array {
  if (envelope.length <= maxEnvelopeBytes) return encodeBlockPayload(contentId, envelope);
  throw new AppError('block_mismatch', `Block ${contentId} is larger than a block can be.`, {
    hint: 'Nothing of it was stored. Ask another device for it.',
    kind: 'permanent',
  });
}
