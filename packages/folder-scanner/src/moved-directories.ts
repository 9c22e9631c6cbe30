/**
 * Directories that somebody moved, within one scan. Moving one changes nothing in it: its files have
 * the inodes and times that they had under its old name, so those need not be read again. That is
 * the rule by which a file at its old place counts as unchanged, and as safe.
 */
import {
  type FolderIndex,
  type LocalRow,
  localCurrent,
  type PathEntry,
} from '@holdfast/folder-index';
import { type FolderPath, nameOf } from '@holdfast/model';
import type { FileStat } from '@holdfast/platform';
import { isUnchanged, type Observation } from './observe.js';

/** What the index says of a directory under its old path, by name. */
export type FormerContent = ReadonlyMap<string, LocalRow>;

export class MovedDirectories {
  readonly #index: FolderIndex;
  readonly #from = new Map<FolderPath, FolderPath>();

  constructor(index: FolderIndex) {
    this.#index = index;
  }

  /** A directory that is new under this path; `rootDevice`: inodes of other file systems say nothing. */
  async note(path: FolderPath, stat: FileStat, rootDevice: bigint | undefined): Promise<void> {
    if (stat.deviceNumber !== rootDevice) return;
    const from = await this.#index.hints.directory(stat.inode);
    if (from !== undefined && from !== path) this.#from.set(path, from);
  }

  /** What lay in a directory under its old path; undefined where it was not moved. Asked once. */
  async contentOf(directory: FolderPath | ''): Promise<FormerContent | undefined> {
    const from = directory === '' ? undefined : this.#from.get(directory);
    if (from === undefined) return undefined;
    this.#from.delete(directory as FolderPath);
    const content = new Map<string, LocalRow>();
    for await (const entry of this.#index.children(from)) {
      const row = localCurrent(entry);
      if (row !== undefined) content.set(nameOf(entry.path), row);
    }
    return content;
  }
}

/** What a file that was moved with its directory shows; undefined where only reading it tells. */
export function movedObservation(
  entry: PathEntry,
  stat: FileStat,
  former: LocalRow | undefined,
  rootDevice: bigint | undefined,
): Observation | undefined {
  const record = former?.version.record;
  const shown = localCurrent(entry)?.version.record.kind;
  const isNew = shown === undefined || shown === 'tombstone';
  if (!isNew || record?.kind !== 'file') return undefined;
  if (stat.deviceNumber !== rootDevice || !isUnchanged(former, stat)) return undefined;
  return { type: 'file', stat, blocks: record.blocks, racy: false };
}
