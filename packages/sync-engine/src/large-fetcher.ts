/**
 * Filling the temporary file of one large version: what it has already is checked and kept, what lies
 * in files here is copied, and the rest is fetched in windows from all devices that have it. What is
 * held in memory at once is bounded.
 */
import { type ArrivedBlock, openBlocks } from '@holdfast/block-store';
import type { LocalRow } from '@holdfast/folder-index';
import {
  type BlockReference,
  type ContentId,
  type FileContentRecord,
  type FileVersion,
  type FolderId,
  type FolderPath,
  MalformedBytes,
  plainBytesOf,
  type VersionId,
} from '@holdfast/model';
import { AppError, type BulkRunner, type Clock, type FilePath, inGroups } from '@holdfast/platform';
import type { AskedItem } from './asked-blocks.js';
import type { BlockSupplier } from './block-client.js';
import { referencesAt } from './block-layout.js';
import { isLargestZeroBlock } from './holes.js';
import type { ListBlockKeeper } from './list-block-keeper.js';
import { type PlacedArrival, type PlacedReference, packPieces, placed } from './placed-blocks.js';
import { beginStagingJob, checkStagedJob } from './resume-jobs.js';
import { type LocalPiece, stageJob } from './stage-job.js';
import { WindowSpread } from './window-spread.js';
import { WorkLimit } from './work-limit.js';

/** A device that can be asked for the content, under a version that it has. */
export interface BlockSource {
  readonly client: BlockSupplier;
  readonly askFor: VersionId;
}

export interface LargeFile {
  readonly target: FileVersion;
  readonly local: LocalRow | undefined;
  /** Where the same content lies on this disk, below the root. */
  readonly twin?: FolderPath | undefined;
}

export interface LargeProgress {
  /** So much more of it is there, whether it was fetched or lay here already. */
  readonly onBytes: (bytes: number) => void;
  /** The device is not asked for this file any more. */
  readonly onFailed: (source: BlockSource, error: unknown) => void;
}

export interface LargeFetcherInit {
  readonly folder: FolderId;
  readonly root: FilePath;
  readonly runner: BulkRunner;
  readonly listBlocks: ListBlockKeeper;
  readonly clock: Clock;
}

const maxItemBlocks = 1024;
const bytesOf = ({ lengthBytes }: BlockReference) => lengthBytes;
const windowBound = { maxBytes: 2 * 1024 * 1024, maxItems: maxItemBlocks, bytesOf };
/** What one job reads of files here. */
const partBound = { maxBytes: 32 * 1024 * 1024, maxItems: maxItemBlocks, bytesOf };

/** What of a file may wait in memory for the disk: so much less is left to do at its end. */
const unsyncedBytes = 64 * 1024 * 1024;

/** Where a block lies on this disk. */
interface BlockPlace {
  readonly path: FolderPath;
  readonly offset: number;
}

export class LargeFetcher {
  readonly #init: LargeFetcherInit;

  constructor(init: LargeFetcherInit) {
    this.#init = init;
  }

  /**
   * Fills the temporary file of a large version from one or more devices; it goes on with what is
   * there already. Rejects with what the last device failed with: `content_unavailable`,
   * `block_mismatch`, `connection_lost`.
   */
  async fetch(
    sources: readonly BlockSource[],
    file: LargeFile,
    progress: LargeProgress,
  ): Promise<void> {
    const failed = new Set<BlockSource>();
    const onFailed = (source: BlockSource, error: unknown) => {
      failed.add(source);
      progress.onFailed(source, error);
    };
    const references = placed(await this.#references(sources, file, onFailed));
    const lacking = await this.#lacking(file, references, progress.onBytes);
    if (lacking.length === 0) return;
    const target = this.#stagedFile(file);
    const left = sources.filter((source) => !failed.has(source));
    let unsynced = 0;
    await new WindowSpread(inGroups(lacking, windowBound), {
      clock: this.#init.clock,
      ask: (source: BlockSource, window) => this.#askFor(source, file, window),
      write: async (window, arrived: readonly PlacedArrival[]) => {
        const { envelopes, pieces } = packPieces(arrived);
        const { buffers, transfer } = envelopes;
        const windowBytes = plainBytesOf(window);
        unsynced += windowBytes;
        const sync = unsynced >= unsyncedBytes;
        if (sync) unsynced = 0;
        const input = { ...target, buffers, pieces, local: [], sync };
        await this.#init.runner.run(stageJob, input, transfer);
        progress.onBytes(windowBytes);
      },
      onFailed,
    }).run(left);
  }

  async #askFor(
    { client, askFor }: BlockSource,
    file: LargeFile,
    window: readonly PlacedReference[],
  ): Promise<readonly PlacedArrival[]> {
    const byIndex = new Map(window.map((reference) => [reference.index, reference]));
    const arrived: PlacedArrival[] = [];
    await client.request(this.#init.folder, itemsOf(askFor, 0, window), (block) => {
      const reference = byIndex.get(block.index);
      if (reference !== undefined) arrived.push({ reference, block });
    });
    if (arrived.length !== window.length) throw unavailable(file);
    return arrived;
  }

  /** What of a file neither its temporary file nor another file here has, once that was taken over. */
  async #lacking(
    file: LargeFile,
    references: readonly PlacedReference[],
    onBytes: (bytes: number) => void,
  ): Promise<readonly PlacedReference[]> {
    const there = await this.#init.runner.run(beginStagingJob, this.#stagedFile(file));
    const staged = references.filter((one) => one.fileOffset + one.lengthBytes <= there);
    const done = new Set(await this.#checked(file, staged));
    // Where nothing was written the file reads as zeros, up to the last block, which makes its size.
    for (const one of references.slice(0, -1)) {
      if (one.fileOffset >= there && isLargestZeroBlock(one)) done.add(one);
    }
    const reusable = await this.#reusable(file.local);
    if (file.twin !== undefined) addPlaces(reusable, file.twin, references);
    const local = references.filter((one) => !done.has(one) && reusable.has(one.contentId));
    for (const one of await this.#copied(file, local, reusable)) done.add(one);
    onBytes(plainBytesOf([...done]));
    return references.filter((one) => !done.has(one));
  }

  /** Those that stand in the temporary file. */
  async #checked(file: LargeFile, staged: readonly PlacedReference[]): Promise<PlacedReference[]> {
    const found: PlacedReference[] = [];
    await this.#inParts(staged, async (blocks) => {
      const answers = await this.#init.runner.run(checkStagedJob, {
        ...this.#stagedFile(file),
        blocks,
      });
      found.push(...blocks.filter((_, at) => answers[at]));
    });
    return found;
  }

  /** Those that were taken from files here. */
  async #copied(
    file: LargeFile,
    wanted: readonly PlacedReference[],
    reusable: ReadonlyMap<ContentId, BlockPlace>,
  ): Promise<PlacedReference[]> {
    const found: PlacedReference[] = [];
    const { path } = file.target.record;
    await this.#inParts(wanted, async (blocks) => {
      const local = blocks.map((reference) => localPiece(reference, reusable, path));
      const input = { ...this.#stagedFile(file), buffers: [], pieces: [], local };
      const refused = await this.#init.runner.run(stageJob, input);
      const lacking = new Set(refused.map((piece) => piece.fileOffset));
      found.push(...blocks.filter(({ fileOffset }) => !lacking.has(fileOffset)));
    });
    return found;
  }

  async #inParts(
    blocks: readonly PlacedReference[],
    work: (part: PlacedReference[]) => Promise<void>,
  ): Promise<void> {
    const limit = new WorkLimit(this.#init.runner.parallelism);
    for (const part of inGroups(blocks, partBound)) await limit.run(() => work(part));
    await limit.finish();
  }

  #stagedFile(file: LargeFile) {
    const { path, sizeBytes } = file.target.record;
    return { root: this.#init.root, path, versionId: file.target.id, sizeBytes };
  }

  /** The data blocks of a version, from the first device that gives its list blocks. */
  async #references(
    sources: readonly BlockSource[],
    file: LargeFile,
    onFailed: (source: BlockSource, error: unknown) => void,
  ): Promise<readonly BlockReference[]> {
    let failure: unknown = unavailable(file);
    for (const source of sources) {
      try {
        return await this.#referencesFrom(source, file);
      } catch (error) {
        failure = error;
        onFailed(source, error);
      }
    }
    throw failure;
  }

  /** Its list blocks are fetched, verified and kept on the way. */
  async #referencesFrom(
    { client, askFor }: BlockSource,
    file: LargeFile,
  ): Promise<readonly BlockReference[]> {
    const { blocks: root, sizeBytes } = file.target.record;
    return referencesAt(root, sizeBytes, 0, async (lists, level) => {
      const kept = await this.#init.listBlocks.get(lists.map((list) => list.contentId));
      const blocks = [...kept];
      const lacking = lists.flatMap((list, index) =>
        blocks[index] === undefined ? [{ ...list, index, fileOffset: 0 }] : [],
      );
      const arrived = new Map<number, ArrivedBlock>();
      const items = itemsOf(askFor, level, lacking);
      if (items.length > 0)
        await client.request(this.#init.folder, items, ({ index, envelope }) => {
          const list = lists[index];
          if (list !== undefined) arrived.set(index, { ...list, envelope });
        });
      const opened = await openBlocks(this.#init.runner, [...arrived.values()]);
      for (const [at, index] of [...arrived.keys()].entries()) blocks[index] = opened[at];
      const complete = blocks.filter((block) => block !== undefined);
      if (complete.length !== lists.length) throw unavailable(file);
      await this.#init.listBlocks.put(
        complete.map((bytes, at) => ({ contentId: lists[at]!.contentId, bytes })),
      );
      return complete;
    });
  }

  /** The blocks of a version that is here; none where its list blocks are not kept. */
  async #keptReferences(record: FileContentRecord): Promise<readonly BlockReference[]> {
    try {
      return await referencesAt(record.blocks, record.sizeBytes, 0, async (lists) => {
        const kept = await this.#init.listBlocks.get(lists.map((list) => list.contentId));
        return kept.filter((block) => block !== undefined);
      });
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      return [];
    }
  }

  /** Where the blocks of the version on this disk lie, by content. */
  async #reusable(local: LocalRow | undefined): Promise<Map<ContentId, BlockPlace>> {
    const found = new Map<ContentId, BlockPlace>();
    const record = local?.version.record;
    if (record?.kind !== 'file' || local?.local.disk === undefined) return found;
    addPlaces(found, record.path, placed(await this.#keptReferences(record)));
    return found;
  }
}

function addPlaces(
  places: Map<ContentId, BlockPlace>,
  path: FolderPath,
  references: readonly PlacedReference[],
): void {
  for (const { contentId, fileOffset } of references) {
    places.set(contentId, { path, offset: fileOffset });
  }
}

function localPiece(
  reference: PlacedReference,
  reusable: ReadonlyMap<ContentId, BlockPlace>,
  path: FolderPath,
): LocalPiece {
  const source = reusable.get(reference.contentId) ?? { path, offset: 0 };
  return {
    contentId: reference.contentId,
    path: source.path,
    sourceOffset: source.offset,
    lengthBytes: reference.lengthBytes,
    fileOffset: reference.fileOffset,
  };
}

/** Request items for some blocks of one level: one for each run of neighbours. */
function itemsOf(
  versionId: VersionId,
  level: number,
  blocks: readonly (Pick<BlockReference, 'lengthBytes'> & { readonly index: number })[],
): AskedItem[] {
  const items: AskedItem[] = [];
  for (const { index, lengthBytes } of blocks) {
    const last = items.at(-1);
    const joins = last !== undefined && last.first + last.count === index;
    if (joins && last.count < maxItemBlocks) {
      const joined = last.lengthBytes + lengthBytes;
      items[items.length - 1] = { ...last, count: last.count + 1, lengthBytes: joined };
    } else items.push({ versionId, level, first: index, count: 1, lengthBytes });
  }
  return items;
}

function unavailable(file: LargeFile): AppError {
  return new AppError(
    'content_unavailable',
    `The other device does not have all of ${file.target.record.path} any more.`,
    { kind: 'retry' },
  );
}
