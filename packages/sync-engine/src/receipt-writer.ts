/**
 * What an archive can say to a member: the newest position of the member's index up to which every
 * offer is durably in the store, save the exceptions. The positions are those that arrived with the
 * member's own deltas, so its rolling hash can be checked by it.
 */
import type { FolderIndex } from '@holdfast/folder-index';
import type { FolderId, VersionId } from '@holdfast/model';
import type { ReceiptMessage } from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderLink } from './folder-link.js';

/** Undefined where nothing can be said yet. */
export async function receiptFor(
  folder: FolderId,
  index: FolderIndex,
  archive: VersionArchive,
  link: FolderLink,
  exceptions: ReadonlySet<VersionId>,
): Promise<ReceiptMessage | undefined> {
  // The head is read first: it stands for at least what was archived before the queue was read.
  const head = archive.head();
  // So are the positions: one that arrives while the queue is read has offers that it does not show.
  const positions = [...link.arrivedPositions];
  const queued = await index.queuedOffers(link.device, exceptions.size + 1);
  const pending = queued.find((offer) => !exceptions.has(offer.id));
  const limit = pending?.sequence ?? Number.POSITIVE_INFINITY;
  const position = positions.findLast((one) => one.sequence < limit);
  if (position === undefined) return undefined;
  const named = queued
    .filter((offer) => exceptions.has(offer.id) && offer.sequence <= position.sequence)
    .map((offer) => offer.id);
  return {
    type: 'receipt',
    folderId: folder,
    storeId: archive.storeId,
    generation: archive.generation,
    position,
    exceptions: named,
    logPosition: head.position,
    logHead: head.hash,
  };
}
