/** Which members keep a folder's history, as far as this device knows. */
import type { FolderEngine } from './folder-engine.js';

/** How many are known to, and of how many it is not known yet. */
export function archiveMembers({
  config,
  index,
  links,
}: Pick<FolderEngine, 'config' | 'index' | 'links'>): {
  readonly archives: number;
  readonly unknown: number;
} {
  let archives = 0;
  let unknown = 0;
  for (const device of config.members) {
    const link = links.get(device);
    if (index.peer(device).receipt !== undefined) archives += 1;
    else if (link === undefined) unknown += 1;
    else if (link.announcement.archive !== undefined) archives += 1;
  }
  return { archives, unknown };
}
