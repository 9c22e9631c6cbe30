/**
 * An archive's user let versions go. A member may keep one of them aside, and count this archive for
 * it: so every member is asked again for all that it shows and keeps beside, and its receipts are void
 * until it has said so. What it keeps is then taken as if it were new.
 */
import { AppError } from '@holdfast/platform';
import { endLinksWhile } from './end-links.js';
import type { FolderEngine } from './folder-engine.js';

/** Durable when it resolves; members that are not connected are asked when they are. */
export async function askMembersAnew(folder: FolderEngine): Promise<void> {
  const { index, config, mirror } = folder;
  const asked = [...config.members, ...(mirror === undefined ? [] : [mirror.device])];
  // Their rows stay: what is known of them is needed until they say more.
  const peers = Object.fromEntries(asked.map((device) => [device, { seen: undefined }]));
  mirror?.askAnew();
  const reason = () => {
    return new AppError('content_thinned', 'Versions were thinned: receipts begin anew.');
  };
  await endLinksWhile(folder, reason, async () => {
    await index.update([], (entry) => entry, { sync: true, peers });
  });
  mirror?.wake();
}

/** Of whom it is not known in full what they show and keep beside. */
export function unheardIn({
  config,
  index,
  mirror,
}: Pick<FolderEngine, 'config' | 'index' | 'mirror'>) {
  const unheard = config.members.filter((device) => index.peer(device).seen === undefined);
  return mirror?.isHeard === false ? [...unheard, mirror.device] : unheard;
}
