/** What a folder does when the store lost content of it: whom it asks, and what it takes back. */
import type { ContentId, DeviceId } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { HealingSource } from './content-healer.js';
import { endLinksWhile } from './end-links.js';
import type { FolderEngine } from './folder-engine.js';

/** Who may have content of the folder: connected archives, other members, then the own mirror. */
export function healingSources(folder: FolderEngine, localDevice: DeviceId): HealingSource[] {
  const { links, mirror, index, config } = folder;
  const ready = [...links.values()].filter(({ session }) => session.isReady);
  const archives = ready.filter(({ announcement }) => announcement.archive !== undefined);
  const others = ready.filter(({ announcement }) => announcement.archive === undefined);
  const sources = [...archives, ...others].map(({ device, session }) => ({
    device,
    blocks: session.blocks,
  }));
  const own = mirror === undefined ? [] : [{ device: localDevice, blocks: mirror.blocks }];
  const onReceived = (ids: readonly ContentId[]) => index.received.note(ids);
  return [...sources, ...own].map((one) => ({ folder: config.id, ...one, onReceived }));
}

/**
 * After all who are connected were asked: where more is lost than receipts can name, all receipts are
 * void, once, and each member begins anew from its first row.
 */
export async function voidReceipts(folder: FolderEngine): Promise<void> {
  const { losses, index, config } = folder;
  if (!losses.mustVoidReceipts) return;
  const reason = () => {
    return new AppError('content_lost', 'Content was lost here: receipts begin anew.');
  };
  await endLinksWhile(folder, reason, async () => {
    for (const device of config.members) await index.forgetPeer(device);
  });
  losses.noteVoid();
}
