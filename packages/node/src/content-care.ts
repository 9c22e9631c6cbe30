/**
 * What this device's store lost, and bringing it back: members are told before anybody is asked, so
 * that no receipt covers what is not here. Looks again after rot was met, when a device connects and
 * from time to time, while something is lost. Owns the list of what is lost.
 */
import type { DeviceId } from '@holdfast/model';
import { type Clock, errorMessage, type Logger, Mutex } from '@holdfast/platform';
import {
  ContentHealer,
  healingSources,
  type SyncEngine,
  voidReceipts,
} from '@holdfast/sync-engine';
import { type LostContent, nothingLost, type VersionArchive } from '@holdfast/version-archive';
import type { CareState } from './care-state.js';
import { SoonestTimer } from './soonest-timer.js';

export interface ContentCareInit {
  readonly archive: () => VersionArchive | undefined;
  readonly engine: SyncEngine;
  readonly localDevice: DeviceId;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly state: CareState;
  /** What is lost is not what it was; `liars` gave something else than they were asked for. */
  readonly onChange: (lost: LostContent, liars: readonly DeviceId[]) => void;
}

export interface HealedContent {
  readonly lost: LostContent;
  readonly liars: readonly DeviceId[];
}

/** What was just connected has links a moment later; what was met once is often met again. */
const soonMs = 5_000;
/** Reading the log takes its time, and a disk that fails says so again and again. */
const minPauseMs = 10 * 60_000;

export class ContentCare {
  readonly #init: ContentCareInit;
  readonly #working = new Mutex();
  #lost: LostContent = nothingLost;
  readonly #next: SoonestTimer;
  #lastCheckMs = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #isOpen = false;
  /** Rot was met, and nobody has looked since what is lost by it. */
  #isMet = false;
  /** Since the store was opened nobody has looked what is lost, and something may be. */
  #isUnknown = false;

  constructor(init: ContentCareInit) {
    this.#init = init;
    this.#next = new SoonestTimer(init.clock, () => {
      this.#check().catch((error: unknown) => {
        init.logger.warn('lost content could not be looked for', { reason: errorMessage(error) });
        this.#next.within(minPauseMs);
      });
    });
  }

  get lost(): LostContent {
    return this.#lost;
  }

  /** Whether receipts have to wait until somebody has looked what is lost. */
  get isUnknown(): boolean {
    return this.#isUnknown;
  }

  /** The store is open: what was lost before is, and what nobody knows of may be. */
  async opened(archive: VersionArchive): Promise<void> {
    const { state } = this.#init;
    const facts = await state.load(archive.storeId);
    // A store in which nothing is yet has lost nothing.
    const isDoubtful = facts?.isLost ?? archive.head().position > 0;
    this.#isOpen = true;
    this.#isUnknown = isDoubtful || this.#isMet;
    await state.note(archive.storeId, { isLost: this.#isUnknown });
    if (this.#isUnknown) this.#next.within(soonMs);
  }

  /** A device connected: it may have what is lost. */
  connected(): void {
    if (this.#lost.blocks.length > 0) this.#next.within(soonMs);
  }

  /** Rot was met where something was read, or while the store was opened. Known after a crash, too. */
  met(): void {
    this.#isMet = true;
    this.#init.state.doubt().catch((error: unknown) => {
      this.#init.logger.warn('that content may be lost is not noted', {
        reason: errorMessage(error),
      });
    });
    if (!this.#isOpen) return;
    const sinceMs = this.#init.clock.monotonic() - this.#lastCheckMs;
    this.#next.within(Math.max(soonMs, minPauseMs - sinceMs));
  }

  stop(): void {
    this.#stopped = true;
    this.#next.stop();
  }

  /** Tells the folders what is lost, and asks all who are connected for it. */
  heal(archive: VersionArchive, found: LostContent): Promise<HealedContent> {
    return this.#working.run(async () => {
      const isWhole = found.blocks.length === 0 && this.#lost.blocks.length === 0;
      // What was found may have come back since, and more may be gone: what is back is not lost again.
      return this.#heal(archive, isWhole ? found : await archive.lostContent());
    });
  }

  async #heal(archive: VersionArchive, lost: LostContent): Promise<HealedContent> {
    const { engine, localDevice, logger } = this.#init;
    const liars = new Set<DeviceId>();
    let left = lost;
    await this.#tell(left);
    while (left.blocks.length > 0 && !this.#stopped) {
      const kept = [...engine.folders.values()];
      const sources = kept.flatMap((folder) => healingSources(folder, localDevice));
      const result = await new ContentHealer(archive, logger).heal(left, sources);
      for (const liar of result.liars) liars.add(liar);
      if (result.healedBlocks === 0) break;
      // A list block that is back names blocks that may be lost, too.
      left = await archive.lostContent();
    }
    if (left !== lost) await this.#tell(left);
    for (const folder of engine.folders.values()) await voidReceipts(folder);
    const wasLost = this.#lost.versions.length;
    this.#lost = left;
    if (left.versions.length !== wasLost || left !== lost) {
      this.#init.onChange(left, [...liars]);
    }
    const isLost = left.blocks.length > 0 || left.versions.length > 0 || this.#isMet;
    await this.#init.state.note(archive.storeId, { isLost });
    this.#lastCheckMs = this.#init.clock.monotonic();
    if (left.blocks.length > 0) this.#next.within(minPauseMs);
    return { lost: left, liars: [...liars] };
  }

  async #tell(lost: LostContent): Promise<void> {
    for (const folder of this.#init.engine.folders.values()) {
      if (folder.ingester === undefined) continue;
      const files = lost.versions.filter((one) => one.folder === folder.config.id);
      const { count, isUnknown } = folder.losses;
      if (files.length === 0 && !lost.isMore && count === 0 && !isUnknown) continue;
      await folder.ingester.lose(files, lost.isMore);
    }
    this.#isUnknown = false;
  }

  async #check(): Promise<void> {
    const archive = this.#init.archive();
    if (archive === undefined) return;
    await this.#working.run(async () => {
      if (this.#stopped) return;
      this.#isMet = false;
      await this.#heal(archive, await archive.lostContent());
    });
  }
}
