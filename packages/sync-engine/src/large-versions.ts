/** Fetching one large version for a tree: from whom, with what lies here, and who did not give it. */
import type { FolderIndex } from '@holdfast/folder-index';
import type { Version } from '@holdfast/model';
import { errorMessage, type Logger } from '@holdfast/platform';
import type { FileToFetch } from './content-fetcher.js';
import { type BlockSource, LargeFetcher, type LargeFetcherInit } from './large-fetcher.js';
import type { LocalTwins } from './local-twins.js';
import type { NamedSource, SourceChoice } from './source-choice.js';

export interface LargeVersionsInit extends LargeFetcherInit {
  readonly index: FolderIndex;
  readonly logger: Logger;
  readonly onStaging: (target: Version) => void;
}

export class LargeVersions {
  readonly #init: LargeVersionsInit;
  readonly #fetcher: LargeFetcher;
  readonly #twins: LocalTwins;
  readonly #choice: SourceChoice;

  constructor(init: LargeVersionsInit, twins: LocalTwins, choice: SourceChoice) {
    this.#init = init;
    this.#fetcher = new LargeFetcher(init);
    this.#twins = twins;
    this.#choice = choice;
  }

  /** Fills the temporary file; a device that does not give all of it is named. */
  async fetch(
    sources: readonly NamedSource[],
    { target, local }: FileToFetch,
    onBytes: (bytes: number) => void,
  ): Promise<void> {
    this.#init.onStaging(target);
    const [twin] = await this.#twins.sourcesOf([target]);
    const deviceOf = new Map<BlockSource, string>(sources.map((one) => [one, one.device]));
    const onFailed = (source: BlockSource, error: unknown) => {
      this.#choice.failed(source.client, source);
      const [device, reason] = [deviceOf.get(source), errorMessage(error)];
      this.#init.logger.warn('a device did not give all of a file', { device, reason });
    };
    await this.#fetcher.fetch(sources, { target, local, twin }, { onBytes, onFailed });
  }
}
