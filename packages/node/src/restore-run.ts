/**
 * One restore on its way: pages of entries, directories first, are looked at where they go; what is
 * wanted is fetched in batches, one while the one before is written. A restore that goes on leaves
 * what is there and right as it is.
 */

import { readFilesJob } from '@holdfast/folder-scanner';
import {
  type FileVersion,
  type Hash,
  isFileVersion,
  parentOf,
  sameBlocks,
  type Version,
} from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  ensureDirectory,
  errorMessage,
  type FilePath,
  type FileSystem,
} from '@holdfast/platform';
import {
  ContentFetcher,
  LargeFetcher,
  noEnvelopes,
  VolatileListBlocks,
  WorkLimit,
} from '@holdfast/sync-engine';
import type { OverwritePolicy, RestoreRequest } from './history-control.js';
import { type HistoryService, pathUnknown, type ResolvedQuery } from './history-service.js';
import { allEntries, type HistoryFolder } from './history-source.js';
import {
  batchesOf,
  fileContent,
  isLarge,
  plainContent,
  type RestoreItem,
} from './restore-batches.js';
import type { RestoreFigures } from './restore-figures.js';
import type { RestoreInPlace } from './restore-in-place.js';
import { type InspectedTarget, inspectTargetsJob } from './restore-jobs.js';
import { makeParents } from './restore-parents.js';
import { RestorePlacer } from './restore-placer.js';

export interface RestoreSeams {
  readonly runner: BulkRunner;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly hash: Hash;
}

export interface RestoreRunInit extends RestoreSeams {
  readonly history: Pick<HistoryService<HistoryFolder>, 'find' | 'check'>;
  readonly query: ResolvedQuery;
  readonly request: RestoreRequest;
  readonly root: FilePath;
  readonly inPlace: RestoreInPlace | undefined;
  readonly figures: RestoreFigures;
  /** It goes on: what an earlier run put there is compared, and stays where it is right. */
  readonly resumes: boolean;
  /** These come back, and not what the request names; directories first. */
  readonly only?: readonly Version[];
}

const pageEntries = 1_000;
/** A batch is written while the next one is fetched. */
const batchesAtOnce = 2;

export class RestoreRun {
  readonly #init: RestoreRunInit;
  readonly #policy: OverwritePolicy;
  readonly #placer: RestorePlacer;
  readonly #fetcher: ContentFetcher;
  readonly #large: LargeFetcher;
  readonly #work = new WorkLimit(batchesAtOnce);
  /** What was listed, and has no content any more. */
  readonly #thinned = new WeakSet<Version>();

  constructor(init: RestoreRunInit) {
    const { runner, root, inPlace, figures, query } = init;
    this.#init = init;
    this.#policy = init.request.overwrite ?? 'never';
    this.#placer = new RestorePlacer({ runner, root, inPlace, figures });
    const folder = query.folder.config.id;
    const fetching = { ...init, folder, listBlocks: new VolatileListBlocks() };
    this.#fetcher = new ContentFetcher(fetching);
    this.#large = new LargeFetcher(fetching);
  }

  /** Rejects with `interrupted` where the signal ends it; what is on its way is finished first. */
  async run(): Promise<void> {
    const { query, request } = this.#init;
    let batch: Version[] = [];
    let found = 0;
    try {
      for await (const version of this.versions()) {
        if (found === 0) this.#begin(version);
        found += 1;
        if (this.#thinned.has(version)) {
          this.#placer.fail(version, 'this version was thinned: its archive does not keep it');
          continue;
        }
        batch.push(version);
        if (batch.length < pageEntries) continue;
        await this.#restorePage(batch);
        batch = [];
      }
      if (found === 0 && query.inside !== '') throw pathUnknown(request.path);
      if (found === 0) this.#begin(undefined);
      await this.#restorePage(batch);
    } finally {
      await this.#work.finish();
    }
  }

  /** What is to come back. Directories come before what they hold. */
  async *versions(): AsyncGenerator<Version> {
    const { history, query, request, only } = this.#init;
    if (only !== undefined) {
      yield* only;
      return;
    }
    const { source, inside, folder } = query;
    let { at } = query;
    if (inside !== '') {
      const { version } = await history.find(source, inside, at, request);
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
      const { version } = history.check(entry);
      if (entry.thinned) this.#thinned.add(version);
      yield version;
    }
  }

  #begin(first: Version | undefined): void {
    const { fileSystem, root, query, request } = this.#init;
    if (request.dryRun) return;
    ensureDirectory(fileSystem, root, 0o700);
    if (query.inside === '' || first === undefined) return;
    if (parentOf(first.record.path) !== '') makeParents(fileSystem, root, first.record.path);
  }

  async #restorePage(versions: readonly Version[]): Promise<void> {
    if (versions.length === 0) return;
    this.#checkSignal();
    const { runner, root, request, figures } = this.#init;
    const targets = versions.map(({ record }) => record.path);
    const inspected = await runner.run(inspectTargetsJob, { root, targets });
    const right = await this.#right(versions, inspected);
    const wanted = versions.flatMap((version, at): RestoreItem[] => {
      const target = inspected[at];
      return target === undefined ? [] : this.#decide(version, target, right.has(version));
    });
    if (request.dryRun) {
      for (const { version } of wanted) this.#placer.count(version);
      return;
    }
    const going = new Set(wanted.map(({ version }) => version));
    for (const version of versions) if (!going.has(version)) figures.done(version);
    const files = wanted.filter(({ version }) => isFileVersion(version));
    const others = wanted.filter(({ version }) => !isFileVersion(version));
    await this.#placer.place(others, noEnvelopes, (item) => plainContent(item.version));
    for (const batch of batchesOf(files)) {
      this.#checkSignal();
      await this.#work.run(() => this.#restoreFiles(batch));
    }
  }

  /** Where the restore goes on: files of this page that an earlier run brought back whole. */
  async #right(
    versions: readonly Version[],
    inspected: readonly InspectedTarget[],
  ): Promise<ReadonlySet<Version>> {
    if (!this.#init.resumes) return new Set();
    const there = versions.filter((version, at): version is FileVersion => {
      const target = inspected[at];
      return target?.type === 'inspected' && isFileVersion(version) && isAlike(version, target);
    });
    const { runner, root } = this.#init;
    const right = new Set<Version>();
    for (const batch of batchesOf(there.map((version) => ({ version, existing: undefined })))) {
      const paths = batch.map(({ version }) => version.record.path);
      const answers = await runner.run(readFilesJob, { root, paths });
      for (const [at, { version }] of batch.entries()) {
        const answer = answers[at];
        if (answer?.type !== 'file' || !isFileVersion(version)) continue;
        if (sameBlocks(answer.blocks, version.record.blocks)) right.add(version);
      }
    }
    return right;
  }

  /** What exists is kept unless asked otherwise; a directory that is there is simply used. */
  #decide(version: Version, target: InspectedTarget, isRight: boolean): RestoreItem[] {
    const { account } = this.#init.figures;
    const { record } = version;
    if (target.type === 'failed') {
      this.#placer.fail(version, target.code);
      return [];
    }
    const { existing } = target;
    if (existing === undefined) return [{ version, existing }];
    if (record.kind === 'directory' && existing.kind === 'directory') return [];
    if (this.#init.resumes) {
      if (isRight || (record.kind === 'symlink' && existing.kind === 'symlink')) account.kept += 1;
      else this.#placer.fail(version, 'something else lies there; it was left as it is');
      return [];
    }
    const same = isFileVersion(version) && isAlike(version, target);
    if (this.#policy === 'always' || (this.#policy === 'if-changed' && !same)) {
      return [{ version, existing }];
    }
    if (record.kind !== 'directory') account.skipped += 1;
    return [];
  }

  async #restoreFiles(batch: readonly RestoreItem[]): Promise<void> {
    const { query, figures } = this.#init;
    const placer = this.#placer;
    const files = batch.map(({ version }) => ({
      target: version as FileVersion,
      askFor: version.id,
      local: undefined,
    }));
    try {
      const [first] = files;
      if (first !== undefined && isLarge(first.target)) {
        const source = { client: query.source.blocks, askFor: first.askFor };
        const onBytes = (bytes: number) => figures.addPart(bytes);
        await this.#large.fetch([source], first, { onBytes, onFailed: () => undefined });
        await placer.place(batch, noEnvelopes, (item) => fileContent(item, 'staged'));
        figures.addPart(-first.target.record.sizeBytes);
        return;
      }
      const { envelopes, pieces } = await this.#fetcher.fetchSmall(query.source.blocks, files);
      await placer.place(batch, envelopes, (item) =>
        fileContent(item, pieces.get(item.version.record.path)),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'connection_lost') throw error;
      for (const { version } of batch) placer.fail(version, errorMessage(error));
    }
  }

  #checkSignal(): void {
    if (this.#init.request.signal?.aborted !== true) return;
    throw new AppError('interrupted', 'The restore was interrupted.', {
      hint: 'What came back is whole. The same command, with the same --to, goes on.',
      kind: 'retry',
    });
  }
}

/** Whether what lies there has the size and, as exactly as disks keep it, the time of the version. */
function isAlike(
  { record }: FileVersion,
  { existing }: Extract<InspectedTarget, { type: 'inspected' }>,
): boolean {
  if (existing?.kind !== 'file') return false;
  return (
    existing.disk.sizeBytes === record.sizeBytes && near(existing.disk.mtimeNs, record.mtimeNs)
  );
}

/** Disks keep times less exactly than records. */
function near(left: bigint, right: bigint): boolean {
  const apartNs = left - right;
  return apartNs > -2_000_000_000n && apartNs < 2_000_000_000n;
}
