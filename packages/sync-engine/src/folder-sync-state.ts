/** Whether a folder is where it should be: questions about one moment, answered without waiting. */
import type { ArchiveReceipt, FolderIndex } from '@holdfast/folder-index';
import type { DeviceId, VersionId } from '@holdfast/model';
import type { FolderEngine } from './folder-engine.js';
import { folderNeed } from './folder-need.js';

/** Whether the folder is in sync with every connected member, on one look. */
export function isFolderInSync(folder: FolderEngine): boolean {
  const { config, index, links, tree, mirror } = folder;
  if (folder.stopReason !== '' || config.paused || links.size === 0) return false;
  if (tree?.isSettled === false || mirror?.isCaughtUp === false) return false;
  if (folder.renumbering.isPending || folderNeed(folder).files > 0) return false;
  if (folder.massChanges.open().length > 0) return false;
  const position = index.position();
  return [...links.values()].every((link) => link.isInSyncAt(position));
}

/** Whether enough archives hold every version of this device. */
export function isFolderCovered({ index, renumbering, tree, coverage }: FolderEngine): boolean {
  const { sequence } = index.position();
  if (renumbering.isPending) return false;
  const settled = tree === undefined || (tree.isSettled && tree.unreadable === 0);
  return settled && coverage.threshold() >= sequence && coverage.exceptions() === 0;
}

/** The receipts of some devices that count. */
export async function receiptsOf(
  index: FolderIndex,
  devices: readonly DeviceId[],
): Promise<ArchiveReceipt[]> {
  const receipts: ArchiveReceipt[] = [];
  for (const device of devices) {
    const { receipt } = index.peer(device);
    if (receipt === undefined || !(await index.numbers.remembers(receipt.position))) continue;
    receipts.push({ ...receipt, exceptions: await knownAmong(index, receipt.exceptions) });
  }
  return receipts;
}

/** An archive names what it lost, also of versions that this device has kept no more for long. */
async function knownAmong(index: FolderIndex, ids: readonly VersionId[]): Promise<VersionId[]> {
  const paths = await index.pathsOfVersions(ids);
  return ids.filter((_, at) => paths[at] !== undefined);
}
