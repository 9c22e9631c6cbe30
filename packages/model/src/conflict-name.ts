/**
 * What the name of a conflict copy says: whose edit it keeps, from when, and of which file. Copies
 * are told by their names alone, so that those which another program made are found as well.
 */
import { childPath, type FolderPath, nameOf, parentOf } from './folder-path.js';

export interface ConflictName {
  /** The file that the copy was made of; of a copy of a copy, the file that both go back to. */
  readonly original: FolderPath;
  /** The last characters of the id of the device whose edit it keeps. */
  readonly deviceEnd: string;
}

const mark = /\.sync-conflict-\d{8}-\d{6}-([0-9A-Za-z]{7})(?:-[0-9a-f]{4,64})?/g;
/** Where the mark may end: before the extension, before another mark, or at the end of the name. */
const extensionOrEnd = /^(?:\.[^.]*)?$/;

/** Undefined where the path is not named as a conflict copy is. */
export function conflictNameOf(path: FolderPath): ConflictName | undefined {
  const name = nameOf(path);
  if (!name.includes('.sync-conflict-')) return undefined;
  const last = [...name.matchAll(mark)].at(-1);
  const deviceEnd = last?.[1];
  if (last === undefined || deviceEnd === undefined) return undefined;
  if (!extensionOrEnd.test(name.slice(last.index + last[0].length))) return undefined;
  const original = name.replaceAll(mark, '');
  if (original === '') return undefined;
  return { original: childPath(parentOf(path), original), deviceEnd };
}
