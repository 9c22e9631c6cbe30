/**
 * List blocks of large files, kept so that they can be served without reading the file again. They
 * are named by their content, hold no content of files, and can be made again by a scan.
 */
import { bytesFromHex, type ContentId } from '@holdfast/model';
import { bytesOf, type KeyValueStore, type KeyValueWrite } from '@holdfast/platform';
import type { ListBlock } from './scan-jobs.js';

export class ListBlockStore {
  readonly #store: KeyValueStore;
  readonly #prefix: Uint8Array;

  constructor(store: KeyValueStore, prefix: string) {
    this.#store = store;
    this.#prefix = bytesOf(prefix);
  }

  /** Not durable before the next synced batch of the same database, which the index writes. */
  async put(blocks: readonly ListBlock[]): Promise<void> {
    if (blocks.length === 0) return;
    const writes: KeyValueWrite[] = blocks.map(({ contentId, bytes }) => ({
      type: 'put',
      key: this.#key(contentId),
      value: bytes,
    }));
    await this.#store.batch(writes, { sync: false });
  }

  /** One answer for each id, in order; undefined where it is not kept here. */
  get(ids: readonly ContentId[]): Promise<(Uint8Array | undefined)[]> {
    return this.#store.getMany(ids.map((id) => this.#key(id)));
  }

  #key(id: ContentId): Uint8Array {
    return Buffer.concat([this.#prefix, bytesFromHex(id)]);
  }
}
