/**
 * A crash may come after content was linked aside and before the index said so. At the start, before
 * anything is scanned, what lies in the held directory is compared with the index: content that
 * still is in its place needs no second name, content that was replaced becomes a held version.
 */
import {
  type DiskState,
  type FolderIndex,
  localCurrent,
  rowOf,
  withHeld,
  withoutLocalCurrent,
} from '@holdfast/folder-index';
import { type ReadAnswer, readFilesJob } from '@holdfast/folder-scanner';
import {
  type FolderId,
  type FolderPath,
  ownDirectoryName,
  sameBlocks,
  type Version,
  type VersionId,
} from '@holdfast/model';
import type { BulkRunner, Clock, FilePath, Logger } from '@holdfast/platform';
import { dropAsideJob, type HeldFile, listHeldJob } from './held-jobs.js';

export interface ReconcileHeldInit {
  readonly folder: FolderId;
  readonly root: FilePath;
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface DoubtfulContent extends HeldFile {
  readonly path: FolderPath;
  readonly version: Version;
}

function heldPathOf({ id }: HeldFile): FolderPath {
  return `${ownDirectoryName}/held/${id}` as FolderPath;
}

/** No file has it, so what it is given to counts as written into. */
const writtenIntoMtimeNs = -1n;

/**
 * While the node was away, the set-aside name was one more name of the user's own file: what lies
 * there may be newer than the version, whatever its times say. Then it has to come back as a copy.
 */
function believedDisk(
  { disk, version }: DoubtfulContent,
  answer: ReadAnswer | undefined,
): DiskState {
  const { record } = version;
  const same =
    answer?.type === 'file' && record.kind === 'file' && sameBlocks(record.blocks, answer.blocks);
  return same ? disk : { ...disk, mtimeNs: writtenIntoMtimeNs };
}

/** Gives the versions of these ids that somebody knows. */
export type VersionSearch = (ids: ReadonlySet<VersionId>) => Promise<readonly Version[]>;

/**
 * After a loss of the index: what lies aside is held again, where somebody still knows which version
 * it is. The rest stays where it lies.
 */
export async function reclaimHeld(init: ReconcileHeldInit, search: VersionSearch): Promise<void> {
  const { index, runner, root, clock, logger, folder } = init;
  const unknown = new Map<VersionId, DiskState>();
  for (const { id, disk } of await runner.run(listHeldJob, { root })) {
    if ((await index.pathOfVersion(id)) === undefined) unknown.set(id, disk);
  }
  if (unknown.size === 0) return;
  const found = (await search(new Set(unknown.keys()))).flatMap((version): DoubtfulContent[] => {
    const disk = unknown.get(version.id);
    return disk === undefined ? [] : [{ id: version.id, path: version.record.path, version, disk }];
  });
  const answers = await runner.run(readFilesJob, { root, paths: found.map(heldPathOf) });
  const held = new Map<FolderPath, DoubtfulContent[]>();
  for (const [at, one] of found.entries()) {
    const believed = { ...one, disk: believedDisk(one, answers[at]) };
    held.set(one.path, [...(held.get(one.path) ?? []), believed]);
  }
  await index.update(
    [...held.keys()],
    (entry) =>
      (held.get(entry.path) ?? []).reduce(
        (next, { version, disk }) => withHeld(next, version, { sinceMs: clock.now(), disk }),
        entry,
      ),
    { sync: true },
  );
  const left = unknown.size - found.length;
  if (left > 0) logger.warn('content lies aside that nobody knows any more', { folder, left });
}

export async function reconcileHeld(init: ReconcileHeldInit): Promise<void> {
  const { index, runner, root, clock, logger, folder } = init;
  const doubtful: DoubtfulContent[] = [];
  for (const { id, disk } of await runner.run(listHeldJob, { root })) {
    const path = await index.pathOfVersion(id);
    if (path === undefined) {
      logger.warn('content lies aside that the index does not know', { folder, version: id });
      continue;
    }
    const row = rowOf(await index.entry(path), id);
    if (row?.local?.state === 'current') doubtful.push({ id, path, disk, version: row.version });
  }
  if (doubtful.length === 0) return;
  const items = doubtful.map(({ id, path }) => ({ id, path }));
  const dropped = await runner.run(dropAsideJob, { root, items });
  const kept = doubtful.filter((_, at) => dropped[at] !== true);
  const answers = await runner.run(readFilesJob, { root, paths: kept.map(heldPathOf) });
  const replaced = new Map(
    kept.map((one, at) => [one.path, { ...one, disk: believedDisk(one, answers[at]) }]),
  );
  await index.update(
    [...replaced.keys()],
    (entry) => {
      const aside = replaced.get(entry.path);
      const shown = localCurrent(entry);
      if (aside === undefined || shown?.version.id !== aside.id) return entry;
      const held = { sinceMs: clock.now(), disk: aside.disk };
      return withHeld(withoutLocalCurrent(entry, shown.version), shown.version, held);
    },
    { sync: true },
  );
}
