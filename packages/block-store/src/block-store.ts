/**
 * The blocks of an archive, by content id: a stream of segments, which is the truth, and an index
 * over it. Invariant: the index names only blocks that were verified and are durable.
 */
import type { BlockReference, ContentId, StoredId } from '@holdfast/model';
import { AppError, type BulkRunner, type FilePath, type Logger, Mutex } from '@holdfast/platform';
import { BlockCompaction } from './block-compaction.js';
import { BlockIndex, type IndexChange, type IndexedBlock } from './block-index.js';
import {
  catchUpIndex,
  indexByFrames,
  indexByFramesAnew,
  rebuildIndex,
} from './block-index-upkeep.js';
import { encodeBlockPayload, readBlockPayload } from './block-payload.js';
import type { BlockStoreInit, BlockStoreStats } from './block-store-types.js';
import {
  BlockVerification,
  type BlockVerificationInit,
  isSamePlace,
} from './block-verification.js';
import { envelopeHeader, hasEnvelopeLength } from './envelope.js';
import { type ArrivedBlock, openBlocks } from './open-blocks.js';
import { RecentStoredIds } from './recent-stored-ids.js';
import { BlocksRefused } from './segment-errors.js';
import { frameBytes } from './segment-format.js';
import { SegmentStream } from './segment-stream.js';
import type { SegmentRecovery } from './segment-types.js';
import { type SegmentFault, sealAgain } from './verify-segments.js';

export const defaultSegmentBytes = 64 * 1024 * 1024;
/** More blocks than this are not left without a sync. */
const maxPendingBlocks = 65_536;

export interface StoredBlock {
  readonly contentId: ContentId;
  readonly envelope: Uint8Array;
}

interface FreshBlock {
  readonly block: StoredBlock;
  readonly before: IndexedBlock | undefined;
}

interface ReadEnvelopes {
  readonly envelopes: (Uint8Array | undefined)[];
  /** Blocks that were looked for where they do not lie any more. */
  readonly moved: ReadonlySet<ContentId>;
}

export class BlockStore {
  readonly #runner: BulkRunner;
  readonly #directory: FilePath;
  readonly #stream: SegmentStream;
  readonly #index: BlockIndex;
  readonly #logger: Logger;
  readonly #changing = new Mutex();
  readonly #storedIds: RecentStoredIds;
  /** Appended, not indexed. */
  readonly #pending = new Map<ContentId, IndexChange & { readonly after: IndexedBlock }>();
  /** Whether blocks that an `append` took were lost, and no `sync` has said so yet. */
  #lost = false;
  #closed = false;
  /** Read-only: makes the index, once. */
  #indexing: (() => Promise<void>) | undefined;
  #indexed: Promise<void> | undefined;
  /** Read-only: whether the index was there before. Then a block that it does not lead to is looked for. */
  #goesOn = false;

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
    const store = new BlockStore(init, stream, index);
    if (init.readOnly === true) store.#indexing = () => store.#indexByFrames();
    else await catchUpIndex(stream, index, init);
    return store;
  }

  private constructor(init: BlockStoreInit, stream: SegmentStream, index: BlockIndex) {
    this.#runner = init.runner;
    this.#directory = init.directory;
    this.#stream = stream;
    this.#index = index;
    this.#logger = init.logger;
    this.#storedIds = new RecentStoredIds(init.hash);
  }

  get recovered(): SegmentRecovery {
    return this.#stream.recovered;
  }

  /**
   * Whether each block is live and durable now, and as long as its reference says. One that the disk
   * did not give is read again.
   */
  async has(references: readonly BlockReference[]): Promise<boolean[]> {
    await this.#whenIndexed();
    const blocks = await this.#index.get(references.map(({ contentId }) => contentId));
    for (const block of blocks) {
      if (block !== undefined && this.#stream.isInDoubt(block.location)) {
        await this.#stream.read([block.location]);
      }
    }
    return blocks.map(
      (block, at) => this.#isHeld(block) && block?.plainBytes === references[at]?.lengthBytes,
    );
  }

  /**
   * Verifies each block and appends those that are not here. Not durable before `sync`. Gives the
   * ids of blocks that are not what they say: of these nothing is stored. Rejects with
   * `envelope_codec_unknown`, and with `store_write_failed` when unsynced blocks, these included,
   * are absent.
   */
  append(blocks: readonly StoredBlock[]): Promise<ReadonlySet<ContentId>> {
    return this.#changing.run(async () => {
      this.#assertOpen();
      const { fresh, held, refused } = await this.#sort(blocks);
      for (const contentId of await this.#liesAmong(held)) refused.add(contentId);
      let left = fresh;
      while (left.length > 0) {
        const lies = await this.#appendFresh(left);
        if (lies.length === 0) break;
        for (const contentId of lies) refused.add(contentId);
        left = left.filter(({ block }) => !refused.has(block.contentId));
      }
      if (this.#pending.size > maxPendingBlocks) await this.#syncPending();
      return refused;
    });
  }

  /**
   * Everything that was appended is durable and indexed. Rejects with `store_write_failed` where it
   * is not, also when an `append` or `sync` of another caller failed since; `required` names the
   * blocks that this caller counts on, and then only they matter.
   */
  sync(required?: readonly BlockReference[]): Promise<void> {
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
    const indexed = this.#whenIndexed();
    const found = await this.#read(contentIds);
    if (found.envelopes.includes(undefined)) {
      if (this.#goesOn) {
        this.#goesOn = false;
        this.#indexed = indexByFramesAnew(this.#stream, this.#index);
      }
      // Somebody else may have begun that meanwhile.
      if (this.#indexed !== indexed) return this.read(contentIds);
    }
    if (found.moved.size === 0) return found.envelopes;
    // Their segment was freed between the look into the index and the reading.
    const again = await this.#read(contentIds.filter((id) => found.moved.has(id)));
    const moved = again.envelopes.values();
    return contentIds.map((id, at) =>
      found.moved.has(id) ? moved.next().value : found.envelopes[at],
    );
  }

  async #read(contentIds: readonly ContentId[]): Promise<ReadEnvelopes> {
    this.#assertOpen();
    await this.#whenIndexed();
    const indexed = await this.#index.get(contentIds);
    const found = contentIds.map((id, at) => this.#pending.get(id)?.after ?? indexed[at]);
    const wanted = found.flatMap((block, at) => (block === undefined ? [] : [{ block, at }]));
    const payloads = await this.#stream.read(wanted.map(({ block }) => block.location));
    const envelopes: (Uint8Array | undefined)[] = contentIds.map(() => undefined);
    const damaged: IndexChange[] = [];
    const absent: { readonly contentId: ContentId; readonly block: IndexedBlock }[] = [];
    for (const [place, { block, at }] of wanted.entries()) {
      const contentId = contentIds[at];
      const payload = payloads[place];
      const stored = payload === undefined ? undefined : readBlockPayload(payload);
      if (contentId === undefined) continue;
      if (stored?.contentId === contentId) {
        envelopes[at] = stored.envelope;
        continue;
      }
      absent.push({ contentId, block });
      if (this.#isHeld(block)) damaged.push({ contentId, before: block, after: undefined });
    }
    if (damaged.length > 0) await this.#unindex(damaged);
    // Only now: a segment that was being freed while it was read is by now.
    const freed = absent.filter(({ block }) => this.#stream.isFreed(block.location.segment));
    return { envelopes, moved: new Set(freed.map(({ contentId }) => contentId)) };
  }

  /** Of a block that is held: its stored id, where it was appended lately. */
  recentStoredId(contentId: ContentId): StoredId | undefined {
    return this.#storedIds.of(contentId);
  }

  /** The blocks themselves; undefined where one is not here, or not what its reference says. */
  async readPlain(references: readonly BlockReference[]): Promise<(Uint8Array | undefined)[]> {
    const envelopes = await this.read(references.map(({ contentId }) => contentId));
    const found = references.flatMap((reference, at) => {
      const envelope = envelopes[at];
      return envelope === undefined ? [] : [{ ...reference, envelope }];
    });
    const opened = (await openBlocks(this.#runner, found)).values();
    return envelopes.map((envelope) => (envelope === undefined ? undefined : opened.next().value));
  }

  /** What each block takes in a segment; undefined for those that are not held. */
  async storedBytes(contentIds: readonly ContentId[]): Promise<(number | undefined)[]> {
    const blocks = await this.#index.get(contentIds);
    return blocks.map((block) =>
      this.#isHeld(block) ? frameBytes + (block?.location.lengthBytes ?? 0) : undefined,
    );
  }

  stats(): BlockStoreStats {
    const { blocks, plainBytes, storedBytes } = this.#index.summary;
    const { segments, bytes } = this.#stream.stats();
    return { blocks, plainBytes, storedBytes, segments, segmentBytes: bytes };
  }

  /** A run over everything that is stored; `loggedIds` gives the stored ids that the log names. */
  verification(loggedIds: BlockVerificationInit['loggedIds']): BlockVerification {
    this.#assertOpen();
    return new BlockVerification({
      stream: this.#stream,
      index: this.#index,
      loggedIds,
      change: (changes) => this.#change(changes),
      opens: async (blocks) => (await this.readPlain(blocks)).map((plain) => plain !== undefined),
    });
  }

  /** Freeing the space of blocks that nobody needs. Begins another segment. */
  compaction(): BlockCompaction {
    this.#assertOpen();
    return new BlockCompaction({
      runner: this.#runner,
      directory: this.#directory,
      stream: this.#stream,
      index: this.#index,
      alone: (work) =>
        this.#changing.run(async () => {
          this.#assertOpen();
          await this.#syncPending();
          return work();
        }),
    });
  }

  /** A trailer again where it rotted and nothing else did. */
  sealAgain(fault: SegmentFault): Promise<boolean> {
    return sealAgain(this.#stream, fault);
  }

  /** Makes the index again from the segments alone; who asks what is here meanwhile waits. */
  rebuildIndex(): Promise<void> {
    return this.#changing.run(async () => {
      this.#assertOpen();
      await this.#syncPending();
      this.#indexed = rebuildIndex(this.#stream, this.#index);
      await this.#indexed;
    });
  }

  /** Syncs; idempotent. The key-value store stays open. */
  close(): Promise<void> {
    return this.#changing.run(async () => {
      if (this.#closed) return;
      this.#closed = true;
      try {
        await this.#syncPending();
        // Of a store that is only read, an index that nobody needed was not touched.
        if (this.#indexing === undefined || this.#indexed !== undefined) await this.#index.sync();
      } finally {
        await this.#stream.close();
      }
    });
  }

  async #indexByFrames(): Promise<void> {
    this.#goesOn = await indexByFrames(this.#stream, this.#index);
  }

  #whenIndexed(): Promise<void> | undefined {
    this.#indexed ??= this.#indexing?.();
    return this.#indexed;
  }

  async #sort(blocks: readonly StoredBlock[]) {
    const distinct = [...new Map(blocks.map((block) => [block.contentId, block])).values()];
    const known = await this.#index.get(distinct.map(({ contentId }) => contentId));
    const fresh: FreshBlock[] = [];
    const held: ArrivedBlock[] = [];
    const refused = new Set<ContentId>();
    for (const [at, block] of distinct.entries()) {
      const { contentId, envelope } = block;
      const before = known[at];
      const here = this.#pending.get(contentId)?.after ?? before;
      if (!hasEnvelopeLength(envelope)) refused.add(contentId);
      else if (!this.#pending.has(contentId) && !this.#isHeld(before))
        fresh.push({ block, before });
      else held.push({ ...block, lengthBytes: here?.plainBytes ?? 0 });
    }
    return { fresh, held, refused };
  }

  /** A block that is here already must still be what whoever sent it says. */
  async #liesAmong(held: readonly ArrivedBlock[]): Promise<ContentId[]> {
    const opened = await openBlocks(this.#runner, held);
    return held.flatMap(({ contentId }, at) => (opened[at] === undefined ? [contentId] : []));
  }

  /** Gives the ids of blocks that lie; then none of the batch with them was appended. */
  async #appendFresh(fresh: readonly FreshBlock[]): Promise<readonly ContentId[]> {
    const payloads = fresh.map(({ block }) => encodeBlockPayload(block.contentId, block.envelope));
    try {
      const locations = await this.#failing(() => this.#stream.append(payloads));
      for (const [at, { block, before }] of fresh.entries()) {
        const location = locations[at];
        if (location === undefined) continue;
        const { plainBytes } = envelopeHeader(block.envelope);
        const { contentId } = block;
        this.#pending.set(contentId, { contentId, before, after: { location, plainBytes } });
        this.#storedIds.note(contentId, block.envelope);
      }
      return [];
    } catch (error) {
      if (error instanceof BlocksRefused) return error.contentIds as readonly ContentId[];
      throw error;
    }
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

  async #unindex(damaged: readonly IndexChange[]): Promise<void> {
    const blocks = await this.#change(damaged);
    if (blocks > 0) this.#logger.warn('damaged blocks are to be fetched again', { blocks });
  }

  /** Those changes that start from what the index holds by now; tells how many. */
  #change(wanted: readonly IndexChange[]): Promise<number> {
    return this.#changing.run(async () => {
      const now = await this.#index.get(wanted.map(({ contentId }) => contentId));
      const isNow = ({ before }: IndexChange, at: number) =>
        isSamePlace(before?.location, now[at]?.location);
      const changes = wanted.filter(isNow);
      if (changes.length > 0) await this.#index.apply(changes, this.#index.summary.end);
      return changes.length;
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
