/**
 * What of a folder's history must not be let go, whatever rules say: asked of the folder's indexes,
 * which know what every member shows and keeps beside. Owns nothing.
 */
import type { FolderIndex, PathEntry } from '@holdfast/folder-index';
import type { FolderPath, VersionId } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import { type FolderEngine, unheardIn } from '@holdfast/sync-engine';

/** Of the paths: what any device shows or keeps beside, and what a rejection would put back. */
export async function neededVersions(
  { index, mirror }: FolderEngine,
  paths: readonly FolderPath[],
): Promise<ReadonlySet<VersionId>> {
  const indexes: readonly FolderIndex[] = mirror === undefined ? [index] : [index, mirror.index];
  const needed = new Set<VersionId>();
  for (const one of indexes) {
    for (const entry of await one.entries(paths)) {
      for (const id of versionsNamedBy(entry)) needed.add(id);
    }
  }
  return needed;
}

function versionsNamedBy({ rows }: PathEntry): VersionId[] {
  return rows.flatMap(({ version, guard }) =>
    [version, guard?.former, guard?.restoring].flatMap((named) => named?.id ?? []),
  );
}

/** Why nobody can say at the moment what is needed, or it may change; undefined where all is well. */
export function obstacleOf(
  { config, index, mirror, massChanges, renumbering }: FolderEngine,
  nameOf: (device: string) => string,
): AppError | undefined {
  const { label } = config;
  if (massChanges.open().length > 0) {
    return new AppError('mass_change_open', `A mass change of "${label}" waits for an answer.`, {
      hint: 'What it replaced may have to come back. Answer it with: holdfast folder confirm, or folder reject',
    });
  }
  const unheard = unheardIn({ config, index, mirror });
  if (unheard.length === 0 && !renumbering.isPending) return undefined;
  const names = unheard.map(nameOf).join(', ');
  const who = names === '' ? 'the other devices' : names;
  return new AppError('members_unheard', `What ${who} keeps of "${label}" is not known yet.`, {
    hint: 'Nothing is let go before. Let it connect once, or end the sharing with: holdfast folder unshare',
    kind: 'retry',
  });
}
