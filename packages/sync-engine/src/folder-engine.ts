/**
 * One folder on this device: its index, its tree or its archive or both, and a link to every
 * connected member. It decides nothing about paths; it passes on what changed to whom it concerns.
 */
import type { Coverage, FolderIndex, PathEntry } from '@holdfast/folder-index';
import { withholdingContext } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId } from '@holdfast/model';
import { AppError, errorMessage } from '@holdfast/platform';
import type {
  FolderAnnouncement,
  IndexDeltaMessage,
  ProgressMessage,
  ReceiptMessage,
} from '@holdfast/sync-protocol';
import type { VersionArchive } from '@holdfast/version-archive';
import { ArchiveIngester } from './archive-ingester.js';
import { ArchiveMirror } from './archive-mirror.js';
import type { BlockSupplier } from './block-client.js';
import { BlockServer } from './block-server.js';
import { LinkPause, linksPaused } from './end-links.js';
import { folderAnnouncement } from './folder-announcement.js';
import type { FolderConfig } from './folder-config.js';
import type { FolderEngineInit } from './folder-engine-init.js';
import { FolderLink } from './folder-link.js';
import { FolderLosses } from './folder-losses.js';
import { FolderMassChanges } from './folder-mass-changes.js';
import { FolderModes } from './folder-modes.js';
import { folderNeed } from './folder-need.js';
import { FolderRenumbering } from './folder-renumbering.js';
import { isFolderCovered, isFolderInSync } from './folder-sync-state.js';
import { KnownCoverage } from './known-coverage.js';
import { LocalBlockSupplier } from './local-block-supplier.js';
import { LocalTree } from './local-tree.js';
import { forgetWitness } from './log-watch.js';
import type { PeerSession } from './peer-session.js';
import { planPath } from './plan-sync.js';
import { ReceiptSender } from './receipt-sender.js';
import { seedFromHistory } from './seed-from-history.js';

export class FolderEngine {
  readonly index: FolderIndex;
  readonly blockServer: BlockServer;
  /** The blocks that this device has itself. */
  readonly localBlocks: BlockSupplier;
  readonly tree: LocalTree | undefined;
  readonly ingester: ArchiveIngester | undefined;
  readonly mirror: ArchiveMirror | undefined;
  readonly renumbering: FolderRenumbering;
  /** Override, revert and changes of the mode; undefined where there are no files. */
  readonly modes: FolderModes | undefined;
  readonly massChanges: FolderMassChanges;
  /** What the store had of this folder and lost. */
  readonly losses = new FolderLosses();
  readonly linkPause = new LinkPause();
  readonly #init: FolderEngineInit;
  readonly #links = new Map<DeviceId, FolderLink>();
  #config: FolderConfig;
  readonly #coverage = new KnownCoverage();
  readonly #receipts: ReceiptSender | undefined;
  #stopped = false;

  constructor(init: FolderEngineInit) {
    this.#init = init;
    this.#config = init.config;
    this.index = init.index;
    const { config, archive } = init;
    // An archive serves others from its store: its mirror may show something else.
    const root = archive === undefined ? config.tree?.root : undefined;
    this.blockServer = new BlockServer({ ...init, folder: config.id, root });
    this.localBlocks = new LocalBlockSupplier(this.blockServer);
    this.massChanges = this.#massChangesOf();
    const shared = {
      ...init,
      folder: config.id,
      guard: this.massChanges.guard,
      keepers: () => [...this.#links.keys()],
      isEverybodyHere: () => this.#config.members.every((member) => this.#links.has(member)),
      clientOf: (device: DeviceId) => this.#clientOf(device),
    };
    const isPaused = () => this.#config.paused;
    const plan = (entry: PathEntry) => planPath(entry, init.hash);
    const context = withholdingContext(init.context, () => this.#config.mode === 'receive-only');
    this.renumbering = this.#renumberingOf(shared);
    this.mirror = this.#mirrorOf(isPaused);
    this.tree =
      archive !== undefined || config.tree === undefined
        ? this.mirror?.tree
        : new LocalTree({
            ...shared,
            tree: config.tree,
            plan,
            context,
            mayPlace: () => this.#config.mode !== 'send-only',
            coverage: () => this.#coverage.current,
            findVersions: (ids) => this.renumbering.findVersions(ids),
            isPaused,
            mayHearMore: () => [...this.#links.values()].some((link) => link.hasMore),
            mayApply: () => !this.renumbering.isPending,
            onChange: () => this.#changed(),
          });
    this.ingester =
      archive === undefined
        ? undefined
        : new ArchiveIngester({
            ...shared,
            archive,
            connected: () => [
              ...this.#links.keys(),
              ...(this.mirror === undefined ? [] : [init.context.device]),
            ],
            mayIngest: () => !isPaused(),
            losses: this.losses,
            onStaged: () => this.#changed(),
            onIngested: () => this.#ingested(),
          });
    this.#receipts = archive && this.#receiptsOf(archive);
    if (this.tree === undefined) return;
    const onChange = () => this.#changed();
    const own = { folder: this, tree: this.tree, context, onChange };
    this.modes = new FolderModes({ ...own, plan: this.mirror?.plan ?? plan });
  }

  #massChangesOf(): FolderMassChanges {
    return new FolderMassChanges({
      ...this.#init,
      device: this.#init.context.device,
      config: () => this.#config,
      coverage: () => this.#coverage.current,
      onNews: () => this.#init.onMassChange(this.#config.id),
      onSettled: () => {
        this.tree?.wake();
        this.#ingested();
      },
    });
  }

  #receiptsOf(archive: VersionArchive): ReceiptSender {
    return new ReceiptSender({
      folder: this.#config.id,
      index: this.index,
      archive,
      links: this.#links,
      exceptionsOf: (device) => this.ingester?.exceptionsOf(device) ?? new Set(),
      losses: this.losses,
    });
  }

  #mirrorOf(isPaused: () => boolean): ArchiveMirror | undefined {
    const { config, archive, index, mirrorIndex } = this.#init;
    if (archive === undefined || mirrorIndex === undefined || config.tree === undefined) return;
    return new ArchiveMirror({
      ...this.#init,
      folder: config.id,
      tree: config.tree,
      index: mirrorIndex,
      archiveIndex: index,
      archive,
      archivedBlocks: this.localBlocks,
      isPaused,
      guard: this.massChanges.guard,
      keepers: () => [this.#init.context.device],
      exceptions: () => this.ingester?.exceptionsOf(this.#init.context.device) ?? new Set(),
      losses: this.losses,
      onOffers: () => this.ingester?.wake(),
      onChange: () => this.#changed(),
    });
  }

  get config(): FolderConfig {
    return this.#config;
  }

  get links(): ReadonlyMap<DeviceId, FolderLink> {
    return this.#links;
  }

  get coverage(): Coverage {
    return this.#coverage.current;
  }

  /** The index that stands for the tree here: an archive's mirror has its own. */
  get treeIndex(): FolderIndex {
    return this.mirror?.index ?? this.index;
  }

  /** What lets go of content that is set aside here. */
  get heldCoverage(): Coverage {
    return this.mirror?.coverage ?? this.#coverage.current;
  }

  /** Why the folder is stopped; empty while it is not. */
  get stopReason(): string {
    return this.tree?.stopReason ?? '';
  }

  async start(): Promise<void> {
    await this.renumbering.resume();
    await this.refreshCoverage();
    const { archive, hash, config } = this.#init;
    if (archive !== undefined) await seedFromHistory(config.id, this.index, archive, hash);
    this.ingester?.start();
    await this.modes?.shareWithheld();
    await this.massChanges.settle();
    await (this.mirror ?? this.tree)?.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.renumbering.stop();
    for (const link of this.#links.values()) link.end();
    this.#links.clear();
    await (this.mirror ?? this.tree)?.stop();
    await this.ingester?.stop();
  }

  /** Members, label, copies or the pause changed; what was dropped ends at once. */
  async reconfigure(config: FolderConfig): Promise<void> {
    const resumed = this.#config.paused && !config.paused;
    this.#config = config;
    if (config.tree !== undefined) this.tree?.chooseWatch(config.tree.watch);
    for (const [device, link] of this.#links) {
      if (config.members.includes(device)) continue;
      link.end();
      this.#links.delete(device);
    }
    for (const device of this.index.peers().keys()) {
      if (!config.members.includes(device)) await forgetWitness(this.index, device);
    }
    await this.refreshCoverage();
    await this.modes?.shareWithheld();
    this.tree?.wake();
    if (resumed) {
      this.ingester?.wake();
      this.tree?.rescan().catch((error: unknown) => this.#warn(error));
    }
    this.#changed();
  }

  /** What it says of the folder to a member. */
  announcementFor(device: DeviceId, questions: number, proofCount: number): FolderAnnouncement {
    const massChanges = this.massChanges.announced(questions);
    const proofs = this.#init.proofs.announced(this.#config.id, proofCount);
    const said = { ...this.#config, massChanges, proofs };
    return folderAnnouncement(said, this.index, this.#init.archive, device);
  }

  /** The member keeps the folder and lists this device: begin, or take over what it says now. */
  async link(session: PeerSession, announcement: FolderAnnouncement): Promise<void> {
    const pauses = this.linkPause.begun;
    await this.massChanges.hear(announcement.massChanges);
    await this.#init.proofs.hear(this.#config, announcement.proofs);
    const known = this.#links.get(session.device);
    if (this.isLinked(session, announcement)) return known?.update(announcement);
    if (known) this.unlink(known.session);
    const link = new FolderLink(
      {
        ...this.#init,
        folder: this.#config.id,
        session,
        need: () => folderNeed(this),
        trouble: () => this.ingester?.trouble ?? this.tree?.trouble,
        isLooking: () => this.tree?.isLooking ?? false,
        onRows: () => this.#rowsArrived(),
        onOwnRows: () => this.#changed(),
        onProgress: () => this.#init.onChange(this.#config.id),
        onReceipt: () => this.#receiptArrived(),
      },
      announcement,
    );
    if (!(await this.renumbering.accepts(link))) return;
    try {
      await link.dropVoidReceipt();
      if (this.linkPause.isSince(pauses)) return session.end(linksPaused());
      this.#links.set(session.device, link);
      await link.start();
    } catch (error) {
      this.#warn(error);
      this.unlink(session);
      return;
    }
    this.#rowsArrived();
  }

  /** Whether there is a link, to the epoch that the member announces. */
  isLinked(session: PeerSession, { epoch }: FolderAnnouncement): boolean {
    const link = this.#links.get(session.device);
    return link?.session === session && link.announcement.epoch === epoch;
  }

  unlink(session: PeerSession): void {
    if (!session.isReady) this.renumbering.forget(session);
    const link = this.#links.get(session.device);
    if (link?.session !== session) return;
    link.end();
    this.#links.delete(session.device);
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
    return isFolderInSync(this);
  }

  /** Whether enough archives hold every version of this device. */
  isCovered(): boolean {
    return isFolderCovered(this);
  }

  /** Receipts count only where this device still remembers the position that they name. */
  refreshCoverage(): Promise<void> {
    return this.#coverage.refresh(this.index, () => this.#config);
  }

  #renumberingOf(shared: { folder: FolderId } & FolderEngineInit): FolderRenumbering {
    return new FolderRenumbering({
      ...shared,
      device: shared.context.device,
      links: () => this.#links.values(),
      members: () => this.#config.members,
      tree: () => this.tree,
      onNewEpoch: (message) => {
        for (const link of [...this.#links.values()]) this.unlink(link.session);
        this.mirror?.wake();
        this.refreshCoverage().catch((error: unknown) => this.#warn(error));
        this.#init.onNewEpoch(this.#config.id, message);
      },
      onDone: () => this.#changed(),
    });
  }

  #clientOf(device: DeviceId): BlockSupplier | undefined {
    if (device === this.#init.context.device) return this.mirror?.blocks ?? this.localBlocks;
    const link = this.#links.get(device);
    return link?.session.isReady ? link.session.blocks : undefined;
  }

  /** Its index was changed by others than its own parts: members are told. */
  noteChanged(): void {
    this.#changed();
  }

  #changed(): void {
    if (this.#stopped) return;
    this.renumbering.check();
    this.#shareLeft();
    for (const link of this.#links.values()) link.wake();
    this.#init.onChange(this.#config.id);
  }

  #rowsArrived(): void {
    this.renumbering.check();
    this.#shareLeft();
    this.tree?.wake();
    this.ingester?.wake();
    this.#sendReceipts();
    this.#init.onChange(this.#config.id);
  }

  /** A folder that sends withholds nothing; a mirror does whatever its archive sends. */
  #shareLeft(): void {
    if (this.#stopped || this.mirror !== undefined) return;
    this.modes?.shareLeft().catch((error: unknown) => this.#warn(error));
  }

  #ingested(): void {
    this.#sendReceipts();
    this.mirror?.wake();
    this.#changed();
  }

  #sendReceipts(): void {
    this.#receipts?.send().catch((error: unknown) => this.#warn(error));
  }

  #receiptArrived(): Promise<void> {
    return this.refreshCoverage()
      .then(() => {
        this.tree?.releaseHeld();
        this.#init.onChange(this.#config.id);
      })
      .catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    const code = error instanceof AppError ? error.code : 'internal';
    const reason = errorMessage(error);
    this.#init.logger.warn('folder work failed', { folder: this.#config.id, code, reason });
  }
}
