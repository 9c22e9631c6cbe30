/**
 * One folder on this device: its index, its tree or its archive or both, and a link to every
 * connected member. It decides nothing about paths; it passes on what changed to whom it concerns.
 */
import { Coverage, type FolderIndex, localCurrent, samePosition } from '@holdfast/folder-index';
import type { ListBlockStore, ObserveContext } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId, Hash } from '@holdfast/model';
import {
  AppError,
  type BulkRunner,
  type Clock,
  errorMessage,
  type FileWatcher,
  type Logger,
  Mutex,
  type RandomSource,
} from '@holdfast/platform';
import type {
  FolderAnnouncement,
  IndexDeltaMessage,
  ProgressMessage,
  ReceiptMessage,
} from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import { ArchiveIngester } from './archive-ingester.js';
import type { BlockClient, BlockSupplier } from './block-client.js';
import { BlockServer } from './block-server.js';
import type { FolderConfig } from './folder-config.js';
import { FolderLink } from './folder-link.js';
import { LocalBlockSupplier } from './local-block-supplier.js';
import { LocalTree } from './local-tree.js';
import type { PeerSession } from './peer-session.js';
import { receiptFor } from './receipt-writer.js';
import { seedFromHistory } from './seed-from-history.js';

export interface FolderEngineInit {
  readonly config: FolderConfig;
  readonly index: FolderIndex;
  /** The device's store, where this folder's history is kept here. */
  readonly archive: VersionArchive | undefined;
  readonly runner: BulkRunner;
  readonly watcher: FileWatcher;
  readonly listBlocks: ListBlockStore;
  readonly context: ObserveContext;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  /** Something that people or scripts may watch has changed. */
  readonly onChange: (folder: FolderId) => void;
}

export class FolderEngine {
  readonly index: FolderIndex;
  readonly blockServer: BlockServer;
  /** The blocks that this device has itself. */
  readonly localBlocks: BlockSupplier;
  readonly tree: LocalTree | undefined;
  readonly ingester: ArchiveIngester | undefined;
  readonly #init: FolderEngineInit;
  readonly #links = new Map<DeviceId, FolderLink>();
  #config: FolderConfig;
  #mismatch = '';
  #coverage: Coverage = new Coverage([], 0);
  readonly #receipts = new Mutex();
  #receiptsWait = false;
  #stopped = false;

  constructor(init: FolderEngineInit) {
    this.#init = init;
    this.#config = init.config;
    this.index = init.index;
    const { config, index, archive, listBlocks, runner } = init;
    const root = config.tree?.root;
    this.blockServer = new BlockServer({
      folder: config.id,
      index,
      archive,
      listBlocks,
      runner,
      root,
    });
    this.localBlocks = new LocalBlockSupplier(this.blockServer);
    const shared = {
      ...init,
      folder: config.id,
      clientOf: (device: DeviceId) => this.#clientOf(device),
    };
    this.tree =
      config.tree === undefined
        ? undefined
        : new LocalTree({
            ...shared,
            tree: config.tree,
            coverage: () => this.#coverage,
            isPaused: () => this.#config.paused || this.#mismatch !== '',
            onChange: () => this.#changed(),
          });
    this.ingester =
      archive === undefined
        ? undefined
        : new ArchiveIngester({
            ...shared,
            archive,
            connected: () => [...this.#links.keys()],
            mayIngest: () => !this.#config.paused && this.#mismatch === '',
            onIngested: () => this.#ingested(),
          });
  }

  get config(): FolderConfig {
    return this.#config;
  }

  get links(): ReadonlyMap<DeviceId, FolderLink> {
    return this.#links;
  }

  get coverage(): Coverage {
    return this.#coverage;
  }

  /** Why the folder is stopped; empty while it is not. */
  get stopReason(): string {
    return this.#mismatch || (this.tree?.stopReason ?? '');
  }

  /** Whether it stopped for good because numbers went backward. */
  get isRefused(): boolean {
    return this.#mismatch !== '';
  }

  async start(): Promise<void> {
    await this.refreshCoverage();
    const { archive, hash, config } = this.#init;
    if (archive !== undefined) await seedFromHistory(config.id, this.index, archive, hash);
    this.ingester?.start();
    await this.tree?.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const link of this.#links.values()) link.end();
    this.#links.clear();
    await this.tree?.stop();
    await this.ingester?.stop();
  }

  /** Members, label, copies or the pause changed; what was dropped ends at once. */
  async reconfigure(config: FolderConfig): Promise<void> {
    const resumed = this.#config.paused && !config.paused;
    this.#config = config;
    for (const [device, link] of this.#links) {
      if (config.members.includes(device)) continue;
      link.end();
      this.#links.delete(device);
    }
    await this.refreshCoverage();
    if (resumed) {
      this.ingester?.wake();
      this.tree?.rescan().catch((error: unknown) => this.#warn(error));
    }
    this.#changed();
  }

  /** What this device says of the folder to a member. */
  announcementFor(device: DeviceId): FolderAnnouncement {
    const { archive } = this.#init;
    const position = this.index.position();
    const { seen } = this.index.peer(device);
    return {
      folderId: this.#config.id,
      label: this.#config.label,
      accepted: true,
      epoch: position.epoch,
      position,
      mode: this.#config.mode,
      ...(seen === undefined ? {} : { seen }),
      ...(archive === undefined
        ? {}
        : { archive: { storeId: archive.storeId, generation: archive.generation } }),
    };
  }

  /** The member keeps the folder and lists this device: begin, or take over what it says now. */
  async link(session: PeerSession, announcement: FolderAnnouncement): Promise<void> {
    const known = this.#links.get(session.device);
    if (known?.session === session) {
      known.update(announcement);
      return;
    }
    known?.end();
    const link = new FolderLink(
      {
        folder: this.#config.id,
        index: this.index,
        session,
        hash: this.#init.hash,
        clock: this.#init.clock,
        need: () => this.#need(),
        onRows: () => this.#rowsArrived(),
        onProgress: () => this.#init.onChange(this.#config.id),
        onReceipt: () => this.#receiptArrived(),
        onMismatch: (error) => this.refuse(error.message),
      },
      announcement,
    );
    this.#links.set(session.device, link);
    try {
      await link.start();
    } catch (error) {
      this.#warn(error);
      this.unlink(session);
      return;
    }
    if (this.#mismatch === '') this.#rowsArrived();
    else this.unlink(session);
  }

  isLinked(session: PeerSession): boolean {
    return this.#links.get(session.device)?.session === session;
  }

  unlink(session: PeerSession): void {
    const link = this.#links.get(session.device);
    if (link?.session !== session) return;
    link.end();
    this.#links.delete(session.device);
    this.#init.onChange(this.#config.id);
  }

  /** Numbers went backward somewhere: nothing goes on until a person has looked. */
  refuse(reason: string): void {
    if (this.#mismatch !== '') return;
    this.#mismatch = reason;
    this.#init.logger.error('folder stopped', { folder: this.#config.id, reason });
    for (const link of this.#links.values()) link.end();
    this.#links.clear();
    this.#init.onChange(this.#config.id);
  }

  async receive(
    session: PeerSession,
    message: IndexDeltaMessage | ProgressMessage | ReceiptMessage,
  ): Promise<void> {
    const link = this.#links.get(session.device);
    if (link?.session !== session) return;
    if (message.type === 'index-delta') await link.receiveDelta(message);
    else if (message.type === 'progress') link.receiveProgress(message);
    else if (this.#config.members.includes(session.device)) await link.receiveReceipt(message);
  }

  /** Whether this folder is in sync with every connected member, on one look. */
  isInSync(): boolean {
    if (this.stopReason !== '' || this.#config.paused || this.#links.size === 0) return false;
    if (this.tree !== undefined && !this.tree.isSettled) return false;
    if (this.#need().files > 0) return false;
    const position = this.index.position();
    return [...this.#links.values()].every((link) => {
      const { progress } = link;
      const seen = this.index.peer(link.device).seen;
      return (
        progress !== undefined &&
        progress.needFiles === 0 &&
        samePosition(progress.seen, position) &&
        seen?.sequence === progress.sequence
      );
    });
  }

  /** Whether enough archives hold every version of this device. */
  isCovered(): boolean {
    const { sequence } = this.index.position();
    const settled = this.tree === undefined || (this.tree.isSettled && this.tree.unreadable === 0);
    return settled && this.#coverage.threshold() >= sequence && this.#coverage.exceptions() === 0;
  }

  /** Members that are known to keep history, and whether some member's role is not known yet. */
  archiveMembers(): { readonly archives: number; readonly unknown: number } {
    let archives = 0;
    let unknown = 0;
    for (const device of this.#config.members) {
      const link = this.#links.get(device);
      if (this.index.peer(device).receipt !== undefined) archives += 1;
      else if (link === undefined) unknown += 1;
      else if (link.announcement.archive !== undefined) archives += 1;
    }
    return { archives, unknown };
  }

  /** Receipts count only where this device still remembers the position that they name. */
  async refreshCoverage(): Promise<void> {
    const receipts = [];
    for (const device of this.#config.members) {
      const { receipt } = this.index.peer(device);
      if (receipt !== undefined && (await this.index.remembers(receipt.position))) {
        receipts.push(receipt);
      }
    }
    this.#coverage = new Coverage(receipts, this.#config.copies);
  }

  /** What is set aside here, oldest first. */
  async held(limit: number) {
    const rows = await this.index.sideRows(this.index.position().sequence, limit);
    const entries = await this.index.entries(rows.map((row) => row.path));
    return rows.map((row, at) => {
      const local = entries[at]?.rows.find((one) => one.version.id === row.version.id)?.local;
      return { ...row, sinceMs: local?.sinceMs ?? 0, shown: localCurrent(entries[at]!) };
    });
  }

  #need(): { files: number; bytes: number } {
    const { needFiles, needBytes, queued, queuedBytes } = this.index.counts;
    return { files: needFiles + queued, bytes: needBytes + queuedBytes };
  }

  #clientOf(device: DeviceId): BlockClient | undefined {
    const link = this.#links.get(device);
    return link?.session.isReady ? link.session.blocks : undefined;
  }

  #changed(): void {
    if (this.#stopped) return;
    for (const link of this.#links.values()) link.wake();
    this.#init.onChange(this.#config.id);
  }

  #rowsArrived(): void {
    this.tree?.wake();
    this.ingester?.wake();
    this.#sendReceipts();
    this.#init.onChange(this.#config.id);
  }

  #ingested(): void {
    this.#sendReceipts();
    this.#changed();
  }

  #sendReceipts(): void {
    const { archive } = this.#init;
    const { ingester } = this;
    if (archive === undefined || ingester === undefined || this.#receiptsWait) return;
    this.#receiptsWait = true;
    // One after the other, so that an older statement never follows a newer one.
    this.#receipts
      .run(async () => {
        this.#receiptsWait = false;
        for (const link of this.#links.values()) {
          const exceptions = ingester.exceptionsOf(link.device);
          const receipt = await receiptFor(this.#config.id, this.index, archive, link, exceptions);
          if (receipt !== undefined) await link.sendReceipt(receipt);
        }
      })
      .catch((error: unknown) => this.#warn(error));
  }

  #receiptArrived(): void {
    this.refreshCoverage()
      .then(() => {
        this.tree?.releaseHeld();
        this.#init.onChange(this.#config.id);
      })
      .catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    const code = error instanceof AppError ? error.code : 'internal';
    this.#init.logger.warn('folder work failed', {
      folder: this.#config.id,
      code,
      reason: errorMessage(error),
    });
  }
}
