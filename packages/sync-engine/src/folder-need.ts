/** What a folder still lacks here: what members are told, and what is shown to people. */
import type { FolderEngine } from './folder-engine.js';

/** What an archive and its mirror lack counts together. */
export function folderNeed(
  folder: Pick<FolderEngine, 'config' | 'index' | 'treeIndex' | 'tree' | 'ingester'>,
): { files: number; bytes: number } {
  // It differs from others, but takes nothing of them.
  if (folder.config.mode === 'send-only') return { files: 0, bytes: 0 };
  const { index, treeIndex, tree, ingester } = folder;
  const { queued, queuedBytes } = index.counts;
  const { needFiles, needBytes } = treeIndex.counts;
  // What is here already, only not in its place yet, is not needed from anybody.
  const stagedBytes = (tree?.stagedBytes ?? 0) + (ingester?.stagedBytes ?? 0);
  const bytes = Math.max(0, needBytes + queuedBytes - stagedBytes);
  const turns = treeIndex === index ? 0 : index.counts.needFiles;
  return { files: needFiles + turns + queued, bytes };
}
