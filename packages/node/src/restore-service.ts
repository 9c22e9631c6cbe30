/**
 * Bringing back a file, a directory or a folder as of a moment. By default beside the folder, never
 * over it; every block is verified by its hash before it is written.
 */
import { type Hash, parentOf, type Version } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  ensureDirectory,
  errorMessage,
  type FilePath,
  type FileSystem,
  textOf,
} from '@holdfast/platform';
import {
  ContentFetcher,
  LargeFetcher,
  noEnvelopes,
  VolatileListBlocks,
} from '@holdfast/sync-engine';
import type { OverwritePolicy, RestoreRequest, RestoreResult } from './history-control.js';
import type { FileVersion } from './history-entry.js';
import { type HistoryService, pathUnknown, type ResolvedQuery } from './history-service.js';
import { allEntries, type HistoryFolder } from './history-source.js';
import {
  batchesOf,
  fileContent,
  isLarge,
  plainContent,
  type RestoreItem,
} from './restore-batches.js';
import type { RestoreInPlace } from './restore-in-place.js';
import { type InspectedTarget, inspectTargetsJob } from './restore-jobs.js';
import { makeParents } from './restore-parents.js';
import { type RestoreAccount, RestorePlacer } from './restore-placer.js';
import { checkRestoreTarget, restoreTarget } from './restore-target.js';

/** A folder that is brought back: beside where it lies here, if it lies here. */
export type RestorableFolder = HistoryFolder & {
  readonly config: { readonly tree?: { readonly root: FilePath } | undefined };
};

export interface RestoreServiceInit<Folder extends RestorableFolder> {
  readonly history: HistoryService<Folder>;
  readonly runner: BulkRunner;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly hash: Hash;
  /** What replaces what the folder itself shows. */
  readonly inPlace: (folder: Folder) => RestoreInPlace;
}

interface RestoreContext {
  readonly query: ResolvedQuery;
  readonly root: FilePath;
  readonly policy: OverwritePolicy;
  readonly dryRun: boolean;
  readonly account: RestoreAccount;
  readonly placer: RestorePlacer;
  readonly fetcher: ContentFetcher;
  readonly large: LargeFetcher;
}

const pageEntries = 1_000;

export class RestoreService<Folder extends RestorableFolder> {
  readonly #init: RestoreServiceInit<Folder>;

  constructor(init: RestoreServiceInit<Folder>) {
    this.#init = init;
  }

  /** Codes: `target_has_files`, `path_invalid`, and those of a question to history. */
  async restore(request: RestoreRequest): Promise<RestoreResult> {
    const { clock, fileSystem } = this.#init;
    const query = this.#init.history.resolve(request);
    const { tree } = query.folder.config;
    const target = restoreTarget(request, tree?.root, clock);
    checkRestoreTarget(fileSystem, target, request);
    const { root } = target;
    const inPlace = target.inPlace ? this.#init.inPlace(query.folder) : undefined;
    const { overwrite: policy = 'never', dryRun } = request;
    const context = this.#context({ query, root, policy, dryRun }, inPlace);
    await this.#restoreAll(context, request);
    return { ...context.account, to: textOf(root), dryRun, store: query.source.storeId };
  }

  /** Brings these versions of files from one archive into a directory that has none of them. */
  async restoreVersions(
    query: ResolvedQuery<Folder>,
    versions: readonly Version[],
    root: FilePath,
  ): Promise<RestoreAccount> {
    const context = this.#context({ query, root, policy: 'never', dryRun: false }, undefined);
    for (const version of versions) this.#ensureParents(context, version);
    for (let from = 0; from < versions.length; from += pageEntries) {
      await this.#restorePage(context, versions.slice(from, from + pageEntries));
    }
    return context.account;
  }

  #context(
    given: Pick<RestoreContext, 'query' | 'root' | 'policy' | 'dryRun'>,
    inPlace: RestoreInPlace | undefined,
  ): RestoreContext {
    const { query, root } = given;
    const account: RestoreAccount = { restored: 0, skipped: 0, bytes: 0, failed: [] };
    const folder = query.folder.config.id;
    const fetching = { ...this.#init, folder, root, listBlocks: new VolatileListBlocks() };
    return {
      ...given,
      account,
      placer: new RestorePlacer({ runner: this.#init.runner, root, inPlace, account }),
      fetcher: new ContentFetcher(fetching),
      large: new LargeFetcher(fetching),
    };
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
      for (const { version } of wanted) context.placer.count(version);
      return;
    }
    const files = wanted.filter(({ version }) => version.record.kind === 'file');
    const others = wanted.filter(({ version }) => version.record.kind !== 'file');
    await context.placer.place(others, noEnvelopes, (item) => plainContent(item.version));
    for (const batch of batchesOf(files)) await this.#restoreFiles(context, batch);
  }

  /** What exists is kept unless asked otherwise; a directory that is there is simply used. */
  #decide(context: RestoreContext, version: Version, target: InspectedTarget): RestoreItem[] {
    if (target.type === 'failed') {
      context.placer.fail(version.record.path, target.code);
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
    if (version.record.kind !== 'directory') context.account.skipped += 1;
    return [];
  }

  async #restoreFiles(context: RestoreContext, batch: readonly RestoreItem[]): Promise<void> {
    const { fetcher, large, query, placer } = context;
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
        await placer.place(batch, noEnvelopes, (item) => fileContent(item, 'staged'));
        return;
      }
      const { envelopes, pieces } = await fetcher.fetchSmall(query.source.blocks, files);
      await placer.place(batch, envelopes, (item) =>
        fileContent(item, pieces.get(item.version.record.path)),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'connection_lost') throw error;
      for (const { version } of batch) placer.fail(version.record.path, errorMessage(error));
    }
  }
}

/** Disks keep times less exactly than records. */
function near(left: bigint, right: bigint): boolean {
  const apartNs = left - right;
  return apartNs > -2_000_000_000n && apartNs < 2_000_000_000n;
}
