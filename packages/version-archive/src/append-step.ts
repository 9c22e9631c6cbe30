/**
 * One step of an append: checks the blocks, decides which versions get an entry, and makes the
 * entries durable. Owns nothing; the archive runs one step at a time.
 */
import type { BlockStore } from '@holdfast/block-store';
import {
  type BlockReference,
  type ContentId,
  type FolderId,
  type FolderPath,
  type Hash,
  hexFrom,
  type StoredId,
  type StoreId,
  type VersionId,
} from '@holdfast/model';
import { assert, type Clock } from '@holdfast/platform';
import type { HistoryIndex } from './history-index.js';
import type { HistoryLog } from './history-log.js';
import { pathTokenOf, type VersionEntry } from './log-entry.js';
import type { LogIndexer } from './log-indexer.js';
import { type AppendEntry, type AppendKnowledge, planAppend } from './plan-append.js';
import { readStoredIds, requireBlocks, topLevelBlocks } from './stored-ids.js';

export interface AppendStepInit {
  readonly blocks: BlockStore;
  readonly log: HistoryLog;
  readonly index: HistoryIndex;
  readonly indexer: LogIndexer;
  readonly storeId: StoreId;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly bootId: Uint8Array;
  readonly clockSynchronised: () => boolean;
}

export class AppendStep {
  readonly #init: AppendStepInit;
  readonly #bootId: string;

  constructor(init: AppendStepInit) {
    assert(init.bootId.length === 16, 'a boot id has sixteen bytes');
    this.#init = init;
    this.#bootId = hexFrom(init.bootId);
  }

  async run(
    folder: FolderId,
    entries: readonly AppendEntry[],
  ): Promise<{ readonly position: number }[]> {
    const { blocks, log, indexer } = this.#init;
    await indexer.settle();
    const wanted = entries.flatMap((entry) => [...entry.blocks, ...topLevelBlocks(entry.version)]);
    await requireBlocks(blocks, wanted);
    const plan = planAppend(entries, await this.#knowledge(folder, entries));
    const storedIds = await this.#storedIds(plan.fresh);
    const received = this.#receivedNow();
    log.stage(plan.fresh.map((entry) => this.#logEntry(folder, entry, storedIds, received)));
    await indexer.settle();
    return plan.positions.map((position) => ({ position }));
  }

  async #knowledge(folder: FolderId, entries: readonly AppendEntry[]): Promise<AppendKnowledge> {
    const { index, log } = this.#init;
    const ids = [...new Set(entries.map(({ version }) => version.id))];
    const rows = await index.versionRows(ids.map((versionId) => ({ folder, versionId })));
    const thinned = await index.thinStates(folder, ids);
    const known = new Map<VersionId, number>();
    for (const [at, id] of ids.entries()) {
      const row = rows[at];
      // One that was thinned gets an entry again, which keeps it.
      if (row !== undefined && thinned[at] === undefined) known.set(id, row.position);
    }
    const paths = new Set<FolderPath>();
    for (const { version } of entries) if (known.has(version.id)) paths.add(version.record.path);
    const currentRows = await index.headRows([...paths].map((path) => ({ folder, path })));
    const current = new Map<FolderPath, VersionId>();
    for (const [at, path] of [...paths].entries()) {
      const row = currentRows[at];
      if (row !== undefined) current.set(path, row.versionId);
    }
    return { headPosition: log.point.position, known, current };
  }

  async #storedIds(entries: readonly AppendEntry[]): Promise<ReadonlyMap<ContentId, StoredId>> {
    const { index, blocks, hash } = this.#init;
    const references = new Map<ContentId, BlockReference>();
    for (const { version } of entries) {
      for (const reference of topLevelBlocks(version)) {
        references.set(reference.contentId, reference);
      }
    }
    const storedIds = await index.storedIds([...references.keys()]);
    const unknown = [...references.values()].filter(({ contentId }) => !storedIds.has(contentId));
    for (const [contentId, storedId] of await readStoredIds(blocks, unknown, hash)) {
      storedIds.set(contentId, storedId);
    }
    return storedIds;
  }

  /** Asked once for a step: whether the clock is synchronised is looked up on the disk. */
  #receivedNow(): Pick<VersionEntry, 'receivedAtMs' | 'clockSynchronised'> {
    const { clock, clockSynchronised } = this.#init;
    return {
      receivedAtMs: Math.max(0, Math.floor(clock.now())),
      clockSynchronised: clockSynchronised(),
    };
  }

  #logEntry(
    folder: FolderId,
    appended: AppendEntry,
    storedIds: ReadonlyMap<ContentId, StoredId>,
    received: Pick<VersionEntry, 'receivedAtMs' | 'clockSynchronised'>,
  ): VersionEntry {
    const { version, becameCurrent, supersedes, sender } = appended;
    const { storeId, hash } = this.#init;
    return {
      kind: 'version',
      folder,
      versionId: version.id,
      pathToken: pathTokenOf(storeId, folder, version.record.path, hash),
      becameCurrent,
      supersedes,
      author: version.record.author,
      sender,
      ...received,
      bootId: this.#bootId,
      storedIds: topLevelBlocks(version).map(({ contentId }) => {
        const storedId = storedIds.get(contentId);
        assert(storedId !== undefined, 'every block of the list has a stored id');
        return storedId;
      }),
      recordBytes: version.bytes,
      record: version.record,
    };
  }
}
