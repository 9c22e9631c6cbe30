/**
 * A folder whose own numbers went backward: begins the new epoch, has own versions stamped anew, and
 * waits for one full index of a member (an archive's, if there is one) before anything is published
 * or placed. Owns how far that has come; what becomes of a path is decided in `restamp.ts`.
 *
 * Invariant: no row in doubt meets a remote one before it was stamped anew, and every step can be
 * taken again after a crash.
 */
import type { FolderIndex, PathEntry, Renumbering } from '@holdfast/folder-index';
import {
  actorOf,
  type DeviceId,
  type FolderId,
  type FolderPath,
  type Hash,
  type Version,
  type VersionId,
} from '@holdfast/model';
import {
  AppError,
  type Clock,
  errorMessage,
  type Logger,
  Mutex,
  type Timer,
} from '@holdfast/platform';
import type { VersionArchive } from '@holdfast/version-archive';
import type { FolderLink } from './folder-link.js';
import type { LocalTree } from './local-tree.js';
import { PastVersions } from './past-versions.js';
import type { PeerSession } from './peer-session.js';
import { adoptKnown, type RestampContext, restamp, undecided } from './restamp.js';
import { showHistory } from './seed-from-history.js';

export interface FolderRenumberingInit {
  readonly folder: FolderId;
  readonly device: DeviceId;
  readonly index: FolderIndex;
  /** The one of an archive's mirror, which is begun anew without waiting for anybody. */
  readonly mirrorIndex: FolderIndex | undefined;
  readonly archive: VersionArchive | undefined;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly links: () => Iterable<FolderLink>;
  readonly members: () => readonly DeviceId[];
  readonly tree: () => Pick<LocalTree, 'hasScanned' | 'wake' | 'reclaimHeld'> | undefined;
  readonly nameOf: (device: DeviceId) => string;
  /** The index has a new epoch: every link has to begin anew. */
  readonly onNewEpoch: (message: string) => void;
  /** All may be published and placed again. */
  readonly onDone: () => void;
}

/** So long the other members' indices, an archive's above all, are waited for after the first. */
const moreIndicesMs = 15_000;
/** After an archive's answer broke off: by then the next connection with it may be there. */
const askAgainMs = 1_000;
/** A member that makes the index begin anew more often than this is not believed any more. */
const maxEpochsPerMember = 3;
const dayMs = 24 * 60 * 60_000;
const noteDays = 7;

export class FolderRenumbering {
  readonly #init: FolderRenumberingInit;
  readonly #past: PastVersions;
  /** Sessions in which nothing is exchanged, with the reason. */
  readonly #refused = new Map<PeerSession, string>();
  /** Two members that contradict at once must not make two epochs. */
  readonly #accepting = new Mutex();
  #timer: Timer | undefined;
  #waitedEnough = false;
  #adopting = false;

  constructor(init: FolderRenumberingInit) {
    this.#init = init;
    this.#past = new PastVersions(init);
  }

  /** Whether rows are in doubt: nothing is placed, and nothing beyond the certain rows is told. */
  get isPending(): boolean {
    return this.#init.index.numbers.renumbering !== undefined;
  }

  /** A sentence for people about what happened lately; empty where nothing did. */
  get note(): string {
    const last = this.#init.index.numbers.epochChanges.at(-1);
    if (last === undefined || !this.#isWithin(last.atMs, noteDays)) return '';
    return last.witness === undefined ? rebuilt : renumbered(this.#init.nameOf(last.witness));
  }

  /** Whether nothing is exchanged in a session, because its member contradicted too often. */
  refuses(session: PeerSession): boolean {
    return this.#refused.has(session);
  }

  /** Why nothing is exchanged with some connected members. */
  get refusals(): readonly string[] {
    return [...this.#refused.values()];
  }

  forget(session: PeerSession): void {
    this.#refused.delete(session);
  }

  /** Goes on where a crash ended it; before anything is scanned. */
  async resume(): Promise<void> {
    const { index, mirrorIndex, folder, logger, clock } = this.#init;
    const doubt = index.loss ?? mirrorIndex?.loss;
    if (doubt !== undefined) {
      logger.error('the index was lost and is made anew', { folder, doubt });
      await index.numbers.noteLoss(clock.now());
      this.#init.onNewEpoch(rebuilt);
    }
    if (index.numbers.renumbering?.restamped === false) await this.#restampAll();
  }

  /**
   * Whether a member's memory of this device is in order. Where it is not, the index goes on under a
   * new epoch, or the member is refused because it contradicts too often; no link may begin then.
   */
  accepts(link: FolderLink): Promise<boolean> {
    return this.#accepting.run(() => this.#accepts(link));
  }

  async #accepts(link: FolderLink): Promise<boolean> {
    const { index, clock } = this.#init;
    const { device, announcement } = link;
    if (!(await index.numbers.isContradictedBy(device, announcement.seen))) {
      if (announcement.seen !== undefined) {
        await index.numbers.noteConfirmed(device, announcement.seen);
      }
      return true;
    }
    const lately = index.numbers.epochChanges.filter(
      (change) => change.witness === device && this.#isWithin(change.atMs, 1),
    );
    if (lately.length >= maxEpochsPerMember) {
      const reason = contradictsTooOften(this.#init.nameOf(device));
      this.#init.logger.error(reason, { folder: this.#init.folder, device });
      this.#refused.set(link.session, reason);
      return false;
    }
    await index.numbers.beginEpoch(device, clock.now(), this.#init.archive === undefined);
    const message = renumbered(this.#init.nameOf(device));
    this.#init.logger.warn(message, { folder: this.#init.folder, device });
    this.#waitedEnough = false;
    await this.#restampAll();
    this.#init.onNewEpoch(message);
    return false;
  }

  /**
   * Versions that the index has forgotten, as the members show them or an archive's history knows
   * them. Undefined while rows are in doubt, or an archive is not connected.
   */
  async findVersions(ids: ReadonlySet<VersionId>): Promise<readonly Version[] | undefined> {
    if (this.isPending) return undefined;
    const { index, members } = this.#init;
    const arrived = new Set(
      [...this.#init.links()].filter((link) => link.hasArrived).map((link) => link.device),
    );
    const isArchive = (device: DeviceId) => index.peer(device).receipt !== undefined;
    if (members().some((device) => isArchive(device) && !arrived.has(device))) return undefined;
    try {
      return await this.#past.find(ids);
    } catch (error) {
      if (error instanceof AppError && error.kind === 'retry') return undefined;
      throw error;
    }
  }

  /** Something arrived: perhaps enough to go on. */
  check(): void {
    if (!this.isPending || this.#adopting || !this.#isReady()) return;
    this.#adopting = true;
    this.#finish()
      .catch((error: unknown) => this.#brokeOff(error))
      .finally(() => {
        this.#adopting = false;
      });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  async #restampAll(): Promise<void> {
    const { index, archive, hash, folder } = this.#init;
    const { renumbering } = index.numbers;
    if (renumbering === undefined) return;
    if (archive !== undefined) {
      // An archive's rows are the versions of others; what it shows is what its log shows.
      await showHistory(folder, index, archive, hash);
      await index.numbers.endRenumbering();
      return;
    }
    const context = this.#context(renumbering);
    for await (const paths of index.pathsAfter(context.certain)) {
      await index.update(paths, (entry) => restamp(entry, context), { sync: true });
    }
    await index.numbers.noteRestamped();
  }

  /**
   * The disk was compared with the index, one member's whole index is here, and those of the others,
   * or time enough was given to them.
   */
  #isReady(): boolean {
    const { index, members, tree } = this.#init;
    if (tree()?.hasScanned === false) return false;
    const isLost = index.numbers.renumbering?.lost === true;
    if (isLost && members().length === 0) return true;
    const links = [...this.#init.links()];
    const arrived = links.filter((link) => link.hasArrived);
    if (arrived.length === 0) return false;
    const archives = members().filter((device) => index.peer(device).receipt !== undefined);
    // A lost index does not know which of the members is an archive.
    const awaited = isLost ? members() : [...links.map((link) => link.device), ...archives];
    const missing = awaited.filter((device) => !arrived.some((link) => link.device === device));
    if (missing.length === 0 || this.#waitedEnough) return true;
    this.#checkIn(moreIndicesMs, () => {
      this.#waitedEnough = true;
    });
    return false;
  }

  /** An archive whose connection broke off is given time again; it is asked once it is back. */
  #brokeOff(error: unknown): void {
    this.#warn(error);
    if (!(error instanceof AppError) || error.kind !== 'retry') return;
    this.#waitedEnough = false;
    this.#checkIn(askAgainMs);
  }

  #checkIn(delayMs: number, before: () => void = () => undefined): void {
    this.#timer ??= this.#init.clock.setTimer(delayMs, () => {
      this.#timer = undefined;
      before();
      this.check();
    });
  }

  async #finish(): Promise<void> {
    const { index } = this.#init;
    const { renumbering } = index.numbers;
    if (renumbering === undefined) return;
    this.stop();
    this.#timer = undefined;
    const context = this.#context(renumbering);
    const isUndecidable = context.lost === true && !this.#past.isKnown;
    for await (const paths of index.pathsAfter(context.certain)) {
      const past = await this.#past.of(paths, context);
      const adopt = (entry: PathEntry) => adoptKnown(entry, context, past.get(entry.path));
      await index.update(paths, adopt, { sync: true });
      if (isUndecidable) await this.#leaveUndecided(paths, context);
    }
    if (context.lost) await this.#init.tree()?.reclaimHeld((ids) => this.#past.find(ids));
    await index.numbers.endRenumbering();
    this.#init.tree()?.wake();
    this.#init.onDone();
  }

  /** That a person decides is durable before anything waits for it. */
  async #leaveUndecided(paths: readonly FolderPath[], context: RestampContext): Promise<void> {
    const { index } = this.#init;
    const waits = (await index.entries(paths)).some((entry) => undecided(entry, context) !== entry);
    if (!waits) return;
    await index.numbers.noteUndecided();
    await index.update(paths, (entry) => undecided(entry, context), { sync: true });
  }

  #context({ from, certain, unheard, lost }: Renumbering): RestampContext {
    const { device, hash, index } = this.#init;
    return {
      device,
      hash,
      certain: certain.sequence,
      former: actorOf(device, from, hash),
      actor: actorOf(device, index.epoch, hash),
      unheard: new Set(unheard),
      lost: lost === true,
    };
  }

  #isWithin(atMs: number, days: number): boolean {
    return Math.abs(this.#init.clock.now() - atMs) < days * dayMs;
  }

  #warn(error: unknown): void {
    const code = error instanceof AppError ? error.code : 'internal';
    const { folder, logger } = this.#init;
    logger.warn('renumbering', { folder, code, reason: errorMessage(error) });
  }
}

const rebuilt =
  "This device's record of the folder had lost a part, or all, of what it held (a damaged disk?). " +
  'It is made anew from the files here and from the other devices; nothing was deleted.';

function renumbered(name: string): string {
  return (
    `This device's index was older than what ${name} remembers (restored from an old copy?). ` +
    'It was renumbered; nothing was deleted.'
  );
}

function contradictsTooOften(name: string): string {
  return (
    `${name} has contradicted this device's index ${maxEpochsPerMember} times within a day. Nothing ` +
    `is exchanged with it for now. Two machines may run with this device's identity (a copied ` +
    `home): stop one of them. Or ${name} is out of order.`
  );
}
