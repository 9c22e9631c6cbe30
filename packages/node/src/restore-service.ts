/**
 * Bringing back a file, a directory or a folder as of a moment. By default beside the folder, never
 * over it; every block is verified by its hash before it is written.
 */
import { localCurrent, withHeld } from '@holdfast/folder-index';
import { contentBytesOf, displayPath, type Hash, parentOf, type Version } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  ensureDirectory,
  errorMessage,
  type FilePath,
  type FileSystem,
  filePathFrom,
  textOf,
} from '@holdfast/platform';
import {
  ContentFetcher,
  type FolderEngine,
  LargeFetcher,
  noEnvelopes,
  type PackedEnvelopes,
  type PlacedContent,
  type PlaceItem,
  placeJob,
  VolatileListBlocks,
} from '@holdfast/sync-engine';
import { demoted } from './demoted.js';
import type { FileVersion } from './history-entry.js';
import { type HistoryService, pathUnknown, type ResolvedQuery } from './history-service.js';
import { allEntries } from './history-source.js';
import type { OverwritePolicy, RestoreRequest, RestoreResult } from './node-control.js';
import {
  batchesOf,
  fileContent,
  isLarge,
  plainContent,
  type RestoreItem,
} from './restore-batches.js';
import { type InspectedTarget, inspectTargetsJob } from './restore-jobs.js';
import { makeParents } from './restore-parents.js';

export interface RestoreServiceInit {
  readonly history: HistoryService<FolderEngine>;
  readonly runner: BulkRunner;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly hash: Hash;
}

interface Progress {
  restored: number;
  skipped: number;
  bytes: number;
  readonly failed: { path: string; reason: string }[];
}

interface RestoreWork {
  readonly item: RestoreItem;
  readonly place: PlaceItem;
  /** What the restored version replaces in the folder itself. */
  readonly held: Version | undefined;
}

interface RestoreContext {
  readonly query: ResolvedQuery<FolderEngine>;
  readonly root: FilePath;
  readonly policy: OverwritePolicy;
  readonly dryRun: boolean;
  readonly inPlace: boolean;
  readonly progress: Progress;
  readonly fetcher: ContentFetcher;
  readonly large: LargeFetcher;
}

const pageEntries = 1_000;

export class RestoreService {
  readonly #init: RestoreServiceInit;

  constructor(init: RestoreServiceInit) {
    this.#init = init;
  }

  /** Codes: `target_has_files`, `path_invalid`, and those of a question to history. */
  async restore(request: RestoreRequest): Promise<RestoreResult> {
    const query = this.#init.history.resolve(request);
    const inPlace = request.to === undefined && request.overwrite !== undefined;
    const root = filePathFrom(this.#target(request, query.folder));
    this.#checkTarget(root, request, inPlace);
    const progress: Progress = { restored: 0, skipped: 0, bytes: 0, failed: [] };
    const { id: folder } = query.folder.config;
    const fetching = { ...this.#init, folder, root, listBlocks: new VolatileListBlocks() };
    const context: RestoreContext = {
      query,
      root,
      policy: request.overwrite ?? 'never',
      dryRun: request.dryRun,
      inPlace,
      progress,
      fetcher: new ContentFetcher(fetching),
      large: new LargeFetcher(fetching),
    };
    await this.#restoreAll(context, request);
    const to = textOf(root);
    return { ...progress, to, dryRun: request.dryRun, store: query.source.storeId };
  }

  async #restoreAll(context: RestoreContext, request: RestoreRequest): Promise<void> {
    let batch: Version[] = [];
    let found = 0;
    for await (const version of this.#versions(context, request)) {
      if (found === 0 && !context.dryRun)
        ensureDirectory(this.#init.fileSystem, context.root, 0o700);
      found += 1;
      batch.push(version);
      if (batch.length < pageEntries) continue;
      await this.#restorePage(context, batch);
      batch = [];
    }
    if (found === 0 && context.query.inside !== '') throw pathUnknown(request.path);
    if (found === 0 && !context.dryRun) ensureDirectory(this.#init.fileSystem, context.root, 0o700);
    await this.#restorePage(context, batch);
  }

  /** Directories come before what they hold. */
  async *#versions(context: RestoreContext, request: RestoreRequest): AsyncGenerator<Version> {
    const { history } = this.#init;
    const { query } = context;
    const { source, inside, folder } = query;
    let { at } = query;
    if (inside !== '') {
      const { version } = await history.find(source, inside, at, request);
      this.#ensureParents(context, version);
      yield version;
      if (version.record.kind !== 'directory' || request.version !== undefined) return;
    }
    const { position } = await source.query({ type: 'moment', at });
    if (position === 0) return;
    at = { type: 'position', position };
    const asked = {
      type: 'list' as const,
      directory: inside,
      at,
      recursive: true,
      deleted: false,
      limit: pageEntries,
    };
    for await (const { entry } of allEntries(source, folder.config.id, asked)) {
      yield history.check(entry).version;
    }
  }

  #ensureParents({ root, dryRun }: RestoreContext, { record }: Version): void {
    if (dryRun || parentOf(record.path) === '') return;
    const { fileSystem } = this.#init;
    ensureDirectory(fileSystem, root, 0o700);
    makeParents(fileSystem, root, record.path);
  }

  #target(request: RestoreRequest, folder: FolderEngine): string {
    if (request.to !== undefined) return request.to;
    const root = folder.config.tree?.root;
    if (root === undefined) {
      throw new AppError('usage', 'This device keeps history only: say where to restore to.', {
        hint: 'Add --to DIR.',
      });
    }
    if (request.overwrite !== undefined) return textOf(root);
    const iso = new Date(this.#init.clock.now()).toISOString();
    const stamp = `${iso.slice(0, 10).replaceAll('-', '')}-${iso.slice(11, 19).replaceAll(':', '')}`;
    return `${textOf(root)}-restored-${stamp}`;
  }

  #checkTarget(root: FilePath, request: RestoreRequest, inPlace: boolean): void {
    const { fileSystem } = this.#init;
    let entries: number;
    try {
      if (fileSystem.stat(root).kind !== 'directory') throw notADirectory(root);
      entries = fileSystem.list(root).length;
    } catch (error) {
      if (error instanceof AppError) throw error;
      return;
    }
    if (entries === 0 || inPlace || request.overwrite !== undefined) return;
    throw new AppError('target_has_files', `${textOf(root)} has files in it already.`, {
      hint: 'Nothing was written. Choose an empty or new directory, or say --overwrite never, if-changed or always.',
    });
  }

  async #restorePage(context: RestoreContext, versions: readonly Version[]): Promise<void> {
    if (versions.length === 0) return;
    const inspected = await this.#init.runner.run(inspectTargetsJob, {
      root: context.root,
      targets: versions.map(({ record }) => record.path),
    });
    const wanted = versions.flatMap((version, at): RestoreItem[] => {
      const target = inspected[at];
      return target === undefined ? [] : this.#decide(context, version, target);
    });
    if (context.dryRun) {
      for (const { version } of wanted) this.#count(context, version);
      return;
    }
    const files = wanted.filter(({ version }) => version.record.kind === 'file');
    const others = wanted.filter(({ version }) => version.record.kind !== 'file');
    await this.#place(context, others, noEnvelopes, (item) => plainContent(item.version));
    for (const batch of batchesOf(files)) await this.#restoreFiles(context, batch);
  }

  /** What exists is kept unless asked otherwise; a directory that is there is simply used. */
  #decide(context: RestoreContext, version: Version, target: InspectedTarget): RestoreItem[] {
    if (target.type === 'failed') {
      context.progress.failed.push({ path: displayPath(version.record.path), reason: target.code });
      return [];
    }
    const { existing } = target;
    if (existing === undefined) return [{ version, existing }];
    if (version.record.kind === 'directory' && existing.kind === 'directory') return [];
    const same =
      version.record.kind === 'file' &&
      existing.kind === 'file' &&
      existing.disk.sizeBytes === version.record.sizeBytes &&
      near(existing.disk.mtimeNs, version.record.mtimeNs);
    const replaces = context.policy === 'always' || (context.policy === 'if-changed' && !same);
    if (replaces) return [{ version, existing }];
    if (version.record.kind !== 'directory') context.progress.skipped += 1;
    return [];
  }

  async #restoreFiles(context: RestoreContext, batch: readonly RestoreItem[]): Promise<void> {
    const { fetcher, large, query, progress } = context;
    const files = batch.map(({ version }) => ({
      target: version as FileVersion,
      askFor: version.id,
      local: undefined,
    }));
    try {
      const [first] = files;
      if (first !== undefined && isLarge(first.target)) {
        const source = { client: query.source.blocks, askFor: first.askFor };
        await large.fetch([source], first, { onBytes: () => undefined, onFailed: () => undefined });
        await this.#place(context, batch, noEnvelopes, (item) => fileContent(item, 'staged'));
        return;
      }
      const { envelopes, pieces } = await fetcher.fetchSmall(query.source.blocks, files);
      await this.#place(context, batch, envelopes, (item) =>
        fileContent(item, pieces.get(item.version.record.path)),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'connection_lost') throw error;
      for (const { version } of batch) {
        progress.failed.push({
          path: displayPath(version.record.path),
          reason: errorMessage(error),
        });
      }
    }
  }

  async #place(
    context: RestoreContext,
    batch: readonly RestoreItem[],
    envelopes: PackedEnvelopes,
    contentOf: (item: RestoreItem) => PlacedContent | undefined,
  ): Promise<void> {
    const works: RestoreWork[] = [];
    for (const item of batch) {
      const content = contentOf(item);
      const { path } = item.version.record;
      const held = context.inPlace ? await this.#replacedInPlace(context, item) : undefined;
      if (content === undefined || held === 'unknown') {
        const reason =
          content === undefined
            ? 'the archive lacks some of it'
            : 'it changed and is not synced yet';
        context.progress.failed.push({ path: displayPath(path), reason });
        continue;
      }
      works.push({
        item,
        held,
        place: {
          path,
          versionId: item.version.id,
          content,
          expected:
            item.existing === undefined
              ? { type: 'absent' }
              : { type: 'present', kind: item.existing.kind, disk: item.existing.disk },
          holdAs: held?.id,
          copyTo: undefined,
          syncAside: held !== undefined,
        },
      });
    }
    if (works.length === 0) return;
    const claims = context.inPlace ? context.query.folder.tree?.claims : undefined;
    if (claims === undefined) return this.#placeAll(context, works, envelopes);
    // What lies aside of it is just being looked at.
    const free = works.filter(({ place }) => !claims.has(place.path));
    for (const { place } of works.filter((work) => !free.includes(work))) {
      context.progress.failed.push({ path: displayPath(place.path), reason: changedMeanwhile });
    }
    const paths = free.map((work) => work.place.path);
    context.query.folder.massChanges.guard?.expect(paths);
    // A scan that is faster than the index would forget what is held.
    await claims.during(paths, () => this.#placeAll(context, free, envelopes));
  }

  async #placeAll(
    context: RestoreContext,
    works: readonly RestoreWork[],
    envelopes: PackedEnvelopes,
  ): Promise<void> {
    const items = works.map((work) => work.place);
    const { buffers, transfer } = envelopes;
    const input = { root: context.root, buffers, items };
    const results = await this.#init.runner.run(placeJob, input, transfer);
    for (const [at, work] of works.entries()) {
      const { item } = work;
      const result = results[at];
      if (result?.type === 'placed') {
        this.#count(context, item.version);
        await this.#noteHeld(context, work);
        continue;
      }
      // It lost its place meanwhile, and not to what was restored.
      if (result?.leftAside) await this.#noteHeld(context, work);
      const reason =
        result?.type === 'failed'
          ? result.code
          : result?.type === 'postponed'
            ? result.reason
            : changedMeanwhile;
      context.progress.failed.push({ path: displayPath(item.version.record.path), reason });
    }
  }

  /** In place, what is replaced is held as if a remote change replaced it. */
  async #replacedInPlace(
    context: RestoreContext,
    item: RestoreItem,
  ): Promise<Version | undefined | 'unknown'> {
    const { existing, version } = item;
    if (existing === undefined || existing.kind === 'directory') return undefined;
    const row = localCurrent(await context.query.folder.treeIndex.entry(version.record.path));
    const disk = row?.local.disk;
    const known =
      disk?.inode === existing.disk.inode &&
      disk.mtimeNs === existing.disk.mtimeNs &&
      disk.sizeBytes === existing.disk.sizeBytes;
    if (row === undefined || !known) return 'unknown';
    return row.version.record.kind === 'file' ? row.version : undefined;
  }

  async #noteHeld(context: RestoreContext, { item, held }: RestoreWork): Promise<void> {
    if (held === undefined || item.existing === undefined) return;
    const { disk } = item.existing;
    const sinceMs = this.#init.clock.now();
    const index = context.query.folder.treeIndex;
    await index.update(
      [item.version.record.path],
      (entry) => withHeld(demoted(entry), held, { sinceMs, disk }),
      { sync: true },
    );
  }

  #count({ progress }: RestoreContext, version: Version): void {
    if (version.record.kind === 'directory') return;
    progress.restored += 1;
    progress.bytes += contentBytesOf(version.record);
  }
}

const changedMeanwhile = 'it changed meanwhile';

/** Disks keep times less exactly than records. */
function near(left: bigint, right: bigint): boolean {
  const apartNs = left - right;
  return apartNs > -2_000_000_000n && apartNs < 2_000_000_000n;
}

function notADirectory(root: FilePath): AppError {
  return new AppError('path_invalid', `${textOf(root)} is not a directory.`, {
    hint: 'Nothing was written. Choose another place with --to.',
  });
}
