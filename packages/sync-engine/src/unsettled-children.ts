/**
 * What stands in the way of a directory's removal in the index: children that this disk is believed
 * to show. Once the directory's own row says that it is gone, no scan comes across them any more, so
 * the disk is asked about them first.
 */
import { type FolderIndex, localCurrent } from '@holdfast/folder-index';
import type { FolderPath } from '@holdfast/model';
import type { PlannedPath } from './placer.js';
import type { PathPlanner } from './plan-sync.js';

/** More are asked about at the next pass. */
const maxChildrenAsked = 1_000;

/** The children of every directory in `planned` that goes, apart from those that have to go themselves. */
export async function unsettledChildren(
  index: FolderIndex,
  planned: readonly PlannedPath[],
  plan: PathPlanner,
): Promise<Map<FolderPath, FolderPath[]>> {
  const unsettled = new Map<FolderPath, FolderPath[]>();
  for (const one of planned) {
    if (!removesDirectory(one)) continue;
    const children: FolderPath[] = [];
    for await (const child of index.children(one.entry.path)) {
      if (child.ignored || localCurrent(child)?.local.disk === undefined) continue;
      if (plan(child).type !== 'none') continue;
      children.push(child.path);
      if (children.length === maxChildrenAsked) break;
    }
    if (children.length > 0) unsettled.set(one.entry.path, children);
  }
  return unsettled;
}

function removesDirectory({ action }: PlannedPath): boolean {
  const { local, target } = action;
  return local?.version.record.kind === 'directory' && target.record.kind !== 'directory';
}
