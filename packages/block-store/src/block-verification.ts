/**
 * Whether the blocks of a store are what they were: every byte of their segments is read again, and
 * compared with the index. What is rotten is taken out of the index, so that it counts no more and is
 * fetched again; its bytes stay where they are. Owns the figures of one run.
 */
import type { BlockReference, ContentId, StoredId } from '@holdfast/model';
import { byCount, inGroups } from '@holdfast/platform';
import type { BlockIndex, IndexChange, IndexedBlock, NamedBlock } from './block-index.js';
import type { SegmentStream } from './segment-stream.js';
import {
  isWithin,
  type SegmentFault,
  type VerifiedPart,
  type VerifyOptions,
} from './verify-segments.js';

export interface BlockVerificationInit {
  readonly stream: SegmentStream;
  readonly index: BlockIndex;
  /** Changes the index, unless a block lies elsewhere by now; tells how many it changed. */
  readonly change: (changes: readonly IndexChange[]) => Promise<number>;
  /** Whether each is what its name says once it is unpacked. */
  readonly opens: (blocks: readonly BlockReference[]) => Promise<boolean[]>;
  /** The stored ids that the history log names. */
  readonly loggedIds: (contentIds: readonly ContentId[]) => Promise<Map<ContentId, StoredId>>;
}

export interface BlockFindings {
  readonly blocks: number;
  readonly bytes: number;
  /** Blocks that the index named and that are rotten; they count no more. */
  readonly rotten: ReadonlySet<ContentId>;
  /** Whole entries that the index did not name; it does now. */
  readonly reindexed: number;
  /** Damaged bytes in which no block lies that counts: rot that was healed before, torn writes. */
  readonly deadBytes: number;
  readonly faults: readonly SegmentFault[];
}

/** More damaged places than this are not told apart: then all blocks of their segments are read. */
const maxExtents = 100_000;
const blocksPerRead = 64;

type Extent = VerifiedPart['damage'][number];

export class BlockVerification {
  readonly #init: BlockVerificationInit;
  readonly #faults: SegmentFault[] = [];
  readonly #rotten = new Set<ContentId>();
  #extents: Extent[] = [];
  #damagedBytes = 0;
  #rottenBytes = 0;
  #blocks = 0;
  #bytes = 0;
  #reindexed = 0;
  #finishedFaults = 0;

  constructor(init: BlockVerificationInit) {
    this.#init = init;
  }

  /** Whether damage was met since `finish` looked at what lay there. */
  get hasMetDamage(): boolean {
    return this.#extents.length > 0 || this.#faults.length > this.#finishedFaults;
  }

  /** The newest segment that there is. */
  get lastSegment(): number {
    return this.#init.stream.durableEnd().segment;
  }

  /** Each part of the segments, once it was read and compared; `finish` has to follow the last. */
  async *run(options: VerifyOptions): AsyncGenerator<VerifiedPart> {
    const end = this.#init.stream.durableEnd();
    for await (const part of this.#init.stream.verify(options)) {
      if (part.segment > end.segment) return;
      this.#bytes += part.bytes;
      this.#blocks += part.blocks.length;
      this.#faults.push(...part.faults);
      this.#note(part.damage);
      await this.#compare(part.blocks);
      yield part;
    }
  }

  /** Finds what lay where bytes are damaged, and gives everything that was found until now. */
  async finish(): Promise<BlockFindings> {
    const missing = this.#faults.filter(({ type }) => type === 'missing' || type === 'unreadable');
    const lost = new Set(missing.map(({ segment }) => segment));
    if (this.hasMetDamage) await this.#findRotten(lost);
    this.#extents = [];
    this.#finishedFaults = this.#faults.length;
    return {
      blocks: this.#blocks,
      bytes: this.#bytes,
      rotten: this.#rotten,
      reindexed: this.#reindexed,
      deadBytes: Math.max(0, this.#damagedBytes - this.#rottenBytes),
      faults: this.#faults,
    };
  }

  #note(damage: readonly Extent[]): void {
    for (const extent of damage) this.#damagedBytes += extent.lengthBytes;
    this.#extents.push(...damage);
    if (this.#extents.length <= maxExtents) return;
    const segments = new Set(this.#extents.map(({ segment }) => segment));
    this.#extents = [...segments].map((segment) => ({
      segment,
      offset: 0,
      lengthBytes: Number.MAX_SAFE_INTEGER,
      type: 'content',
    }));
  }

  /** Against the index and, for those that were not unpacked, the stored ids of the log. */
  async #compare(blocks: VerifiedPart['blocks']): Promise<void> {
    if (blocks.length === 0) return;
    const ids = blocks.map(({ contentId }) => contentId);
    const [indexed, logged] = await Promise.all([
      this.#init.index.get(ids),
      this.#init.loggedIds(ids),
    ]);
    const unindexed: IndexChange[] = [];
    const doubtful: NamedBlock[] = [];
    for (const [at, block] of blocks.entries()) {
      const { contentId, location, plainBytes } = block;
      const known = indexed[at];
      if (known === undefined && !this.#init.stream.isFreed(location.segment)) {
        unindexed.push({ contentId, before: undefined, after: { location, plainBytes } });
      }
      const isLogged = known !== undefined && logged.get(contentId) === block.storedId;
      const isHere = known === undefined || isSamePlace(known.location, location);
      if (isHere && !block.isOpened && !isLogged) doubtful.push(block);
    }
    this.#reindexed += await this.#init.change(unindexed);
    // The log vouches for no envelope like theirs: their content is compared.
    for (const group of inGroups(doubtful, byCount(blocksPerRead))) await this.#open(group);
  }

  /** Reads these blocks whole; one that does not open, or is no longer indexed, is rotten. */
  async #open(suspects: readonly NamedBlock[]): Promise<void> {
    const opens = await this.#init.opens(
      suspects.map(({ contentId, plainBytes }) => ({ contentId, lengthBytes: plainBytes })),
    );
    for (const [at, suspect] of suspects.entries()) {
      if (opens[at] !== true) await this.#drop(suspect);
    }
  }

  async #findRotten(lost: ReadonlySet<number>): Promise<void> {
    const bySegment = new Map<number, Extent[]>();
    for (const extent of this.#extents) {
      const same = bySegment.get(extent.segment);
      if (same === undefined) bySegment.set(extent.segment, [extent]);
      else same.push(extent);
    }
    let suspects: NamedBlock[] = [];
    for await (const [contentId, block] of this.#init.index.entries()) {
      const { location } = block;
      const extents = bySegment.get(location.segment) ?? [];
      const extent = extents.find((one) => isWithin(location, one));
      if (extent === undefined && !lost.has(location.segment)) continue;
      suspects.push({ contentId, ...block });
      if (suspects.length < blocksPerRead) continue;
      await this.#open(suspects);
      suspects = [];
    }
    await this.#open(suspects);
  }

  async #drop({ contentId, location, plainBytes }: NamedBlock): Promise<void> {
    this.#rotten.add(contentId);
    this.#rottenBytes += location.lengthBytes;
    const before = { location, plainBytes };
    await this.#init.change([{ contentId, before, after: undefined }]);
  }
}

export function isSamePlace(
  left: IndexedBlock['location'] | undefined,
  right: IndexedBlock['location'] | undefined,
): boolean {
  return left?.segment === right?.segment && left?.offset === right?.offset;
}
