/** What an event changes at once, and whether the whole status must be asked for again. Pure. */
import type { RestoreProgress } from './bring-back-words.js';
import type { Folder, NodeEvent, NodeState } from './node-state.js';

/** The figures of a folder that events carry. */
const liveFields = ['files', 'bytes', 'needFiles', 'needBytes', 'heldFiles', 'progress'] as const;

/** So many restores at once are followed; more are not begun from one page. */
const restoresFollowed = 16;

export interface Followed {
  readonly node: NodeState;
  /** How soon the whole status is wanted; undefined where the event said all. */
  readonly refreshMs: number | undefined;
}

/** While something moves, the figures are in the events; the rest is asked for more rarely. */
const movingRefreshMs = 3_000;
const restingRefreshMs = 250;

export function followEvent(node: NodeState, event: NodeEvent): Followed {
  if (event.type === 'restore-progress') return { node, refreshMs: undefined };
  if (event.type !== 'folder-progress' && event.type !== 'folder-changed') {
    return { node, refreshMs: 0 };
  }
  const before = node.folders.find((folder) => folder.id === event.data.folder);
  if (before === undefined) return { node, refreshMs: 0 };
  const after = withFigures(before, event.data);
  const folders = node.folders.map((folder) => (folder === before ? after : folder));
  return { node: { ...node, folders }, refreshMs: refreshFor(event, before, after) };
}

function withFigures(folder: Folder, data: NodeEvent['data']): Folder {
  const given = liveFields.filter((field) => data[field] !== undefined);
  return { ...folder, ...Object.fromEntries(given.map((field) => [field, data[field]])) };
}

function refreshFor(event: NodeEvent, before: Folder, after: Folder): number | undefined {
  const began = before.progress === null && after.progress !== null;
  const ended = before.progress !== null && after.progress === null;
  if (began || ended) return 0;
  if (after.progress !== null) return event.type === 'folder-changed' ? movingRefreshMs : undefined;
  return restingRefreshMs;
}

/** The newest figures of each restore that is on its way. */
export function followRestores(
  restores: readonly RestoreProgress[],
  { type, data }: NodeEvent,
): readonly RestoreProgress[] {
  if (type !== 'restore-progress' && type !== 'restored') return restores;
  const others = restores.filter(({ to }) => to !== data.to);
  if (type === 'restored') return others;
  return [...others, data as unknown as RestoreProgress].slice(-restoresFollowed);
}
