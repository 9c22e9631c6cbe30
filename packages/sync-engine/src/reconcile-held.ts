/**
 * Everything that lies set aside is listed by a held row, or it goes. A placing that was given up, a
 * crash, a version that came back or a lost index leave files that no row lists: content that still
 * is in its place needs no second name; what somebody knows the version of is held; what nobody
 * knows comes back as a file of the folder.
 */
import {
  type DiskState,
  type FolderIndex,
  localCurrent,
  type PathEntry,
  rowOf,
  withHeld,
  withoutLocalCurrent,
} from '@holdfast/folder-index';
import { type ReadAnswer, readFilesJob } from '@holdfast/folder-scanner';
import {
  childPath,
  type FolderId,
  type FolderPath,
  type Hash,
  ownDirectoryName,
  sameBlocks,
  type Version,
  type VersionId,
} from '@holdfast/model';
import type { BulkRunner, Clock, FilePath, Logger } from '@holdfast/platform';
import { dropAsideJob, type HeldFile, listHeldJob } from './held-jobs.js';
import { copyPathsOf } from './held-keeper.js';
import { letGoJob } from './let-go-job.js';
import type { PathClaims } from './path-claims.js';

export interface ReconcileHeldInit {
  readonly folder: FolderId;
  readonly root: FilePath;
  readonly index: FolderIndex;
  readonly runner: BulkRunner;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface HeldQuestion {
  /** Only what lies aside of these versions; undefined: all. */
  readonly ids?: readonly VersionId[];
  /** Versions that the index may have forgotten. */
  readonly known?: readonly Version[];
  /** Nobody knows these: they come back into the folder. */
  readonly strays?: ReadonlySet<VersionId> | 'all';
  /** What somebody else is about to change is passed over. */
  readonly claims?: PathClaims;
}

export interface HeldAnswer {
  /** No version is known of what lies there. */
  readonly unknown: readonly VersionId[];
  /** Where content came back into the folder. */
  readonly copied: readonly FolderPath[];
  /** Something was passed over, or could not be read. */
  readonly isUnfinished: boolean;
}

interface DoubtfulContent extends HeldFile {
  readonly path: FolderPath;
  readonly version: Version;
}

interface ComingBack extends HeldFile {
  readonly copyPaths: readonly FolderPath[];
}

/** No file has it, so what it is given to counts as written into. */
const writtenIntoMtimeNs = -1n;

/** While nothing is placed, apart from what is claimed. */
export async function reconcileHeld(
  init: ReconcileHeldInit,
  question: HeldQuestion = {},
): Promise<HeldAnswer> {
  const { runner, root } = init;
  const files = await runner.run(listHeldJob, { root, ids: question.ids });
  const { doubtful, unknown } = await unlisted(init, files, question.known ?? []);
  const { claims, strays } = question;
  const free = doubtful.filter(({ path }) => claims?.has(path) !== true);
  const paths = free.map(({ path }) => path);
  const settle = () => settleKnown(init, free);
  const written = await (claims === undefined ? settle() : claims.during(paths, settle));
  const isStray = ({ id }: HeldFile) => strays === 'all' || strays?.has(id) === true;
  const back = [
    ...written.map((one) => ({ ...one, copyPaths: copyPathsOf(one.version, init.hash) })),
    ...unknown.filter(isStray).map((one) => ({ ...one, copyPaths: strayPaths(one) })),
  ];
  const copied = await bringBack(init, back);
  return {
    unknown: unknown.filter((one) => !isStray(one)).map(({ id }) => id),
    copied,
    isUnfinished: free.length < doubtful.length || copied.length < back.length,
  };
}

/** What no held row lists, apart by whether its version is known. */
async function unlisted(
  { index }: ReconcileHeldInit,
  files: readonly HeldFile[],
  known: readonly Version[],
): Promise<{ doubtful: DoubtfulContent[]; unknown: HeldFile[] }> {
  const versions = new Map(known.map((version) => [version.id, version]));
  const doubtful: DoubtfulContent[] = [];
  const unknown: HeldFile[] = [];
  for (const file of files) {
    const path = await index.pathOfVersion(file.id);
    const row = path === undefined ? undefined : rowOf(await index.entry(path), file.id);
    if (row?.local?.state === 'side') continue;
    const version = row?.version ?? versions.get(file.id);
    if (version === undefined) unknown.push(file);
    else doubtful.push({ ...file, path: version.record.path, version });
  }
  return { doubtful, unknown };
}

/** Drops what is in its place, and holds the rest. Returns what is neither: it was written into. */
async function settleKnown(
  { index, runner, root, clock }: ReconcileHeldInit,
  doubtful: readonly DoubtfulContent[],
): Promise<DoubtfulContent[]> {
  if (doubtful.length === 0) return [];
  const items = doubtful.map(({ id, path }) => ({ id, path }));
  const dropped = await runner.run(dropAsideJob, { root, items });
  const kept = doubtful.filter((_, at) => dropped[at] !== true);
  const answers = await runner.run(readFilesJob, { root, paths: kept.map(heldPathOf) });
  const entries = await index.entries(kept.map(({ path }) => path));
  const written: DoubtfulContent[] = [];
  const held = new Map<FolderPath, DoubtfulContent[]>();
  for (const [at, one] of kept.entries()) {
    const entry = entries[at];
    const isShown = entry !== undefined && localCurrent(entry)?.version.id === one.id;
    // Held, it would be taken for what is shown, which it is not.
    if (isShown && isWrittenInto(one, answers[at])) written.push(one);
    else held.set(one.path, [...(held.get(one.path) ?? []), believed(one, answers[at])]);
  }
  const sinceMs = clock.now();
  await index.update(
    [...held.keys()],
    (entry) =>
      (held.get(entry.path) ?? []).reduce(
        (next, { version, disk }) => heldInstead(next, version, { sinceMs, disk }),
        entry,
      ),
    { sync: true },
  );
  return written;
}

/** What is shown at the path is read anew. */
function heldInstead(
  entry: PathEntry,
  version: Version,
  held: { readonly sinceMs: number; readonly disk: DiskState },
): PathEntry {
  const isShown = localCurrent(entry)?.version.id === version.id;
  return withHeld(isShown ? withoutLocalCurrent(entry, version) : entry, version, held);
}

function heldPathOf({ id }: HeldFile): FolderPath {
  return `${ownDirectoryName}/held/${id}` as FolderPath;
}

function isVersion({ version }: DoubtfulContent, answer: ReadAnswer | undefined): boolean {
  const { record } = version;
  return (
    answer?.type === 'file' && record.kind === 'file' && sameBlocks(record.blocks, answer.blocks)
  );
}

function isWrittenInto(one: DoubtfulContent, answer: ReadAnswer | undefined): boolean {
  return answer?.type === 'file' && !isVersion(one, answer);
}

/**
 * While the node was away, the set-aside name was one more name of the user's own file: what lies
 * there may be newer than the version, whatever its times say. Then it has to come back as a copy.
 */
function believed(one: DoubtfulContent, answer: ReadAnswer | undefined): DoubtfulContent {
  if (isVersion(one, answer)) return one;
  return { ...one, disk: { ...one.disk, mtimeNs: writtenIntoMtimeNs } };
}

/** At the folder's root: nobody knows what it was called. */
function strayPaths({ id, disk }: HeldFile): FolderPath[] {
  const milliseconds = Math.min(Math.max(Number(disk.mtimeNs / 1_000_000n), 0), maxDateMs);
  const stamp = new Date(milliseconds).toISOString().replaceAll(/\D/g, '');
  const name = `held-${stamp.slice(0, 8)}-${stamp.slice(8, 14)}`;
  return [8, 16, 64].map((digits) => childPath('', `${name}-${id.slice(0, digits)}`));
}

const maxDateMs = 253_402_300_799_000;

/** Makes files of the folder of it; the next scan publishes them. */
async function bringBack(
  { runner, root, logger, folder }: ReconcileHeldInit,
  back: readonly ComingBack[],
): Promise<FolderPath[]> {
  if (back.length === 0) return [];
  const items = back.map(({ id, disk, copyPaths }) => {
    const { sizeBytes } = disk;
    return {
      id,
      sizeBytes,
      mtimeNs: writtenIntoMtimeNs,
      blocks: undefined,
      covered: false,
      copyPaths,
    };
  });
  const results = await runner.run(letGoJob, { root, items });
  const copied = results.flatMap((result) => (result.type === 'copied' ? [result.path] : []));
  logger.warn('content lay aside that no version names: it comes back into the folder', {
    folder,
    found: back.length,
    copied: copied.length,
  });
  return copied;
}
