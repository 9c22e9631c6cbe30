/**
 * The stored ids of blocks that were appended lately: who writes them down beside a version need not
 * read back what was written a moment ago. Bounded: of others the id is worked out from the disk.
 *
 * Invariant: a block that is held and remembered here is held by the very envelope of that id, as
 * each envelope that is appended for it takes the place of the one before.
 */
import type { ContentId, Hash, StoredId } from '@holdfast/model';
import { storedIdOf } from './envelope.js';

/** More than a batch of versions brings that is appended together. */
const maxRemembered = 8_192;

export class RecentStoredIds {
  readonly #hash: Hash;
  readonly #ids = new Map<ContentId, StoredId>();

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  note(contentId: ContentId, envelope: Uint8Array): void {
    this.#ids.delete(contentId);
    this.#ids.set(contentId, storedIdOf(envelope, this.#hash));
    if (this.#ids.size <= maxRemembered) return;
    for (const oldest of this.#ids.keys()) {
      this.#ids.delete(oldest);
      return;
    }
  }

  of(contentId: ContentId): StoredId | undefined {
    return this.#ids.get(contentId);
  }
}
