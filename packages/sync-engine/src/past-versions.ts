/**
 * Versions that the index does not know any more: they are looked for among what the members show,
 * and in the histories of the archives that are connected.
 */
import type { FolderIndex } from '@holdfast/folder-index';
import {
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
  type Version,
  type VersionId,
} from '@holdfast/model';
import { AppError, errorMessage, type Logger } from '@holdfast/platform';
import type { FolderLink } from './folder-link.js';
import { type AdoptContext, needsPast } from './restamp.js';

export interface PastVersionsInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly hash: Hash;
  readonly logger: Logger;
  readonly links: () => Iterable<FolderLink>;
}

const versionsPerPath = 200;
/** An archive that is connected and whose answers break off so often is taken for one that is away. */
const maxBrokenAnswers = 5;
/** So many histories are looked through for content that lies aside and is not known any more. */
const maxAskedPaths = 10_000;

export class PastVersions {
  readonly #init: PastVersionsInit;
  #brokenAnswers = 0;

  constructor(init: PastVersionsInit) {
    this.#init = init;
  }

  /** Whether there is a history to ask. */
  get isKnown(): boolean {
    return [...this.#init.links()].some((link) => link.announcement.archive !== undefined);
  }

  /**
   * What the archives' histories know of paths that look edited both here and elsewhere. Rejects, to
   * be asked again, where a connection broke off: what an archive knows must not count as unknown.
   */
  async of(
    paths: readonly FolderPath[],
    context: AdoptContext,
  ): Promise<Map<FolderPath, Version[]>> {
    const past = new Map<FolderPath, Version[]>();
    for (const entry of await this.#init.index.entries(paths)) {
      if (!needsPast(entry, context)) continue;
      past.set(entry.path, await this.#askArchives(entry.path));
    }
    return past;
  }

  /**
   * Versions that lie aside here, as the members show them or an archive's history knows them.
   * Rejects as `of` does.
   */
  async find(ids: ReadonlySet<VersionId>): Promise<Version[]> {
    const found = new Map<VersionId, Version>();
    const take = (version: Version) => {
      if (ids.has(version.id)) found.set(version.id, version);
    };
    const paths: FolderPath[] = [];
    for await (const entry of this.#init.index.below('')) {
      for (const { version } of entry.rows) take(version);
      if (paths.length < maxAskedPaths) paths.push(entry.path);
    }
    for (const path of paths) {
      if (found.size === ids.size) break;
      for (const version of await this.#askArchives(path)) take(version);
    }
    return [...found.values()];
  }

  /** Newest first; empty where no archive answers. */
  async #askArchives(path: FolderPath): Promise<Version[]> {
    const { folder, hash, logger } = this.#init;
    const query = { type: 'log', path, limit: versionsPerPath } as const;
    for (const link of this.#init.links()) {
      if (link.announcement.archive === undefined) continue;
      try {
        const { entries } = await link.session.history(folder, query);
        this.#brokenAnswers = 0;
        return entries.map(({ recordBytes }) => decodeVersion(recordBytes, hash));
      } catch (error) {
        if (error instanceof AppError && error.kind === 'retry' && this.#mayBreakOff()) throw error;
        // Another archive may answer; without one, both contents are kept.
        const reason = errorMessage(error);
        logger.warn('a history does not answer', { folder, device: link.device, reason });
      }
    }
    return [];
  }

  #mayBreakOff(): boolean {
    this.#brokenAnswers += 1;
    return this.#brokenAnswers < maxBrokenAnswers;
  }
}
