/**
 * What an archive can say to a member: the newest position of the member's index up to which every
 * offer is durably in the store, save the exceptions. The positions are those that arrived with the
 * member's own deltas, so its rolling hash can be checked by it.
 */
import type { ArchiveReceipt, FolderIndex, QueuedOffer } from '@holdfast/folder-index';
import type { DeviceId, FolderId, VersionId } from '@holdfast/model';
import type { Clock } from '@holdfast/platform';
import type { ReceiptMessage } from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderLink } from './folder-link.js';
import type { FolderLosses } from './folder-losses.js';

/** Undefined where nothing can be said yet. */
export async function receiptFor(
  folder: FolderId,
  index: FolderIndex,
  archive: VersionArchive,
  link: FolderLink,
  exceptions: ReadonlySet<VersionId>,
  losses: FolderLosses,
): Promise<ReceiptMessage | undefined> {
  if (losses.preventReceipts) return undefined;

  // The head is read first: it stands for at least what was archived before the queue was read.
  const head = archive.head();
  // So are the positions: one that arrives while the queue is read has offers that it does not show.
  const positions = [...link.arrivedPositions];
  const { limit, excepted } = await untakenOffers(index, link.device, exceptions);
  const position = positions.findLast((one) => one.sequence < limit);
  if (position === undefined) return undefined;
  // What was lost may have been kept beside by the member: it has no row here any more.
  const reached = excepted.filter((one) => one.sequence <= position.sequence);
  return {
    type: 'receipt',
    folderId: folder,
    storeId: archive.storeId,
    generation: archive.generation,
    position,
    exceptions: [...new Set([...reached.map(({ id }) => id), ...losses.ids])],
    logPosition: head.position,
    logHead: head.hash,
  };
}

export interface MirrorReceiptSource {
  /** The mirror's own index. */
  readonly index: Pick<FolderIndex, 'numbers'>;
  readonly archiveIndex: Pick<FolderIndex, 'peer' | 'queuedOffers'>;
  readonly archive: Pick<VersionArchive, 'head' | 'storeId' | 'generation'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly exceptions: () => ReadonlySet<VersionId>;
  readonly losses: Pick<FolderLosses, 'preventReceipts'>;
}

/**
 * The archive's receipt to its own mirror, known in it as `device`: up to the first offer that it has
 * not taken yet. None where nothing can be said.
 */
export async function receiptsForMirror(
  device: DeviceId,
  { index, archiveIndex, archive, clock, losses, ...source }: MirrorReceiptSource,
): Promise<ArchiveReceipt[]> {
  const { seen } = archiveIndex.peer(device);
  if (losses.preventReceipts || seen === undefined) return [];
  if (!(await index.numbers.remembers(seen))) return [];
  const exceptions = source.exceptions();
  const { limit } = await untakenOffers(archiveIndex, device, exceptions);
  const head = archive.head();
  const receipt = {
    storeId: archive.storeId,
    generation: archive.generation,
    position: { ...seen, sequence: Math.min(seen.sequence, limit - 1) },
    exceptions: [...exceptions],
    logPosition: head.position,
    logHead: head.hash,
    receivedAtMs: clock.now(),
  };
  return [receipt];
}

/** The sequence of the first offer of a device that still waits, and the exceptions before it. */
async function untakenOffers(
  index: Pick<FolderIndex, 'queuedOffers'>,
  device: DeviceId,
  exceptions: ReadonlySet<VersionId>,
): Promise<{ readonly limit: number; readonly excepted: readonly QueuedOffer[] }> {
  const queued = await index.queuedOffers(device, exceptions.size + 1);
  const pending = queued.find((offer) => !exceptions.has(offer.id));
  const limit = pending?.sequence ?? Number.POSITIVE_INFINITY;
  const excepted = queued.filter(({ id, sequence }) => exceptions.has(id) && sequence < limit);
  return { limit, excepted };
}
