/** What ends all of a folder's conversations at once. */
import type { AppError } from '@holdfast/platform';
import type { FolderEngine } from './folder-engine.js';

/** Whoever is connected begins anew, with what is known of it by then. */
export function endLinks(
  folder: Pick<FolderEngine, 'links' | 'unlink'>,
  reason: () => AppError,
): void {
  for (const { session } of [...folder.links.values()]) {
    folder.unlink(session);
    session.end(reason());
  }
}
