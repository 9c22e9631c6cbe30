/**
 * Thinning: says which versions of a folder the rules of this device's user do not keep, and what
 * would become free. Nothing begins it but a call on this device.
 */
import type { BlockStore } from '@holdfast/block-store';
import type { FolderId, Hash, RetentionRules } from '@holdfast/model';
import { type ClaimingEntry, deadBlocks } from './dead-blocks.js';
import type { HistoryIndex } from './history-index.js';
import type { HistoryLog } from './history-log.js';
import type { LogIndexer } from './log-indexer.js';
import {
  type NeededVersions,
  type PlanThinningInit,
  planThinning,
  type VersionsToThin,
} from './plan-thinning.js';
import { ReceiveTimes } from './receive-times.js';

export interface ThinningRequest {
  readonly folder: FolderId;
  readonly rules: RetentionRules;
  readonly needed: NeededVersions;
}

export interface ThinningPlan extends VersionsToThin {
  /** What blocks that nothing else needs take in the store. */
  readonly freedBytes: number;
}

export interface ArchiveThinningInit {
  readonly index: HistoryIndex;
  readonly log: HistoryLog;
  readonly indexer: LogIndexer;
  readonly blocks: BlockStore;
  readonly hash: Hash;
  readonly read: PlanThinningInit['read'];
  readonly whileIndexed: <Result>(ask: () => Promise<Result>) => Promise<Result>;
}

export class ArchiveThinning {
  readonly #init: ArchiveThinningInit;

  constructor(init: ArchiveThinningInit) {
    this.#init = init;
  }

  /** When the newest entry was received; undefined before there is one with a sure time. */
  async newestReceivedMs(): Promise<number | undefined> {
    return (await this.#times()).newestMs;
  }

  /** Only says what would go, and what that would free. Changes nothing. */
  plan(request: ThinningRequest): Promise<ThinningPlan> {
    return this.#init.whileIndexed(async () => {
      const plan = await this.#versions(request);
      const going = new Set(plan.versions.map(({ versionId }) => versionId));
      const claimOf = ({ entry }: ClaimingEntry) =>
        entry.folder === request.folder && going.has(entry.versionId) ? 'gone' : 'kept';
      const { bytes } = await this.#dead(async (entries) => entries.map(claimOf));
      return { ...plan, freedBytes: bytes };
    });
  }

  async #versions(request: ThinningRequest): Promise<VersionsToThin> {
    const { index, read, hash } = this.#init;
    const times = await this.#times();
    const thinned = async (ids: readonly unknown[]) => ids.map(() => false);
    return planThinning({ ...request, index, read, hash, times, thinned });
  }

  async #times(): Promise<ReceiveTimes> {
    return new ReceiveTimes(await this.#init.index.sureTimes());
  }

  #dead(claims: Parameters<typeof deadBlocks>[0]['claims']) {
    const { blocks, hash, log, indexer } = this.#init;
    const head = indexer.disclosed;
    return deadBlocks({ blocks, hash, log: () => log.verification(), head, claims });
  }
}
