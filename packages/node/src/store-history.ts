/** Questions to one store alone: the services that a node has, over an archive that is only read. */
import type { FolderId, Hash } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  type FileSystem,
  type Logger,
} from '@holdfast/platform';
import { BlockServer, LocalBlockSupplier, VolatileListBlocks } from '@holdfast/sync-engine';
import type { VersionArchive } from '@holdfast/version-archive';
import type { HistoryControl } from './history-control.js';
import { HistoryService } from './history-service.js';
import { archivedPages, type HistorySource } from './history-source.js';
import { type RestorableFolder, RestoreService } from './restore-service.js';
import type { StoreNames } from './store-neighbours.js';

export interface StoreHistorySeams {
  readonly runner: BulkRunner;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly hash: Hash;
  readonly logger: Logger;
}

/** FOLDER is an id, or a label where the store lies in a home that has one for it. */
export async function storeHistory(
  archive: VersionArchive,
  { labelOf, nameOf }: StoreNames,
  seams: StoreHistorySeams,
): Promise<HistoryControl> {
  const ids = await archive.folders();
  const folders = ids.map((id): RestorableFolder => ({ config: { id, label: labelOf(id) } }));
  const sources = new Map(ids.map((id) => [id, sourceOf(archive, id, seams.runner)]));
  const history = new HistoryService<RestorableFolder>({
    ...seams,
    nameOf,
    folders: () => folders,
    chooseSource: ({ config }, storeId) => chosen(sources.get(config.id), storeId, archive),
    sourcesOf: () => [],
  });
  const inPlace = (): never => {
    throw new AppError('usage', 'A store alone has no folder to restore into.', {
      hint: 'Add --to DIR.',
    });
  };
  const restore = new RestoreService<RestorableFolder>({ ...seams, history, inPlace });
  const known = folders.map(({ config }) => named(config));
  const asked = async <Result>(answer: () => Promise<Result>): Promise<Result> => {
    try {
      return await answer();
    } catch (error) {
      throw error instanceof AppError && error.code === 'folder_unknown'
        ? notInStore(error, known)
        : error;
    }
  };
  return {
    log: (query) => asked(() => history.log(query)),
    list: (query) => asked(() => history.list(query)),
    timeline: (request) => asked(() => history.timeline(request)),
    cat: (query) => asked(() => history.cat(query)),
    diff: (request) => asked(() => history.diff(request)),
    restore: (request) => asked(() => restore.restore(request)),
    restores: () => restore.restores(),
  };
}

function sourceOf(archive: VersionArchive, folder: FolderId, runner: BulkRunner): HistorySource {
  const listBlocks = new VolatileListBlocks();
  const server = { folder, index: undefined, runner, listBlocks, root: undefined, archive };
  return {
    storeId: archive.storeId,
    ...archivedPages(archive, folder),
    blocks: new LocalBlockSupplier(new BlockServer(server)),
  };
}

function chosen(
  source: HistorySource | undefined,
  storeId: string | undefined,
  archive: VersionArchive,
): HistorySource {
  const isMeant = storeId === undefined || archive.storeId.startsWith(storeId.toLowerCase());
  if (source !== undefined && isMeant) return source;
  throw new AppError('store_unknown', `This store is ${archive.storeId}, not ${storeId ?? ''}.`, {
    hint: 'A position belongs to one store: leave its store out, or open that one with --store DIR.',
  });
}

function named({ id, label }: RestorableFolder['config']): string {
  return label === id ? id : `${label} (${id})`;
}

function notInStore(cause: AppError, known: readonly string[]): AppError {
  return new AppError('folder_unknown', cause.message.replace(/ here\.$/, ' in this store.'), {
    hint: known.length === 0 ? 'It holds none.' : `It holds: ${known.join(', ')}.`,
    cause,
  });
}
