/**
 * Freeing the space of blocks that nobody needs: what else lies in their segments, and nowhere else, is
 * appended again, synced and read back, and only then does a mark take the segment's place. Which blocks are dead is
 * for the caller to prove. Invariant: at every moment each other block lies whole in some segment.
 */
import type { ContentId } from '@holdfast/model';
import { AppError, type BulkRunner, type FilePath, inGroups } from '@holdfast/platform';
import type { BlockIndex, IndexChange, IndexedBlock, NamedBlock } from './block-index.js';
import { isSamePlace } from './block-verification.js';
import { frameBytes, headerBytes } from './segment-format.js';
import type { SegmentStream } from './segment-stream.js';
import type { EntryLocation } from './segment-types.js';
import { type SurveyedSegment, surveySegment } from './survey-job.js';

export interface BlockCompactionInit {
  readonly runner: BulkRunner;
  readonly directory: FilePath;
  readonly stream: SegmentStream;
  readonly index: BlockIndex;
  /** Alone, with nothing pending: no block is appended or synced meanwhile. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** A segment in which dead blocks lie. */
export interface SparseSegment {
  readonly segment: number;
  readonly deadBytes: number;
  /** What would have to be copied. */
  readonly liveBytes: number;
}

export interface CompactedSegment {
  readonly segment: number;
  readonly freedBytes: number;
  readonly copiedBytes: number;
}

/** Less than this share of a segment is not worth copying the rest of it. */
const minDeadShare = 0.2;
const copyBound = {
  maxBytes: 4 * 1024 * 1024,
  bytesOf: ({ location }: NamedBlock) => location.lengthBytes,
};

interface Copied {
  readonly block: NamedBlock;
  readonly to: EntryLocation;
}

export class BlockCompaction {
  readonly #init: BlockCompactionInit;

  constructor(init: BlockCompactionInit) {
    this.#init = init;
  }

  /** Segments that are worth it, those with least to copy first; a full disk is freed soonest so. */
  plan(dead: ReadonlyMap<ContentId, number>): Promise<SparseSegment[]> {
    const { alone, stream, index } = this.#init;
    return alone(async () => {
      if (dead.size === 0) return [];
      await stream.seal();
      const ids = [...dead.keys()];
      const deadBytes = new Map<number, number>();
      for (const [at, block] of (await index.get(ids)).entries()) {
        const id = ids[at];
        if (block === undefined || id === undefined) continue;
        const { segment } = block.location;
        deadBytes.set(segment, (deadBytes.get(segment) ?? 0) + (dead.get(id) ?? 0));
      }
      return stream.layout().flatMap(({ segment, durable, freedDigest }) => {
        const content = durable - headerBytes;
        const bytes = deadBytes.get(segment) ?? 0;
        const isWorthIt = freedDigest === undefined && bytes > 0 && bytes >= content * minDeadShare;
        return isWorthIt ? [{ segment, deadBytes: bytes, liveBytes: content - bytes }] : [];
      });
    }).then((found) => found.sort((one, other) => one.liveBytes - other.liveBytes));
  }

  /**
   * Undefined where the segment is left as it is, because not everything in it is what was written.
   * Rejects with `store_write_failed`, such as on a full disk: then nothing is lost or freed.
   */
  compact(
    segment: number,
    dead: ReadonlyMap<ContentId, number>,
  ): Promise<CompactedSegment | undefined> {
    return this.#init.alone(() => this.#compact(segment, dead));
  }

  async #compact(
    segment: number,
    dead: ReadonlyMap<ContentId, number>,
  ): Promise<CompactedSegment | undefined> {
    const { stream, runner, directory } = this.#init;
    const ends = stream.layout().find((one) => one.segment === segment);
    if (ends === undefined || ends.freedDigest !== undefined) return undefined;
    const place = { directory, streamName: 'blocks', segment };
    const survey = await runner.run(surveySegment, { place, limit: ends.durable });
    if (survey === undefined) return undefined;
    const kept = survey.blocks.filter(({ contentId }) => !dead.has(contentId));
    const live = await this.#onlyHere(segment, kept);
    const copied = await this.#copy(live);
    if (copied === undefined) return undefined;
    await this.#point(copied);
    await stream.free(segment, survey.extent);
    await this.#forget(segment, survey, dead);
    const copiedBytes = live.reduce(
      (sum, { location }) => sum + frameBytes + location.lengthBytes,
      0,
    );
    const freedBytes = Math.max(0, ends.durable - headerBytes - copiedBytes);
    return { segment, freedBytes, copiedBytes };
  }

  /** Without those of which the index names a copy elsewhere: one that ended early may have made it. */
  async #onlyHere(segment: number, kept: readonly NamedBlock[]): Promise<NamedBlock[]> {
    const { index, stream } = this.#init;
    const known = await index.get(kept.map(({ contentId }) => contentId));
    const copies = kept.flatMap((block, at): Copied[] => {
      const to = known[at]?.location;
      const isElsewhere = to !== undefined && to.segment !== segment && stream.holds(to);
      return isElsewhere ? [{ block, to }] : [];
    });
    const copied = new Set<NamedBlock>();
    for (const copy of copies) if (await this.#areSame([copy])) copied.add(copy.block);
    return kept.filter((block) => !copied.has(block));
  }

  /** Durable, and read back, when it resolves; undefined where a block is not what its name says. */
  async #copy(live: readonly NamedBlock[]): Promise<readonly Copied[] | undefined> {
    const { stream } = this.#init;
    const copied: Copied[] = [];
    for (const group of inGroups(live, copyBound)) {
      const payloads = await stream.read(group.map(({ location }) => location));
      const whole = payloads.filter((payload) => payload !== undefined);
      if (whole.length < group.length) return undefined;
      const places = await this.#append(whole);
      if (places === undefined) return undefined;
      for (const [at, block] of group.entries()) {
        const to = places[at];
        if (to !== undefined) copied.push({ block, to });
      }
    }
    await stream.sync();
    return (await this.#areSame(copied)) ? copied : undefined;
  }

  async #append(payloads: readonly Uint8Array[]): Promise<EntryLocation[] | undefined> {
    try {
      return await this.#init.stream.append(payloads);
    } catch (error) {
      const isRefused = error instanceof AppError && error.code !== 'store_write_failed';
      if (isRefused) return undefined;
      throw error;
    }
  }

  async #areSame(copied: readonly Copied[]): Promise<boolean> {
    const { stream } = this.#init;
    const bound = { ...copyBound, bytesOf: ({ block }: Copied) => block.location.lengthBytes };
    for (const group of inGroups(copied, bound)) {
      const before = await stream.read(group.map(({ block }) => block.location));
      const now = await stream.read(group.map(({ to }) => to));
      for (const [at, bytes] of before.entries()) {
        const copy = now[at];
        if (bytes === undefined || copy === undefined) return false;
        if (Buffer.compare(bytes, copy) !== 0) return false;
      }
    }
    return true;
  }

  /** The index names the copies, durably, unless it names yet another entry. */
  async #point(copied: readonly Copied[]): Promise<void> {
    const { index, stream } = this.#init;
    const known = await index.get(copied.map(({ block }) => block.contentId));
    const changes = copied.flatMap(({ block, to }, at): IndexChange[] => {
      const { contentId, plainBytes, location } = block;
      const before = known[at];
      if (before !== undefined && !isSamePlace(before.location, location)) return [];
      return [{ contentId, before, after: { location: to, plainBytes } }];
    });
    await index.apply(distinct(changes), stream.durableEnd());
    await index.sync();
  }

  async #forget(
    segment: number,
    { blocks }: SurveyedSegment,
    dead: ReadonlyMap<ContentId, number>,
  ): Promise<void> {
    const { index } = this.#init;
    const ids = [...new Set(blocks.map(({ contentId }) => contentId))];
    const gone = ids.filter((id) => dead.has(id));
    const known = await index.get(gone);
    const changes = gone.flatMap((contentId, at): IndexChange[] => {
      const before: IndexedBlock | undefined = known[at];
      return before?.location.segment === segment ? [{ contentId, before, after: undefined }] : [];
    });
    await index.apply(changes, index.summary.end);
  }
}

/** One change for each block: a segment may hold it twice. */
function distinct(changes: readonly IndexChange[]): IndexChange[] {
  return [...new Map(changes.map((change) => [change.contentId, change])).values()];
}
