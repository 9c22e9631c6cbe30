/**
 * Bringing the blocks of offered versions into an archive's store. Blocks that are there are not
 * asked for; what is held in memory at once is bounded by the windows of the requests.
 */
import type { ArrivedBlock, BlockStore } from '@holdfast/block-store';
import type { FolderIndex } from '@holdfast/folder-index';
import {
  type BlockReference,
  type ContentId,
  type FolderId,
  MalformedBytes,
  plainBytesOf,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { AppError, inGroups } from '@holdfast/platform';
import type { BlockSupplier } from './block-client.js';
import { referencesAt } from './block-layout.js';
import { WorkLimit } from './work-limit.js';

/** A version with everything that it consists of. */
export interface WantedVersion<For> {
  readonly for: For;
  readonly version: Version;
  /** Of its content. */
  readonly blocks: readonly BlockReference[];
  /** Every block, list blocks included. */
  readonly allBlocks: readonly BlockReference[];
}

interface WantedBlock extends BlockReference {
  readonly versionId: VersionId;
  readonly level: number;
  readonly index: number;
}

const requestBound = {
  maxBytes: 2 * 1024 * 1024,
  maxItems: 1_024,
  bytesOf: ({ lengthBytes }: BlockReference) => lengthBytes,
};
const requestsAtOnce = 3;

export class ArchiveFetcher {
  readonly #folder: FolderId;
  readonly #store: BlockStore;
  readonly #index: FolderIndex;

  constructor(folder: FolderId, index: FolderIndex, store: BlockStore) {
    this.#folder = folder;
    this.#index = index;
    this.#store = store;
  }

  /**
   * Finds out what a version consists of; undefined where the device cannot give its lists. What it
   * does not offer any more is added to `withdrawn`, here and by `fetch`.
   */
  async resolve<For>(
    client: BlockSupplier,
    version: Version,
    forWhom: For,
    withdrawn: Set<VersionId>,
  ): Promise<WantedVersion<For> | undefined> {
    const { record, id } = version;
    if (record.kind !== 'file') return { for: forWhom, version, blocks: [], allBlocks: [] };
    const lists: BlockReference[] = [];
    try {
      const blocks = await referencesAt(record.blocks, record.sizeBytes, 0, (references, level) => {
        lists.push(...references);
        return this.#lists(client, id, references, level, withdrawn);
      });
      return { for: forWhom, version, blocks, allBlocks: [...lists, ...blocks] };
    } catch (error) {
      if (error instanceof MalformedBytes) return undefined;
      if (error instanceof AppError && error.code === 'content_unavailable') return undefined;
      throw error;
    }
  }

  /** Fetches what is missing and syncs; `onBytes` hears of content that came. Tells which versions are complete in the store now. */
  async fetch<For>(
    client: BlockSupplier,
    batch: readonly WantedVersion<For>[],
    withdrawn: Set<VersionId>,
    onBytes: (bytes: number) => void,
  ): Promise<{ complete: WantedVersion<For>[]; incomplete: WantedVersion<For>[] }> {
    const blocks = batch.flatMap(({ version, blocks }) =>
      blocks.map((block, index) => ({ ...block, versionId: version.id, level: 0, index })),
    );
    await this.#fetchBlocks(client, blocks, withdrawn, onBytes);
    // What was lost on the way is found missing below, and named.
    await this.#store.sync([]);
    const present = await this.#has(batch.flatMap((wanted) => wanted.allBlocks));
    const complete: WantedVersion<For>[] = [];
    const incomplete: WantedVersion<For>[] = [];
    let at = 0;
    for (const wanted of batch) {
      const here = present.slice(at, at + wanted.allBlocks.length);
      at += wanted.allBlocks.length;
      (here.every(Boolean) ? complete : incomplete).push(wanted);
    }
    return { complete, incomplete };
  }

  /** Held in the store as it is referred to, and sent by a member of this very folder. */
  async #has(references: readonly BlockReference[]): Promise<boolean[]> {
    const [held, received] = await Promise.all([
      this.#store.has(references),
      this.#index.received.has(references.map(({ contentId }) => contentId)),
    ]);
    return held.map((here, at) => here && received[at] === true);
  }

  async #lists(
    client: BlockSupplier,
    versionId: VersionId,
    references: readonly BlockReference[],
    level: number,
    withdrawn: Set<VersionId>,
  ): Promise<Uint8Array[]> {
    const wanted = references.map((block, index) => ({ ...block, versionId, level, index }));
    await this.#fetchBlocks(client, wanted, withdrawn);
    // What was lost on the way is found missing below, and named.
    await this.#store.sync([]);
    const lists = await this.#store.readPlain(references);
    return lists.map((list) => list ?? unavailable());
  }

  /** Asks for the blocks that the store lacks, each once. What does not come is found missing later. */
  async #fetchBlocks(
    client: BlockSupplier,
    wanted: readonly WantedBlock[],
    withdrawn: Set<VersionId>,
    onBytes: (bytes: number) => void = () => undefined,
  ): Promise<void> {
    const present = await this.#has(wanted);
    const asked = new Set<ContentId>();
    const lacking = wanted.filter((block, at) => {
      if (present[at] === true || asked.has(block.contentId)) return false;
      asked.add(block.contentId);
      return true;
    });
    const limit = new WorkLimit(requestsAtOnce);
    for (const group of inGroups(lacking, requestBound)) {
      await limit.run(() => this.#fetchGroup(client, group, withdrawn, onBytes));
    }
    await limit.finish();
  }

  async #fetchGroup(
    client: BlockSupplier,
    group: readonly WantedBlock[],
    withdrawn: Set<VersionId>,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    const arrived = new Map<ContentId, ArrivedBlock>();
    const items = group.map(({ versionId, level, index, lengthBytes }) => ({
      versionId,
      level,
      first: index,
      count: 1,
      lengthBytes,
    }));
    const missing = await client.request(this.#folder, items, ({ item, envelope }) => {
      const block = group[item];
      if (block !== undefined) arrived.set(block.contentId, { ...block, envelope });
    });
    for (const { item, reason } of missing) {
      const versionId = group[item]?.versionId;
      if (reason === 'unknown' && versionId !== undefined) withdrawn.add(versionId);
    }
    const refused = await this.#store.append([...arrived.values()]);
    // A device that sent something else has not sent the block.
    const received = [...arrived.values()].filter(({ contentId }) => !refused.has(contentId));
    onBytes(plainBytesOf(received));
    await this.#index.received.note(received.map(({ contentId }) => contentId));
  }
}

function unavailable(): never {
  throw new AppError('content_unavailable', 'A device cannot give all of a version.', {
    kind: 'retry',
  });
}
