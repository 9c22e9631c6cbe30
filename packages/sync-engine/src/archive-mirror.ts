/**
 * The plain copy of the latest tree that an archive may keep beside its history. It is a member of
 * its own archive: it has an index of its own, takes over what the archive's index shows, and offers
 * what was changed in it by hand. The archive keeps that beside; nobody else hears of it.
 *
 * Invariant: nothing goes from the mirror to the archive's index but side rows, and what a rejection
 * of a mass change puts back.
 */
import {
  Coverage,
  type FolderIndex,
  type IndexPosition,
  type PathEntry,
  type RowState,
  samePosition,
  withPeerRow,
} from '@holdfast/folder-index';
import { type ListBlockStore, withholdingContext } from '@holdfast/folder-scanner';
import type { DeviceId, FolderId, FolderPath, Version, VersionId } from '@holdfast/model';
import { type BulkRunner, type Clock, errorMessage, type Logger } from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';
import type { BlockSupplier } from './block-client.js';
import { BlockServer } from './block-server.js';
import type { FolderTree } from './folder-config.js';
import type { FolderLosses } from './folder-losses.js';
import { LocalBlockSupplier } from './local-block-supplier.js';
import { LocalTree } from './local-tree.js';
import type { FolderTreeInit } from './local-tree-init.js';
import { planMirrorPath, withoutVouched } from './plan-mirror.js';
import type { PathPlanner } from './plan-sync.js';
import { receiptsForMirror } from './receipt-writer.js';
import { WakeSignal } from './wake-signal.js';

export interface ArchiveMirrorInit
  extends Omit<
    FolderTreeInit,
    'clientOf' | 'coverage' | 'plan' | 'index' | 'mayApply' | 'findVersions'
  > {
  readonly folder: FolderId;
  readonly tree: FolderTree;
  /** The mirror's own index. */
  readonly index: FolderIndex;
  readonly archiveIndex: FolderIndex;
  readonly archive: VersionArchive;
  /** Content of versions in the archive's store. */
  readonly archivedBlocks: BlockSupplier;
  readonly runner: BulkRunner;
  readonly listBlocks: ListBlockStore;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Versions that the archive could not read in the mirror, or lost. */
  readonly exceptions: () => ReadonlySet<VersionId>;
  readonly losses: Pick<FolderLosses, 'preventReceipts'>;
  /** The mirror offers something to the archive. */
  readonly onOffers: () => void;
}

interface Row {
  readonly version: Version;
  readonly sequence: number;
  readonly state: RowState;
  readonly checked: boolean;
}

const rowsPerPass = 1_000;
const retryDelayMs = 5_000;

export class ArchiveMirror {
  readonly tree: LocalTree;
  readonly index: FolderIndex;
  /** What the mirror itself can serve: content on its disk, held content included. */
  readonly blocks: BlockSupplier;
  readonly plan: PathPlanner;
  /** As which the mirror is known to its archive: this device. */
  readonly device: DeviceId;
  readonly #init: ArchiveMirrorInit;
  readonly #signal: WakeSignal;
  #coverage = new Coverage([], 1);
  #idle = false;
  #stopped = false;
  /** How often everything was asked of it anew. */
  #asked = 0;
  #loop: Promise<void> | undefined;

  constructor(init: ArchiveMirrorInit) {
    this.#init = init;
    this.index = init.index;
    this.device = init.context.device;
    this.#signal = new WakeSignal(init.clock);
    const { root } = init.tree;
    this.blocks = new LocalBlockSupplier(new BlockServer({ ...init, root, archive: undefined }));
    this.plan = (entry) => planMirrorPath(entry, init.hash);
    this.tree = new LocalTree({
      ...init,
      context: withholdingContext(init.context, () => true),
      plan: this.plan,
      waitsForArchive: true,
      mayApply: () => true,
      clientOf: (device) => (device === this.device ? init.archivedBlocks : undefined),
      coverage: () => this.#coverage,
      findVersions: (ids) => this.#archived(ids),
      onChange: () => {
        this.wake();
        init.onChange();
      },
    });
  }

  /** Which of the mirror's rows the archive's store has. The mirror waits for no other store. */
  get coverage(): Coverage {
    return this.#coverage;
  }

  /** Whether the archive knows what the mirror shows and keeps beside. */
  get isHeard(): boolean {
    const isEmpty = this.index.position().sequence === 0;
    return isEmpty || this.#init.archiveIndex.peer(this.device).seen !== undefined;
  }

  /** Whether mirror and archive have told each other everything. */
  get isCaughtUp(): boolean {
    const { archiveIndex } = this.#init;
    const taken = this.index.peer(this.device).seen;
    const offered = archiveIndex.peer(this.device).seen;
    return (
      this.#idle && hasAll(taken, archiveIndex.position()) && hasAll(offered, this.index.position())
    );
  }

  async start(): Promise<void> {
    await this.#refreshCoverage();
    this.#loop ??= this.#run();
    this.wake();
    await this.tree.start();
  }

  /** What it told is void from now on: a pass that is under way must not say that it was told. */
  askAnew(): void {
    this.#asked += 1;
  }

  /** Something changed: in the archive's index, in its store, or in the mirror. */
  wake(): void {
    this.#idle = false;
    this.#signal.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signal.wake();
    await this.tree.stop();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#signal.wait();
      if (this.#stopped) return;
      this.#idle = true;
      try {
        if (await this.#takeOver()) this.tree.wake();
        if (await this.#offer()) this.#init.onOffers();
        await this.#refreshCoverage();
        this.tree.releaseHeld();
      } catch (error) {
        this.#idle = false;
        const reason = errorMessage(error);
        this.#init.logger.warn('the mirror stopped for now', { folder: this.#init.folder, reason });
        this.#signal.wakeAfter(retryDelayMs);
      }
    }
  }

  /** What the archive shows becomes known to the mirror. Returns whether anything was new. */
  #takeOver(): Promise<boolean> {
    return this.#carry(this.#init.archiveIndex, this.index, 'current', async (rows) => rows);
  }

  /** What the log does not have is offered to the archive; a deletion has nothing to keep. */
  async #offer(): Promise<boolean> {
    const { archive, folder, archiveIndex } = this.#init;
    let hasTakenBack = false;
    const hasOffered = await this.#carry(this.index, archiveIndex, 'side', async (rows) => {
      hasTakenBack = (await this.#takeBackVouched(rows)) || hasTakenBack;
      const withContent = rows.filter((row) => row.version.record.kind !== 'tombstone');
      const ids = withContent.map((row) => row.version.id);
      const known = await archive.hasVersions(folder, ids);
      return withContent.filter((_, at) => known[at] !== true);
    });
    return hasOffered || hasTakenBack;
  }

  /** What a rejection put back here, and something took the place of. Returns whether there was any. */
  async #takeBackVouched(rows: readonly Row[]): Promise<boolean> {
    const { archiveIndex } = this.#init;
    const shown = new Map(
      rows
        .filter(({ state }) => state === 'current')
        .map(({ version }) => [version.record.path, version]),
    );
    const takenBack = (entry: PathEntry) => {
      const version = shown.get(entry.path);
      return version === undefined ? entry : withoutVouched(entry, this.device, version);
    };
    const entries = await archiveIndex.entries([...shown.keys()]);
    const paths = entries.filter((one) => takenBack(one) !== one).map((one) => one.path);
    if (paths.length > 0) await archiveIndex.update(paths, takenBack, { sync: true });
    return paths.length > 0;
  }

  /** Goes on from what `to` durably knows of `from`; an index that was begun anew is taken anew. */
  async #carry(
    from: FolderIndex,
    to: FolderIndex,
    state: 'current' | 'side',
    choose: (rows: readonly Row[]) => Promise<readonly Row[]>,
  ): Promise<boolean> {
    const asked = this.#asked;
    let carried = false;
    let after = await this.#knownPosition(from, to);
    while (!this.#stopped && after < from.position().sequence) {
      const { rows, reached } = await from.rowsAfter(after, rowsPerPass);
      const chosen = await choose(rows);
      if (asked !== this.#asked) return carried;
      await this.#write(to, chosen, state, reached);
      carried ||= chosen.length > 0;
      after = reached?.sequence ?? rows.at(-1)?.sequence ?? after;
    }
    return carried;
  }

  async #knownPosition(from: FolderIndex, to: FolderIndex): Promise<number> {
    const { seen } = to.peer(this.device);
    if (seen === undefined) return 0;
    if (await from.numbers.remembers(seen)) return seen.sequence;
    await to.forgetPeer(this.device);
    return 0;
  }

  async #write(
    to: FolderIndex,
    rows: readonly Row[],
    state: 'current' | 'side',
    reached: IndexPosition | undefined,
  ): Promise<void> {
    const byPath = new Map<FolderPath, Row[]>();
    for (const row of rows) {
      const { path } = row.version.record;
      byPath.set(path, [...(byPath.get(path) ?? []), row]);
    }
    const device = this.device;
    const peers = reached ? { [device]: { seen: reached } } : {};
    await to.update(
      [...byPath.keys()],
      (entry) =>
        (byPath.get(entry.path) ?? []).reduce((next, { version, sequence, checked, ...row }) => {
          // What was put back after a rejection is vouched for: the folder shows it from now on.
          const shown = checked && row.state === 'current' ? 'current' : state;
          return withPeerRow(next, version, { device, state: shown, sequence }, checked);
        }, entry),
      { sync: reached !== undefined, peers },
    );
  }

  async #archived(ids: ReadonlySet<VersionId>): Promise<readonly Version[]> {
    const { archive, folder } = this.#init;
    const found = await Promise.all([...ids].map((id) => archive.version(folder, id)));
    return found.filter((version) => version !== undefined);
  }

  async #refreshCoverage(): Promise<void> {
    this.#coverage = new Coverage(await receiptsForMirror(this.device, this.#init), 1);
  }
}

/** Of an index without rows there is nothing to take. */
function hasAll(seen: IndexPosition | undefined, position: IndexPosition): boolean {
  return position.sequence === 0 || samePosition(seen, position);
}
