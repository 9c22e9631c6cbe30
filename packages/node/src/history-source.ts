/**
 * Which archive answers, and how it is asked: the local store, else the connected archive with the
 * newest receipt for this device. Both give pages of history and blocks of versions.
 */
import type { DeviceId, FolderId, HistoryPage, HistoryQuery } from '@holdfast/model';
import { AppError } from '@holdfast/platform';
import type { BlockSupplier, FolderEngine, SyncEngine } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import { SteadyArchive } from './steady-archive.js';

/** A folder that history is asked about: of a running node, or of a store alone. */
export interface HistoryFolder {
  readonly config: { readonly id: FolderId; readonly label: string };
}

export interface HistorySource {
  readonly storeId: string;
  query(query: HistoryQuery): Promise<HistoryPage>;
  /** One page for each, in order; over a slow link all of them cost little more than one. */
  queryAll(queries: readonly HistoryQuery[]): Promise<readonly HistoryPage[]>;
  /** Gives the blocks of versions that the archive holds. */
  readonly blocks: BlockSupplier;
}

/** A source, and the device that it is. */
export interface DeviceSource {
  /** Undefined for this one. */
  readonly device: DeviceId | undefined;
  readonly source: HistorySource;
}

/** Throws `no_archive` or, where `storeId` asks for a certain one, `store_unknown`. */
export function chooseSource(
  folder: FolderEngine,
  engine: SyncEngine,
  archive: VersionArchive | undefined,
  storeId: string | undefined,
): HistorySource {
  const sources = folderSources(folder, engine, archive).map(({ source }) => source);
  const wanted = sources.filter((source) => matches(source.storeId, storeId));
  const [first] = wanted;
  if (first !== undefined) return first;
  if (storeId !== undefined && sources.length > 0) {
    throw new AppError('store_unknown', `No connected archive of this folder is ${storeId}.`, {
      hint: `These answer now: ${sources.map((source) => source.storeId).join(', ')}.`,
    });
  }
  throw noArchive(folder.config.label);
}

/** Archives that can answer now: this device's own, then the one with the newest receipt. */
export function folderSources(
  folder: FolderEngine,
  engine: SyncEngine,
  archive: VersionArchive | undefined,
): DeviceSource[] {
  return [...localSource(folder, archive), ...remoteSources(folder, engine)];
}

function matches(storeId: string, wanted: string | undefined): boolean {
  return wanted === undefined || storeId.startsWith(wanted.toLowerCase());
}

function localSource(folder: FolderEngine, archive: VersionArchive | undefined): DeviceSource[] {
  if (!folder.config.archive || archive === undefined) return [];
  const source: HistorySource = {
    storeId: archive.storeId,
    ...archivedPages(archive, folder.config.id),
    blocks: folder.localBlocks,
  };
  return [{ device: undefined, source }];
}

/** Of an archive on this device, where no question waits for a link. */
export function archivedPages(
  archive: Pick<VersionArchive, 'query'>,
  folder: FolderId,
): Pick<HistorySource, 'query' | 'queryAll'> {
  const query = (asked: HistoryQuery) => archive.query(folder, asked);
  const queryAll = async (queries: readonly HistoryQuery[]) => {
    const pages: HistoryPage[] = [];
    for (const asked of queries) pages.push(await query(asked));
    return pages;
  };
  return { query, queryAll };
}

function remoteSources(folder: FolderEngine, engine: SyncEngine): DeviceSource[] {
  const found: (DeviceSource & { readonly newestMs: number })[] = [];
  for (const { device, announcement } of folder.links.values()) {
    const storeId = announcement.archive?.storeId;
    if (storeId === undefined || engine.session(device) === undefined) continue;
    const receipt = folder.index.peer(device).receipt;
    const session = () => linkedSession(folder, device, storeId);
    const archive = new SteadyArchive({ folder: folder.config.id, session, clock: engine.clock });
    const source: HistorySource = {
      storeId,
      query: (query) => archive.query(query).catch(explained),
      queryAll: (queries) => archive.queryAll(queries).catch(explained),
      blocks: archive,
    };
    found.push({ device, source, newestMs: receipt?.receivedAtMs ?? 0 });
  }
  return found.sort((a, b) => b.newestMs - a.newestMs);
}

/** The session with a device that still keeps that store. */
function linkedSession({ links }: FolderEngine, device: DeviceId, storeId: string) {
  const link = links.get(device);
  const keepsIt = link?.announcement.archive?.storeId === storeId;
  return keepsIt && link.session.isReady ? link.session : undefined;
}

/** What to do next; an archive's answer carries a code and a message only. */
const nextSteps: Readonly<Record<string, string>> = {
  time_unknown: 'Ask for a later moment; the log of a path shows its first version.',
  position_unknown: 'A position belongs to one store: check that you ask the right one.',
};

function explained(error: unknown): never {
  if (!(error instanceof AppError) || error.hint !== '') throw error;
  const { code, message, kind } = error;
  const hint = nextSteps[code] ?? 'Nothing was changed. Try again, or ask another archive.';
  throw new AppError(code, message, { kind, hint, cause: error });
}

function noArchive(label: string): AppError {
  return new AppError('no_archive', `No archive of "${label}" is connected.`, {
    kind: 'retry',
    hint: 'History is answered by an archive: start it, or share the folder with a device that accepts it with --archive.',
  });
}

/** All entries of a paged question; of which the first page may have been asked for before. */
export async function* allEntries(
  source: Pick<HistorySource, 'query'>,
  folder: FolderId,
  query: Extract<HistoryQuery, { type: 'list' | 'log' }>,
  first?: HistoryPage,
) {
  let page = first ?? (await source.query(query));
  const position = page.position;
  for (;;) {
    for (const entry of page.entries) yield { entry, position, folder };
    if (page.next === undefined) return;
    // Later pages stand for the same position as the first.
    const at = { type: 'position' as const, position };
    page = await source.query(
      query.type === 'list' ? { ...query, at, cursor: page.next } : { ...query, cursor: page.next },
    );
  }
}
