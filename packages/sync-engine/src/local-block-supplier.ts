/** The blocks that this device has, through the same door by which it asks others. */
import type { FolderId } from '@holdfast/model';
import type { BlockRequestItem, MissingItem } from '@holdfast/sync-protocol';
import type { BlockArrival, BlockSupplier } from './block-client.js';
import type { BlockServer } from './block-server.js';

export class LocalBlockSupplier implements BlockSupplier {
  readonly #server: BlockServer;

  constructor(server: BlockServer) {
    this.#server = server;
  }

  async request(
    _folder: FolderId,
    items: readonly BlockRequestItem[],
    onBlock: (arrival: BlockArrival) => void,
  ): Promise<readonly MissingItem[]> {
    const missing: MissingItem[] = [];
    for await (const batch of this.#server.serve(items)) {
      for (const block of batch.blocks) onBlock(block);
      missing.push(...batch.missing);
    }
    return missing;
  }
}
