/**
 * One folder between this device and one connected member: our rows go out, theirs come in, both
 * tell how far they are. It exists only while both sides list each other and keep the folder.
 */
import {
  type ArchiveReceipt,
  type FolderIndex,
  type IndexPosition,
  type OfferedRow,
  samePosition,
  withPeerRow,
} from '@holdfast/folder-index';
import {
  type DeviceId,
  decodeVersion,
  type FolderId,
  type FolderPath,
  type Hash,
} from '@holdfast/model';
import { AppError, type Clock, errorMessage, type Logger, type Timer } from '@holdfast/platform';
import {
  type DeviceTrouble,
  type FolderAnnouncement,
  type IndexDeltaMessage,
  type IndexRow,
  indexRowBytes,
  limits,
  type ProgressMessage,
  type ReceiptMessage,
} from '@holdfast/sync-protocol';
import { LogWatch } from './log-watch.js';
import type { PeerSession } from './peer-session.js';
import { WakeSignal } from './wake-signal.js';

export interface FolderLinkInit {
  readonly folder: FolderId;
  readonly index: FolderIndex;
  readonly session: PeerSession;
  readonly hash: Hash;
  readonly clock: Clock;
  /** How much this device still lacks; told to the member. */
  readonly need: () => { readonly files: number; readonly bytes: number };
  /** Why this device takes nothing new for the moment; told to the member. */
  readonly trouble: () => DeviceTrouble | undefined;
  /** Whether this device looks through its disk: then more rows may follow. */
  readonly isLooking: () => boolean;
  /** Rows of the member were taken over, durably. */
  readonly onRows: (link: FolderLink) => void;
  /** What arrived gave rows of this device new numbers: every member is to hear of them. */
  readonly onOwnRows: () => void;
  readonly onProgress: () => void;
  /** What receipts cover changed; resolves once that is taken into account, and never rejects. */
  readonly onReceipt: () => Promise<void>;
  readonly logger: Logger;
}

const rowsPerDelta = 1_000;
const progressDelayMs = 20;
/** Positions of the member's index that a receipt may name, while its offers are being taken. */
const maxRememberedPositions = 1_000;

export class FolderLink {
  readonly session: PeerSession;
  readonly #init: FolderLinkInit;
  readonly #signal: WakeSignal;
  readonly #positions: IndexPosition[] = [];
  #announcement: FolderAnnouncement;
  #sentUpTo = 0;
  #receivedUpTo = 0;
  /** What the member knows that it has been told; rows that are not for it are passed over. */
  #toldUpTo = 0;
  /** Whether the member was told that more follows, and whether it said so. */
  #toldMore = false;
  #hasMore = false;
  #ended = false;
  #progress: ProgressMessage | undefined;
  #servedBytes = 0;
  #progressTimer: Timer | undefined;
  #receiptSent = '';
  readonly #log: LogWatch;

  constructor(init: FolderLinkInit, announcement: FolderAnnouncement) {
    this.#init = init;
    this.session = init.session;
    this.#announcement = announcement;
    this.#signal = new WakeSignal(init.clock);
    this.#log = new LogWatch(init);
  }

  get device(): DeviceId {
    return this.session.device;
  }

  get announcement(): FolderAnnouncement {
    return this.#announcement;
  }

  /** Content that the device was sent since the link began. */
  get servedBytes(): number {
    return this.#servedBytes;
  }

  noteServed(bytes: number): void {
    this.#servedBytes += bytes;
  }

  /** What the member last said of itself; undefined before it did. */
  get progress(): ProgressMessage | undefined {
    return this.#progress;
  }

  /** Whether the member has everything up to our position, needs nothing and has told us all. */
  isInSyncAt(position: IndexPosition): boolean {
    const progress = this.#progress;
    const { seen } = this.#init.index.peer(this.device);
    return (
      progress?.needFiles === 0 &&
      samePosition(progress.seen, position) &&
      seen?.sequence === progress.sequence
    );
  }

  /** Whether all of the member's index, as it said that it stands, is durably here. */
  get hasArrived(): boolean {
    const { epoch, position } = this.#announcement;
    const { seen } = this.#init.index.peer(this.device);
    return seen?.epoch === epoch && seen.sequence >= position.sequence;
  }

  /** Whether the member said that more rows follow. */
  get hasMore(): boolean {
    return this.#hasMore;
  }

  /** Positions of the member's index that have durably arrived here, oldest first. */
  get arrivedPositions(): readonly IndexPosition[] {
    return this.#positions;
  }

  /**
   * Begins to send what the member, whose memory of this device is in order, has not seen. Throws
   * `index_mismatch` where the member's own numbers went backward: it will begin a new epoch.
   */
  async start(): Promise<void> {
    const { index } = this.#init;
    const { seen, position } = this.#announcement;
    const known = index.peer(this.device).seen;
    if (seen?.epoch === index.epoch) {
      this.#sentUpTo = seen.sequence;
      this.#toldUpTo = seen.sequence;
    }
    if (known !== undefined && known.epoch === position.epoch) {
      if (position.sequence < known.sequence) throw wentBackward(this.device);
      this.#positions.push(known);
      this.#receivedUpTo = known.sequence;
    } else if (known !== undefined) {
      await index.forgetPeer(this.device);
    }
    void this.#pump();
    void this.#log.judge(this.#announcement.archive?.storeId);
  }

  async update(announcement: FolderAnnouncement): Promise<void> {
    const before = this.#announcement.archive?.storeId;
    this.#announcement = announcement;
    const storeId = announcement.archive?.storeId;
    if (storeId === before) return;
    void this.#log.judge(storeId);
    await this.dropVoidReceipt();
  }

  /** Something changed here: rows or needs. */
  wake(): void {
    this.#signal.wake();
    this.#tellProgress();
  }

  end(): void {
    this.#ended = true;
    this.#progressTimer?.cancel();
    this.#signal.wake();
  }

  /**
   * Takes rows over; resolves when they are durable. Throws `message_malformed` on a bad record,
   * `message_unexpected` on a delta that does not continue what arrived before.
   */
  async receiveDelta(delta: IndexDeltaMessage): Promise<void> {
    const { index, hash } = this.#init;
    if (delta.epoch !== this.#announcement.epoch || delta.after > this.#receivedUpTo) {
      throw new AppError('message_unexpected', 'A part of the index is missing.', {
        kind: 'retry',
      });
    }
    const rows = delta.rows.map((row) => ({ row, version: decode(row.record, hash) }));
    const byPath = new Map<FolderPath, typeof rows>();
    for (const one of rows) {
      const { path } = one.version.record;
      const same = byPath.get(path);
      if (same === undefined) byPath.set(path, [one]);
      else same.push(one);
    }
    const { sequence } = index.position();
    const peers = delta.position === undefined ? {} : { [this.device]: { seen: delta.position } };
    await index.update(
      [...byPath.keys()],
      (entry) =>
        (byPath.get(entry.path) ?? []).reduce(
          (next, { row: { state, sequence, checked }, version }) =>
            withPeerRow(next, version, { device: this.device, state, sequence }, checked),
          entry,
        ),
      { sync: delta.position !== undefined, peers },
    );
    this.#receivedUpTo = Math.max(
      this.#receivedUpTo,
      delta.position?.sequence ?? delta.rows.at(-1)?.sequence ?? 0,
    );
    if (delta.position !== undefined) this.#remember(delta.position);
    this.#hasMore = delta.more === true;
    this.#tellProgress();
    this.#init.onRows(this);
    if (index.position().sequence !== sequence) this.#init.onOwnRows();
  }

  receiveProgress(progress: ProgressMessage): void {
    this.#progress = progress;
    this.#init.index.numbers
      .noteConfirmed(this.device, progress.seen)
      .catch((error: unknown) => this.session.end(error));
    this.#init.onProgress();
  }

  /** Counts only where this device's own rolling hash agrees. */
  async receiveReceipt(message: ReceiptMessage): Promise<void> {
    const { index, clock } = this.#init;
    const announced = this.#announcement.archive;
    if (announced?.storeId !== message.storeId) return;
    if (!(await index.numbers.remembers(message.position))) return;
    if (isOlder(message, index.peer(this.device).receipt)) return;
    const { storeId, generation, position, exceptions, logPosition, logHead } = message;
    const receivedAtMs = clock.now();
    const receipt: ArchiveReceipt = {
      storeId,
      generation,
      position,
      exceptions,
      logPosition,
      logHead,
      receivedAtMs,
    };
    const seen = this.#log.seen({ storeId, position: logPosition, head: logHead });
    const peers = { [this.device]: { receipt, ...seen } };
    await index.update([], (entry) => entry, { sync: true, peers });
    void this.#init.onReceipt();
  }

  /** Sends a receipt unless the same one was the last. */
  async sendReceipt(receipt: ReceiptMessage): Promise<void> {
    const shape = JSON.stringify([receipt.position, receipt.exceptions]);
    if (this.#ended || shape === this.#receiptSent) return;
    this.#receiptSent = shape;
    await this.session.send(receipt);
  }

  /**
   * A receipt of a store that the member does not keep any more says nothing, nor does one of an
   * archive that has forgotten what it saw: its store may be an old copy too. It says it again. Until
   * this has resolved nobody is to take what is covered for what the member holds.
   */
  async dropVoidReceipt(): Promise<void> {
    const { index } = this.#init;
    const { receipt } = index.peer(this.device);
    if (receipt === undefined || isUpheld(receipt, this.#announcement)) return;
    const peers = { [this.device]: { receipt: undefined } };
    await index.update([], (entry) => entry, { sync: true, peers });
    await this.#init.onReceipt();
  }

  #remember(position: IndexPosition): void {
    this.#positions.push(position);
    if (this.#positions.length > maxRememberedPositions) this.#positions.splice(1, 1);
  }

  async #pump(): Promise<void> {
    try {
      for (let first = true; !this.#ended; first = false) {
        const { rows, reached } = await this.#init.index.rowsAfter(this.#sentUpTo, rowsPerDelta);
        const isNew = rows.length > 0 || (reached?.sequence ?? 0) > this.#sentUpTo;
        if (isNew || first || (this.#toldMore && !this.#init.isLooking()))
          await this.#sendDelta(rows, reached);
        else await this.#signal.wait();
      }
    } catch (error) {
      this.session.end(error);
    }
  }

  async #sendDelta(rows: readonly OfferedRow[], reached: IndexPosition | undefined): Promise<void> {
    const { folder, index } = this.#init;
    const toArchive = this.#announcement.archive !== undefined;
    const base = { type: 'index-delta' as const, folderId: folder, epoch: index.epoch };
    let after = this.#toldUpTo;
    let message: IndexRow[] = [];
    let bytes = 0;
    for (const { version, sequence, state, checked } of rows) {
      if (state === 'side' && !toArchive) continue;
      const row = { sequence, state, checked, record: version.bytes };
      if (bytes + indexRowBytes(row) > limits.deltaRowsBytes) {
        await this.session.send({ ...base, after, rows: message, more: true });
        after = message.at(-1)?.sequence ?? after;
        message = [];
        bytes = 0;
      }
      message.push(row);
      bytes += indexRowBytes(row);
    }
    const position = reached === undefined ? {} : { position: reached };
    const isCut = reached === undefined || !samePosition(reached, index.numbers.published());
    this.#toldMore = isCut || this.#init.isLooking();
    const more = this.#toldMore ? { more: true as const } : {};
    await this.session.send({ ...base, after, rows: message, ...position, ...more });
    this.#toldUpTo = reached?.sequence ?? message.at(-1)?.sequence ?? after;
    this.#sentUpTo = reached?.sequence ?? rows.at(-1)?.sequence ?? this.#sentUpTo;
  }

  /** Soon, and once for many changes. */
  #tellProgress(): void {
    if (this.#progressTimer !== undefined || this.#ended) return;
    this.#progressTimer = this.#init.clock.setTimer(progressDelayMs, () => {
      this.#progressTimer = undefined;
      void this.#sendProgress();
    });
  }

  async #sendProgress(): Promise<void> {
    const { index, folder } = this.#init;
    const seen = index.peer(this.device).seen;
    if (seen === undefined || this.#ended) return;
    const { files, bytes } = this.#init.need();
    const trouble = this.#init.trouble();
    await this.session.send({
      type: 'progress',
      folderId: folder,
      seen,
      sequence: index.numbers.published().sequence,
      needFiles: files,
      needBytes: bytes,
      ...(trouble === undefined ? {} : { trouble }),
    });
  }
}

function decode(record: Uint8Array, hash: Hash) {
  try {
    return decodeVersion(record, hash);
  } catch (cause) {
    throw new AppError('message_malformed', `A record is malformed: ${errorMessage(cause)}.`, {
      cause,
    });
  }
}

/** Receipts of one store and generation only grow, unless this device's own epoch is a new one. */
function isOlder(message: ReceiptMessage, known: ArchiveReceipt | undefined): boolean {
  return (
    known !== undefined &&
    known.storeId === message.storeId &&
    known.generation === message.generation &&
    known.position.epoch === message.position.epoch &&
    known.position.sequence > message.position.sequence
  );
}

function isUpheld(receipt: ArchiveReceipt, { archive, seen }: FolderAnnouncement): boolean {
  return (
    archive?.storeId === receipt.storeId &&
    archive.generation === receipt.generation &&
    seen?.epoch === receipt.position.epoch &&
    seen.sequence >= receipt.position.sequence
  );
}

function wentBackward(device: DeviceId): AppError {
  return new AppError('index_mismatch', `The index of ${device} went backward.`, {
    kind: 'retry',
    hint: 'Nothing is taken from that device until it has renumbered its index by itself.',
  });
}
