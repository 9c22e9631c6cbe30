/**
 * On an archive: which blocks members of this folder sent. What lies in the store for other folders
 * says nothing here: nobody can learn by naming a block whether it exists.
 */
import type { ContentId } from '@holdfast/model';
import type { KeyValueStore } from '@holdfast/platform';
import type { IndexKeys } from './index-keys.js';

export class ReceivedContent {
  readonly #store: KeyValueStore;
  readonly #keys: IndexKeys;

  constructor(store: KeyValueStore, keys: IndexKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** Of each block, whether a member once sent its bytes. */
  async has(ids: readonly ContentId[]): Promise<boolean[]> {
    const values = await this.#store.getMany(ids.map((id) => this.#keys.content(id)));
    return values.map((value) => value !== undefined);
  }

  /** Durable with the next synced change of the index. */
  async note(ids: readonly ContentId[]): Promise<void> {
    const value = new Uint8Array(0);
    const writes = ids.map((id) => ({ type: 'put' as const, key: this.#keys.content(id), value }));
    await this.#store.batch(writes, { sync: false });
  }
}
