/**
 * Notices a dead peer. yamux pings but does not act on a ping that stays unanswered, and TCP
 * retransmits for a quarter of an hour; a connection that brings nothing for `silenceLimitMs` is
 * aborted. A live one brings at least the answers to our pings.
 */
import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface';
import type { Clock, Timer } from '@holdfast/platform';
import { keepAliveMs, silenceLimitMs } from './network-limits.js';

/** The muxer, with a watch on each connection that it takes over. */
export function watchingSilence(inner: StreamMuxerFactory, clock: Clock): StreamMuxerFactory {
  return {
    protocol: inner.protocol,
    createStreamMuxer: (connection) => {
      const muxer = inner.createStreamMuxer(connection);
      watch(connection, clock);
      return muxer;
    },
  };
}

function watch(connection: MessageStream, clock: Clock): void {
  let heardAtMs = clock.monotonic();
  let timer: Timer;
  const check = () => {
    if (clock.monotonic() - heardAtMs >= silenceLimitMs) {
      connection.abort(new Error('the other device fell silent'));
      return;
    }
    timer = clock.setTimer(keepAliveMs, check);
  };
  timer = clock.setTimer(keepAliveMs, check);
  connection.addEventListener('message', () => {
    heardAtMs = clock.monotonic();
  });
  connection.addEventListener('close', () => timer.cancel(), { once: true });
}
