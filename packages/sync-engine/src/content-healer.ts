/**
 * Bringing back content that a store lost: connected archives and members are asked for it by the
 * versions that need it, newest first, whoever they are within the folder. What comes is verified and
 * appended as it came; a device that serves something else is named.
 */
import type { ArrivedBlock } from '@holdfast/block-store';
import { type ContentId, type DeviceId, type FolderId, plainBytesOf } from '@holdfast/model';
import { errorMessage, inGroups, type Logger } from '@holdfast/platform';
import type { BlockPlace, LostBlock, LostContent, VersionArchive } from '@holdfast/version-archive';
import type { AskedItem } from './asked-blocks.js';
import type { BlockSupplier } from './block-client.js';

export interface HealingSource {
  readonly folder: FolderId;
  readonly device: DeviceId;
  readonly blocks: BlockSupplier;
  /** Content came from the device and is stored. */
  readonly onReceived: (contentIds: readonly ContentId[]) => Promise<void>;
}

export interface HealingResult {
  readonly healedBlocks: number;
  /** Devices that gave something else than they were asked for. */
  readonly liars: readonly DeviceId[];
}

interface Attempt {
  readonly block: LostBlock;
  readonly place: BlockPlace;
}

const requestBound = {
  maxBytes: 2 * 1024 * 1024,
  maxItems: 1_024,
  bytesOf: ({ block }: Attempt) => block.lengthBytes,
};

export class ContentHealer {
  readonly #archive: VersionArchive;
  readonly #logger: Logger;
  readonly #liars = new Set<DeviceId>();
  readonly #left = new Map<ContentId, LostBlock>();

  constructor(archive: VersionArchive, logger: Logger) {
    this.#archive = archive;
    this.#logger = logger;
  }

  /** Asks one source after the other for what is still lost; the first ones are asked for most. */
  async heal(lost: LostContent, sources: readonly HealingSource[]): Promise<HealingResult> {
    for (const block of lost.blocks) this.#left.set(block.contentId, block);
    for (const source of sources) {
      if (this.#left.size === 0) break;
      try {
        await this.#healFrom(source);
      } catch (error) {
        // Another device may have what this one did not give.
        const { folder, device } = source;
        const reason = errorMessage(error);
        this.#logger.warn('a device could not be asked for lost content', {
          folder,
          device,
          reason,
        });
      }
    }
    const healedBlocks = lost.blocks.length - this.#left.size;
    return { healedBlocks, liars: [...this.#liars] };
  }

  /** A device knows some of the versions only: each block is asked for by one after the other. */
  async #healFrom(source: HealingSource): Promise<void> {
    for (let turn = 1; ; turn += 1) {
      const attempts: Attempt[] = [];
      for (const block of this.#left.values()) {
        const places = block.places.filter(({ folder }) => folder === source.folder);
        const place = places.at(-turn);
        if (place !== undefined) attempts.push({ block, place });
      }
      if (attempts.length === 0) return;
      for (const group of inGroups(attempts, requestBound)) await this.#ask(source, group);
    }
  }

  async #ask(source: HealingSource, group: readonly Attempt[]): Promise<void> {
    const arrived = new Map<ContentId, ArrivedBlock>();
    const items = group.map(({ place, block }): AskedItem => {
      const { versionId, level, index } = place;
      return { versionId, level, first: index, count: 1, lengthBytes: block.lengthBytes };
    });
    await source.blocks.request(source.folder, items, ({ item, envelope }) => {
      const block = group[item]?.block;
      if (block !== undefined) arrived.set(block.contentId, { ...block, envelope });
    });
    if (arrived.size > 0) await this.#take(source, [...arrived.values()]);
  }

  async #take(source: HealingSource, arrived: readonly ArrivedBlock[]): Promise<void> {
    const { blocks } = this.#archive;
    const refused = await blocks.append(arrived);
    if (refused.size > 0) {
      this.#liars.add(source.device);
      const { folder, device } = source;
      this.#logger.warn('a device served bad blocks', { folder, device, blocks: refused.size });
    }
    const taken = arrived.filter(({ contentId }) => !refused.has(contentId));
    await blocks.sync(taken);
    await source.onReceived(taken.map(({ contentId }) => contentId));
    for (const { contentId } of taken) this.#left.delete(contentId);
    const bytes = plainBytesOf(taken);
    const { folder, device } = source;
    this.#logger.info('lost content is in the store again', {
      folder,
      device,
      blocks: taken.length,
      bytes,
    });
  }
}
