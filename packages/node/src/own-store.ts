/**
 * The store with the history that this device keeps. Owns whether it is open. One that cannot be
 * opened (its disk is away, its format is newer) keeps its folders from starting and nothing else;
 * it is tried again until it can.
 */
import type { StoreId } from '@holdfast/model';
import {
  AppError,
  type Clock,
  errorMessage,
  errorSentences,
  fileErrorCode,
  type Logger,
  type Timer,
} from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';
import type { NodeConfig } from './node-config.js';

export interface OwnStoreInit {
  readonly config: NodeConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  /** `expected`: the store that has to be there; without it a new one may be made. */
  readonly openArchive: (expected: StoreId | undefined) => Promise<VersionArchive>;
  /** It could be opened, after it could not: folders that waited for it can start. */
  readonly onBack: () => Promise<void>;
}

const retryMs = 10_000;

export class OwnStore {
  readonly #init: OwnStoreInit;
  #archive: VersionArchive | undefined;
  #opening: Promise<VersionArchive> | undefined;
  #problem: unknown;
  #retry: Timer | undefined;
  #stopped = false;

  constructor(init: OwnStoreInit) {
    this.#init = init;
  }

  get archive(): VersionArchive | undefined {
    return this.#archive;
  }

  /** Why folders that were kept here before are stopped; undefined while the store is open. */
  get problem(): AppError | undefined {
    if (this.#problem === undefined || !this.#isKept) return undefined;
    return storeStopped(this.#problem);
  }

  /** Throws `folder_stopped` where folders wait for it. */
  check(): void {
    const { problem } = this;
    if (problem !== undefined) throw problem;
  }

  /** Throws what `VersionArchive.open` throws; the next call tries again. */
  open(): Promise<VersionArchive> {
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** Opens it for folders that were kept here before. What the disk or the format says is no fault of the node. */
  async resume(): Promise<boolean> {
    try {
      await this.open();
      return true;
    } catch (error) {
      if (!(error instanceof AppError) && fileErrorCode(error) === undefined) throw error;
      if (errorMessage(error) !== errorMessage(this.#problem)) {
        this.#init.logger.warn('history stopped', { reason: errorMessage(error) });
      }
      this.#problem = error;
      this.#retryLater();
      return false;
    }
  }

  /** Whether some folder's history was kept here before. */
  get #isKept(): boolean {
    return this.#init.config.current.folders.some((folder) => folder.archive);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry?.cancel();
    await this.#archive?.close();
  }

  async #open(): Promise<VersionArchive> {
    const { config, openArchive, logger } = this.#init;
    const expected = this.#isKept ? (config.current.storeId as StoreId | undefined) : undefined;
    const archive = await openArchive(expected);
    this.#archive = archive;
    this.#problem = undefined;
    const { storeId } = archive;
    if (config.current.storeId !== storeId) {
      await config
        .update((current) => ({ ...current, storeId }))
        .catch((error: unknown) => {
          logger.warn('the configuration cannot be written', { reason: errorMessage(error) });
        });
    }
    return archive;
  }

  #retryLater(): void {
    if (this.#stopped) return;
    this.#retry?.cancel();
    this.#retry = this.#init.clock.setTimer(retryMs, () => void this.#tryAgain());
  }

  async #tryAgain(): Promise<void> {
    // Whoever removed the last such folder wants no store made.
    if (!this.#isKept) return;
    try {
      if ((await this.resume()) && !this.#stopped) await this.#init.onBack();
    } catch (error) {
      this.#init.logger.error('history cannot go on', { reason: errorMessage(error) });
    }
  }
}

function storeStopped(cause: unknown): AppError {
  return new AppError('folder_stopped', errorSentences(cause), {
    hint: 'Other folders go on. This one goes on by itself once its store can be opened.',
    cause,
  });
}
