/**
 * Asking one device for blocks: several requests in flight on one channel, answered in order. The
 * asker bounds what it asks for at once, and no answer may bring more than that; what arrives is
 * handed on before more is read.
 */
import type { FolderId } from '@holdfast/model';
import {
  AppError,
  type Clock,
  errorMessage,
  type FrameChannel,
  type Logger,
  type PeerConnection,
  type Timer,
} from '@holdfast/platform';
import {
  blocksProtocol,
  decodeBlockResponse,
  encodeBlockRequest,
  type MissingItem,
} from '@holdfast/sync-protocol';
import { AskedBlocks, type AskedItem, unexpected } from './asked-blocks.js';

export interface BlockArrival {
  readonly item: number;
  readonly index: number;
  readonly envelope: Uint8Array;
  /** Where the envelope lies, if only blocks of this very request lie there; it may be transferred. */
  readonly memory?: ArrayBuffer;
}

/** Whoever can be asked for blocks of versions. */
export interface BlockSupplier {
  request(
    folderId: FolderId,
    items: readonly AskedItem[],
    onBlock: (arrival: BlockArrival) => void,
  ): Promise<readonly MissingItem[]>;
}

interface PendingRequest {
  readonly folderId: FolderId;
  readonly onBlock: (arrival: BlockArrival) => void;
  readonly asked: AskedBlocks;
  readonly resolve: (missing: readonly MissingItem[]) => void;
  readonly reject: (error: unknown) => void;
}

const maxPendingRequests = 64;
const silenceMs = 60_000;

export class BlockClient implements BlockSupplier {
  readonly #connection: PeerConnection;
  readonly #pending = new Map<number, PendingRequest>();
  #channel: Promise<FrameChannel> | undefined;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #nextId = 1;
  #watch: Timer | undefined;
  readonly #receivedBytes = new Map<FolderId, number>();

  constructor(connection: PeerConnection, clock: Clock, logger: Logger) {
    this.#connection = connection;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What came for a folder since the connection began. */
  receivedBytes(folder: FolderId): number {
    return this.#receivedBytes.get(folder) ?? 0;
  }

  /**
   * Asks for blocks and hands each to `onBlock` as it arrives, once, its content unverified.
   * Resolves with what the other side could not give; rejects with `connection_lost` when the answer
   * broke off, or held what was not asked for, or more of it than there can be.
   */
  async request(
    folderId: FolderId,
    items: readonly AskedItem[],
    onBlock: (arrival: BlockArrival) => void,
  ): Promise<readonly MissingItem[]> {
    if (this.#pending.size >= maxPendingRequests) {
      throw new AppError('too_many_requests', 'Too many block requests wait for an answer.', {
        kind: 'retry',
      });
    }
    const channel = await this.#open();
    const requestId = this.#nextId++;
    return new Promise((resolve, reject) => {
      const asked = new AskedBlocks(items);
      this.#pending.set(requestId, { folderId, onBlock, asked, resolve, reject });
      this.#watchFor(channel);
      channel.send(encodeBlockRequest({ requestId, folderId, items })).catch((error: unknown) => {
        this.#pending.delete(requestId);
        reject(lost(error));
      });
    });
  }

  #open(): Promise<FrameChannel> {
    this.#channel ??= this.#connection.openChannel(blocksProtocol).then(
      (channel) => {
        void this.#read(channel);
        return channel;
      },
      (error: unknown) => {
        this.#channel = undefined;
        throw lost(error);
      },
    );
    return this.#channel;
  }

  async #read(channel: FrameChannel): Promise<void> {
    let reason: unknown;
    try {
      for await (const frame of channel.frames()) {
        this.#deliver(frame);
        this.#watchFor(channel);
      }
    } catch (error) {
      reason = error;
      this.#nameLiar(error);
      channel.abort(error instanceof Error ? error : new Error(errorMessage(error)));
    }
    this.#channel = undefined;
    this.#watch?.cancel();
    for (const pending of this.#pending.values()) pending.reject(lost(reason));
    this.#pending.clear();
  }

  #nameLiar(error: unknown): void {
    if (!(error instanceof AppError) || !lies.has(error.code)) return;
    const device = this.#connection.remoteDevice;
    this.#logger.warn('a device answered other than it was asked', {
      device,
      reason: errorMessage(error),
    });
  }

  /** A device that answers pings but no requests must not be waited for without end. */
  #watchFor(channel: FrameChannel): void {
    this.#watch?.cancel();
    this.#watch = this.#clock.setTimer(silenceMs, () => {
      if (this.#pending.size === 0) return;
      channel.abort(new AppError('no_answer', 'The other device does not answer requests.'));
    });
  }

  /** Throws on what answers no request that waits: nothing else may keep the channel awake. */
  #deliver(frame: Uint8Array): void {
    const response = decodeBlockResponse(frame);
    const { folderId, asked, ...pending } = this.#pending.get(response.requestId) ?? unexpected();
    asked.spend(frame.length);
    this.#receivedBytes.set(folderId, this.receivedBytes(folderId) + frame.length);
    const memory = ownMemory(frame);
    for (const block of response.blocks) {
      asked.take(block);
      pending.onBlock(memory === undefined ? block : { ...block, memory });
    }
    for (const missing of response.missing) asked.miss(missing);
    if (!response.done) return;
    this.#pending.delete(response.requestId);
    pending.resolve(asked.missing);
  }
}

const lies: ReadonlySet<string> = new Set(['message_malformed', 'message_unexpected']);

function lost(cause: unknown): AppError {
  return new AppError('connection_lost', 'The connection ended before all blocks arrived.', {
    kind: 'retry',
    cause,
  });
}

/** A frame that fills its memory was made for it; others may be views on what others need too. */
function ownMemory(frame: Uint8Array): ArrayBuffer | undefined {
  const { buffer } = frame;
  return buffer instanceof ArrayBuffer && buffer.byteLength === frame.length ? buffer : undefined;
}
