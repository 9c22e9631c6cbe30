/** Where the list blocks of large files are kept, so that they are fetched once. */
import type { ContentId } from '@holdfast/model';

/** Keeps list blocks of large files: for good, or while a piece of work lasts. */
export interface ListBlockKeeper {
  put(
    blocks: readonly { readonly contentId: ContentId; readonly bytes: Uint8Array }[],
  ): Promise<void>;
  get(ids: readonly ContentId[]): Promise<(Uint8Array | undefined)[]>;
}

/** Forgets when it is dropped. */
export class VolatileListBlocks implements ListBlockKeeper {
  readonly #blocks = new Map<ContentId, Uint8Array>();

  async put(blocks: readonly { readonly contentId: ContentId; readonly bytes: Uint8Array }[]) {
    for (const { contentId, bytes } of blocks) this.#blocks.set(contentId, bytes);
  }

  async get(ids: readonly ContentId[]): Promise<(Uint8Array | undefined)[]> {
    return ids.map((id) => this.#blocks.get(id));
  }
}
