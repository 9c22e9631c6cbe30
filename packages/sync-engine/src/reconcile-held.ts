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
import {
  diskStateOf,
  heldDirectory,
  ParentChecker,
  type ReadAnswer,
  readFilesJob,
} from '@holdfast/folder-scanner';
import {
  type FolderId,
  type FolderPath,
  isThirtyTwoByteId,
  ownDirectoryName,
  sameBlocks,
  type Version,
  type VersionId,
} from '@holdfast/model';
import {
  type BulkJob,
  type BulkRunner,
  type Clock,
  type FileHandle,
  type FilePath,
  type FileSystem,
  fileErrorCode,
  joinPath,
  type Logger,
  removeIfPresent,
  statIfPresent,
} from '@holdfast/platform';

export interface HeldFile {
  readonly id: VersionId;
  readonly disk: DiskState;
}

/** The set-aside files of a folder. */
export const listHeldJob: BulkJob<{ readonly root: FilePath }, HeldFile[]> = {
  name: 'sync-list-held',
  perform({ root }, { fileSystem }) {
    const directory = heldDirectory(root);
    try {
      return fileSystem.list(directory).flatMap(({ name, kind }): HeldFile[] => {
        if (kind !== 'file' || !isThirtyTwoByteId(name)) return [];
        const stat = statIfPresent(fileSystem, joinPath(directory, name));
        if (stat === undefined) return [];
        return [{ id: name as VersionId, disk: diskStateOf(stat, false) }];
      });
    } catch (error) {
      if (fileErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  },
};

export interface DropAsideInput {
  readonly root: FilePath;
  readonly items: readonly { readonly id: VersionId; readonly path: FolderPath }[];
}

/** Drops second names of content that still is in its place; tells for each whether it was. */
export const dropAsideJob: BulkJob<DropAsideInput, boolean[]> = {
  name: 'sync-drop-aside',
  perform({ root, items }, { fileSystem }) {
    const parents = new ParentChecker(fileSystem, root);
    return items.map(({ id, path }) => {
      const held = joinPath(heldDirectory(root), id);
      if (parents.check(path).type !== 'ok') return false;
      const isInPlace = sameContent(fileSystem, held, joinPath(root, path));
      return isInPlace && removeIfPresent(fileSystem, held);
    });
  },
};

/** The same file, or, where the disk has no links, a copy of it: only its bytes tell that. */
function sameContent(fileSystem: FileSystem, held: FilePath, path: FilePath): boolean {
  const aside = statIfPresent(fileSystem, held);
  const shown = statIfPresent(fileSystem, path);
  if (aside?.kind !== 'file' || shown?.kind !== 'file') return false;
  if (aside.inode === shown.inode && aside.deviceNumber === shown.deviceNumber) return true;
  if (aside.sizeBytes !== shown.sizeBytes) return false;
  try {
    return readSame(fileSystem, held, path);
  } catch (error) {
    // What cannot be read is kept in both places.
    if (fileErrorCode(error) === undefined) throw error;
    return false;
  }
}

function readSame(fileSystem: FileSystem, held: FilePath, path: FilePath): boolean {
  const left = fileSystem.open(held, 'read');
  try {
    const right = fileSystem.open(path, 'read');
    try {
      return sameBytes(fileSystem, left, right);
    } finally {
      fileSystem.close(right);
    }
  } finally {
    fileSystem.close(left);
  }
}

const compareChunkBytes = 1024 * 1024;

function sameBytes(fileSystem: FileSystem, left: FileHandle, right: FileHandle): boolean {
  const one = new Uint8Array(compareChunkBytes);
  const other = new Uint8Array(compareChunkBytes);
  for (let at = 0; ; ) {
    const count = fileSystem.read(left, one, at);
    if (fileSystem.read(right, other, at) !== count) return false;
    if (count === 0) return true;
    if (Buffer.compare(one.subarray(0, count), other.subarray(0, count)) !== 0) return false;
    at += count;
  }
}

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
