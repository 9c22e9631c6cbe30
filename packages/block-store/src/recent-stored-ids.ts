/**
 * The stored ids of blocks that were appended lately: who writes them down beside a version need not
 * read back what was written a moment ago. Bounded: of others the id is worked out from the disk.
 *
 * Invariant: a block that is held and remembered here is held by the very envelope of that id, as
 * each envelope that is appended for it takes the place of the one before.
 */
import type { ContentId, Hash, StoredId } from '@holdfast/model';
import { RecentRows } from '@holdfast/platform';
import { storedIdOf } from './envelope.js';

/** More than a batch of versions brings that is appended together. */
const maxRemembered = 16_384;

export class RecentStoredIds {
  readonly #hash: Hash;
  readonly #ids = new RecentRows<ContentId, StoredId>(maxRemembered);

  constructor(hash: Hash) {
    this.#hash = hash;
  }

  note(contentId: ContentId, envelope: Uint8Array): void {
    this.#ids.set(contentId, storedIdOf(envelope, this.#hash));
  }

  of(contentId: ContentId): StoredId | undefined {
    return this.#ids.get(contentId);
  }
}
