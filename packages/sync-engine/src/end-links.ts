/** What ends all of a folder's conversations at once, and keeps others from beginning meanwhile. */
import { AppError } from '@holdfast/platform';
import type { FolderEngine } from './folder-engine.js';

/** While what is known of members is changed, nobody is linked. */
export class LinkPause {
  #running = 0;
  #begun = 0;

  /** How often there was one. */
  get begun(): number {
    return this.#begun;
  }

  /** Whether there is one, or was one since there had been so many. */
  isSince(begun: number): boolean {
    return this.#running > 0 || this.#begun !== begun;
  }

  async during(action: () => Promise<void>): Promise<void> {
    this.#running += 1;
    this.#begun += 1;
    try {
      await action();
    } finally {
      this.#running -= 1;
    }
  }
}

/**
 * Changes by `forget` what is known of members: whoever is connected begins anew with it, and nobody
 * before. What a link took until then is written first, as an index changes in the order of the calls.
 */
export async function endLinksWhile(
  folder: Pick<FolderEngine, 'links' | 'unlink' | 'linkPause'>,
  reason: () => AppError,
  forget: () => Promise<void>,
): Promise<void> {
  await folder.linkPause.during(async () => {
    for (const { session } of [...folder.links.values()]) {
      folder.unlink(session);
      session.end(reason());
    }
    await forget();
  });
}

/** Why a conversation ends that would have begun meanwhile: the next one begins with what holds then. */
export function linksPaused(): AppError {
  return new AppError('links_paused', 'What is known of the members is being changed.', {
    kind: 'retry',
  });
}
