/**
 * Taking every version that members offer into the archive: fetch what is missing, append, and only
 * when all of it is durable say so in the index and by receipts. Offers are taken in the order of
 * each device's sequence, so a receipt is a position and a short list of exceptions.
 */
import { type FolderIndex, rowOf, withoutPeerRow } from '@holdfast/folder-index';
import {
  contentBytesOf,
  type DeviceId,
  type FolderId,
  type Hash,
  type VersionId,
} from '@holdfast/model';
import {
  AppError,
  type Clock,
  errorMessage,
  errorSentences,
  type Logger,
} from '@holdfast/platform';
import { type DeviceTrouble, limits } from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import { ArchiveAppender, type Offer } from './archive-appender.js';
import { ArchiveFetcher, type WantedVersion } from './archive-fetcher.js';
import type { BlockSupplier } from './block-client.js';
import { troubleOf } from './device-trouble.js';
import type { FolderLosses, LostFile } from './folder-losses.js';
import { WakeSignal } from './wake-signal.js';

export interface ArchiveIngesterInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly archive: VersionArchive;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Members that are connected and share the folder. */
  readonly connected: () => readonly DeviceId[];
  readonly clientOf: (device: DeviceId) => BlockSupplier | undefined;
  readonly mayIngest: () => boolean;
  /** What the store had and lost. */
  readonly losses: FolderLosses;
  /** Content came in; its versions are not appended yet. */
  readonly onStaged: () => void;
  /** Called after something was archived or could not be: receipts may go out. */
  readonly onIngested: () => void;
}

const offersPerBatch = 500;
const bytesPerBatch = 16 * 1024 * 1024;
const retryDelayMs = 5_000;
/** Room is left in receipts for what the store lost. */
const maxExceptions = limits.receiptExceptions / 2;

export class ArchiveIngester {
  readonly #init: ArchiveIngesterInit;
  readonly #signal: WakeSignal;
  readonly #fetcher: ArchiveFetcher;
  readonly #exceptions = new Map<DeviceId, Set<VersionId>>();
  readonly #appender: ArchiveAppender;
  #stopped = false;
  #loop: Promise<void> | undefined;
  #problem: unknown;
  #stagedBytes = 0;
  isWorking = false;

  constructor(init: ArchiveIngesterInit) {
    this.#init = init;
    this.#signal = new WakeSignal(init.clock);
    this.#fetcher = new ArchiveFetcher(init.folder, init.index, init.archive.blocks);
    this.#appender = new ArchiveAppender(init);
  }

  /** Content that lies in the store and whose versions are not appended yet. */
  get stagedBytes(): number {
    return this.#stagedBytes;
  }

  /** Why nothing is taken at the moment; empty where nothing is wrong. */
  get problem(): string {
    return this.#problem === undefined ? '' : errorSentences(this.#problem);
  }

  /** The same for other devices. */
  get trouble(): DeviceTrouble | undefined {
    return troubleOf(this.#problem) ?? (this.#init.losses.count > 0 ? 'content-lost' : undefined);
  }

  /** Versions that a device offers and could not give, and lost ones: receipts name them. */
  exceptionsOf(device: DeviceId): ReadonlySet<VersionId> {
    return new Set([...(this.#exceptions.get(device) ?? []), ...this.#init.losses.ids]);
  }

  /** The store lost them, durably noted when it resolves: members hear of it and give them anew. */
  async lose(files: readonly LostFile[], isMore: boolean): Promise<void> {
    this.#init.losses.replace(files, isMore);
    await this.#appender.takeAnew(files);
    this.#init.onIngested();
    this.wake();
  }

  start(): void {
    this.#loop ??= this.#run();
    this.wake();
  }

  wake(): void {
    this.#signal.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signal.wake();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#signal.wait();
      if (this.#stopped) return;
      if (!this.#init.mayIngest()) continue;
      this.isWorking = true;
      this.#exceptions.clear();
      // Side by side: a device that answers slowly keeps no other one waiting.
      const went = await Promise.all(
        this.#init
          .connected()
          .map((device) => this.#tried({ device }, () => this.#ingestFrom(device))),
      );
      went.push(await this.#tried({}, () => this.#turnPaths()));
      if (went.every((well) => well)) this.#problem = undefined;
      this.isWorking = false;
      const isMissing = [...this.#exceptions.values()].some((ids) => ids.size > 0);
      if (isMissing || this.#init.index.counts.needFiles > 0) {
        this.#signal.wakeAfter(retryDelayMs);
      }
      this.#init.onIngested();
    }
  }

  /** Whether it went well. */
  async #tried(of: { readonly device?: DeviceId }, work: () => Promise<void>): Promise<boolean> {
    let well = true;
    try {
      await work();
    } catch (error) {
      well = false;
      this.#problem = error;
      this.#init.logger.warn('archiving stopped for now', {
        folder: this.#init.folder,
        ...of,
        reason: errorMessage(error),
      });
      this.#signal.wakeAfter(retryDelayMs);
    }
    this.#init.onIngested();
    return well;
  }

  async #ingestFrom(device: DeviceId): Promise<void> {
    while (!this.#stopped) {
      const failed = this.#exceptions.get(device) ?? new Set<VersionId>();
      const queued = await this.#init.index.queuedOffers(device, offersPerBatch + failed.size);
      const wanted = queued.filter((offer) => !failed.has(offer.id)).slice(0, offersPerBatch);
      if (wanted.length === 0) return;
      const entries = await this.#init.index.entries(wanted.map((offer) => offer.path));
      const offers = wanted.flatMap(({ path, id }, at): Offer[] => {
        const entry = entries[at];
        const row = entry === undefined ? undefined : rowOf(entry, id);
        return row === undefined ? [] : [{ path, row, device }];
      });
      const client = this.#init.clientOf(device);
      if (client === undefined) return;
      await this.#ingest(client, offers);
      this.#init.onIngested();
    }
  }

  async #ingest(client: BlockSupplier, offers: readonly Offer[]): Promise<void> {
    let batch: WantedVersion<Offer>[] = [];
    let bytes = 0;
    const withdrawn = new Set<VersionId>();
    for (const offer of offers) {
      const wanted = await this.#fetcher.resolve(client, offer.row.version, offer, withdrawn);
      if (wanted === undefined) {
        await this.#miss(offer, withdrawn);
        continue;
      }
      batch.push(wanted);
      bytes += contentBytesOf(offer.row.version.record);
      if (bytes < bytesPerBatch) continue;
      await this.#take(client, batch, withdrawn);
      batch = [];
      bytes = 0;
    }
    await this.#take(client, batch, withdrawn);
  }

  async #take(
    client: BlockSupplier,
    batch: readonly WantedVersion<Offer>[],
    withdrawn: Set<VersionId>,
  ): Promise<void> {
    if (batch.length === 0) return;
    let stagedBytes = 0;
    const onBytes = (bytes: number) => {
      stagedBytes += bytes;
      this.#stagedBytes += bytes;
      this.#init.onStaged();
    };
    try {
      const fetched = await this.#fetcher.fetch(client, batch, withdrawn, onBytes);
      for (const wanted of fetched.incomplete) await this.#miss(wanted.for, withdrawn);
      await this.#appender.append(fetched.complete);
      this.#init.losses.regain(fetched.complete.map(({ version }) => version.id));
    } finally {
      this.#stagedBytes -= stagedBytes;
    }
  }

  /** What members go back to was archived before, and nobody offers it anew. */
  async #turnPaths(): Promise<void> {
    const { index } = this.#init;
    let lost = 0;
    let paths = await index.neededPaths(offersPerBatch);
    while (paths.length > 0 && !this.#stopped) {
      lost += await this.#appender.turn(paths);
      paths = await index.neededPaths(offersPerBatch, paths.at(-1));
    }
    if (lost > 0) throw contentLost(lost);
  }

  /** A version that was kept beside and is not kept any more is not waited for; others are named. */
  async #miss(offer: Offer, withdrawn: ReadonlySet<VersionId>): Promise<void> {
    const { path, row, device } = offer;
    const kept = row.peers.find((peer) => peer.device === device);
    if (kept?.state !== 'side' || !withdrawn.has(row.version.id)) {
      this.#except(offer);
      return;
    }
    await this.#init.index.update([path], (entry) => withoutPeerRow(entry, row.version, kept), {
      sync: true,
    });
  }

  #except(offer: Offer): void {
    const set = this.#exceptions.get(offer.device) ?? new Set<VersionId>();
    this.#exceptions.set(offer.device, set);
    if (set.size >= maxExceptions) {
      throw new AppError('too_many_exceptions', 'A device offers much that it cannot give.', {
        kind: 'retry',
      });
    }
    set.add(offer.row.version.id);
  }
}

function contentLost(count: number): AppError {
  const versions = count === 1 ? 'a version' : `${count} versions`;
  return new AppError(
    'blocks_missing',
    `Devices went back to ${versions} whose content is not in the store any more.`,
    {
      hint: 'All else is taken. Change such a file where a device has it: then it is archived anew.',
      kind: 'retry',
    },
  );
}
