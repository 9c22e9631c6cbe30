/**
 * On an archive: which blocks members of this folder sent. What lies in the store for other folders
 * says nothing here: nobody can learn by naming a block whether it exists.
 */
import type { ContentId } from '@holdfast/model';
import { type KeyValueStore, RecentRows } from '@holdfast/platform';
import type { IndexKeys } from './index-keys.js';

/** Who took a block asks for it once more when its version is complete. */
const maxRemembered = 8_192;

export class ReceivedContent {
  readonly #store: KeyValueStore;
  readonly #keys: IndexKeys;
  readonly #recent = new RecentRows<ContentId, true>(maxRemembered);

  constructor(store: KeyValueStore, keys: IndexKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** Of each block, whether a member once sent its bytes. */
  async has(ids: readonly ContentId[]): Promise<boolean[]> {
    return this.#recent.through(ids, async (others) => {
      const values = await this.#store.getMany(others.map((id) => this.#keys.content(id)));
      return values.map((value) => value !== undefined);
    });
  }

  /** Durable with the next synced change of the index. */
  async note(ids: readonly ContentId[]): Promise<void> {
    const value = new Uint8Array(0);
    const writes = ids.map((id) => ({ type: 'put' as const, key: this.#keys.content(id), value }));
    await this.#store.batch(writes, { sync: false });
    for (const id of ids) this.#recent.set(id, true);
  }
}
