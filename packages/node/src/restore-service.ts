/**
 * Bringing back a file, a directory or a folder as of a moment. By default beside the folder, never
 * over it; every block is verified by its hash before it is written. Owns the restores on their way:
 * one at a time for each target. One that was interrupted goes on where it stopped.
 */
import type { Version } from '@holdfast/model';
import {
  AppError,
  ensureDirectory,
  type FilePath,
  filePathFrom,
  type Logger,
  textOf,
} from '@holdfast/platform';
import type { RestoreProgress, RestoreRequest, RestoreResult } from './history-control.js';
import type { HistoryService, ResolvedQuery } from './history-service.js';
import type { HistoryFolder } from './history-source.js';
import { RestoreFigures } from './restore-figures.js';
import type { RestoreInPlace } from './restore-in-place.js';
import {
  type RestoreMark,
  readRestoreMark,
  removeRestoreMark,
  writeRestoreMark,
} from './restore-marker.js';
import { makeParents } from './restore-parents.js';
import type { RestoreAccount } from './restore-placer.js';
import { RestoreRun, type RestoreSeams } from './restore-run.js';
import {
  checkRestoreTarget,
  type RestoreTarget,
  restoreTarget,
  restoreTrouble,
} from './restore-target.js';

/** A folder that is brought back: beside where it lies here, if it lies here. */
export type RestorableFolder = HistoryFolder & {
  readonly config: { readonly tree?: { readonly root: FilePath } | undefined };
};

export interface RestoreServiceInit<Folder extends RestorableFolder> extends RestoreSeams {
  readonly history: HistoryService<Folder>;
  readonly logger: Logger;
  /** What replaces what the folder itself shows. */
  readonly inPlace: (folder: Folder) => RestoreInPlace;
  /** Told about once a second how far each restore is, until it ends. */
  readonly onProgress?: (progress: RestoreProgress) => void;
}

const tellIntervalMs = 1_000;

interface Running {
  readonly run: RestoreRun;
  readonly figures: RestoreFigures;
}

export class RestoreService<Folder extends RestorableFolder> {
  readonly #init: RestoreServiceInit<Folder>;
  readonly #running = new Set<Running>();
  readonly #lastAt = new Map<FilePath, Promise<unknown>>();

  constructor(init: RestoreServiceInit<Folder>) {
    this.#init = init;
  }

  /** Codes: `target_has_files`, `target_full`, `target_unwritable`, `path_invalid`, `interrupted`, and those of a question to history. */
  async restore(request: RestoreRequest): Promise<RestoreResult> {
    const mark = this.#markFor(request);
    const query = await this.#init.history.resolveReaching({
      ...request,
      storeId: mark?.store ?? request.storeId,
    });
    const target = restoreTarget(request, query.folder.config.tree?.root, this.#init.clock);
    const before = this.#lastAt.get(target.root);
    const work = this.#after(before, () => this.#restore(request, query, target));
    this.#lastAt.set(target.root, work);
    try {
      return await work;
    } catch (error) {
      throw restoreTrouble(error, target.root);
    } finally {
      if (this.#lastAt.get(target.root) === work) this.#lastAt.delete(target.root);
    }
  }

  /** Brings these versions of files from one archive into a directory that has none of them. */
  async restoreVersions(
    query: ResolvedQuery<Folder>,
    versions: readonly Version[],
    root: FilePath,
  ): Promise<RestoreAccount> {
    const { fileSystem, clock, history } = this.#init;
    ensureDirectory(fileSystem, root, 0o700);
    for (const { record } of versions) makeParents(fileSystem, root, record.path);
    const figures = new RestoreFigures(clock, query.folder.config.label, textOf(root));
    const run = new RestoreRun({
      ...this.#init,
      history,
      query: { ...query, inside: '' },
      request: { path: query.folder.config.id, dryRun: false },
      root,
      inPlace: undefined,
      figures,
      resumes: false,
      only: versions,
    });
    await run.run();
    return figures.account;
  }

  /** The restores that are on their way. What there is of each is counted once somebody asks. */
  async restores(): Promise<RestoreProgress[]> {
    return [...this.#running].map(({ run, figures }) => {
      figures.countWith(() => run.versions(), this.#init.logger);
      return figures.progress();
    });
  }

  /** An earlier one to the same target may be about to end, its asker gone. */
  async #after<Result>(
    before: Promise<unknown> | undefined,
    work: () => Promise<Result>,
  ): Promise<Result> {
    if (before !== undefined) await Promise.allSettled([before]);
    return work();
  }

  async #restore(
    request: RestoreRequest,
    asked: ResolvedQuery<Folder>,
    target: RestoreTarget,
  ): Promise<RestoreResult> {
    const { fileSystem, clock, history } = this.#init;
    const { root } = target;
    const mark = this.#matching(this.#markFor(request), request, asked);
    if (mark === undefined) checkRestoreTarget(fileSystem, target, request);
    const isMarked = request.to !== undefined && request.overwrite === undefined && !request.dryRun;
    const query = isMarked ? await this.#marked(mark, request, asked, root) : asked;
    const figures = new RestoreFigures(clock, request.path, textOf(root));
    const inPlace = target.inPlace ? this.#init.inPlace(asked.folder) : undefined;
    const resumes = mark !== undefined;
    const all = { ...this.#init, history, query, request, root, inPlace, figures, resumes };
    const run = new RestoreRun(all);
    const running: Running = { run, figures };
    this.#running.add(running);
    const isTold = this.#init.onProgress !== undefined && !request.dryRun;
    const watched = isTold ? this.#tell(running) : undefined;
    try {
      await run.run();
    } finally {
      watched?.cancel();
      this.#running.delete(running);
    }
    const { account } = figures;
    // What failed is tried again when the same is asked for again.
    if (isMarked && account.failed.length === 0) removeRestoreMark(fileSystem, root);
    const { storeId: store } = query.source;
    return { ...account, to: textOf(root), dryRun: request.dryRun, store };
  }

  /** Only one that takes a while is told of, and what it has to do is counted then. */
  #tell({ run, figures }: Running): { cancel(): void } {
    const { clock, logger, onProgress } = this.#init;
    let timer = clock.setTimer(tellIntervalMs, tell);
    return { cancel: () => timer.cancel() };

    function tell(): void {
      figures.countWith(() => run.versions(), logger);
      onProgress?.(figures.progress());
      timer = clock.setTimer(tellIntervalMs, tell);
    }
  }

  #markFor(request: RestoreRequest): RestoreMark | undefined {
    if (request.to === undefined || request.overwrite !== undefined) return undefined;
    return readRestoreMark(this.#init.fileSystem, filePathFrom(request.to));
  }

  #matching(
    mark: RestoreMark | undefined,
    { at, version, path }: RestoreRequest,
    { folder, inside, source }: ResolvedQuery<Folder>,
  ): RestoreMark | undefined {
    if (mark === undefined) return undefined;
    const isSame =
      mark.folder === folder.config.id &&
      mark.inside === inside &&
      mark.store === source.storeId &&
      mark.at === (at ?? null) &&
      mark.version === (version ?? null);
    if (isSame) return mark;
    throw new AppError(
      'target_has_files',
      `Another restore than that of "${path}" ended half-way there.`,
      {
        hint: 'Nothing was written. Repeat that one to go on with it, or choose an empty or new directory.',
      },
    );
  }

  /** The moment is fixed before anything is written, so that what goes on later is the same. */
  async #marked(
    mark: RestoreMark | undefined,
    request: RestoreRequest,
    query: ResolvedQuery<Folder>,
    root: FilePath,
  ): Promise<ResolvedQuery<Folder>> {
    const { source, folder, inside, at } = query;
    let position = mark?.position;
    if (position === undefined) {
      ({ position } = await source.query({ type: 'moment', at }));
      // What is not to be found is said before a directory is made.
      if (inside !== '') await this.#init.history.find(source, inside, at, request);
      writeRestoreMark(this.#init.fileSystem, root, {
        store: source.storeId,
        folder: folder.config.id,
        inside,
        at: request.at ?? null,
        version: request.version ?? null,
        position,
      });
    }
    return position === 0 ? query : { ...query, at: { type: 'position', position } };
  }
}
