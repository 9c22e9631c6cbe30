/**
 * Puts restored entries in place, a batch in one job, and keeps account of each: what came back, and
 * what did not, with the reason.
 */
import { contentBytesOf, displayPath, type Version } from '@holdfast/model';
import type { BulkRunner, FilePath, FileStat } from '@holdfast/platform';
import {
  type PackedEnvelopes,
  type PlacedContent,
  type PlaceItem,
  type PlaceResult,
  placeJob,
} from '@holdfast/sync-engine';
import type { RestoreItem } from './restore-batches.js';
import type { RestoreFigures } from './restore-figures.js';
import type { RestoreInPlace } from './restore-in-place.js';
import type { ExistingEntry } from './restore-jobs.js';

export interface RestoreAccount {
  restored: number;
  skipped: number;
  /** They were there and right, from an earlier run. */
  kept: number;
  bytes: number;
  readonly failed: { path: string; reason: string }[];
}

export interface RestorePlacerInit {
  readonly runner: BulkRunner;
  readonly root: FilePath;
  /** Undefined where the restore goes beside the folder. */
  readonly inPlace: RestoreInPlace | undefined;
  readonly figures: RestoreFigures;
}

/** An entry that is in its place. */
export interface PlacedItem {
  readonly version: Version;
  /** What it replaced in the folder itself. */
  readonly held: Version | undefined;
  readonly existing: ExistingEntry;
  readonly stat: FileStat | undefined;
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
      const { version, existing } = item;
      const held = await inPlace?.replaced(version.record.path, existing);
      if (content === undefined) this.fail(version, 'the archive lacks some of it');
      else if (held === 'unknown') this.fail(version, 'it changed and is not synced yet');
      else works.push({ item, held, place: placeItem(item, content, held) });
    }
    if (works.length === 0) return;
    if (inPlace === undefined) return this.#placeAll(works, envelopes);
    // What lies aside of it is just being looked at.
    const free = works.filter(({ place }) => !inPlace.isTaken(place.path));
    for (const { item } of works.filter((work) => !free.includes(work))) {
      this.fail(item.version, changedMeanwhile);
    }
    const paths = free.map((work) => work.place.path);
    await inPlace.during(paths, () => this.#placeAll(free, envelopes));
  }

  fail(version: Version, reason: string): void {
    const { figures } = this.#init;
    figures.account.failed.push({ path: displayPath(version.record.path), reason });
    figures.done(version);
  }

  count(version: Version): void {
    const { figures } = this.#init;
    figures.done(version);
    if (version.record.kind === 'directory') return;
    figures.account.restored += 1;
    figures.account.bytes += contentBytesOf(version.record);
  }

  async #placeAll(works: readonly RestoreWork[], envelopes: PackedEnvelopes): Promise<void> {
    const items = works.map((work) => work.place);
    const { buffers, transfer } = envelopes;
    const input = { root: this.#init.root, buffers, items };
    const results = await this.#init.runner.run(placeJob, input, transfer);
    const placed: PlacedItem[] = [];
    for (const [at, work] of works.entries()) {
      const { item } = work;
      const result = results[at];
      if (result?.type === 'placed') {
        this.count(item.version);
        placed.push({ ...item, held: work.held, stat: result.stat });
        continue;
      }
      // It lost its place meanwhile, and not to what was restored.
      if (result?.leftAside) await this.#noteHeld(work);
      this.fail(item.version, reasonOf(result));
    }
    await this.#init.inPlace?.notePlaced(placed);
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
