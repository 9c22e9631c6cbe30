import { silentLogger } from '@holdfast/platform';
import type { MessageStream, StreamMuxer, StreamMuxerFactory } from '@libp2p/interface';
import { expect, test } from 'vitest';
import { probeLimitMs } from '../src/network-limits.js';
import { SilenceWatch } from '../src/silence-watch.js';
import { ManualClock } from './manual-clock.js';

/** A connection that ends when it is aborted, and a muxer on it whose pings it answers or not. */
function watched(watch: SilenceWatch, answers: boolean) {
  const connection = Object.assign(new EventTarget(), {
    aborted: undefined as Error | undefined,
    pings: 0,
    abort(reason: Error) {
      connection.aborted = reason;
      connection.dispatchEvent(new Event('close'));
    },
  });
  const ping = ({ signal }: { signal: AbortSignal }) => {
    connection.pings++;
    if (answers) connection.dispatchEvent(new Event('message'));
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const factory: StreamMuxerFactory = {
    protocol: '/test',
    createStreamMuxer: () => ({ ping }) as unknown as StreamMuxer,
  };
  watch.watching(factory).createStreamMuxer(connection as unknown as MessageStream);
  return connection;
}

test('a probe ends the connections that do not answer it, in time, and no others', () => {
  const clock = new ManualClock();
  const watch = new SilenceWatch(clock, silentLogger);
  const [alive, dead] = [watched(watch, true), watched(watch, false)];
  clock.advance(1_000);
  watch.probe();
  clock.advance(probeLimitMs - 1);
  expect(dead.aborted).toBeUndefined();
  clock.advance(1);
  expect(dead.aborted?.message).toBe('the other device fell silent');
  expect(alive.aborted).toBeUndefined();
  watch.probe();
  expect([alive.pings, dead.pings]).toEqual([2, 1]);
});
