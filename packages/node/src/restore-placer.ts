/**
 * Puts restored entries in place, a batch in one job, and keeps account of each: what came back, and
 * what did not, with the reason.
 */
import { contentBytesOf, displayPath, type FolderPath, type Version } from '@holdfast/model';
import type { BulkRunner, FilePath } from '@holdfast/platform';
import {
  type PackedEnvelopes,
  type PlacedContent,
  type PlaceItem,
  type PlaceResult,
  placeJob,
} from '@holdfast/sync-engine';
import type { RestoreItem } from './restore-batches.js';
import type { RestoreInPlace } from './restore-in-place.js';

export interface RestoreAccount {
  restored: number;
  skipped: number;
  bytes: number;
  readonly failed: { path: string; reason: string }[];
}

export interface RestorePlacerInit {
  readonly runner: BulkRunner;
  readonly root: FilePath;
  /** Undefined where the restore goes beside the folder. */
  readonly inPlace: RestoreInPlace | undefined;
  readonly account: RestoreAccount;
}

interface RestoreWork {
  readonly item: RestoreItem;
  readonly place: PlaceItem;
  /** What the restored version replaces in the folder itself. */
  readonly held: Version | undefined;
}

const changedMeanwhile = 'it changed meanwhile';

export class RestorePlacer {
  readonly #init: RestorePlacerInit;

  constructor(init: RestorePlacerInit) {
    this.#init = init;
  }

  async place(
    batch: readonly RestoreItem[],
    envelopes: PackedEnvelopes,
    contentOf: (item: RestoreItem) => PlacedContent | undefined,
  ): Promise<void> {
    const { inPlace } = this.#init;
    const works: RestoreWork[] = [];
    for (const item of batch) {
      const content = contentOf(item);
      const { path } = item.version.record;
      const held = await inPlace?.replaced(path, item.existing);
      if (content === undefined) this.fail(path, 'the archive lacks some of it');
      else if (held === 'unknown') this.fail(path, 'it changed and is not synced yet');
      else works.push({ item, held, place: placeItem(item, content, held) });
    }
    if (works.length === 0) return;
    if (inPlace === undefined) return this.#placeAll(works, envelopes);
    // What lies aside of it is just being looked at.
    const free = works.filter(({ place }) => !inPlace.isTaken(place.path));
    for (const { place } of works.filter((work) => !free.includes(work))) {
      this.fail(place.path, changedMeanwhile);
    }
    const paths = free.map((work) => work.place.path);
    await inPlace.during(paths, () => this.#placeAll(free, envelopes));
  }

  fail(path: FolderPath, reason: string): void {
    this.#init.account.failed.push({ path: displayPath(path), reason });
  }

  count({ record }: Version): void {
    if (record.kind === 'directory') return;
    this.#init.account.restored += 1;
    this.#init.account.bytes += contentBytesOf(record);
  }

  async #placeAll(works: readonly RestoreWork[], envelopes: PackedEnvelopes): Promise<void> {
    const items = works.map((work) => work.place);
    const { buffers, transfer } = envelopes;
    const input = { root: this.#init.root, buffers, items };
    const results = await this.#init.runner.run(placeJob, input, transfer);
    for (const [at, work] of works.entries()) {
      const { item, place } = work;
      const result = results[at];
      if (result?.type === 'placed') {
        this.count(item.version);
        await this.#noteHeld(work);
        continue;
      }
      // It lost its place meanwhile, and not to what was restored.
      if (result?.leftAside) await this.#noteHeld(work);
      this.fail(place.path, reasonOf(result));
    }
  }

  async #noteHeld({ item, place, held }: RestoreWork): Promise<void> {
    if (held === undefined) return;
    await this.#init.inPlace?.noteHeld(place.path, held, item.existing);
  }
}

function placeItem(
  item: RestoreItem,
  content: PlacedContent,
  held: Version | undefined,
): PlaceItem {
  const { version, existing } = item;
  return {
    path: version.record.path,
    versionId: version.id,
    content,
    expected:
      existing === undefined
        ? { type: 'absent' }
        : { type: 'present', kind: existing.kind, disk: existing.disk },
    holdAs: held?.id,
    copyTo: undefined,
    syncAside: held !== undefined,
  };
}

function reasonOf(result: PlaceResult | undefined): string {
  if (result?.type === 'failed') return result.code;
  return result?.type === 'postponed' ? result.reason : changedMeanwhile;
}
