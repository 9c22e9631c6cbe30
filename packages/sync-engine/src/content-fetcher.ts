/**
 * Fetching the content of versions into temporary files: many small files with one request, a large
 * file in windows, with what the old version on this disk already has taken from there. What is
 * held in memory at once is bounded.
 */
import { type ArrivedBlock, openBlocks } from '@holdfast/block-store';
import type { LocalRow } from '@holdfast/folder-index';
import {
  type BlockReference,
  type ContentId,
  type FileContentRecord,
  type FolderId,
  type FolderPath,
  type Hash,
  MalformedBytes,
  plainBytesOf,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { AppError, type BulkRunner, type FilePath, inGroups } from '@holdfast/platform';
import type { AskedItem } from './asked-blocks.js';
import type { BlockArrival, BlockSupplier } from './block-client.js';
import { referencesAt } from './block-layout.js';
import type { BlockPiece } from './block-piece.js';
import type { ListBlockKeeper } from './list-block-keeper.js';
import { type PackedEnvelopes, packEnvelopes } from './packed-envelopes.js';
import { type LocalPiece, stageJob } from './stage-job.js';
import { WorkLimit } from './work-limit.js';

/** A file whose content a connected device can serve under `askFor`. */
export interface FileToFetch {
  readonly target: Version & { readonly record: FileContentRecord };
  readonly askFor: VersionId;
  readonly local: LocalRow | undefined;
  /** Where the same content lies on this disk, below the root. */
  readonly twin?: FolderPath | undefined;
}

export interface ContentFetcherInit {
  readonly folder: FolderId;
  readonly root: FilePath;
  readonly runner: BulkRunner;
  readonly listBlocks: ListBlockKeeper;
  readonly hash: Hash;
}

/** Small files as they arrived; the pieces of each, by path. */
export interface FetchedFiles {
  readonly envelopes: PackedEnvelopes;
  readonly pieces: ReadonlyMap<FolderPath, readonly BlockPiece[]>;
}

const maxItemBlocks = 1024;
const windowsAtOnce = 3;
const windowBound = {
  maxBytes: 2 * 1024 * 1024,
  maxItems: maxItemBlocks,
  bytesOf: ({ lengthBytes }: BlockReference) => lengthBytes,
};

interface PlacedReference extends BlockReference {
  readonly index: number;
  readonly fileOffset: number;
}

/** Where a block lies on this disk. */
interface BlockPlace {
  readonly path: FolderPath;
  readonly offset: number;
}

interface PlacedArrival {
  readonly reference: PlacedReference;
  readonly block: BlockArrival;
}

export class ContentFetcher {
  readonly #init: ContentFetcherInit;

  constructor(init: ContentFetcherInit) {
    this.#init = init;
  }

  /** Fetches all blocks of some small files (depth 0) from one device. What it lacks is left out. */
  async fetchSmall(client: BlockSupplier, files: readonly FileToFetch[]): Promise<FetchedFiles> {
    const asked = files.filter((file) => file.target.record.blocks.entries.length > 0);
    const items = asked.map((file) => ({
      versionId: file.askFor,
      level: 0,
      first: 0,
      count: file.target.record.blocks.entries.length,
      lengthBytes: file.target.record.sizeBytes,
    }));
    const arrived = new Map<FolderPath, BlockArrival[]>();
    for (const file of files) arrived.set(file.target.record.path, []);
    if (items.length > 0) {
      await client.request(this.#init.folder, items, (block) => {
        const path = asked[block.item]?.target.record.path;
        if (path !== undefined) arrived.get(path)?.push(block);
      });
    }
    return pack(files, arrived);
  }

  /**
   * Fills the temporary file of a large version; `onBytes` hears how much more of it is there,
   * whether it was fetched or lay here already. Rejects with `content_unavailable`,
   * `block_mismatch`.
   */
  async fetchLarge(
    client: BlockSupplier,
    file: FileToFetch,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    const { record } = file.target;
    const references = placed(await this.#references(client, file));
    const reusable = await this.#reusable(file.local);
    if (file.twin !== undefined) addPlaces(reusable, file.twin, references);
    const local = references
      .filter((reference) => reusable.has(reference.contentId))
      .map((reference) => localPiece(reference, reusable, record.path));
    const refused = await this.#stageLocal(file, local);
    const done = new Set(local.map((piece) => piece.fileOffset));
    for (const piece of refused) done.delete(piece.fileOffset);
    onBytes(plainBytesOf(references.filter((reference) => done.has(reference.fileOffset))));
    const wanted = references.filter((reference) => !done.has(reference.fileOffset));
    await this.#fetchWindows(client, file, wanted, onBytes);
  }

  async #fetchWindows(
    client: BlockSupplier,
    file: FileToFetch,
    wanted: readonly PlacedReference[],
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    const limit = new WorkLimit(windowsAtOnce);
    for (const window of inGroups(wanted, windowBound)) {
      await limit.run(async () => {
        await this.#fetchWindow(client, file, window);
        onBytes(plainBytesOf(window));
      });
    }
    await limit.finish();
  }

  async #fetchWindow(
    client: BlockSupplier,
    file: FileToFetch,
    window: readonly PlacedReference[],
  ): Promise<void> {
    const byIndex = new Map(window.map((reference) => [reference.index, reference]));
    const arrived: PlacedArrival[] = [];
    await client.request(this.#init.folder, itemsOf(file.askFor, 0, window), (block) => {
      const reference = byIndex.get(block.index);
      if (reference !== undefined) arrived.push({ reference, block });
    });
    if (arrived.length !== window.length) throw unavailable(file);
    const { envelopes, pieces } = packPieces(arrived);
    const { buffers, transfer } = envelopes;
    const input = { ...this.#stageTarget(file), create: false, buffers, pieces, local: [] };
    await this.#init.runner.run(stageJob, input, transfer);
  }

  /** Begins the temporary file with what the old version here already has. */
  async #stageLocal(file: FileToFetch, local: readonly LocalPiece[]): Promise<LocalPiece[]> {
    return this.#init.runner.run(stageJob, {
      ...this.#stageTarget(file),
      create: true,
      buffers: [],
      pieces: [],
      local,
    });
  }

  #stageTarget(file: FileToFetch) {
    return { root: this.#init.root, path: file.target.record.path, versionId: file.target.id };
  }

  /** The data blocks of a version; its list blocks are fetched, verified and kept on the way. */
  async #references(client: BlockSupplier, file: FileToFetch): Promise<readonly BlockReference[]> {
    const { blocks: root, sizeBytes } = file.target.record;
    return referencesAt(root, sizeBytes, 0, async (lists, level) => {
      const kept = await this.#init.listBlocks.get(lists.map((list) => list.contentId));
      const blocks = [...kept];
      const lacking = lists.flatMap((list, index) =>
        blocks[index] === undefined ? [{ ...list, index, fileOffset: 0 }] : [],
      );
      const arrived = new Map<number, ArrivedBlock>();
      const items = itemsOf(file.askFor, level, lacking);
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

function placed(references: readonly BlockReference[]): PlacedReference[] {
  let fileOffset = 0;
  return references.map((reference, index) => {
    const at = fileOffset;
    fileOffset += reference.lengthBytes;
    return { ...reference, index, fileOffset: at };
  });
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

function packPieces(arrived: readonly PlacedArrival[]): {
  envelopes: PackedEnvelopes;
  pieces: BlockPiece[];
} {
  const envelopes = packEnvelopes(arrived.map((one) => one.block));
  const pieces = envelopes.places.map((place, at) => {
    const { contentId, lengthBytes, fileOffset } = arrived[at]!.reference;
    return { ...place, contentId, lengthBytes, fileOffset };
  });
  return { envelopes, pieces };
}

/** Only files of which every block arrived. */
function pack(
  files: readonly FileToFetch[],
  arrived: ReadonlyMap<FolderPath, readonly BlockArrival[]>,
): FetchedFiles {
  const whole = files.flatMap((file) => {
    const { path, blocks } = file.target.record;
    const references = placed(blocks.entries);
    const got = new Map(arrived.get(path)?.map((block) => [block.index, block]));
    const parts = references.flatMap((reference) => {
      const block = got.get(reference.index);
      return block === undefined ? [] : [{ reference, block }];
    });
    return parts.length === references.length ? [{ path, parts }] : [];
  });
  const { envelopes, pieces } = packPieces(whole.flatMap((file) => file.parts));
  const byPath = new Map<FolderPath, BlockPiece[]>();
  let at = 0;
  for (const { path, parts } of whole) {
    byPath.set(path, pieces.slice(at, at + parts.length));
    at += parts.length;
  }
  return { envelopes, pieces: byPath };
}

function unavailable(file: FileToFetch): AppError {
  return new AppError(
    'content_unavailable',
    `The other device does not have all of ${file.target.record.path} any more.`,
    { kind: 'retry' },
  );
}
