/** What ends all of a folder's conversations at once. */
import type { AppError } from '@holdfast/platform';
import type { FolderEngine } from './folder-engine.js';

/** Whoever is connected begins anew, with what is known of it by then. */
function endLinks(folder: Pick<FolderEngine, 'links' | 'unlink'>, reason: () => AppError): void {
  for (const { session } of [...folder.links.values()]) {
    folder.unlink(session);
    session.end(reason());
  }
}

/**
 * `forget` changes what is known of members; whoever is connected begins anew with it. Twice: while it
 * is written, a link may begin with what was known until then.
 */
export async function endLinksAround(
  folder: Pick<FolderEngine, 'links' | 'unlink'>,
  reason: () => AppError,
  forget: () => Promise<unknown>,
): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    endLinks(folder, reason);
    await forget();
  }
}
