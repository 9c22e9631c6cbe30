/**
 * Notices dead peers. yamux pings but does not act on a ping that stays unanswered, and TCP
 * retransmits for a quarter of an hour; a connection that brings nothing for `silenceLimitMs` is
 * aborted. A live one brings at least the answers to our pings. When the machine's interfaces
 * changed, all are asked at once and have `probeLimitMs` to answer.
 */

import { type Clock, errorMessage, type Logger, type Timer } from '@holdfast/platform';
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface';
import { keepAliveMs, probeLimitMs, silenceLimitMs } from './network-limits.js';

/** yamux has it, though the interface of muxers does not. */
type PingingMuxer = StreamMuxer & {
  ping?(options: { readonly signal: AbortSignal }): Promise<number>;
};

export class SilenceWatch {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #watched = new Set<WatchedConnection>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The muxer, with a watch on each connection that it takes over. */
  watching(inner: StreamMuxerFactory): StreamMuxerFactory {
    return {
      protocol: inner.protocol,
      createStreamMuxer: (connection) => {
        const muxer = inner.createStreamMuxer(connection);
        const watched = new WatchedConnection(connection, muxer, this.#clock);
        this.#watched.add(watched);
        connection.addEventListener('close', () => this.#watched.delete(watched), { once: true });
        return muxer;
      },
    };
  }

  /** Ends, soon, every connection that carries nothing any more. */
  probe(): void {
    for (const watched of this.#watched) {
      watched.probe().catch((error: unknown) => {
        this.#logger.debug('a probe was not answered', { reason: errorMessage(error) });
      });
    }
  }
}

class WatchedConnection {
  readonly #connection: MessageStream;
  readonly #muxer: PingingMuxer;
  readonly #clock: Clock;
  #heardAtMs: number;
  #timer: Timer;
  #probing: Timer | undefined;

  constructor(connection: MessageStream, muxer: PingingMuxer, clock: Clock) {
    this.#connection = connection;
    this.#muxer = muxer;
    this.#clock = clock;
    this.#heardAtMs = clock.monotonic();
    this.#timer = clock.setTimer(keepAliveMs, () => this.#check());
    connection.addEventListener('message', () => {
      this.#heardAtMs = clock.monotonic();
    });
    const cancel = () => {
      this.#timer.cancel();
      this.#probing?.cancel();
    };
    connection.addEventListener('close', cancel, { once: true });
  }

  async probe(): Promise<void> {
    const { ping } = this.#muxer;
    if (ping === undefined) return;
    const unanswered = new AbortController();
    const askedAtMs = this.#clock.monotonic();
    this.#probing?.cancel();
    this.#probing = this.#clock.setTimer(probeLimitMs, () => {
      unanswered.abort(new Error('no answer'));
      if (this.#heardAtMs < askedAtMs) this.#end();
    });
    await ping.call(this.#muxer, { signal: unanswered.signal });
  }

  #check(): void {
    if (this.#clock.monotonic() - this.#heardAtMs >= silenceLimitMs) this.#end();
    else this.#timer = this.#clock.setTimer(keepAliveMs, () => this.#check());
  }

  #end(): void {
    this.#connection.abort(new Error('the other device fell silent'));
  }
}
