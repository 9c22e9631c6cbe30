/**
 * The conversation with one connected device: hello first, then announcements, deltas, progress and
 * receipts on the control channel; block and history channels beside it. It checks the form of what
 * is said and hands it on; what it means is the folders' matter.
 */
import {
  type DeviceId,
  type FolderId,
  type HistoryPage,
  type HistoryQuery,
  MalformedBytes,
} from '@holdfast/model';
import {
  AppError,
  assert,
  type Clock,
  errorMessage,
  type FrameChannel,
  type Logger,
  type PeerConnection,
} from '@holdfast/platform';
import {
  type ControlMessage,
  controlProtocol,
  decodeControl,
  decodeHistoryAnswer,
  type ErrorMessage,
  encodeControl,
  encodeHistoryRequest,
  type HelloMessage,
  historyProtocol,
  missingFeatures,
} from '@holdfast/sync-protocol';
import { BlockClient } from './block-client.js';

export interface PeerSessionHandlers {
  onHello(session: PeerSession, hello: HelloMessage): void;
  /** Awaited before the next message is read: the peer cannot be faster than we are. */
  onMessage(session: PeerSession, message: Exclude<ControlMessage, HelloMessage>): Promise<void>;
  onEnd(session: PeerSession, reason: unknown): void;
}

const helloTimeoutMs = 10_000;
/** Who does not take the last words is not waited for. */
const lastWordsMs = 1_000;

export class PeerSession {
  readonly device: DeviceId;
  readonly connection: PeerConnection;
  readonly blocks: BlockClient;
  readonly #handlers: PeerSessionHandlers;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #control: FrameChannel | undefined;
  #ended = false;
  #ready = false;
  #features = 0n;

  constructor(init: {
    connection: PeerConnection;
    handlers: PeerSessionHandlers;
    clock: Clock;
    logger: Logger;
  }) {
    this.connection = init.connection;
    this.device = init.connection.remoteDevice as DeviceId;
    this.blocks = new BlockClient(init.connection, init.clock, init.logger);
    this.#handlers = init.handlers;
    this.#clock = init.clock;
    this.#logger = init.logger;
  }

  /** Whether hellos were exchanged and the session has not ended. */
  get isReady(): boolean {
    return this.#ready && !this.#ended;
  }

  /** Whether the other device said that it knows an addition to the protocol. */
  supports(feature: bigint): boolean {
    return missingFeatures(feature, this.#features) === 0n;
  }

  /** Whether hellos were exchanged, even if the session has ended since. */
  get hasSpoken(): boolean {
    return this.#ready;
  }

  /** The dialling side opens the control channel; the other side is given it by `accept`. */
  async open(hello: HelloMessage): Promise<void> {
    try {
      this.accept(await this.connection.openChannel(controlProtocol), hello);
    } catch (error) {
      this.end(error);
    }
  }

  accept(channel: FrameChannel, hello: HelloMessage): void {
    if (this.#control !== undefined || this.#ended) {
      channel.abort(new Error('one control channel for each connection'));
      return;
    }
    this.#control = channel;
    void this.connection.closed.then(() => this.end(undefined));
    const timer = this.#clock.setTimer(helloTimeoutMs, () => {
      if (!this.#ready) this.end(new AppError('hello_timeout', 'The other device said nothing.'));
    });
    void this.#converse(channel, hello).finally(() => timer.cancel());
  }

  /** Queues one message; resolves when the channel can take more. A lost connection is not an error here. */
  async send(message: ControlMessage): Promise<boolean> {
    if (this.#control === undefined || this.#ended) return false;
    try {
      await this.#control.send(encodeControl(message));
      return true;
    } catch (error) {
      this.end(error);
      return false;
    }
  }

  /** Asks the device's archive; rejects with the archive's own code where it refuses. */
  async history(folderId: FolderId, query: HistoryQuery): Promise<HistoryPage> {
    const [page] = await this.histories(folderId, [query]);
    assert(page !== undefined, 'each question has its answer');
    return page;
  }

  /**
   * Asks several questions one after the other, without waiting for answers in between; one page for
   * each. Rejects where any of them is refused.
   */
  async histories(folderId: FolderId, queries: readonly HistoryQuery[]): Promise<HistoryPage[]> {
    if (queries.length === 0) return [];
    const channel = await this.connection.openChannel(historyProtocol);
    try {
      const answered = readPages(channel, queries);
      const [pages] = await Promise.all([answered, askAll(channel, folderId, queries)]);
      return pages;
    } finally {
      await channel.close();
    }
  }

  /** Ends the session and its connection; idempotent. */
  end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    if (reason !== undefined) {
      this.#logger.info('session ended', { device: this.device, reason: errorMessage(reason) });
    }
    this.#handlers.onEnd(this, reason);
    this.connection.close().catch((error: unknown) => {
      this.#logger.debug('close failed', { device: this.device, reason: errorMessage(error) });
    });
  }

  async #converse(channel: FrameChannel, hello: HelloMessage): Promise<void> {
    try {
      await channel.send(encodeControl(hello));
      for await (const frame of channel.frames()) {
        const message = decodeControl(frame);
        if (this.#ready && message.type !== 'hello') {
          await this.#handlers.onMessage(this, message);
        } else if (!this.#ready && message.type === 'hello') {
          this.#ready = true;
          this.#features = message.supportedFeatures;
          this.#handlers.onHello(this, message);
        } else if (message.type === 'error') {
          this.end(refusedByOther(message));
        } else {
          throw new AppError('message_unexpected', 'A message came out of order.');
        }
        if (this.#ended) return;
      }
      this.end(undefined);
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'internal';
      await this.send({ type: 'error', code, message: errorMessage(error).slice(0, 200) });
      await this.#finishSaying(channel);
      this.end(error);
    }
  }

  /** What was said last, and the hello before it, is on its way before the connection goes. */
  async #finishSaying(channel: FrameChannel): Promise<void> {
    if (this.#ended) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.setTimer(lastWordsMs, resolve);
      void channel.close().finally(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

async function askAll(
  channel: FrameChannel,
  folderId: FolderId,
  queries: readonly HistoryQuery[],
): Promise<void> {
  for (const query of queries) await channel.send(encodeHistoryRequest({ folderId, query }));
}

/** Answers come in the order of the questions, none with more entries than its question allows. */
async function readPages(
  channel: FrameChannel,
  queries: readonly HistoryQuery[],
): Promise<HistoryPage[]> {
  const pages: HistoryPage[] = [];
  for await (const frame of channel.frames()) {
    const answer = decodeHistoryAnswer(frame);
    if (answer.type !== 'page') throw new AppError(answer.code, answer.message);
    const query = queries[pages.length];
    if (query !== undefined && 'limit' in query && answer.page.entries.length > query.limit) {
      throw new MalformedBytes('more entries than were asked for');
    }
    if (pages.push(answer.page) === queries.length) return pages;
  }
  throw new AppError('connection_lost', 'The archive ended the conversation.', { kind: 'retry' });
}

/** Said in place of a hello. Its words are the other device's: only the code is believed. */
function refusedByOther({ code }: ErrorMessage): AppError {
  if (code !== 'protocol_incompatible') {
    return new AppError('hello_refused', 'The other device refused to talk.', { kind: 'retry' });
  }
  return new AppError(code, 'The other device cannot talk to this one: their versions differ.', {
    hint: 'Nothing was changed on either. Update Holdfast on the device with the older version.',
  });
}
