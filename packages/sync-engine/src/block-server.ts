/**
 * Answering requests for blocks of one folder. Blocks are asked for by version and place, never by
 * content id alone, so nobody can learn by asking whether some content exists here. None is given
 * that has another length than the version says: whoever asked counts on that.
 */
import { encodeEnvelope, envelopeHeader } from '@holdfast/block-store';
import { type FolderIndex, localCurrent, rowOf, withLocalCurrent } from '@holdfast/folder-index';
import { heldDirectory, type ListBlockStore } from '@holdfast/folder-scanner';
import {
  type BlockReference,
  type FileContentRecord,
  type FolderId,
  MalformedBytes,
  ownDirectoryName,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { AppError, type BulkRunner, type FilePath, lastName } from '@holdfast/platform';
import type { BlockDelivery, BlockRequestItem, MissingReason } from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import { referencesAt } from './block-layout.js';
import { readBlocksJob, type WantedFile } from './serve-jobs.js';

export interface BlockServerInit {
  readonly folder: FolderId;
  /** Of what lies below the root; undefined where there is only a store. */
  readonly index: FolderIndex | undefined;
  readonly runner: BulkRunner;
  readonly listBlocks: Pick<ListBlockStore, 'get'>;
  /** Where the tree is; undefined where only history is kept. */
  readonly root: FilePath | undefined;
  readonly archive: VersionArchive | undefined;
}

/** Blocks of one request that are read and sent together. */
export interface ServedBatch {
  readonly blocks: readonly BlockDelivery[];
  readonly missing: readonly { readonly item: number; readonly reason: MissingReason }[];
}

interface WantedBlock {
  readonly item: number;
  readonly index: number;
  readonly reference: BlockReference;
  readonly source: BlockSource;
}

type BlockSource =
  | { readonly type: 'file'; readonly path: string; readonly offset: number }
  | { readonly type: 'list'; readonly versionId: VersionId }
  | { readonly type: 'archive' };

interface FoundVersion {
  readonly version: Version;
  /** Where its content lies under the root; undefined where the archive has it. */
  readonly path: string | undefined;
}

interface Layout {
  readonly references: readonly BlockReference[];
  /** Offsets in the file; only for level 0. */
  readonly offsets: readonly number[];
}

const batchBytes = 1024 * 1024;
const batchBlocks = 512;
/** So many are looked up before the first of them is read. */
const itemsPerLook = 512;
/**
 * The one that is awaited or sent, and two behind it: packing takes longer than sending on a fast
 * network, and there is more than one thread for it.
 */
const readsAtOnce = 3;
const nothing: ServedBatch = { blocks: [], missing: [] };
const rememberedLayouts = 16;

export class BlockServer {
  readonly #init: BlockServerInit;
  readonly #layouts = new Map<string, Layout>();

  constructor(init: BlockServerInit) {
    this.#init = init;
  }

  /** The blocks that the items name, in batches, in order. */
  async *serve(items: readonly BlockRequestItem[]): AsyncGenerator<ServedBatch> {
    const reading: Promise<ServedBatch>[] = [];
    for await (const batch of this.#batches(items)) {
      const read = 'missing' in batch ? Promise.resolve(batch) : this.#read(batch);
      // It is awaited in its turn. Where an earlier one fails, or nobody asks on, it is not needed.
      read.catch(() => undefined);
      reading.push(read);
      if (reading.length >= readsAtOnce) yield (await reading.shift()) ?? nothing;
    }
    for (const read of reading) yield await read;
  }

  /** What is read together, in the order in which it is sent; or what cannot be given. */
  async *#batches(
    items: readonly BlockRequestItem[],
  ): AsyncGenerator<readonly WantedBlock[] | ServedBatch> {
    let wanted: WantedBlock[] = [];
    let bytes = 0;
    for await (const page of this.#found(items)) {
      for (const [item, request, found] of page) {
        const located = found === undefined ? 'unknown' : await this.#locate(item, request, found);
        if (typeof located === 'string') {
          yield { blocks: [], missing: [{ item, reason: located }] };
          continue;
        }
        for (const block of located) {
          if (bytes + block.reference.lengthBytes > batchBytes || wanted.length >= batchBlocks) {
            if (wanted.length > 0) yield wanted;
            wanted = [];
            bytes = 0;
          }
          wanted.push(block);
          bytes += block.reference.lengthBytes;
        }
      }
    }
    if (wanted.length > 0) yield wanted;
  }

  async #locate(
    item: number,
    request: BlockRequestItem,
    { version, path }: FoundVersion,
  ): Promise<readonly WantedBlock[] | MissingReason> {
    if (version.record.kind !== 'file' || request.level > version.record.blocks.depth) {
      return 'unknown';
    }
    const layout = await this.#layout(version.id, version.record, request.level);
    if (layout === undefined) {
      await this.#readAgain(version.id);
      return 'gone';
    }
    if (request.first + request.count > layout.references.length) return 'unknown';
    const chosen = layout.references.slice(request.first, request.first + request.count);
    return chosen.map((reference, at) => {
      const index = request.first + at;
      const source: BlockSource =
        path === undefined
          ? { type: 'archive' }
          : request.level > 0
            ? { type: 'list', versionId: version.id }
            : { type: 'file', path, offset: layout.offsets[index] ?? 0 };
      return { item, index, reference, source };
    });
  }

  /** Each item with its version; those that lie together are looked up at once. */
  async *#found(
    items: readonly BlockRequestItem[],
  ): AsyncGenerator<readonly (readonly [number, BlockRequestItem, FoundVersion | undefined])[]> {
    for (let from = 0; from < items.length; from += itemsPerLook) {
      const page = items.slice(from, from + itemsPerLook);
      const found = await this.#find([...new Set(page.map(({ versionId }) => versionId))]);
      yield page.map((request, at) => [from + at, request, found.get(request.versionId)]);
    }
  }

  async #find(ids: readonly VersionId[]): Promise<ReadonlyMap<VersionId, FoundVersion>> {
    const { archive, folder } = this.#init;
    const found = await this.#findInTree(ids);
    const others = ids.filter((id) => !found.has(id));
    const archived = (await archive?.versions(folder, others)) ?? [];
    for (const version of archived) {
      if (version !== undefined) found.set(version.id, { version, path: undefined });
    }
    return found;
  }

  async #findInTree(ids: readonly VersionId[]): Promise<Map<VersionId, FoundVersion>> {
    const { index, root } = this.#init;
    const found = new Map<VersionId, FoundVersion>();
    if (index === undefined || root === undefined) return found;
    const held = lastName(heldDirectory(root));
    const paths = await index.pathsOfVersions(ids);
    const known = ids.flatMap((id, at) => {
      const path = paths[at];
      return path === undefined ? [] : [{ id, path }];
    });
    // Many versions may be of one path: its entry is read once.
    const entries = await index.entries([...new Set(known.map(({ path }) => path))]);
    const byPath = new Map(entries.map((entry) => [entry.path, entry]));
    for (const { id, path } of known) {
      const entry = byPath.get(path);
      const row = entry && rowOf(entry, id);
      if (row?.local === undefined) continue;
      const isShown = row.local.state === 'current';
      const place = isShown ? path : `${ownDirectoryName}/${held}/${id}`;
      found.set(id, { version: row.version, path: place });
    }
    return found;
  }

  async #layout(
    id: VersionId,
    record: FileContentRecord,
    level: number,
  ): Promise<Layout | undefined> {
    const key = `${id}:${level}`;
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    try {
      const { blocks, sizeBytes } = record;
      const references = await referencesAt(blocks, sizeBytes, level, (list) =>
        this.#readLists(list),
      );
      const layout = { references, offsets: offsetsOf(references) };
      if (record.blocks.depth > 0) this.#remember(key, layout);
      return layout;
    } catch (error) {
      if (error instanceof MalformedBytes) return undefined;
      if (error instanceof AppError && error.code === 'list_block_missing') return undefined;
      throw error;
    }
  }

  /** Only large files are worth remembering: others carry their list in the record. */
  #remember(key: string, layout: Layout): void {
    const oldest = this.#layouts.keys().next();
    if (this.#layouts.size >= rememberedLayouts && !oldest.done) this.#layouts.delete(oldest.value);
    this.#layouts.set(key, layout);
  }

  async #readLists(references: readonly BlockReference[]): Promise<Uint8Array[]> {
    const ids = references.map((reference) => reference.contentId);
    const kept = await this.#init.listBlocks.get(ids);
    const lacking = references.filter((_, at) => kept[at] === undefined);
    const archived = (await this.#init.archive?.blocks.readPlain(lacking)) ?? [];
    const others = archived.values();
    return kept.map((list) => list ?? others.next().value ?? missingList());
  }

  async #read(wanted: readonly WantedBlock[]): Promise<ServedBatch> {
    const envelopes = new Map<WantedBlock, Uint8Array>();
    await this.#readFiles(wanted, envelopes);
    await this.#readArchived(wanted, envelopes);
    const lists = wanted.filter((block) => block.source.type === 'list');
    const kept = await this.#init.listBlocks.get(lists.map((block) => block.reference.contentId));
    for (const [at, block] of lists.entries()) {
      const bytes = kept[at];
      if (bytes?.length === block.reference.lengthBytes) {
        envelopes.set(block, encodeEnvelope(bytes));
      } else if (block.source.type === 'list') await this.#readAgain(block.source.versionId);
    }
    const blocks: BlockDelivery[] = [];
    const missing = new Map<number, { item: number; reason: MissingReason }>();
    for (const block of wanted) {
      const envelope = envelopes.get(block);
      if (envelope === undefined) missing.set(block.item, { item: block.item, reason: 'gone' });
      else blocks.push({ item: block.item, index: block.index, envelope });
    }
    return { blocks, missing: [...missing.values()] };
  }

  /** The database lost list blocks of a file: the next scan reads it, which makes them again. */
  async #readAgain(id: VersionId): Promise<void> {
    const { index } = this.#init;
    const path = await index?.pathOfVersion(id);
    if (index === undefined || path === undefined) return;
    await index.update(
      [path],
      (entry) => {
        const local = localCurrent(entry);
        const disk = local?.local.disk;
        if (local?.version.id !== id || disk === undefined || disk.racy) return entry;
        return withLocalCurrent(entry, local.version, { disk: { ...disk, racy: true } });
      },
      { sync: true },
    );
  }

  async #readArchived(
    wanted: readonly WantedBlock[],
    envelopes: Map<WantedBlock, Uint8Array>,
  ): Promise<void> {
    const archived = wanted.filter((block) => block.source.type === 'archive');
    if (archived.length === 0) return;
    const read = await this.#init.archive?.blocks.read(
      archived.map((block) => block.reference.contentId),
    );
    for (const [at, block] of archived.entries()) {
      const envelope = read?.[at];
      if (envelope === undefined) continue;
      if (envelopeHeader(envelope).plainBytes === block.reference.lengthBytes) {
        envelopes.set(block, envelope);
      }
    }
  }

  async #readFiles(
    wanted: readonly WantedBlock[],
    envelopes: Map<WantedBlock, Uint8Array>,
  ): Promise<void> {
    const { root, runner } = this.#init;
    const byPath = new Map<string, WantedBlock[]>();
    for (const block of wanted) {
      if (block.source.type !== 'file') continue;
      const same = byPath.get(block.source.path);
      if (same === undefined) byPath.set(block.source.path, [block]);
      else same.push(block);
    }
    if (root === undefined || byPath.size === 0) return;
    const files: WantedFile[] = [...byPath].map(([path, blocks]) => ({
      path,
      ranges: blocks.map(({ reference, source }) => ({
        offset: source.type === 'file' ? source.offset : 0,
        lengthBytes: reference.lengthBytes,
        contentId: reference.contentId,
      })),
    }));
    const { buffer, lengths } = await runner.run(readBlocksJob, { root, files });
    let at = 0;
    for (const [place, blocks] of [...byPath.values()].entries()) {
      for (const [nth, block] of blocks.entries()) {
        const length = lengths[place]?.[nth] ?? 0;
        if (length > 0) envelopes.set(block, buffer.subarray(at, at + length));
        at += length;
      }
    }
  }
}

function offsetsOf(references: readonly BlockReference[]): number[] {
  let offset = 0;
  return references.map((reference) => {
    const start = offset;
    offset += reference.lengthBytes;
    return start;
  });
}

function missingList(): never {
  throw new AppError('list_block_missing', 'A list block of the version is not kept here.', {
    kind: 'retry',
  });
}
