/**
 * Which versions of a batch get a log entry: those that the log does not have, and those that
 * become current again after another version of their path was.
 */
import type { BlockReference, DeviceId, FolderPath, Version, VersionId } from '@holdfast/model';

export interface AppendEntry {
  readonly version: Version;
  /** Whether the folder shows this version from now on. */
  readonly becameCurrent: boolean;
  readonly supersedes: VersionId | undefined;
  readonly sender: DeviceId;
  /** Every block of the version, list blocks included. */
  readonly blocks: readonly BlockReference[];
}

export interface AppendPlan {
  /** These get an entry, in this order. */
  readonly fresh: readonly AppendEntry[];
  /** Where each entry of the batch stands or will stand, in order. */
  readonly positions: readonly number[];
}

export interface AppendKnowledge {
  readonly headPosition: number;
  /** The first entry of each version that the log has. */
  readonly known: ReadonlyMap<VersionId, number>;
  /** What each path of the batch shows. */
  readonly current: ReadonlyMap<FolderPath, VersionId>;
}

export function planAppend(
  entries: readonly AppendEntry[],
  knowledge: AppendKnowledge,
): AppendPlan {
  const known = new Map(knowledge.known);
  const current = new Map(knowledge.current);
  const fresh: AppendEntry[] = [];
  const positions = entries.map((entry) => {
    const { id, record } = entry.version;
    const becomesCurrent = entry.becameCurrent && current.get(record.path) !== id;
    const position = known.get(id);
    if (position !== undefined && !becomesCurrent) return position;
    if (entry.becameCurrent) current.set(record.path, id);
    fresh.push(entry);
    const added = knowledge.headPosition + fresh.length;
    if (position === undefined) known.set(id, added);
    return added;
  });
  return { fresh, positions };
}
